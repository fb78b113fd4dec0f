"""A company's proxy and its own certificate authority: set explicitly, and nothing else around us counts."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.errors import Trouble
from connector.http.call import Timeouts
from connector.http.internet import Internet
from connector.http.resolver import SocketAddress
from connector.http.transport import HttpRequest, HttpResponse
from connector.zendesk import BearerToken, ZendeskClient
from tests.integration.connector.conftest import IDS, NOW
from tests.integration.connector.raw import OK, Peer, Raw, raw
from tests.integration.connector.records import shown
from tests.integration.connector.stub_server import StubServer
from tests.patience import PATIENCE_S
from tests.servers.authority import Authority
from tests.servers.way_out import WayOut

HOST = "desk.example"
PAIR = "anna:a b"
CANARY = "t0ken-canary"
REQUESTS: list[bytes] = []


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def service(authority: Authority) -> Iterator[Raw]:
    """The service itself: encrypted, and vouched for by nobody but the company."""
    REQUESTS.clear()

    def answer(peer: Peer) -> None:
        REQUESTS.append(peer.hear())
        peer.say(OK + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}")

    with raw(answer, authority.server(HOST)) as server:
        yield server


@pytest.fixture
def proxy(service: Raw) -> Iterator[WayOut]:
    made = WayOut({f"{HOST}:443": ("127.0.0.1", service.port)})
    yield made
    made.close()


def nothing_here(host: str, port: int) -> list[SocketAddress]:
    """A network that knows no names but this machine's."""
    raise OSError(f"{host}:{port} is not known")


def known_here(host: str, port: int) -> list[SocketAddress]:
    """A network that knows addresses, and no names."""
    return [(2, 1, 6, (host, port))] if host == "127.0.0.1" else nothing_here(host, port)


def get(transport: Internet, url: str = f"https://{HOST}/x") -> HttpResponse | Trouble:
    with closing(transport):
        return transport.send(HttpRequest("GET", url, {"Authorization": f"Bearer {CANARY}"}))


def by(proxy: WayOut, authority: Authority, pair: str = "") -> Internet:
    """By the proxy, which is at a name that only the resolver knows."""

    def resolve(host: str, port: int) -> list[SocketAddress]:
        if host != "proxy.example":
            nothing_here(host, port)
        return [(2, 1, 6, ("127.0.0.1", port))]

    there = f"http://{pair}proxy.example:{proxy.port}"
    return Internet(proxy=there, authorities=str(authority.file), resolve=resolve)


def test_by_the_proxy_a_service_is_reached_whose_name_only_the_proxy_knows(
    proxy: WayOut, authority: Authority
) -> None:
    outcome = get(by(proxy, authority))
    assert isinstance(outcome, HttpResponse)
    assert outcome.content == b"{}"
    assert proxy.asked[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n")


def test_the_proxy_sees_nothing_of_what_is_said(proxy: WayOut, authority: Authority) -> None:
    get(by(proxy, authority))
    assert CANARY.encode() in REQUESTS[0]
    assert CANARY.encode() not in bytes(proxy.passed) + proxy.asked[0].encode()


def test_the_proxy_is_given_its_password_and_the_service_is_not(service: Raw, authority: Authority) -> None:
    password = base64.b64encode(PAIR.encode()).decode()
    proxy = WayOut({f"{HOST}:443": ("127.0.0.1", service.port)}, password)
    outcome = get(by(proxy, authority, "anna:a%20b@"))
    proxy.close()
    assert isinstance(outcome, HttpResponse)
    assert b"proxy-authorization" not in REQUESTS[0].lower()


def test_a_proxy_that_wants_a_password_says_so_and_nothing_was_sent(service: Raw, authority: Authority) -> None:
    proxy = WayOut({f"{HOST}:443": ("127.0.0.1", service.port)}, "secret")
    outcome = get(by(proxy, authority))
    proxy.close()
    wants = "the proxy of HTTPS_PROXY answered 407, so it wants a name and a password"
    assert outcome == Trouble(wants, sent=False)
    assert REQUESTS == []


def test_a_proxy_that_lets_nobody_through_is_named(authority: Authority) -> None:
    proxy = WayOut({})
    outcome = get(by(proxy, authority))
    proxy.close()
    assert outcome == Trouble("the proxy of HTTPS_PROXY answered 502", sent=False)


@pytest.mark.parametrize("says", [b"SSH-2.0-none\r\n", OK.replace(b"OK", b"x" * 200_000), OK + b"\r\nTalkative"])
def test_what_is_no_proxy_is_told_and_nothing_was_sent(says: bytes) -> None:
    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(says)

    with raw(answer) as server:
        outcome = get(Internet(proxy=server.url))
    assert outcome == Trouble("the proxy of HTTPS_PROXY did not answer as one", sent=False)


def test_a_proxy_that_drips_is_given_up_by_the_calls_deadline_and_nothing_was_sent() -> None:
    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(OK)
        peer.drip(b"X-More: 1\r\n")

    with raw(answer) as server:
        outcome = get(Internet(Timeouts(PATIENCE_S, PATIENCE_S, whole=0.8), proxy=server.url))
    assert outcome == Trouble("not done within 0.8 s by the proxy of HTTPS_PROXY", sent=False, slow=True)


@pytest.mark.parametrize("where", ["http://127.0.0.1:1", "http://nowhere.example:3128"])
def test_a_proxy_that_is_away_is_named_and_not_the_service(where: str) -> None:
    outcome = get(Internet(proxy=where, resolve=known_here))
    assert outcome == Trouble("the proxy of HTTPS_PROXY gave no connection", sent=False)


def test_this_machine_is_asked_without_the_proxy(stub: StubServer, proxy: WayOut) -> None:
    stub.on("GET", "/x", {})
    outcome = get(Internet(proxy=f"http://127.0.0.1:{proxy.port}"), f"{stub.url}/x")
    assert isinstance(outcome, HttpResponse)
    assert proxy.asked == []


def straight_to(service: Raw, authorities: str = "") -> Internet:
    return Internet(authorities=authorities, resolve=lambda _, __: [(2, 1, 6, ("127.0.0.1", service.port))])


def test_a_companys_own_authority_is_trusted_where_it_is_named(service: Raw, authority: Authority) -> None:
    assert isinstance(get(straight_to(service, str(authority.file))), HttpResponse)


def test_an_authority_that_is_not_named_is_not_trusted_and_the_setting_is_told(service: Raw) -> None:
    outcome = get(straight_to(service))
    assert isinstance(outcome, Trouble)
    assert not outcome.sent
    assert "is not trusted" in outcome.detail
    assert "SSL_CERT_FILE" in outcome.detail


def test_a_certificate_for_another_host_is_not_trusted(service: Raw, authority: Authority) -> None:
    outcome = get(straight_to(service, str(authority.file)), "https://other.example/")
    assert isinstance(outcome, Trouble)
    assert not outcome.sent


def test_nothing_of_the_environment_counts_but_the_settings(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login anna password from-netrc\n")
    (tmp_path / ".netrc").chmod(0o600)
    surroundings = {"HOME": str(tmp_path), "NETRC": str(tmp_path / ".netrc")}
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    for name, value in {**surroundings, **proxies}.items():
        monkeypatch.setenv(name, value)
    stub.on("GET", "/api/v2/tickets/35", shown())
    zendesk = ZendeskClient(stub.url, BearerToken("t0ken"), ids=lambda: IDS, now=lambda: NOW)
    assert zendesk.read_ticket("35") is not None
    zendesk.close()
    assert [one.headers["authorization"] for one in stub.asked] == ["Bearer t0ken"]
