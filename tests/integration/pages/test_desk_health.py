"""The page health: what does not go on, since when and what to do, in words that anybody may have chosen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as ChromiumBrowser

from connector.calls import ZENDESK
from connector.errors import Limited, Transient
from parley.health.overview import LOOPS
from parley.zendesk.account.watching import DRIFT
from parley.zendesk.state.accounts import IDS
from parley.zendesk.state.kept_findings import AccountFinding, keep_findings
from store import NewOutboxRow, Tx
from sync.limits.budgets import Budgets
from sync.limits.company_troubles import PREFIX
from sync.reconciling.pulses import PARTS, failed, worked
from sync.runtime.clock import HEARTBEAT as CLOCK
from sync.runtime.heartbeats import DELIVERY, LoopBeats
from sync.runtime.heartbeats import HANDLING as WORKER
from tests.integration.pages.conditions import NOW, ConditionDesk, condition_desk, page_of
from tests.integration.sidebar.conftest import chromium

__all__ = ["chromium"]

PATH = "/desk/health"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ConditionDesk]:
    """Everything was at work a second ago."""
    with condition_desk(tmp_path) as made:

        def alive(tx: Tx) -> None:
            at = NOW - timedelta(seconds=1)
            tx.account.set(IDS, {"form": 7}, at)
            tx.marks.set(CLOCK, None, at)
            tx.marks.set(WORKER, None, at)
            tx.marks.set(DELIVERY, None, at)
            tx.marks.set(DRIFT, {"findings": 0, "first": []}, at)
            for part in PARTS:
                worked(tx, part, at)

        made.store.write(alive)
        for loop in LOOPS:
            LoopBeats(made.store, lambda: NOW).watched(loop, lambda: None)()
        yield made


def test_a_desk_that_is_well_says_so_and_asks_for_nothing(desk: ConditionDesk) -> None:
    said = desk.text(PATH)
    assert "All is well." in said
    assert "mend this" not in said
    assert "have a look" not in said
    assert "nothing waits" in said


def test_a_desk_with_dead_letters_does_not_say_that_there_is_nothing_to_do(desk: ConditionDesk) -> None:
    def die(tx: Tx) -> None:
        row = NewOutboxRow("C-1.1", "ticket:1", "update_ticket", {"home": "ticket:1"}, NOW, None)
        tx.outbox.add([row], NOW)
        tx.outbox.dead("C-1.1", "It was refused.")

    desk.store.write(die)
    said = desk.text(PATH)
    assert "All is well." not in said
    assert 'but <a href="/desk/dead">dead letters</a> wait for a person' in said
    assert '<a href="/desk/dead">Dead letters, one by one and by cause</a>' in said
    assert "parley dead list" not in said


def test_what_the_hourly_look_has_not_looked_at_is_not_told_as_fine(desk: ConditionDesk) -> None:
    assert "found nothing. It has not looked at the account&#39;s own rules and rights yet." in desk.text(PATH)
    finding = AccountFinding("A rule", "warning", "It could harm.")
    desk.store.write(lambda tx: keep_findings(tx, "lint", [finding], NOW))
    desk.store.write(lambda tx: keep_findings(tx, "rights", [], NOW))
    said = desk.text(PATH)
    assert "and found 1, in the account&#39;s own rules or in rights." in said
    assert "not looked at" not in said


def test_a_desk_whose_hourly_look_found_something_says_so_at_the_top_and_where_to_go(desk: ConditionDesk) -> None:
    finding = AccountFinding("A rule", "warning", "It could harm.")
    desk.store.write(lambda tx: keep_findings(tx, "lint", [finding, finding], NOW))
    said = desk.text(PATH)
    assert "All is well." not in said
    assert 'but the hourly look found <a href="/desk/account">2 things in the Zendesk account</a>.' in said
    assert '<a href="/desk/account">Each finding, and what mends it</a>' in said


def test_a_line_that_asks_for_a_look_is_named_at_the_top(desk: ConditionDesk) -> None:
    desk.store.write(lambda tx: tx.marks.forget(WORKER))
    said = desk.text(PATH)
    assert "All is well." not in said
    assert "Have a look below at: <bdi>Worker: handling</bdi>." in said


def test_what_the_hourly_look_found_is_numbered_where_it_is_several_things(desk: ConditionDesk) -> None:
    first = ["change view “A”: It was changed.", "make macro “B”: It is gone."]
    desk.store.write(lambda tx: tx.marks.set(DRIFT, {"findings": 4, "first": first}, NOW))
    said = desk.text(PATH)
    assert "found 4: (1) change view “A”: It was changed. (2) make macro “B”: It is gone. And 2 more." in said


def test_what_readiness_says_stands_at_the_top(desk: ConditionDesk) -> None:
    trouble = "The clock does not run: start `parley run`."
    desk.ready = {**desk.ready, "ready": True, "troubles": [trouble]}
    said = desk.text(PATH)
    assert "1 thing does not go on as it should" in said
    assert "start <code>parley run</code>." in said


def test_a_clock_that_stands_still_is_told_with_since_when_and_what_to_start(desk: ConditionDesk) -> None:
    desk.now = NOW + timedelta(minutes=20)
    said = desk.text(PATH)
    assert "Last ran 20 min ago." in said
    assert "Start <code>parley run</code>, or <code>parley clock</code>." in said
    assert "Since <time" in said
    assert '09:59 EST</time> <span class="subtle">(20 min ago)' in said


def test_a_worker_that_never_ran_is_told(desk: ConditionDesk) -> None:
    desk.store.write(lambda tx: tx.marks.forget(WORKER))
    assert "or <code>parley worker</code>." in desk.text(PATH)


def test_a_loop_that_fails_says_since_when_and_why(desk: ConditionDesk) -> None:
    def fails() -> None:
        raise Transient("Zendesk answered 503: their words")

    with pytest.raises(Transient):
        LoopBeats(desk.store, lambda: desk.now).watched("secrets", fails)()
    said = desk.text(PATH)
    assert "Fails: Zendesk answered 503." in said
    assert "their words" not in said


def test_a_part_of_reconcile_that_fails_says_why(desk: ConditionDesk) -> None:
    desk.store.write(lambda tx: failed(tx, "assignments", "WorkMarket answered 500.", NOW))
    desk.now = NOW + timedelta(minutes=30)
    assert "in 30 min: WorkMarket answered 500." in desk.text(PATH)


def test_what_waits_is_counted_and_said_until_when(desk: ConditionDesk) -> None:
    def wait(tx: Tx) -> None:
        rows = [
            NewOutboxRow(f"C-{n}.1", f"ticket:{n}", "update_ticket", {"home": f"ticket:{n}"}, NOW, None)
            for n in range(100)
        ]
        tx.outbox.add(rows, NOW)

    desk.store.write(wait)
    said = desk.text(PATH)
    assert "100 effects wait to leave" in said
    assert "They will have left</dt><dd>10:" in said


def test_a_budget_whose_service_asked_for_a_pause_says_until_when(desk: ConditionDesk) -> None:
    Budgets(desk.store, now=lambda: NOW).refused(Limited("Too many.", 90.0), ZENDESK)
    said = desk.text(PATH)
    assert "Zendesk refused once; nobody calls for 2 min more." in said
    assert "the desk asks again by itself" in said


def test_each_client_company_is_named_and_one_that_cant_be_used_says_why(desk: ConditionDesk) -> None:
    desk.companies = {"acme": "Acme Ltd", "blue": "Blue Inc"}
    value = {"since": (NOW - timedelta(hours=2)).isoformat(), "why": "WorkMarket refused our token."}
    desk.store.write(lambda tx: tx.marks.set(f"{PREFIX}blue", value, NOW))
    said = desk.text(PATH)
    assert "Acme Ltd" in said
    assert "Can&#39;t be used: WorkMarket refused our token." in said
    assert "(2 h ago)" in said


def test_words_of_others_are_only_words(desk: ConditionDesk) -> None:
    hostile = "<script>alert(1)</script>`<b>`"
    desk.ready = {**desk.ready, "troubles": [hostile]}
    desk.companies = {"acme": hostile}

    def refused(tx: Tx) -> None:
        tx.outbox.add([NewOutboxRow("C-1.1", "ticket:1", "update_ticket", {"home": "ticket:1"}, NOW, None)], NOW)
        tx.outbox.postpone("C-1.1", "todo", NOW, hostile)

    desk.store.write(refused)
    said = desk.text(PATH)
    assert said.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert "<script>alert" not in said
    assert "<b>`" not in said


def test_what_is_damaged_keeps_nobody_from_looking(desk: ConditionDesk) -> None:
    for name in (CLOCK, WORKER, DRIFT, f"{PREFIX}acme", "reconcile.pulse.tickets"):
        desk.store.write(lambda tx, name=name: tx.marks.set(name, json.loads('[["x"], 7]'), NOW))  # type: ignore[misc]
    assert "Loops" in desk.text(PATH)


@pytest.mark.browser
def test_everybody_can_use_the_page(desk: ConditionDesk, chromium: ChromiumBrowser) -> None:
    desk.store.write(lambda tx: failed(tx, "assignments", "WorkMarket answered 500.", NOW))
    desk.ready = {**desk.ready, "troubles": ["One thing waits for Zendesk and is tried again by itself."]}
    with page_of(chromium, desk, width=390) as page:
        page.goto(PATH)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        with page.expect_response(f"**{PATH}"):
            page.evaluate("htmx.trigger('#live', 'parley:seen')")
