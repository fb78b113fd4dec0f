"""Agents read an assignment's status as WorkMarket's site calls it, and no word of an API."""

from __future__ import annotations

import pytest

from escalation.eligibility.facts import APPROVED, CANCELLED, COMPLETED
from escalation.eligibility.outlooks import PAID
from escalation.eligibility.reasons import STARTED
from escalation.language.status_words import STATUSES, status_in_words
from sandbox.pages.wording import assignment_status
from tests.unit.escalation.case_world import CaseWorld, assignment, in_tier

RAW = ("paymentpending", "inprogress", "assignment id", "assignment_id")


def test_every_status_that_the_process_goes_by_has_words() -> None:
    assert set(STATUSES) >= COMPLETED | APPROVED | CANCELLED | PAID | STARTED


def test_a_status_is_told_as_workmarket_s_site_calls_it_however_it_is_written() -> None:
    told = [status_in_words(one) for one in ("paymentPending", "in_progress", "complete", "", "new_word")]
    assert told == ["invoiced", "in progress", "pending approval", "without a status", "new_word"]


def test_the_demo_s_pages_call_it_the_same() -> None:
    assert assignment_status("paymentPending") == "Invoiced"


@pytest.mark.parametrize("status", ["paymentpending", "inprogress"])
def test_the_agents_note_and_the_journal_name_a_status_in_words(status: str) -> None:
    world = CaseWorld(seen=assignment(status=status))
    world.arrive()
    assert status_in_words(status) in "".join(world.notes())
    _nothing_raw(world)


def test_what_a_status_became_is_told_in_words() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    assert "The assignment is invoiced now." in " ".join(world.journal)
    _nothing_raw(world)


def test_what_an_agent_changed_is_told_in_words() -> None:
    world = in_tier()
    world.agent(changes={"assignment_id": "880022"})
    assert (
        "Ada Agent changed while the case was under way: assignment number, from “880011” to “880022”"
        in "".join(world.notes())
    )
    _nothing_raw(world)


def _nothing_raw(world: CaseWorld) -> None:
    said = " ".join((*world.notes(), *world.journal))
    assert not [word for word in RAW if word in said]
