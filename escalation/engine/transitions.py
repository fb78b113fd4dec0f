"""The transitions of a case, as one table; the README's diagram is made from it."""

from __future__ import annotations

from dataclasses import dataclass

from escalation.model.tiers import TIER_OF, TIERS, Tier
from escalation.model.values import ENDED, Cause, State

OPEN = frozenset(State) - ENDED
BEFORE = frozenset({State.CHECKING, State.NEEDS_REVIEW, State.WAITING_ON_REQUESTER, State.WAITING_FOR_DATE})
IN_TIER = frozenset(TIER_OF)
RUNNING = IN_TIER | {State.OTHER_SIDE_RESPONDED}
# Tier 1's message is on its way while the case is still in one of the states before.
BEGINNING = RUNNING | BEFORE
CONFIRMING = frozenset({State.CONFIRMING_OUTCOME})
ASKED = frozenset({State.WAITING_ON_REQUESTER})
UPDATED = RUNNING | {State.NEEDS_REVIEW}
"""States in which the requester hears from the desk every 48 business hours."""


@dataclass(frozen=True, slots=True)
class Transition:
    cause: Cause
    sources: frozenset[State]
    target: State
    when: str


def _over(tier: Tier) -> str:
    """What comes before a tier, for a case that goes its way by itself."""
    return f"tier {tier.number - 1} is over" if tier.number > 1 else "eligible"


TABLE: tuple[Transition, ...] = (
    Transition(Cause.REFUSED, BEFORE, State.NOT_ELIGIBLE, "a rule fails for good"),
    Transition(Cause.ASKED, BEFORE, State.WAITING_ON_REQUESTER, "the requester can mend it"),
    Transition(Cause.UNKNOWN, BEFORE, State.NEEDS_REVIEW, "a rule can't be answered"),
    Transition(Cause.NOT_YET, BEFORE, State.WAITING_FOR_DATE, "it is too early"),
    *(
        Transition(tier.cause, frozenset(State), tier.state, f"{_over(tier)}, quiet again, or an agent")
        for tier in TIERS
    ),
    Transition(Cause.ANSWERED, OPEN, State.OTHER_SIDE_RESPONDED, "the other side answers"),
    Transition(Cause.OUTCOME, BEGINNING, State.CONFIRMING_OUTCOME, "approved or paid"),
    Transition(Cause.OTHER_END, BEGINNING | CONFIRMING, State.NEEDS_REVIEW, "the reason ends otherwise"),
    Transition(Cause.OBJECTED, CONFIRMING | ASKED, State.NEEDS_REVIEW, "the requester replies"),
    Transition(Cause.CHANGED, OPEN, State.NEEDS_REVIEW, "assignment, party, reason or labels changed"),
    Transition(Cause.AGENT_REVIEWS, OPEN, State.NEEDS_REVIEW, "an agent"),
    Transition(Cause.AGENT_ASKS, OPEN, State.WAITING_ON_REQUESTER, "an agent"),
    Transition(Cause.AGENT_CONFIRMS, OPEN, State.CONFIRMING_OUTCOME, "an agent"),
    Transition(Cause.CONFIRMED, CONFIRMING, State.RESOLVED, "no objection in time"),
    Transition(Cause.MONTH_OVER, OPEN, State.OFF_PLATFORM, "a month without an answer, or an agent"),
    Transition(Cause.UNREACHED, IN_TIER, State.NEEDS_REVIEW, "a month is over, and a person is asked first"),
    Transition(Cause.UNANSWERED, ASKED, State.WITHDRAWN, "no reply in time"),
    Transition(Cause.TAKEN_BACK, OPEN, State.WITHDRAWN, "the requester marks it solved"),
    Transition(Cause.RULED_OUT, OPEN, State.NOT_ELIGIBLE, "an agent ticks a violation, or refuses"),
    Transition(Cause.JOINED, OPEN, State.JOINED, "it joins the open case of the same request, or an agent"),
    Transition(Cause.SOLVED, OPEN, State.RESOLVED, "an agent solves the ticket"),
    Transition(Cause.CLOSED, OPEN, State.WITHDRAWN, "the ticket is deleted, spam, merged away, or closed"),
    Transition(Cause.RETURNED, ENDED, State.NEEDS_REVIEW, "the requester writes again, or the end is undone"),
)

NEXT = {(source, t.cause): t.target for t in TABLE for source in t.sources}


MOVED = " → "
"""What stands in the journal between the state that a case was in and the one that it moves to."""


def in_words(state: State, new: State) -> str:
    """Return how the journal tells a move."""
    return f"{state.value}{MOVED}{new.value}"


def move_in(what: str) -> tuple[State, State] | None:
    """Return the two states of a line of the journal that tells a move; None for any other, whatever it quotes."""
    return _MOVES.get(what)


_MOVES = {in_words(state, new): (state, new) for state in State for new in State}


def target(state: State, cause: Cause) -> State | None:
    """Return where a cause leads from a state, or None where it means nothing there."""
    return NEXT.get((state, cause))
