"""A macro whose comment is internal is never said in public: the desk says its own text, and tells the agents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.town import NOT_ELIGIBLE, TIER_1, TIER_2, OpenTown, Town, ny

SECRET = "Between us: this requester writes every week."
UPDATE, OFF_PLATFORM = "Escalation::Requester update", "Escalation::Off platform"
TOLD = "so the requester was told the desk's own text"


def notes_about(town: Town, ticket: int, macro: str) -> list[str]:
    return [note for note in town.notes(ticket) if TOLD in note and f"“{macro}”" in note]


@pytest.mark.parametrize("internal", [False, "false"])
def test_an_internal_macro_of_a_tier_is_not_said_and_agents_are_told_once(town: Town, internal: Any):
    town.rewrite(TIER_1, SECRET, comment_mode_is_public=internal)
    _, ticket = town.begun()
    (said,) = town.said(ticket)
    assert "We have left a message for the other side" in said
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(notes_about(town, ticket, TIER_1)) == 1


def test_no_text_that_is_due_says_an_internal_macro(town: Town):
    for macro in (TIER_1, TIER_2, "Escalation::Tier 3: account manager", UPDATE, OFF_PLATFORM, NOT_ELIGIBLE):
        town.rewrite(macro, SECRET, comment_mode_is_public="false")
    _, ticket = town.begun()
    town.until(ny("2026-04-03 12:00"))
    assert town.state(ticket) == "off_platform"
    said = town.said(ticket)
    assert len(said) > 4
    assert not any(SECRET in one for one in said)
    assert "adr.org" in said[-1]


def test_an_agent_who_applies_an_internal_macro_has_said_nothing_and_the_desk_says_its_own_text(town: Town):
    _, ticket = town.begun()
    town.rewrite(TIER_2, SECRET, comment_mode_is_public="false")
    town.agent(ticket, macro=TIER_2)
    assert not any(SECRET in one for one in town.said(ticket))
    assert "We have had no answer so far" in town.said(ticket)[-1]
    assert len(notes_about(town, ticket, TIER_2)) == 1


@pytest.mark.parametrize("trouble", [{"drop_reply": True, "apply": True}, {"status": 503, "apply": True}])
def test_agents_are_told_of_an_internal_macro_though_the_answer_was_lost(town: Town, trouble: dict[str, Any]):
    _, ticket = town.begun()
    due = town.due(ticket, "tier_ends")
    town.rewrite(TIER_2, SECRET, comment_mode_is_public="false")
    town.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", **trouble)
    town.until(due)
    town.for_(minutes=5)
    assert not any(SECRET in one for one in town.said(ticket))
    assert len(notes_about(town, ticket, TIER_2)) == 1


def test_a_second_apply_leaves_an_internal_macro_internal(open_town: OpenTown):
    town = open_town()
    town.rewrite(TIER_1, SECRET, comment_mode_is_public="false")
    town.set_up_again()
    _, ticket = town.begun()
    assert not any(SECRET in one for one in town.said(ticket))


def test_a_public_macro_that_would_show_a_note_of_the_desk_is_not_said(town: Town):
    town.rewrite(TIER_1, "Our last words: {{ticket.latest_comment}}")
    _, ticket = town.begun()
    (said,) = town.said(ticket)
    assert "What we know about this escalation" not in said
    assert "We have left a message for the other side" in said
    assert len(notes_about(town, ticket, TIER_1)) == 1
