"""The line of time as a drawing: where each mark of a case's way stands, and what is written there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from parley.pages.desk.one_case.case_shown import shortened
from parley.pages.desk.one_case.state_walk import PossibleState, WalkedState, possible_states, walked_states

MarkKind = Literal["walked", "here", "left_out", "possible"]
WIDTH: Final = 340
"""As wide as a telephone shows without making letters smaller."""
FIRST: Final = 2
MOST: Final = 10
"""So many walked states are drawn; of more, the first ones and the last."""
_TOP, _WALKED, _POSSIBLE, _DATED = 20, 46, 28, 46
_TRUNK, _BRANCH = 14, 44


@dataclass(frozen=True, slots=True)
class StateMark:
    """A state on the line, with its place; `title` is what a pointer is told."""

    kind: MarkKind
    x: int
    y: int
    name: str
    said: str
    why: str
    actor: str = ""

    @property
    def title(self) -> str:
        """All that is known of it in one sentence."""
        return ". ".join(part.rstrip(".") for part in (self.name, self.said, self.why) if part) + "."


@dataclass(frozen=True, slots=True)
class LineOfTime:
    """The drawing: `trunk` joins what was walked, and each possible state hangs on a branch of it."""

    height: int
    marks: tuple[StateMark, ...]
    trunk: tuple[int, int]
    fork: tuple[int, int] | None
    words: str
    width: int = WIDTH

    @property
    def walked(self) -> tuple[StateMark, ...]:
        return tuple(one for one in self.marks if one.kind != "possible")

    @property
    def possible(self) -> tuple[StateMark, ...]:
        return tuple(one for one in self.marks if one.kind == "possible")


def line_of_time(view: Mapping[str, Any], when: Callable[[str | None], str], longest: int) -> LineOfTime:
    """The line of an operator's view. `when` says a moment in words; `longest` is of a reason, in bytes."""
    walked, possible = walked_states(view), possible_states(view)
    past = tuple(_walked(walked, when, longest))
    marks = (*past, *_possible(possible, past[-1].y))
    here = past[-1].y
    words = f"Line of time: {len(walked)} states walked, now {past[-1].name}, {len(possible)} possible from here."
    return LineOfTime(
        height=marks[-1].y + 34,
        marks=marks,
        trunk=(past[0].y, here),
        fork=(here, marks[-1].y) if possible else None,
        words=words,
    )


def _walked(walked: list[WalkedState], when: Callable[[str | None], str], longest: int) -> Iterator[StateMark]:
    many = len(walked) > MOST
    last = MOST - FIRST - 1
    kept: list[WalkedState | None] = [*walked[:FIRST], None, *walked[-last:]] if many else [*walked]
    for place, one in enumerate(kept):
        y = _TOP + _WALKED * place
        if one is None:
            left = len(walked) - FIRST - last
            yield StateMark("left_out", _TRUNK, y, f"{left} more states", "the journal tells them", "")
        else:
            kind: MarkKind = "here" if place == len(kept) - 1 else "walked"
            actor, why = shortened([one.actor, one.why], longest)
            said = when(one.since) if one.since else _until(walked, when)
            yield StateMark(kind, _TRUNK, y, _name(one.state), said, why, actor)


def _until(walked: list[WalkedState], when: Callable[[str | None], str]) -> str:
    """Of the first state it is known when it was left, though not when it was entered."""
    return f"until {when(walked[1].since)}" if len(walked) > 1 and walked[1].since else ""


def _possible(possible: list[PossibleState], here: int) -> Iterator[StateMark]:
    y = here + _WALKED
    for one in possible:
        said = f"by itself {one.due_said}" if one.due_said else ""
        yield StateMark("possible", _BRANCH, y, _name(one.state), said, one.when)
        y += _DATED if said else _POSSIBLE


def _name(state: str) -> str:
    return str(state).replace("_", " ")
