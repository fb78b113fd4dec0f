"""Guessing at what opens the pages: whatever is not quite the right key reads nothing, and costs no question."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from parley.case_view.case_keys import CaseKeys, key_of
from parley.pages.desk.by_zendesk import BEGUN
from parley.pages.desk.signed_in import COOKIE
from parley.pages.requester.address_book import PageAddressBook, digest_of, token_of
from store import PageGiving
from tests.in_process import Sent, ask
from tests.integration.pages.signing_in import HOME, SignInDesk, asked, desks
from tests.scale import scaled, tell
from tests.system.attack.nearly_right import nearly
from webhooks import SidebarDeps
from webhooks.sidebar import SidebarEndpoint

SECRET, OLD = "n" * 32, "o" * 32


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SignInDesk]:
    with desks(tmp_path) as make:
        yield make()


def no_question(desk: SignInDesk) -> None:
    """From here on the store may not be asked."""
    desk.app.store.read = lambda _: pytest.fail("The store was asked.")  # type: ignore[method-assign, assignment]


def headers_with(real: str, name: str, dice: Random) -> list[tuple[str, bytes]]:
    """Cookies that hold what is nearly a session, under its name or nearly so, once or several times."""
    forged = nearly(real, dice)
    other_name = nearly(name, dice).replace(";", "")
    given = {
        0: [f"{name}={real}; {name}={forged}"],
        1: [f"{name}={forged}", f"{name}={real}"],
        2: [f"{other_name if other_name != name else 'x'}={real}"],
        3: [f"{name.lower()}={real}; {name} = {real}; {name}"],
    }.get(dice.randrange(10), [f"{name}={forged}"])
    return [("Cookie", one.encode()) for one in given] + [("Authorization", f"Bearer {real}".encode())]


def test_cookies_that_are_nearly_a_session_open_nothing_and_cost_no_question(desk: SignInDesk) -> None:
    dice, tries = Random(48), scaled(200, 10_000)  # noqa: S311  repeatable, not secret
    with desk.browser() as admin:
        admin.sign_in(desk.account.admin)
        real, rows = admin.cookies[COOKIE], desk.rows()
    no_question(desk)
    came: Counter[tuple[int, str]] = Counter()
    with desk.browser() as stranger:
        for _ in range(tries):
            given = headers_with(real, COOKIE, dice)
            answer = stranger.get("/desk", given)
            came[answer.status_code, answer.headers.get("location", "")] += 1
            assert set(came) == {(303, "/desk/sign-in")}, given
    assert desk.rows() == rows
    tell("desk_cookies", mutated_cookies_refused=tries)


def test_cookies_that_are_nearly_a_begun_sign_in_exchange_no_code(desk: SignInDesk) -> None:
    dice, tries = Random(49), scaled(100, 10_000)  # noqa: S311  repeatable, not secret
    with desk.browser() as victim:
        back = victim.allowed(victim.sent_to_zendesk(), desk.account.admin).removeprefix(HOME)
        real, calls = victim.cookies[BEGUN], desk.calls()
    state = asked(back)["state"]
    no_question(desk)
    with desk.browser() as stranger:
        for _ in range(tries):
            given = headers_with(real, BEGUN, dice)
            assert stranger.get(back, given).status_code == 403, given
            other = back.replace(state, "".join(dice.choices("abcXYZ019-_", k=dice.randrange(60))))
            assert stranger.get(other, {"Cookie": f"{BEGUN}={real}"}).status_code == 403, other
    assert desk.calls() == calls
    assert desk.rows() == []
    tell("desk_begun_sign_ins", mutated_cookies_refused=2 * tries)


def test_guesses_at_a_requesters_page_are_nobodys_and_cost_no_question() -> None:
    dice, tries = Random(47), scaled(3_000, 100_000)  # noqa: S311  repeatable, not secret
    nothing: Any = None
    book = PageAddressBook(nothing, lambda: [SECRET, OLD], lambda: HOME, nothing)
    real = token_of(SECRET, PageGiving("C-1", "501", "35", ""))
    of_another_secret = token_of("x" * 32, PageGiving("C-1", "501", "35", ""))
    assert book.digest(real) == digest_of(real)
    assert book.digest(of_another_secret) is None
    for _ in range(tries):
        assert book.digest(nearly(real, dice)) is None
        assert book.digest("".join(dice.choices("0123456789abcdefXYZ", k=22))) is None
    tell("requester_pages", guesses_refused=2 * tries)


def test_keys_of_other_tickets_and_what_is_nearly_a_key_open_no_case() -> None:
    dice, tries = Random(44), scaled(2_000, 100_000)  # noqa: S311  repeatable, not secret
    keys = CaseKeys(lambda: (SECRET, OLD))
    real = key_of(SECRET, "35")
    assert keys.opens("35", SECRET, real)
    for _ in range(tries):
        assert not keys.opens("35", SECRET, nearly(real, dice))
        assert not keys.opens("35", nearly(SECRET, dice), real)
        other = str(dice.randrange(1, 10**6))
        assert other == "35" or not keys.opens("35", SECRET, key_of(SECRET, other))
    tell("sidebar_keys", guesses_refused=3 * tries)


def test_the_sidebars_door_looks_no_case_up_for_a_key_of_another_ticket_or_a_guess() -> None:
    dice, looked_up = Random(45), []  # noqa: S311  repeatable, not secret

    def view(ticket: str) -> dict[str, Any]:
        looked_up.append(ticket)
        return {"id": "C-1"}

    keys = CaseKeys(lambda: (SECRET,))
    door = SidebarEndpoint(SidebarDeps(keys.opens, view), CollectorRegistry(), refused_after_s=0)

    async def answered(ticket: str, installation: str, capability: str) -> tuple[int, bytes]:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await door({**scope, "path_params": {"ticket_id": ticket}}, receive, send)

        given = [(b"x-parley-installation", installation), (b"x-parley-capability", capability)]
        headers = [(name, value.encode("utf-8", "replace")) for name, value in given]
        got = await ask(app, Sent(f"/api/sidebar/cases/{ticket}", b"", headers, "GET"))
        return got.status, got.body

    async def guesses() -> set[tuple[int, bytes]]:
        came = set()
        for _ in range(scaled(100, 10_000)):
            ticket = dice.choice(["36", "035", "35 ", "+35", "35.0", "３５", "٣٥", "35/../36", "", "9" * 30])
            came.add(await answered(ticket, SECRET, key_of(SECRET, "35")))
            came.add(await answered("35", SECRET, nearly(key_of(SECRET, "35"), dice)))
            came.add(await answered("35", nearly(SECRET, dice), key_of(SECRET, "35")))
        return came

    said = asyncio.run(guesses())
    assert {status for status, _ in said} == {404, 429}
    assert looked_up == []
    assert not any("C-1" in json.dumps(body.decode()) for _, body in said)
