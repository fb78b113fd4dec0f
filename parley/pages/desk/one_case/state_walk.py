"""The way of a case through its states: those it has walked, by its journal, and those it can reach from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from escalation.engine.transitions import TABLE, move_in
from escalation.model.tiers import TIERS
from escalation.model.values import Cause, State, Timer

_LEADS: Final = {
    Timer.MONTH_ENDS: Cause.MONTH_OVER,
    Timer.WITHDRAWAL: Cause.UNANSWERED,
    Timer.CONFIRMATION: Cause.CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class WalkedState:
    """A state that a case was in or is in. `since` is None where the lines that were read do not go back so far."""

    state: State
    since: str | None
    actor: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class PossibleState:
    """A state that a case can come to next, what leads there, and when that would be by itself, in words."""

    state: State
    when: str
    due_said: str | None


def walked_states(view: Mapping[str, Any]) -> list[WalkedState]:
    """The states of an operator's view, the oldest first; the last is where the case is."""
    now = State(view["state"])
    found: list[WalkedState] = []
    for line in view["journal"]:
        if (move := move_in(line["what"])) is None:
            continue
        if not found:
            found.append(WalkedState(move[0], None))
        found.append(WalkedState(move[1], line["at"], line["actor"], line["why"]))
    if not found or found[-1].state is not now:
        found.append(WalkedState(now, view["state_since"]))
    return found


def possible_states(view: Mapping[str, Any]) -> list[PossibleState]:
    """The states that the process's table leads to from where a case is: what comes by itself first."""
    now, due = State(view["state"]), dict(_comes_by_itself(view))
    when: dict[State, list[str]] = {}
    for one in TABLE:
        if now in one.sources and one.target is not now:
            when.setdefault(one.target, []).append(one.when)
    found = [PossibleState(state, "; ".join(words), due.get(state)) for state, words in when.items()]
    known = list(due)
    return sorted(found, key=lambda one: known.index(one.state) if one.state in due else len(known))


def _comes_by_itself(view: Mapping[str, Any]) -> Iterator[tuple[State, str]]:
    """To which state which deadline leads, the next first. While a case is paused none does."""
    deadlines: Sequence[Mapping[str, Any]] = view["deadlines"] if view["paused"] is None else ()
    for one in deadlines:
        if (cause := _cause(Timer(one["kind"]), view["tier"])) is not None:
            for row in TABLE:
                if row.cause is cause and State(view["state"]) in row.sources:
                    yield row.target, one["due_said"]


def _cause(timer: Timer, tier: int | None) -> Cause | None:
    wanted = {Timer.TIER_ENDS: (tier or 0) + 1, Timer.SILENCE_UNANSWERED: tier}.get(timer)
    return next((one.cause for one in TIERS if one.number == wanted), None) or _LEADS.get(timer)
