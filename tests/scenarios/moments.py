"""The moments of the process page, and the scenarios that hold each for both parties: read from `moments.toml`.

The fixtures see to it that a moment's scenarios make its moves, in a case of the party that they are told of.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

from escalation.engine.transitions import MOVED, in_words
from escalation.model.values import Party, State
from tests.desk import Desk

Move = tuple[State, State]


class ProcessMoment(NamedTuple):
    """A moment, the scenarios that hold it (`module::test`), and the moves that each of them makes.

    `only` is the one party for which it means something; `why` says why it means nothing for the other one.
    """

    what: str
    scenarios: tuple[str, ...]
    moves: tuple[Move, ...] = ()
    only: Party | None = None
    why: str = ""


def _move(written: str) -> Move:
    source, _, target = written.partition(MOVED)
    return State(source), State(target)


def _read() -> tuple[ProcessMoment, ...]:
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["moments"]
    return tuple(
        ProcessMoment(
            row["what"],
            tuple(row["scenarios"]),
            tuple(map(_move, row.get("moves", ()))),
            Party(row["only"]) if "only" in row else None,
            row.get("why", ""),
        )
        for row in rows
    )


MOMENTS = _read()


def claimed(name: str) -> list[ProcessMoment]:
    """The moments that a scenario is said to hold."""
    return [moment for moment in MOMENTS if name in moment.scenarios]


def check(name: str, desk: Desk) -> None:
    """Check that a scenario went through its moments, with a case of the party that it is told of."""
    moments = claimed(name)
    cases = [desk.case(ticket) for ticket in _tickets(desk)] if moments else []
    if any(moment.moves for moment in moments):
        assert any((case.party or Party.WORKER) is desk.party for case in cases), f"No case of a {desk.party}."
    made = {line for case in cases for line in _journal(desk, case.id)}
    lacking = [in_words(*move) for moment in moments for move in moment.moves if in_words(*move) not in made]
    assert not lacking, f"{name} does not make {lacking}: {sorted(made)}."


def _tickets(desk: Desk) -> list[int]:
    return [int(row.ticket_id) for row in desk.app.store.read(lambda tx: tx.cases.list()) if row.ticket_id]


def _journal(desk: Desk, case_id: str) -> list[str]:
    return [line.what for line in desk.app.store.read(lambda tx: tx.journal.of_case(case_id))]
