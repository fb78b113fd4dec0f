"""The pages before raw bytes: odd paths and methods, headers twice, other sites and proxies, broken bodies."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator

import pytest

from config.setting_rules import networks
from parley.pages.desk.signed_in import COOKIE
from parley.wiring.roles import server_for
from tests.integration.pages.signing_in import HOME, SignInDesk, desks
from tests.system.attack.front import heard
from webhooks.connection_guard import ConnectionLimits

SAME = "Sec-Fetch-Site: same-origin"
FORM = "Content-Type: application/x-www-form-urlencoded"
NAMED = "X-Forwarded-Email: ada@example.com"


class Served:
    """A desk at a socket, as `parley web` serves it; who is beside it may come from any address of this machine."""

    def __init__(self, desk: SignInDesk) -> None:
        self.desk = desk
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._server = server_for(desk.web, "127.0.0.1", 0, ConnectionLimits(body_s=1.0))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()

    def ask(self, line: str, *headers: str | bytes, body: bytes = b"", peer: str = "127.0.0.1") -> Answered:
        head = [f"{line} HTTP/1.1", "Host: desk.test", "Connection: close", *headers]
        if body:
            head.append(f"Content-Length: {len(body)}")
        lines = [one if isinstance(one, bytes) else one.encode("latin-1") for one in head]
        return self.sent(b"\r\n".join(lines) + b"\r\n\r\n" + body, peer)

    def sent(self, raw: bytes, peer: str = "127.0.0.1") -> Answered:
        with socket.create_connection(self._listener.getsockname(), timeout=60, source_address=(peer, 0)) as line:
            line.sendall(raw)
            return Answered(heard(line))

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


class Answered:
    """The first answer of a connection."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        self.status = int(head.split()[1]) if head else 0
        found = re.search(rb"(?i)\r\nlocation: ([^\r]*)", head)
        self.location = found[1].decode() if found else ""
        self.sets_cookies = b"set-cookie" in head.lower()


@pytest.fixture(scope="module")
def by_zendesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with desks(tmp_path_factory.mktemp("by_zendesk")) as make:
        served = Served(make())
        yield served
        served.stop()


@pytest.fixture(scope="module")
def by_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with desks(tmp_path_factory.mktemp("by_proxy")) as make:
        given = {"trusted_proxy_header": "X-Forwarded-Email", "trusted_proxies": networks("127.0.0.2")}
        served = Served(make(sign_in_client_id="", sign_in_client_secret="", **given))
        yield served
        served.stop()


@pytest.fixture(scope="module")
def session(by_zendesk: Served) -> str:
    """The Cookie header of an admin who is signed in."""
    with by_zendesk.desk.browser() as admin:
        admin.sign_in(by_zendesk.desk.account.admin)
        return f"Cookie: {COOKIE}={admin.cookies[COOKIE]}"


ODD_PATHS = [
    "//desk",
    "///desk",
    "/DESK",
    "/desk/..%2fdesk",
    "/desk/../desk",
    "/desk/%2e%2e/desk",
    "/desk//",
    "/desk/./",
    "/desk%00",
    "/desk%0a",
    "/desk/%0d%0aSet-Cookie:%20a=b",
    "/desk/%ff",
    "/desk;a=b",
    "/desk/static/..%2f..%2fviewer.py",
    "/desk/static/%2e%2e/templates/desk.html",
    "/p/../desk",
    "/api/sidebar/cases/../../../desk",
    "http://evil.example//desk",
    "*",
    "/desk/" + "a" * 9000,
]


def test_odd_paths_lead_to_no_page_and_to_no_other_host(by_zendesk: Served, session: str) -> None:
    for path in ODD_PATHS:
        known, stranger = by_zendesk.ask(f"GET {path}", session), by_zendesk.ask(f"GET {path}")
        assert known.status in (404, 400), path
        assert stranger.status in (404, 400) or stranger.location.startswith("/desk/sign-in"), path
        assert not stranger.sets_cookies, path


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "POST", "CONNECT", "PROPFIND"])
def test_no_other_method_does_anything_without_a_page_of_ours(
    by_zendesk: Served, session: str, method: str
) -> None:
    rows = by_zendesk.desk.rows()
    for path in (
        "/desk",
        "/desk/sign-in",
        "/desk/sign-in/zendesk",
        "/desk/sign-out",
        "/desk/signed-in?code=a&state=b",
    ):
        answer = by_zendesk.ask(f"{method} {path}", session, f"Origin: {HOME}.evil.example")
        assert (answer.status, answer.sets_cookies) == (403, False), path
        assert b"TRACE" not in answer.body
    assert by_zendesk.desk.rows() == rows


FOREIGN = [
    (),
    ("Origin: null",),
    ("Origin: https://evil.example",),
    (f"Origin: {HOME}", f"Origin: {HOME}"),
    (f"Origin: {HOME}", "origin: https://evil.example"),
    (f"Origin: {HOME.upper()}",),
    (f"Origin: {HOME}/",),
    (f"Origin: {HOME}:443",),
    ("Origin: https://evil.example@desk.test",),
    (b"Origin: https://desk.test\xff",),
    (SAME, SAME),
    (SAME, "sec-fetch-site: cross-site"),
    ("Sec-Fetch-Site: Same-Origin",),
    ("Sec-Fetch-Site: same-origin, cross-site",),
    ("Sec-Fetch-Site: same-site", f"Origin: {HOME}"),
    ("Sec-Fetch-Site: none", f"Origin: {HOME}"),
    ("Sec-Fetch-Site:", f"Origin: {HOME}"),
    ("Sec_Fetch_Site: same-origin",),
    ("X-HTTP-Method-Override: GET", "X-Forwarded-Host: desk.test", f"Referer: {HOME}/desk"),
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_form_signs_nobody_out(
    by_zendesk: Served, session: str, headers: tuple[str | bytes, ...]
) -> None:
    answer = by_zendesk.ask("POST /desk/sign-out", session, FORM, *headers, body=b"a=b")
    assert (answer.status, answer.sets_cookies) == (403, False)
    assert by_zendesk.ask("GET /desk", session).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        (NAMED, NAMED),
        (NAMED, "x-forwarded-email: rita@example.com"),
        ("X_Forwarded_Email: ada@example.com",),
        ("X-Forwarded-Email: ada@example.com, rita@example.com",),
        ("X-Forwarded-Email: ada@example.com\r\n rita@example.com",),
        ("X-Forwarded-Email : ada@example.com",),
        ("X-Forwarded-Email:",),
        (b"X-Forwarded-Email: \xff\xfe",),
        ("X-Forwarded-Email: " + "a" * 9000,),
    ],
)
def test_what_no_proxy_says_names_nobody(by_proxy: Served, headers: tuple[str | bytes, ...]) -> None:
    assert by_proxy.ask("GET /desk", NAMED, peer="127.0.0.2").status == 200
    assert by_proxy.ask("GET /desk", *headers, peer="127.0.0.2").status in (400, 403)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.3"])
def test_who_is_not_the_proxy_is_believed_nothing(by_proxy: Served, peer: str) -> None:
    claims = ("X-Forwarded-For: 127.0.0.2", "X-Real-IP: 127.0.0.2", "Forwarded: for=127.0.0.2", "Via: 127.0.0.2")
    for line in ("GET /desk", "HEAD /desk", "POST /desk"):
        assert by_proxy.ask(line, NAMED, SAME, *claims, peer=peer).status == 403


def test_a_request_in_the_body_or_the_end_of_another_is_none(by_proxy: Served) -> None:
    inner = f"GET /desk HTTP/1.1\r\nHost: desk.test\r\n{NAMED}\r\nConnection: close\r\n\r\n".encode()
    head = b"POST /desk HTTP/1.1\r\nHost: desk.test\r\n"
    both = head + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % len(inner) + inner
    twice = head + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(inner) + inner
    bare = head + b"X: a\rX-Forwarded-Email: ada@example.com\r\nConnection: close\r\n\r\n"
    for raw in (both, twice, bare):
        assert by_proxy.sent(raw, "127.0.0.2").status == 400
    trailer = b"Sec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    late = head + trailer + b"3\r\na=b\r\n0\r\nX-Forwarded-Email: ada@example.com\r\n\r\n"
    assert by_proxy.sent(late, "127.0.0.2").status in (400, 403)


def test_a_form_that_does_not_come_ends_and_holds_up_nobody(by_zendesk: Served, session: str) -> None:
    head = f"POST /p/{'a' * 22} HTTP/1.1\r\nHost: desk.test\r\n{FORM}\r\nContent-Length: 90\r\n\r\nabout="
    with socket.create_connection(by_zendesk._listener.getsockname(), timeout=60) as slow:
        slow.sendall(head.encode())
        assert by_zendesk.ask("GET /desk", session).status == 200
        assert heard(slow)[9:12] in (b"404", b"408", b"")


def test_huge_addresses_and_cookies_are_refused_or_read_no_further(by_zendesk: Served, session: str) -> None:
    assert by_zendesk.ask("GET /desk?" + "a=1&" * 6000, session).status == 400
    assert by_zendesk.ask("GET /desk?" + "a=1&" * 9000, session).status == 431
    assert by_zendesk.ask("GET /desk", session, "Cookie: x=" + "a" * 31_000).status in (200, 431)
    assert by_zendesk.ask("GET /desk", f"{session}; {session.removeprefix('Cookie: ')}").location == "/desk/sign-in"
