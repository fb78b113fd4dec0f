"""The door of requesters' pages, over a socket: a page for who has its address, and the same 404 for all else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from escalation.telling.progress_page import ProgressPage
from parley.case_view.case_reading import DamagedCase
from parley.pages.requester.address_book import digest_of, is_made_with, token_of
from parley.pages.requester.door import METHODS, PageDeps, RequesterPages
from parley.pages.shared.below import Below
from parley.pages.shared.same_time import REFUSED_AFTER_S
from store import PageGiving, StoreUnavailable
from sync.shared.page_addresses import PATH
from tests.desk import ServedApp
from tests.integration.requester_pages.examples import told
from tests.unencrypted import UNENCRYPTED
from tests.unit.escalation.case_world import texts

SECRET = "n" * 32
ORIGIN = "https://desk.test"
EVIL = "https://evil.example"
TOKEN, ENDED = (token_of(SECRET, PageGiving("C-1", "501", ticket, "")) for ticket in ("35", "36"))


class Pages:
    """Which pages there are, and what was asked of the database."""

    def __init__(self) -> None:
        self.known: dict[str, ProgressPage] = {digest_of(TOKEN): told("tier_2")}
        self.asked: list[str] = []
        self.pressed: list[tuple[str, str]] = []
        self.fails: Exception | None = None
        self.registry = CollectorRegistry()

    def digest(self, token: str) -> str | None:
        return digest_of(token) if is_made_with(SECRET, token) else None

    def read(self, digest: str) -> ProgressPage | None:
        self.asked.append(digest)
        if self.fails:
            raise self.fails
        return self.known.get(digest)

    async def press(self, page: ProgressPage, about: str) -> None:
        self.pressed.append((page.case_id, about))

    def counted(self, outcome: str) -> float:
        return self.registry.get_sample_value("parley_progress_pages_total", {"outcome": outcome}) or 0.0


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def client(pages: Pages) -> Iterator[httpx.Client]:
    deps = PageDeps(
        texts(), pages.digest, pages.read, pages.press, lambda ticket: f"https://x/{ticket}", lambda: ORIGIN
    )
    app = FastAPI()
    app.router.routes.append(Below(PATH, RequesterPages(deps, pages.registry), METHODS))
    served = ServedApp(app)
    with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", verify=UNENCRYPTED, timeout=60) as client:
        yield client
    served.stop()


def test_who_has_the_address_reads_and_nobody_on_the_way_keeps_it(client: httpx.Client) -> None:
    answer = client.get(f"/p/{TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "set-cookie" not in answer.headers


def test_a_head_is_answered_as_a_get_is_without_a_body(client: httpx.Client, pages: Pages) -> None:
    for path in (f"/p/{TOKEN}", "/p/none"):
        got, head = client.get(path), client.head(path)
        left_out = {"date"}
        assert head.content == b""
        assert {k: v for k, v in head.headers.items() if k not in left_out} == {
            k: v for k, v in got.headers.items() if k not in left_out
        }
    assert pages.pressed == []


def test_whatever_leads_nowhere_is_one_404_and_never_sooner(client: httpx.Client, pages: Pages) -> None:
    wrong = [
        "",
        "x",
        TOKEN[:-1],
        TOKEN + "a",
        TOKEN.swapcase(),
        ENDED,
        "%0d%0aSet-Cookie:%20a=b",
        "a/" * 900,
        "%ff",
    ]
    with capture_logs() as logged:
        answers = [client.get(f"/p/{one}") for one in wrong]
        pages.fails = DamagedCase(type("Row", (), {"id": "C-1"})())
        answers.append(client.get(f"/p/{TOKEN}"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert min(answer.elapsed.total_seconds() for answer in answers) >= REFUSED_AFTER_S
    assert pages.asked == [digest_of(ENDED), digest_of(TOKEN)]
    assert [line["event"] for line in logged] == ["progress_page_damaged"]
    assert TOKEN not in str(logged)


def test_that_there_is_nothing_is_said_in_the_readers_language(client: httpx.Client) -> None:
    answer = client.get("/p/x", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert (answer.headers["content-language"], "Hier ist nichts" in answer.text) == ("de", True)


def test_who_guesses_is_limited_and_holds_up_nobody_who_reads(client: httpx.Client, pages: Pages) -> None:
    port = httpx.URL(client.base_url).port or 0
    lines = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(80)]
    for line in lines:
        line.sendall(b"GET /p/guess HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answered = [line.makefile("rb").readline() for line in lines]
    for line in lines:
        line.close()
    assert {one.split()[1] for one in answered} == {b"404", b"429"}
    assert client.get(f"/p/{TOKEN}").status_code == 200
    assert pages.asked == [digest_of(TOKEN)]
    assert pages.counted("limited") >= 1


def test_who_reads_again_and_again_is_limited_for_that_page(client: httpx.Client, pages: Pages) -> None:
    pages.known[digest_of(ENDED)] = told("ended")
    statuses = [client.head(f"/p/{TOKEN}").status_code for _ in range(60)]
    assert statuses[0] == 200 and 429 in statuses
    assert client.get(f"/p/{ENDED}").status_code == 200


def test_a_database_that_is_away_is_no_end_of_the_page(client: httpx.Client, pages: Pages) -> None:
    pages.fails = StoreUnavailable("The database is away.")
    answer = client.get(f"/p/{TOKEN}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "database" not in answer.text


def test_a_button_leads_back_to_the_page_and_a_form_of_nobodys_asks_for_nothing(
    client: httpx.Client, pages: Pages
) -> None:
    answer = client.post(f"/p/{TOKEN}", data={"about": "settled"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{TOKEN}?pressed=settled")
    others: list[Any] = [{"about": "close"}, {}, {"x": "y"}]
    assert {client.post(f"/p/{TOKEN}", data=one).headers["location"] for one in others} == {f"/p/{TOKEN}"}
    assert client.post(f"/p/{ENDED}", data={"about": "settled"}).status_code == 404
    assert pages.pressed == [("C-1", "settled")]


def test_each_button_has_an_answer_of_its_own(client: httpx.Client) -> None:
    settled, written, other = (
        client.get(f"/p/{TOKEN}?pressed={about}").text for about in ("settled", "written", "closed")
    )
    assert "If the matter is settled, please also" in settled and "reading the assignment again" not in settled
    assert "We are reading the assignment again now" in written and "settled, please" not in written
    assert 'role="status"' not in other


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"about=settled" + b"&a=1" * 5, FORM),
        (b"about=settled&x=" + b"y" * 1_000, FORM),
        (b"about=settled&x=\xff", FORM),
        (b"about=settled", "text/plain"),
        (b'{"about": "settled"}', "application/json"),
    ],
)
def test_what_is_no_form_of_a_page_is_bad_input_and_no_fault_of_the_desks(
    client: httpx.Client, pages: Pages, body: bytes, kind: str
) -> None:
    with capture_logs() as logged:
        answer = client.post(f"/p/{TOKEN}", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, "none of this page" in answer.text) == (400, True)
    assert (logged, pages.asked, pages.pressed) == ([], [], [])
    assert (pages.counted("not_read"), pages.counted("unavailable")) == (1, 0)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_is_changed_by_any_other_method(client: httpx.Client, pages: Pages, method: str) -> None:
    answer = client.request(method, f"/p/{TOKEN}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert pages.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "Same-Origin")],
        [("Sec-Fetch-Site", "")],
        [("Sec-Fetch-Site", "same-origin"), ("sec-fetch-site", "cross-site")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "same-origin")],
        [("Sec-Fetch-Site", "cross-site"), ("Origin", ORIGIN)],
        [("Origin", EVIL)],
        [("Origin", ORIGIN), ("Origin", EVIL)],
        [("Origin", "null"), ("Origin", "null")],
        [("Origin", "http://desk.test")],
        [("Origin", f"{ORIGIN}.evil.example")],
        [("Origin", "https://evil.example@desk.test")],
        [("Origin", "http://[")],
        [("Origin", "")],
    ],
)
def test_a_form_of_another_site_presses_nothing_and_is_no_fault_of_ours(
    client: httpx.Client, pages: Pages, headers: list[tuple[str, str]]
) -> None:
    with capture_logs() as logged:
        answer = client.post(f"/p/{TOKEN}", data={"about": "settled"}, headers=headers)
    assert (answer.status_code, pages.asked, pages.pressed, logged) == (403, [], [], [])
    assert pages.counted("foreign") == 1


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "null"}, {"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]
)
def test_a_form_of_the_page_itself_presses(client: httpx.Client, pages: Pages, headers: dict[str, str]) -> None:
    client.post(f"/p/{TOKEN}", data={"about": "settled"}, headers=headers)
    assert pages.pressed == [("C-1", "settled")]


@pytest.mark.parametrize("body", [b"%", b"about=%00", b"=" * 900])
def test_a_form_that_is_none_of_ours_is_no_fault_of_ours(client: httpx.Client, pages: Pages, body: bytes) -> None:
    with capture_logs() as logged:
        answer = client.post(f"/p/{TOKEN}", content=body, headers={"Content-Type": FORM})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{TOKEN}")
    assert (pages.pressed, logged) == ([], [])


def test_who_hangs_up_in_the_middle_of_a_form_is_told_to_nobody(client: httpx.Client, pages: Pages) -> None:
    head = f"POST /p/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nabout="
    with capture_logs() as logged:
        with socket.create_connection(("127.0.0.1", httpx.URL(client.base_url).port or 0), timeout=60) as line:
            line.sendall(head.encode())
        assert client.get(f"/p/{TOKEN}").status_code == 200
    assert (pages.pressed, logged) == ([], [])
