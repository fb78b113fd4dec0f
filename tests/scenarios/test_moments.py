"""The list of the process page's moments is whole, and each is held by scenarios that are told of both parties."""

from __future__ import annotations

from importlib import import_module

import pytest

from escalation.engine.transitions import TABLE, Transition
from escalation.model.values import Party, State
from tests.scenarios.moments import MOMENTS, ProcessMoment

MOVES = {move for moment in MOMENTS for move in moment.moves}


def told_of(scenario: str) -> set[Party]:
    """The parties that a scenario is told of; LookupError where there is no such scenario."""
    module, _, name = scenario.partition("::")
    found = import_module(f"tests.scenarios.{module}")
    if not hasattr(found, name):
        raise LookupError(scenario)
    own = getattr(found, "pytestmark", [])
    marks = [*getattr(getattr(found, name), "pytestmark", []), *(own if isinstance(own, list) else [own])]
    told = [mark.args[1] for mark in marks if mark.name == "parametrize" and mark.args[0] == "party"]
    return {Party(party) for party in told[0]} if told else {Party.WORKER}


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.what)
def test_a_moment_is_held_for_both_parties_or_says_why_it_is_one_party_s(moment: ProcessMoment) -> None:
    assert moment.scenarios
    assert bool(moment.only) == bool(moment.why)
    for scenario in moment.scenarios:
        assert told_of(scenario) == ({moment.only} if moment.only else set(Party)), scenario


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.cause.value)
def test_each_transition_of_the_process_is_made_in_some_moment(row: Transition) -> None:
    assert any(source in row.sources and target is row.target for source, target in MOVES), row.when


def test_each_state_is_entered_and_left_in_some_moment() -> None:
    assert {source for source, _ in MOVES} >= set(State) - {State.OFF_PLATFORM, State.WITHDRAWN}
    assert {target for _, target in MOVES} == set(State) - {State.CHECKING}


def test_each_moment_has_a_name_of_its_own() -> None:
    assert len({moment.what for moment in MOMENTS}) == len(MOMENTS)


def test_a_scenario_that_nobody_wrote_and_one_that_is_told_of_a_worker_only_are_noticed() -> None:
    with pytest.raises(LookupError):
        told_of("test_walk::test_nobody_wrote_this_one")
    assert told_of("test_walk::test_a_later_update_costs_three_calls_of_zendesk") == {Party.WORKER}
