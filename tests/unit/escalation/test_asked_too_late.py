"""What an operator asked in time and comes too late all the same is in the journal, with who asked it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.events import CloseAsked, Event, PauseAsked, ResumeAsked
from tests.unit.escalation.case_world import START
from tests.unit.escalation.corpus import world_in

LATER = START + timedelta(days=9)


@pytest.mark.parametrize(
    ("name", "event", "what"),
    [
        ("resolved", PauseAsked(LATER, "Holidays.", "Ada"), "a pause was ignored"),
        ("resolved", ResumeAsked("Ada", "They are back."), "the end of a pause was ignored"),
        ("resolved", CloseAsked("Ada", "Agreed."), "a close was ignored"),
        ("tier 1", ResumeAsked("Ada", "They are back."), "the end of a pause was ignored"),
    ],
)
def test_it_changes_nothing_and_is_told(name: str, event: Event, what: str) -> None:
    world = world_in(name)
    before = world.case.state
    decision = world.decided(event)
    assert (decision.effects, decision.case.state) == ((), before)
    assert [(line.actor, line.what) for line in decision.journal] == [("Ada", what)]


@pytest.mark.parametrize(
    ("event", "why"), [(CloseAsked("Ada", "Agreed."), "Agreed."), (CloseAsked("Ada"), "Closed by hand.")]
)
def test_a_close_is_told_with_its_reason_where_there_is_one(event: Event, why: str) -> None:
    (line,) = [one for one in world_in("tier 1").decided(event).journal if one.what == "tier_1 → resolved"]
    assert (line.actor, line.why) == ("Ada", why)
