"""Addresses and forms that somebody who is signed in makes up: no page of the desk fails, or does anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from config.setting_rules import networks
from parley.wiring.desk_pages import PAGES
from store import Store
from store.schema.tables import cases, inbox, journal, outbox
from tests.integration.pages.dead_letters import DeadLetters
from tests.integration.pages.desk_cases import ListedCases, some_cases
from tests.integration.pages.signing_in import SignInDesk, desks, the_policy
from tests.scale import scaled, tell
from tests.servers.shared import Servers, servers
from tests.system.attack.hostile import STRINGS
from tests.unit.escalation.case_world import START

__all__ = ["servers"]

NAMED = {"X-Forwarded-Email": "ada"}
NAMES = [
    "state",
    "tier",
    "due",
    "company",
    "language",
    "search",
    "after",
    "page",
    "causes",
    "kind",
    "since",
    "ticket",
    "cause",
    "done",
    "journal",
    "rows",
    "order",
]
NAMES += ["act", "reason", "q", "to", "", "\x00"]
VALUES = [*STRINGS, "all", "open", "1", "2", "-1", "99999999", "0x10", "101", "C-000001", "tier_2", "now", "4" * 25]
VALUES += ["replay", "discard", "2026-12-01T15:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "%"]
VALUES += ["x" * 9_000, "\x85", "\u2028", "'\"`<img src=x onerror=alert(1)>", "1.0000000000000000.eJwDAAAAAAE"]


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SignInDesk]:
    """A desk with cases and dead letters, before which a proxy stands."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            found: Servers = request.getfixturevalue("servers")
            url = stack.enter_context(found.database())
        make = stack.enter_context(desks(tmp_path, url))
        proxy = {"trusted_proxy_header": "X-Forwarded-Email", "trusted_proxies": networks("10.0.0.5")}
        policy = replace(the_policy(""), operators=("ada",))
        made = make(policy, sign_in_client_id="", sign_in_client_secret="", **proxy)
        ListedCases(made.app.store, START).keep(*some_cases())
        buried = DeadLetters(made.app.store)
        buried.bury(5, "<script>alert(1)</script>\u202e {{{{7*7}}}}")
        buried.bury_effect("\x1b[2J<b>no</b>")
        yield made


def paths_of(desk: SignInDesk) -> list[str]:
    return ["", *(page.path for made in PAGES for page in made(desk.app))]


def drawn(dice: Random) -> str:
    """A query or a form, ill encoded now and then."""
    fields = [(dice.choice(NAMES), dice.choice(VALUES)) for _ in range(dice.randrange(5))]
    told = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in fields])
    if dice.random() < 0.9:
        return told
    return told[: dice.randrange(len(told) + 1)] + dice.choice(["%", "%ff", "&&", ";", "+"])


def everything_in(store: Store) -> Any:
    return store.read(
        lambda tx: [tx._connection.execute(select(one)).all() for one in (cases, inbox, outbox, journal)]
    )


def test_whatever_is_asked_for_no_page_fails_and_reading_changes_nothing(desk: SignInDesk) -> None:
    dice, tries = Random(52), scaled(40, 4_000)  # noqa: S311  repeatable, not secret
    paths, before = paths_of(desk), everything_in(desk.app.store)
    with desk.browser() as browser, capture_logs() as logged:
        for _ in range(tries):
            name = quote(dice.choice(VALUES).encode("utf-8", "surrogatepass"), safe="")
            path = f"/desk{dice.choice(paths)}".replace("{ticket_id}", name or "0")
            asked = f"{path}?{drawn(dice)}"
            answer = browser.get(asked, NAMED)
            assert answer.status_code in (200, 400, 404), asked
            assert "<script>alert" not in answer.text and "<img src=x" not in answer.text, asked
            assert "\u202e" not in answer.text, asked
            assert len(answer.content) < 120_000, asked
            assert [line for line in logged if line["log_level"] == "error"] == [], asked
    assert everything_in(desk.app.store) == before
    tell("hostile_visits", visits=tries, failed=0)


def test_whatever_form_is_sent_no_page_fails_and_nothing_is_settled_by_it(desk: SignInDesk) -> None:
    dice, tries = Random(53), scaled(30, 4_000)  # noqa: S311  repeatable, not secret
    paths, before = paths_of(desk), everything_in(desk.app.store)
    headers = {**NAMED, "Sec-Fetch-Site": "same-origin"}
    with desk.browser() as browser, capture_logs() as logged:
        for _ in range(tries):
            path = f"/desk{dice.choice(paths)}".replace("{ticket_id}", "101")
            form = drawn(dice)
            answer = browser.post_raw(f"{path}?{drawn(dice)}", form.encode(), headers)
            assert answer.status_code in (400, 404, 405, 409), (path, form)
            assert "<script>alert" not in answer.text, (path, form)
            assert [line for line in logged if line["log_level"] == "error"] == [], (path, form)
    assert everything_in(desk.app.store) == before
