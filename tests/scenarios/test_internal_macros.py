"""A macro whose comment is internal is never said in public: the desk says its own text, and tells the agents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import NOT_ELIGIBLE, TIER_1, TIER_2, Desk, OpenDesk, ny

SECRET = "Between us: this requester writes every week."
UPDATE, OFF_PLATFORM = "Escalation::Requester update", "Escalation::Off platform"
TOLD = "so the requester was told the desk's own text"


def notes_about(desk: Desk, ticket: int, macro: str) -> list[str]:
    return [note for note in desk.notes(ticket) if TOLD in note and f"“{macro}”" in note]


@pytest.mark.parametrize("internal", [False, "false"])
def test_an_internal_macro_of_a_tier_is_not_said_and_agents_are_told_once(desk: Desk, internal: Any):
    desk.rewrite(TIER_1, SECRET, comment_mode_is_public=internal)
    _, ticket = desk.begun()
    (said,) = desk.said(ticket)
    assert "We have left a message for the other side" in said
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(notes_about(desk, ticket, TIER_1)) == 1


def test_no_text_that_is_due_says_an_internal_macro(desk: Desk):
    for macro in (TIER_1, TIER_2, "Escalation::Tier 3: account manager", UPDATE, OFF_PLATFORM, NOT_ELIGIBLE):
        desk.rewrite(macro, SECRET, comment_mode_is_public="false")
    _, ticket = desk.begun()
    desk.until(ny("2026-04-03 12:00"))
    assert desk.state(ticket) == "off_platform"
    said = desk.said(ticket)
    assert len(said) > 4
    assert not any(SECRET in one for one in said)
    assert "adr.org" in said[-1]


def test_an_agent_who_applies_an_internal_macro_has_said_nothing_and_the_desk_says_its_own_text(
    desk: Desk,
):
    _, ticket = desk.begun()
    desk.rewrite(TIER_2, SECRET, comment_mode_is_public="false")
    desk.agent(ticket, macro=TIER_2)
    assert not any(SECRET in one for one in desk.said(ticket))
    assert "We have had no answer so far" in desk.said(ticket)[-1]
    assert len(notes_about(desk, ticket, TIER_2)) == 1


@pytest.mark.parametrize("trouble", [{"drop_reply": True, "apply": True}, {"status": 503, "apply": True}])
def test_agents_are_told_of_an_internal_macro_though_the_answer_was_lost(desk: Desk, trouble: dict[str, Any]):
    _, ticket = desk.begun()
    due = desk.due(ticket, "tier_ends")
    desk.rewrite(TIER_2, SECRET, comment_mode_is_public="false")
    desk.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", **trouble)
    desk.until(due)
    desk.for_(minutes=5)
    assert not any(SECRET in one for one in desk.said(ticket))
    assert len(notes_about(desk, ticket, TIER_2)) == 1


def test_a_second_apply_leaves_an_internal_macro_internal(open_desk: OpenDesk):
    desk = open_desk()
    desk.rewrite(TIER_1, SECRET, comment_mode_is_public="false")
    desk.set_up_again()
    _, ticket = desk.begun()
    assert not any(SECRET in one for one in desk.said(ticket))


def test_a_public_macro_that_would_show_a_note_of_the_desk_is_not_said(desk: Desk):
    desk.rewrite(TIER_1, "Our last words: {{ticket.latest_comment}}")
    _, ticket = desk.begun()
    (said,) = desk.said(ticket)
    assert "What we know about this escalation" not in said
    assert "We have left a message for the other side" in said
    assert len(notes_about(desk, ticket, TIER_1)) == 1
