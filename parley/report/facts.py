"""What one case's history comes to within a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from escalation.engine.office import DESK
from escalation.model.tiers import TIER_OF
from escalation.model.values import State
from escalation.policies.policy import Policy
from parley.report.history import History, Move, Owed, Span
from parley.report.periods import Period

NOTHING: Final = timedelta(0)
LATE_AFTER: Final = timedelta(minutes=30)
"""A word that comes so much after its moment is late: a tier's text takes the place of an update that is due."""
REQUESTER: Final = "the requester"
RULED_OUT, BROUGHT_BACK = "ruled out", "brought back"

OTHER_SIDE, BOTH, AGENT, PAUSE = "the other side", "the two sides", "an agent", "the end of a pause"
WAITED_FOR: Final[Mapping[State, str]] = {
    State.CHECKING: "the desk",
    State.NEEDS_REVIEW: AGENT,
    State.WAITING_ON_REQUESTER: REQUESTER,
    State.WAITING_FOR_DATE: "a date",
    **dict.fromkeys(TIER_OF, OTHER_SIDE),
    State.OTHER_SIDE_RESPONDED: BOTH,
    State.CONFIRMING_OUTCOME: "an objection",
}
"""What a case waits for in each state that is open."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a case: when, in which state, whether by the desk itself, and how long after it began."""

    at: datetime
    state: State
    by_desk: bool
    after: timedelta


@dataclass(frozen=True, slots=True)
class TierStay:
    """A stay in a tier that was over in the period, and whether an answer ended it."""

    tier: int
    answered: bool


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case in one period. `opened` is None where it began before; `tier` is the last one up to its end."""

    company: str = ""
    reason: str = ""
    opened: datetime | None = None
    ending: Ending | None = None
    is_open: bool = False
    tier: int = 0
    stays: tuple[TierStay, ...] = ()
    first_answer: timedelta | None = None
    lateness: tuple[timedelta, ...] = ()
    overrules: tuple[str, ...] = ()
    died: int = 0
    settled: int = 0
    waited: Mapping[str, timedelta] = field(default_factory=dict)

    @property
    def is_told_of(self) -> bool:
        """Whether anything of it is in the period."""
        return bool(self.is_open or self.opened or self.ending or self.waited or self.lateness or self.overrules
                    or self.stays or self.died or self.settled)  # fmt: skip


def facts_of(
    history: History, period: Period, until: datetime, policy: Policy, company: str, reason: str
) -> CaseFacts:
    """Return what a case's history up to `until` comes to in a period that ends then, or is not over yet."""
    last = history.spans[-1]
    moves = [move for move in history.moves if period.has(move.at)]
    return CaseFacts(
        company=company,
        reason=reason,
        opened=history.begun if period.has(history.begun) else None,
        ending=_ending(history, period),
        is_open=not last.state.ended,
        tier=next((TIER_OF[move.target].number for move in reversed(history.moves) if move.target in TIER_OF), 0),
        stays=tuple(_stays(moves)),
        first_answer=_first_answer(history, period),
        lateness=tuple(_lateness(history.owed, period, until, policy)),
        overrules=(*(rule for at, rule in history.rules_passed if period.has(at)), *_overruled(moves)),
        died=sum(map(period.has, history.died)),
        settled=sum(map(period.has, history.settled)),
        waited=_waited(history.spans, period, until),
    )


def _ending(history: History, period: Period) -> Ending | None:
    """The last end of a case that has not come back from it."""
    last = history.moves[-1] if history.moves else None
    if last is None or not last.target.ended or not period.has(last.at):
        return None
    return Ending(last.at, last.target, last.actor == DESK, max(last.at - history.begun, NOTHING))


def _stays(moves: list[Move]) -> Iterator[TierStay]:
    for move in moves:
        if move.source in TIER_OF and move.target is not move.source:
            yield TierStay(TIER_OF[move.source].number, move.target is State.OTHER_SIDE_RESPONDED)


def _first_answer(history: History, period: Period) -> timedelta | None:
    first = next((move.at for move in history.moves if move.target in TIER_OF), None)
    answer = next((move.at for move in history.moves if move.target is State.OTHER_SIDE_RESPONDED), None)
    if first is None or answer is None or answer < first or not period.has(answer):
        return None
    return answer - first


def _overruled(moves: list[Move]) -> Iterator[str]:
    for move in moves:
        if move.target is State.NOT_ELIGIBLE and move.actor != DESK:
            yield RULED_OUT
        elif move.source.ended and move.actor not in (DESK, REQUESTER):
            yield BROUGHT_BACK


def _lateness(owed: list[Owed], period: Period, until: datetime, policy: Policy) -> Iterator[timedelta]:
    """By how much each word came after its moment; one that did not come counts once it is late."""
    for one in owed:
        over = one.until or until
        if not period.start <= over <= period.end:
            continue
        due = max(policy.after_hours(one.counted_from, policy.update_hours).due, one.not_before)
        late = max(over - due, NOTHING)
        if one.came or late > LATE_AFTER:
            yield late


def _waited(spans: list[Span], period: Period, until: datetime) -> dict[str, timedelta]:
    waited: dict[str, timedelta] = {}
    for span in spans:
        since, over = max(span.since, period.start), min(span.until or until, until)
        if span.state in WAITED_FOR and over > since:
            what = PAUSE if span.paused else WAITED_FOR[span.state]
            waited[what] = waited.get(what, NOTHING) + over - since
    return waited
