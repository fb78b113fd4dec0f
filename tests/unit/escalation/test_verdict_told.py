"""A verdict is told with its date, with each part that it was counted from, and with what has changed since."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from escalation.explain import explain
from escalation.model.values import State
from escalation.model.views import ZendeskUser
from escalation.telling.progress_page import progress_page
from escalation.telling.stored import StoredCase
from sync.shared.codec import decode_case, encode_case
from tests.unit.escalation.case_world import START, CaseWorld, assignment, in_tier
from tests.unit.escalation.test_case_view import view

CHECKED = "Mon 2 Mar 2026, 10:00 EST"


def early(**fields: str) -> CaseWorld:
    """A request that came two days after the work was handed in."""
    done = START - timedelta(days=2)
    said = replace(assignment().messages[0], at=done + timedelta(hours=1))
    world = CaseWorld(seen=assignment(checked_out=done, scheduled=done, messages=(said,)), fields=fields)
    world.arrive()
    assert world.state is State.WAITING_FOR_DATE
    return world


def told(world: CaseWorld) -> str:
    return explain(world.case, world.policy.calendar)


def changes(world: CaseWorld) -> list[str]:
    return [one.what for one in world.case.judgement.changed_since]


@pytest.mark.parametrize(
    ("fields", "average"),
    [({}, "don't know how long this client usually takes to approve and assume 72 hours"),
     ({"average_approval": "80"}, "this client usually takes 80 hours to approve")],
)  # fmt: skip
def test_a_reader_can_add_up_when_an_approval_is_overdue(fields: dict[str, str], average: str) -> None:
    said = early(**fields).said()[0]
    assert "finished on Sat 28 Feb 2026, 10:00 EST" in said
    assert average in said
    assert "and we allow 48 hours more" in said


def test_the_parts_add_up() -> None:
    [finding] = early().case.judgement.verdict.decisive  # type: ignore[union-attr]
    parts = dict(finding.measures)
    hours = timedelta(hours=parts["hours"].number + parts["extra"].number)  # type: ignore[union-attr]
    assert isinstance(parts["completed"], datetime)
    assert parts["completed"] + hours == finding.earliest


def test_a_case_from_before_the_parts_were_kept_tells_the_date_alone() -> None:
    world = early()
    body = json.loads(json.dumps(encode_case(world.case)))
    for finding in body["verdict"]["findings"]:
        del finding["measures"]
    world.case = decode_case(body)
    [finding] = view(world)["verdict"]
    assert "we have assumed a time, which runs with a margin on top until" in finding["told"]


def test_explain_and_the_agents_note_tell_when_it_was_checked() -> None:
    world = in_tier()
    assert f"The check of {CHECKED}: every rule passes." in told(world)
    assert f"**The check of {CHECKED}, rule by rule**" in world.notes()[0]


def test_the_requester_s_page_tells_when_that_was_checked_which_they_were_told() -> None:
    world = early()
    page = progress_page(StoredCase(world.case), world.now, world.policy)
    assert page is not None and page.checked == f"Checked on {CHECKED}."
    untold = progress_page(StoredCase(in_tier().case), START, world.policy)
    assert untold is not None and untold.checked is None


def test_what_the_check_went_by_and_is_otherwise_now_is_marked_with_its_date() -> None:
    world = in_tier()
    world.now += timedelta(days=1)
    world.assigned(status="paymentpending")
    world.agent(changes={"reason": "payment_dispute", "outcome": "a word"})
    world.ticket = replace(world.ticket, requester=ZendeskUser("502", "bob@example.com", "Bob", verified=True))
    world.look()
    assert changes(world) == [
        "The assignment is invoiced now.",
        "Ada Agent changed: reason, from “My work has not been approved yet” to “We disagree about the payment”; "
        "outcome hoped for.",
        "The requester is Bob now.",
    ]
    assert "Since that check:\n  Tue 3 Mar 2026, 10:00 EST: The assignment is invoiced now." in told(world)
    assert view(world, "agent")["changed_since"][0] == {
        "at": "2026-03-03T15:00:00Z",
        "what": "The assignment is invoiced now.",
    }


def test_the_agents_note_marks_it_too() -> None:
    world = CaseWorld(fields={"reason": "payment_dispute"})
    world.ticket = replace(world.ticket, requester=replace(world.ticket.requester, email="x@example.com"))
    world.arrive()
    assert world.state is State.NEEDS_REVIEW
    world.forget()
    world.agent(changes={"tier": "1"})
    assert "What has changed since that check:\n\n- " in world.notes()[0]
    assert "Ada Agent put it in tier 1, and so let pass what the check had left open." in world.notes()[0]


def test_a_new_check_begins_anew() -> None:
    world = early()
    world.agent(changes={"average_approval": "80"})
    assert changes(world) == []


def test_a_case_from_before_has_nothing_that_changed() -> None:
    body = encode_case(in_tier().case)
    del body["changed_since"]
    assert decode_case(body).judgement.changed_since == ()


def test_it_says_when_the_first_tier_began_and_from_when_the_month_counts() -> None:
    world = in_tier()
    assert f"Its first tier began on {CHECKED}, from which the month counts." in told(world)
    world.now += timedelta(days=1)
    world.message("Olaf Owner", "We look into it.")
    assert f"Its first tier began on {CHECKED}; the month counts from Tue 3 Mar 2026, 10:00 EST." in told(world)
    assert "first tier" not in told(early())
