"""Whose turn it is in a case, and since when it is where it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from escalation.engine.transitions import MOVED
from escalation.model.case import Case, JournalEntry
from escalation.model.tiers import TIER_OF, ByAgents
from escalation.model.values import State
from escalation.telling.shapes import WhoseTurn

_OF_STATES: Final[dict[State, WhoseTurn]] = {
    State.CHECKING: "desk",
    State.NEEDS_REVIEW: "agents",
    State.WAITING_ON_REQUESTER: "requester",
    State.WAITING_FOR_DATE: "desk",
    State.OTHER_SIDE_RESPONDED: "agents",
    State.CONFIRMING_OUTCOME: "requester",
}


def whose_turn(case: Case) -> WhoseTurn:
    """Who has to do something next, so that the case goes on."""
    if case.ended:
        return "nobody"
    if case.muted or case.requester_open or case.tier in case.delivery.unsent:
        return "agents"
    if case.delivery.entering or case.delivery.wanted:
        return "desk"
    tier = TIER_OF.get(case.state)
    if tier is None:
        return _OF_STATES[case.state]
    return "agents" if isinstance(tier.way_of(case.party).channel, ByAgents) else "other_side"


def state_since(case: Case, journal: Iterable[JournalEntry]) -> datetime | None:
    """When it entered its state, by its journal; None where the journal does not go back so far."""
    target = f"{MOVED}{case.state.value}"
    entered = [line.at for line in journal if line.what.endswith(target)]
    return max(entered, default=case.submitted if case.state is State.CHECKING else None)
