"""A case's history, read off its journal: where it stood when, and when its requester was owed a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from escalation.engine.journaled import (
    AGENT_TOLD,
    DIED,
    DISCARDED,
    OTHER_REQUESTER,
    PAUSED,
    REPLAYED,
    RESUMED,
    TOLD,
    passed_rule,
)
from escalation.engine.transitions import BEFORE, IN_TIER, UPDATED, move_in
from escalation.model.values import State
from store import CountedLine

WORDS = frozenset({TOLD, AGENT_TOLD})
SETTLED = frozenset({REPLAYED, DISCARDED})


@dataclass(frozen=True, slots=True)
class Move:
    """A move between two states, with who made it."""

    at: datetime
    actor: str
    source: State
    target: State


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which a case stood still; `until` is None where it still does."""

    state: State
    paused: bool
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Owed:
    """A word that was owed to the requester, counted from a moment and not before another.

    `until` is when it came, or why it was owed no longer; None where it still is.
    """

    counted_from: datetime
    not_before: datetime
    until: datetime | None
    came: bool


@dataclass(slots=True)
class History:
    """What the lines of one case tell. `begun` is the moment of the first."""

    begun: datetime
    moves: list[Move] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    rules_passed: list[tuple[datetime, str]] = field(default_factory=list)
    died: list[datetime] = field(default_factory=list)
    settled: list[datetime] = field(default_factory=list)


def history_of(lines: Iterable[CountedLine]) -> History | None:
    """Return what the lines of a case tell, which come oldest first; None of none."""
    reading: _Reading | None = None
    for line in lines:
        reading = reading or _Reading(line.at)
        reading.take(line)
    return reading.end() if reading else None


class _Reading:
    """Goes through the lines, and knows where the case stands: as the process does, by the journal alone."""

    def __init__(self, begun: datetime) -> None:
        self.history = History(begun)
        self.state = State.CHECKING
        self.since = begun
        self.paused = self.mute = self.was_in_tier = False
        self.last_word: datetime | None = None
        self.owed_since: datetime | None = None

    def take(self, line: CountedLine) -> None:
        told = self.history
        if line.what in WORDS:
            self._word(line.at)
        elif move := move_in(line.what):
            told.moves.append(Move(line.at, line.actor, *move))
            self._moved(line.at, *move)
        elif line.what.startswith(PAUSED) and not self.state.ended:
            self._stand(line.at, paused=True)
        elif line.what == RESUMED:
            self._stand(line.at, paused=False)
        elif line.what == OTHER_REQUESTER:
            self.mute = self.mute or (not self.state.ended and (self.was_in_tier or self.state not in BEFORE))
        elif rule := passed_rule(line.what):
            told.rules_passed.append((line.at, rule))
        elif line.what == DIED:
            told.died.append(line.at)
        elif line.what in SETTLED:
            told.settled.append(line.at)
        self._owe(line.at)

    def end(self) -> History:
        self.history.spans.append(Span(self.state, self.paused, self.since, None))
        if self.owed_since is not None:
            self._note_owed(self.owed_since, None, came=False)
        return self.history

    def _moved(self, at: datetime, source: State, target: State) -> None:
        if source.ended:
            self.mute = True
        if target in IN_TIER:
            self.mute, self.was_in_tier = False, True
        self._stand(at, state=target, paused=self.paused and not target.ended)

    def _stand(self, at: datetime, *, paused: bool, state: State | None = None) -> None:
        self.history.spans.append(Span(self.state, self.paused, self.since, at))
        self.state, self.paused, self.since = state or self.state, paused, at

    def _word(self, at: datetime) -> None:
        if self.owed_since is not None:
            self._note_owed(self.owed_since, at, came=True)
            self.owed_since = at
        self.last_word = at

    def _owe(self, at: datetime) -> None:
        """A word is owed in the states in which the requester hears from the desk, unless it is paused or mute."""
        owes = self.state in UPDATED and not self.paused and not self.mute
        if owes and self.owed_since is None:
            self.owed_since = at
        elif not owes and self.owed_since is not None:
            self._note_owed(self.owed_since, at, came=False)
            self.owed_since = None

    def _note_owed(self, since: datetime, until: datetime | None, *, came: bool) -> None:
        self.history.owed.append(Owed(self.last_word or since, since, until, came))
