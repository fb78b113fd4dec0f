"""The states of the rows of both boxes: mypy refuses any other word where the state of a row is asked for."""

from __future__ import annotations

from typing import Final, Literal, get_args

InboxState = Literal["new", "done", "dead"]
OutboxState = Literal["todo", "in_flight", "unclear", "done", "dead", "discarded"]
Postponed = Literal["todo", "unclear"]
"""An effect that is to be sent, or read back first."""

UNFINISHED: Final[tuple[OutboxState, ...]] = ("todo", "in_flight", "unclear")
"""Effects that are still to be done."""
FINISHED: Final[tuple[OutboxState, ...]] = tuple(one for one in get_args(OutboxState) if one not in UNFINISHED)
SETTLED: Final[tuple[OutboxState, ...]] = ("done", "discarded")
"""Effects that are over for good; a dead letter may be replayed."""
HANDLED: Final[tuple[InboxState, ...]] = ("done", "dead")
"""Events that wait no more."""


def in_sql(states: tuple[str, ...]) -> str:
    """The states as a list in SQL."""
    return f"({', '.join(repr(state) for state in states)})"
