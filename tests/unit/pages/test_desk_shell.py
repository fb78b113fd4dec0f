"""The desk's page: who may see it, who may act, and how each request is answered that can't be."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from importlib.resources import files
from ipaddress import ip_network
from typing import Any

import pytest

from parley.pages.desk.scripts import HTMX_SHA256, HTMX_VERSION, REFRESHING
from parley.pages.desk.shell import AT_ONCE, DeskVisit
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.ways_in import ByProxy
from parley.pages.shared.forms import LONGEST_FORM
from store import StoreUnavailable
from tests.unit.pages.desk_visits import ADA, ORIGIN, PROXY, RITA, Browser, asked, shell_of


class Acts:
    """Notes who acted, and with what."""

    def __init__(self) -> None:
        self.by: list[tuple[str, str]] = []

    def __call__(self, visit: DeskVisit) -> Any:
        self.by.append((visit.viewer.actor, visit.filled("reason")))
        return visit.go("/desk/cases")


def test_a_page_shows_who_is_signed_in_and_where_they_are() -> None:
    answer = Browser(shell_of(), ADA).get("/desk/cases/C-1")
    assert answer.status == 200
    assert f"<bdi>{ADA}</bdi>" in answer.text
    assert '<a href="/desk/cases" aria-current="page">Cases</a>' in answer.text
    assert "C-1" in answer.text


def test_the_beginning_of_the_desk_leads_to_each_page() -> None:
    answer = Browser(shell_of(), ADA).get("/desk")
    assert answer.status == 200
    assert "Every case." in answer.text


def test_pages_may_be_kept_by_nobody_and_run_nothing_that_stands_in_them() -> None:
    headers = Browser(shell_of(), ADA).get("/desk").headers
    assert headers["cache-control"] == "no-store"
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


def test_nobody_who_is_not_known_sees_anything() -> None:
    answer = Browser(shell_of()).get("/desk/cases")
    assert answer.status == 403
    assert "Cases" not in answer.text


def test_what_an_operator_sends_is_done_in_their_name() -> None:
    acts = Acts()
    answer = Browser(shell_of(act=acts), ADA).post("/desk/cases", "reason=Over+the+phone")
    assert (answer.status, answer.headers["location"]) == (303, "/desk/cases")
    assert acts.by == [(f"{ADA} (by the proxy)", "Over the phone")]


def test_a_reader_changes_nothing_and_is_told_why() -> None:
    acts = Acts()
    answer = Browser(shell_of(act=acts), RITA).post("/desk/cases", "reason=x")
    assert (answer.status, acts.by) == (403, [])
    assert "Only people whom the policy names" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{ORIGIN}.evil.example"},
        {"Origin": ORIGIN.replace("https", "http")},
        {"Origin": f"{ORIGIN}, {ORIGIN}"},
        {"Referer": f"{ORIGIN}/desk"},
        {},
    ],
)
def test_what_another_site_sends_does_nothing(headers: dict[str, str]) -> None:
    acts = Acts()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = Browser(shell_of(act=acts), ADA).ask(method, "/desk/cases", "reason=x", headers)
        assert answer.status == 403
        assert "nothing was done" in answer.text
    assert acts.by == []


def test_a_browser_that_only_names_our_origin_is_believed() -> None:
    acts = Acts()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Browser(shell_of(act=acts), ADA).ask("POST", "/desk/cases", "reason=x", {"Origin": ORIGIN, **kind})
    assert (answer.status, len(acts.by)) == (303, 1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("reason=x", "text/plain"),
        ('{"reason": "x"}', "application/json"),
        ("reason=" + "x" * LONGEST_FORM, "application/x-www-form-urlencoded"),
        ("&".join(["a=1"] * 600), "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_of_ours_does_nothing(body: str, kind: str) -> None:
    acts = Acts()
    answer = Browser(shell_of(act=acts), ADA).post("/desk/cases", body, Content_Type=kind)
    assert (answer.status, acts.by) == (400, [])


def test_an_address_that_asks_for_too_much_is_told_and_not_read_as_one_that_asks_for_nothing() -> None:
    answer = Browser(shell_of(), ADA).get("/desk/cases?" + "&".join(["a=1"] * 600))
    assert answer.status == 400
    assert "No page of the desk sends this" in answer.text


def test_a_page_without_an_action_takes_no_form() -> None:
    assert Browser(shell_of(), ADA).post("/desk/cases").status == 405


@pytest.mark.parametrize("path", ["/desk/nothing", "/desk/cases/a/b", "/desk/../healthz", "/desk//cases"])
def test_what_is_not_there_is_told_kindly(path: str) -> None:
    answer = Browser(shell_of(), ADA).get(path)
    assert answer.status == 404
    assert "There is no such page." in answer.text


def test_a_database_that_is_away_gives_a_kind_page() -> None:
    def away(_: DeskVisit) -> Any:
        raise StoreUnavailable("the password of the database is 123")

    answer = Browser(shell_of(show=away), ADA).get("/desk/cases")
    assert answer.status == 503
    assert "does not answer just now" in answer.text
    assert "123" not in answer.text


def test_a_page_that_fails_says_so_and_nothing_of_why() -> None:
    def broken(_: DeskVisit) -> Any:
        raise RuntimeError("secret")

    answer = Browser(shell_of(show=broken), ADA).get("/desk/cases")
    assert answer.status == 500
    assert "secret" not in answer.text


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "a" * 190, "</bdi><b>"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_nothing_else(name: str) -> None:
    answer = Browser(shell_of(), name).get("/desk/cases")
    assert answer.status == 200
    for sign in ("<script>alert", "<img src=x", "<b>", "49"):
        assert sign not in answer.text


@pytest.mark.parametrize("peer", ["10.0.0.8", "127.0.0.1", "::1", "testclient", "", "10.0.0.70"])
def test_a_name_from_an_address_that_is_not_the_proxys_is_believed_of_nobody(peer: str) -> None:
    stranger = Browser(shell_of(), ADA, peer=peer, headers={"X-Forwarded-For": "10.0.0.7", "X-Real-IP": "10.0.0.7"})
    assert stranger.get("/desk/cases").status == 403
    assert stranger.post("/desk/cases").status == 403


@pytest.mark.parametrize("peer", ["192.168.3.9", "::ffff:192.168.3.9", "fd00::5"])
def test_a_proxy_may_be_anywhere_in_a_network_that_is_named(peer: str) -> None:
    way = ByProxy(TrustedProxy("x-forwarded-email", [ip_network("192.168.3.0/24"), ip_network("fd00::/64")], ()))
    assert Browser(shell_of(way=way), ADA, peer=peer).get("/desk").status == 200


@pytest.mark.parametrize("name", ["ada@example.com, rita@example.com", " ", "a\tb", "x" * 201])
def test_a_name_that_no_proxy_gives_is_nobodys(name: str) -> None:
    assert Browser(shell_of(), name).get("/desk").status == 403


def proxied(*named: bytes, operators: tuple[str, ...] = (ADA,)) -> Viewer | None:
    proxy = TrustedProxy("x-forwarded-email", [ip_network("10.0.0.7")], operators)
    return proxy.viewer_of("10.0.0.7", [(b"x-forwarded-email", value) for value in named])


@pytest.mark.parametrize(
    "around", ["\u2028", "\u2029", "\u00a0", "\u3000", "\u1680", "\x1c", "\x0b", "\u200b", "\ufeff"]
)
def test_signs_that_nobody_sees_make_nobody_an_operator(around: str) -> None:
    for given in (around + ADA, ADA + around, around + ADA + around):
        viewer = proxied(given.encode())
        assert viewer is None or not viewer.may_operate


@pytest.mark.parametrize(
    ("operator", "given"),
    [("kim@x.de", "\u212aim@x.de"), ("fuss@x.de", "fu\u00df@x.de"), ("i@x.de", "\u0130@x.de")],
)
def test_a_name_that_only_looks_like_an_operators_is_another_one(operator: str, given: str) -> None:
    viewer = proxied(given.encode(), operators=(operator,))
    assert viewer is not None
    assert not viewer.may_operate


def test_an_operator_is_known_in_capitals_and_small_letters_and_in_their_own_script() -> None:
    for operator, given in ((ADA, ADA.upper()), ("Zoë", "Zoë"), (ADA, f" \t{ADA} ")):
        viewer = proxied(given.encode(), operators=(operator,))
        assert viewer is not None
        assert viewer.may_operate


def test_the_journal_tells_two_people_apart_whose_long_names_begin_alike() -> None:
    one, other = (proxied(b"a" * 90 + end + b"@example.com") for end in (b"1", b"2"))
    assert one is not None and other is not None
    assert one.actor != other.actor


def test_a_header_that_is_there_twice_names_nobody_and_its_other_spellings_are_other_headers() -> None:
    assert proxied(ADA.encode(), ADA.encode()) is None
    assert proxied(RITA.encode(), ADA.encode()) is None
    for name in ("X_Forwarded_Email", "Forwarded-Email", "X-Forwarded-User", "X-Forwarded-Email-2"):
        scope_headers = [(name.lower().encode(), ADA.encode())]
        assert (
            TrustedProxy("x-forwarded-email", [ip_network("10.0.0.7")], ()).viewer_of("10.0.0.7", scope_headers)
            is None
        )


def test_the_scripts_that_refresh_are_the_ones_that_were_chosen_and_may_be_kept() -> None:
    vendored = files("parley.pages.desk").joinpath("vendored", "htmx.min.js").read_bytes()
    assert hashlib.sha256(vendored).hexdigest() == HTMX_SHA256
    licence = files("parley.pages.desk").joinpath("vendored", "LICENSE").read_text()
    assert licence.startswith("Zero-Clause BSD")
    assert HTMX_VERSION in REFRESHING[0]
    for address in REFRESHING:
        plain, packed = (Browser(shell_of()).get(address, **more) for more in ({}, {"Accept_Encoding": "gzip"}))
        assert (plain.status, packed.status) == (200, 200)
        assert "immutable" in plain.headers["cache-control"]
        assert len(packed.body) < len(plain.body) / 1.5
    assert Browser(shell_of()).get("/desk/static/../shell.py").status == 404


def test_a_page_that_is_not_alive_loads_no_script() -> None:
    live = shell_of(show=lambda visit: visit.page("desk_trouble.html", title="x", sentence="y", live=True))
    assert "<script" not in Browser(shell_of(), ADA).get("/desk/cases").text
    text = Browser(live, ADA).get("/desk/cases?state=tier_1&company=%22").text
    assert all(f'<script src="{address}" defer>' in text for address in REFRESHING)
    assert 'hx-get="/desk/cases?state=tier_1&amp;company=%22"' in text


def test_a_page_that_refreshes_asks_for_the_very_address_that_was_asked_for() -> None:
    live = shell_of(show=lambda visit: visit.page("desk_trouble.html", title="x", sentence="y", live=True))
    text = Browser(live, ADA).get("/desk/cases/100%25%20%3Fa%22?b=%22").text
    assert 'hx-get="/desk/cases/100%25%20%3Fa%22?b=%22"' in text


@pytest.mark.parametrize(
    "path", ["/desk/cases/a%00", "/desk/cases/a%0A", "/desk/cases%0A", "/desk%0A", "/desk/cases/%1B%5B2J"]
)
def test_a_path_with_signs_that_control_something_leads_nowhere(path: str) -> None:
    seen: list[Any] = []
    answer = Browser(shell_of(show=seen.append), ADA).get(path)
    assert (answer.status, seen) == (404, [])


def test_what_no_database_can_keep_reaches_no_page() -> None:
    """PostgreSQL refuses a text with a zero in it, which would be a fault of the page."""
    seen: list[str] = []

    def note(visit: DeskVisit) -> Any:
        seen.extend((visit.asked("q"), visit.filled("reason")))
        return visit.go("/desk/cases")

    shell = shell_of(show=note, act=note)
    Browser(shell, ADA).get("/desk/cases?q=a%00b&%00=c")
    Browser(shell, ADA).post("/desk/cases?q=%ED%A0%80", "reason=a%00b%FF")
    assert seen[0] == "a\ufffdb"
    assert seen[3] == "a\ufffdb\ufffd"
    assert not any("\x00" in one for one in seen)
    "".join(seen).encode()


class SlowZendesk:
    """A way in where who comes back waits for Zendesk, until it answers."""

    signs_out = True

    def __init__(self) -> None:
        self.answers_now, self.all_wait = threading.Event(), threading.Event()
        self._waiting = 0

    def viewer_of(self, _: Any) -> None: ...

    def answers(self, _: str, path: str) -> Any:
        return {"/desk/signed-in": self._back, "/desk/signed-out": self._out}.get(path)

    def refusal(self, _: Any, render: Any) -> Any:
        return self._out(_, render)

    def _back(self, _: Any, render: Any) -> Any:
        self._waiting += 1
        if self._waiting == AT_ONCE:
            self.all_wait.set()
        assert self.answers_now.wait(60)
        return self._out(_, render)

    def _out(self, _: Any, render: Any) -> Any:
        return render(None, "", "desk_refused.html", title="You are signed out", sentence="x")


def test_who_waits_for_zendesk_holds_up_nobody_who_signs_out() -> None:
    slow = SlowZendesk()
    shell = shell_of(way=slow)

    async def all_at_once() -> list[int]:
        back = [
            asyncio.create_task(asked(shell, "GET", "/desk/signed-in", b"", [], PROXY)) for _ in range(AT_ONCE + 2)
        ]
        await asyncio.to_thread(slow.all_wait.wait, 60)
        out = await asyncio.wait_for(asked(shell, "GET", "/desk/signed-out", b"", [], PROXY), 10)
        slow.answers_now.set()
        return [out.status, *[one.status for one in await asyncio.gather(*back)]]

    assert asyncio.run(all_at_once()) == [200] * (AT_ONCE + 3)
