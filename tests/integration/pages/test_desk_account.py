"""The page account: what the clock's look at Zendesk found, what mends it, and kindly where nobody looked yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as ChromiumBrowser

from parley.zendesk.state.accounts import IDS
from parley.zendesk.state.kept_findings import (
    LONGEST,
    MOST,
    PARTS,
    PREFIX,
    AccountFinding,
    keep_failure,
    keep_findings,
    looked_at,
)
from store import Tx
from sync.reconciling.pulses import BY_LIST, worked
from tests.integration.pages.conditions import NOW, ConditionDesk, condition_desk, page_of
from tests.integration.sidebar.conftest import chromium

__all__ = ["chromium"]

PATH = "/desk/account"
HOSTILE = "<script>alert(1)</script>`<b>`"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ConditionDesk]:
    with condition_desk(tmp_path) as made:
        made.store.write(lambda tx: tx.account.set(IDS, {"form": 7}, NOW))
        yield made


def find(desk: ConditionDesk, *found: AccountFinding) -> None:
    """A look at each part, of which the rules' has findings."""

    def keep(tx: Tx) -> None:
        for part in PARTS:
            keep_findings(tx, part, found if part == "lint" else (), desk.now)

    desk.store.write(keep)


def test_an_account_that_nobody_looked_at_yet_says_when_that_will_be(desk: ConditionDesk) -> None:
    said = desk.text(PATH)
    assert said.count("Not looked at yet. The clock does so within the hour;") == 3
    assert "<code>parley zendesk drift</code> looks at once." in said


def test_an_account_that_was_never_set_up_says_what_to_run(desk: ConditionDesk) -> None:
    desk.store.write(lambda tx: tx.account.forget(IDS))
    assert "parley zendesk apply" in desk.text(PATH)


def test_an_account_in_which_nothing_was_found_says_so_and_when(desk: ConditionDesk) -> None:
    find(desk)
    desk.now = NOW + timedelta(minutes=20)
    said = desk.text(PATH)
    assert "Everything that Parley made is as it should be." in said
    assert said.count("(20 min ago)") == 3


def test_a_finding_stands_with_what_mends_it_and_leads_to_the_rule(desk: ConditionDesk) -> None:
    find(desk, AccountFinding("webhook Parley", "problem", "it was changed.", "Run `parley zendesk apply`."))
    assert "Run <code>parley zendesk apply</code>." in desk.text(PATH)
    rule = "/admin/objects-rules/rules/triggers/36"
    find(desk, AccountFinding("trigger “x”", "warning", "could loop with us.", "", rule))
    assert f'href="https://acme.zendesk.com{rule}"' in desk.text(PATH)


def test_titles_from_the_account_are_only_words(desk: ConditionDesk) -> None:
    find(desk, AccountFinding(HOSTILE, "warning", HOSTILE, HOSTILE, f"javascript:{HOSTILE}"))
    said = desk.text(PATH)
    assert said.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert "<script>alert" not in said
    assert "javascript:" not in said


def test_many_findings_are_counted_and_the_page_stays_small(desk: ConditionDesk) -> None:
    find(desk, *(AccountFinding(f"trigger {n}", "warning", "x" * 5000, "y") for n in range(300)))
    look = desk.store.read(looked_at)["lint"]
    assert (look.total, len(look.findings), len(look.findings[0].said)) == (300, MOST, LONGEST)
    assert 'href="/desk/account?part=lint">More of these' in desk.text(PATH)
    said = desk.text(f"{PATH}?part=lint")
    assert said.count('<li class="warning">') == MOST
    assert f"{300 - MOST} more are not shown; <code>parley zendesk lint</code> tells all." in said


def test_what_can_not_be_looked_at_says_since_when_and_why_and_keeps_what_was_found(desk: ConditionDesk) -> None:
    find(desk, AccountFinding("trigger “x”", "warning", "could loop with us."))
    desk.now = NOW + timedelta(hours=1)
    desk.store.write(lambda tx: keep_failure(tx, "lint", "Zendesk answered 503.", desk.now))
    said = desk.text(PATH)
    assert "Zendesk answered 503. What is below is older." in said
    assert "Could loop with us." in said


def test_a_look_that_is_late_says_what_to_start(desk: ConditionDesk) -> None:
    find(desk)
    desk.now = NOW + timedelta(hours=3)
    assert desk.text(PATH).count("That was long ago: the clock looks once an hour.") == 3


def test_an_export_that_may_not_be_read_is_a_right_that_lacks(desk: ConditionDesk) -> None:
    find(desk)
    desk.store.write(lambda tx: worked(tx, "tickets", NOW, way=BY_LIST))
    assert "may not read the export of changed tickets" in desk.text(PATH)


def test_marks_that_are_damaged_count_as_never_looked_at(desk: ConditionDesk) -> None:
    for part in PARTS:
        desk.store.write(lambda tx, part=part: tx.marks.set(PREFIX + part, {"findings": [7]}, NOW))  # type: ignore[misc]
    assert desk.text(PATH).count("Not looked at yet.") == 3


@pytest.mark.browser
def test_everybody_can_use_the_page(desk: ConditionDesk, chromium: ChromiumBrowser) -> None:
    long = "https://acme.zendesk.com/" + "x" * 300
    find(desk, AccountFinding(f"trigger “{HOSTILE}”", "problem", long, "Run `parley zendesk apply`."))
    with page_of(chromium, desk, width=390) as page:
        page.goto(PATH)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth") == 390
