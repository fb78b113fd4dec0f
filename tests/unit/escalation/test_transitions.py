"""The table of transitions: every move is in it, and the diagram is made from it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import escalation
from escalation.decide import decide
from escalation.engine.diagram import diagram
from escalation.engine.transitions import NEXT, TABLE, target
from escalation.model.tiers import TIERS
from escalation.model.values import ENDED, Cause, State
from tests.unit.escalation.corpus import STATES, events, world_in

ROOM = Path(escalation.__file__).parent
MOVE = re.compile(r"(\w+) → (\w+)")


def test_every_cause_leads_to_one_state_from_each_of_its_sources() -> None:
    pairs = Counter((source, t.cause) for t in TABLE for source in t.sources)
    assert set(pairs.values()) == {1}
    assert {t.cause for t in TABLE} == set(Cause)


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    assert {t.target for t in TABLE} == set(State) - {State.CHECKING}
    assert {source for t in TABLE for source in t.sources} == set(State)


def test_an_ended_case_is_left_by_a_person_or_into_review_only() -> None:
    leaving = {cause for (source, cause) in NEXT if source in ENDED}
    assert leaving == {Cause.RETURNED, *(tier.cause for tier in TIERS)}


def test_a_cause_that_means_nothing_leads_nowhere() -> None:
    assert target(State.RESOLVED, Cause.ANSWERED) is None
    assert target(State.TIER_1, Cause.TIER_2) is State.TIER_2


@pytest.mark.parametrize("name", STATES)
def test_every_move_that_is_made_is_in_the_table(name: str) -> None:
    world = world_in(name)
    table = {(source.value, t.target.value) for t in TABLE for source in t.sources}
    for what, event in events(world):
        decision = decide(world.case, event, world.now, world.policy)
        moves = [found for e in decision.journal if (found := MOVE.fullmatch(e.what))]
        assert {(m[1], m[2]) for m in moves} <= table, what
        last = moves[-1][2] if moves else world.case.state.value
        assert decision.case.state.value == last, what


def test_every_cause_is_used() -> None:
    used = {
        node.attr
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Cause"
    }
    assert used == {cause.name for cause in Cause}


def test_only_a_turn_sets_the_state_and_what_ended_a_case() -> None:
    setting = [
        (path.name, node.attr)
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if node.attr in ("state", "ended_by")
    ]
    assert setting == [("turn.py", "state"), ("turn.py", "ended_by")]


def test_the_diagram_is_the_table_in_mermaid() -> None:
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    known = {m[1] for line in lines if (m := re.fullmatch(r'    state "[a-z0-9 ,]+" as (\w+)', line))}
    assert {state.value for state in State} <= known
    arrows = [m for line in lines if (m := re.fullmatch(r"    (\w+) --> (\w+): ([^:]+)", line))]
    assert all(m[1] in known and m[2] in known for m in arrows)


def test_every_row_of_the_table_is_drawn() -> None:
    arrows = [line for line in diagram().splitlines() if "-->" in line]
    for row in TABLE:
        assert any(f"--> {row.target.value}: " in arrow and row.when in arrow for arrow in arrows), row
