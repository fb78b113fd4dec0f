"""The promise under every kind of fault at once: nothing lost, twice, out of order or stuck."""

from __future__ import annotations

import pytest

from tests.desk import TIER_1
from tests.scale import NIGHT, NIGHTLY, scaled, tell
from tests.simulation.campaign import BRANCHES, campaign, shrink, told
from tests.simulation.mutants import MUTANTS
from tests.simulation.run import Outcome, run_seed
from tests.simulation.scheduler import Simulation
from tests.simulation.scripted import a_request, tell_story
from tests.simulation.simulated_desk import SimulatedDesk
from tests.simulation.swarm import FAULTS, rates_of, suspend

SEEDS = scaled(commit=48, nightly=3_000)
FIRST = NIGHT * SEEDS
# So that each worker has a share; at night a share that fails says so long before the last one ends.
SHARES = scaled(commit=2, nightly=12)
WITHIN = 200
# What a share of a commit's size may miss, a night's may not.
EXPECTED = (*FAULTS, *(BRANCHES if NIGHTLY else ()))
# Where a mutant was seen caught last: looked at first, since what decides it may move with every change.
CAUGHT_BY = {
    "blind retry": 1,
    "acknowledge before commit": 215,
    "no stamp": 1,
    "adapter retries": 19,
    "lease by time": 113,
    "re-check instead of settle": 14,
    "mark done before doing": 0,
    "no sweep": 6,
    "no fence on timers": 101,
    "no reconcile": 1,
    "order ignored": 1,
    "dedupe forgotten after a day": 0,
    "requesters read English": 6,
    "companies read the desk's language": 6,
    "highest id is a watermark": 16,
    "writes down: give up after attempts": 1,
    "settle time by a clock that jumps": 28,
    "a writer that keeps a refused session": 62,
}
# Minutes are spent on seeds that miss it. Of timers a story tells what chance seldom brings about.
SELDOM_CAUGHT = ("acknowledge before commit", "no fence on timers")


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_fails_everything_accepted_is_done_once_and_in_order(share: int) -> None:
    found = campaign(range(FIRST + share, FIRST + SEEDS, SHARES))
    which = f"{FIRST:,} to {FIRST + SEEDS - 1:,}"
    tell(f"simulation_{share}", which=which, last_to_heal=found.last_to_heal, **found.figures())
    assert not found.failed, told(found.failed)
    assert not set(found.never) & set(EXPECTED), f"These never happened: {found.never}"
    assert found.kills > found.seeds


@pytest.mark.parametrize("seed", range(scaled(commit=1, nightly=100)))
def test_the_same_seed_tells_the_same_story(seed: int) -> None:
    first, second = run_seed(seed), run_seed(seed)
    assert (first.trace, first.points) == (second.trace, second.points)


@pytest.mark.parametrize("name", [name for name in MUTANTS if NIGHTLY or name not in SELDOM_CAUGHT])
def test_a_protocol_that_is_broken_on_purpose_is_caught(name: str) -> None:
    seeds = dict.fromkeys([CAUGHT_BY[name], *range(WITHIN)])
    caught = next((seed for seed in seeds if run_seed(seed, swap=MUTANTS[name]).wrong), None)
    tell(f"mutant_{name.replace(' ', '_')}", caught_by_seed=str(caught))
    assert caught is not None, f"{WITHIN} seeds did not notice: {name}."


def tier_1_begins_anew(desk: SimulatedDesk) -> None:
    """An agent restarts a tier's clock just when its end has been read and is not noted yet."""
    a_request(desk)
    desk.days = 2.2
    desk.sim.meanwhile = lambda: desk.people.agent_update(desk.tickets[0], macro=TIER_1)  # type: ignore[attr-defined]


def test_a_timer_that_was_overtaken_is_held_off_by_its_generation_alone() -> None:
    unfenced = MUTANTS["no fence on timers"]
    assert "before it was due" in tell_story(tier_1_begins_anew, swap=unfenced).wrong
    fenced = tell_story(tier_1_begins_anew, swap={"tick": unfenced["tick"]})
    assert not fenced.wrong
    assert fenced.fired["handled timer"]
    assert not fenced.fired["timer tier_ends"]


def test_a_failing_seed_is_shrunk_to_the_faults_that_it_takes() -> None:
    seed = CAUGHT_BY["dedupe forgotten after a day"]
    off, outcome = shrink(seed, MUTANTS["dedupe forgotten after a day"])
    needed = {kind for kind, rate in outcome.rates.items() if rate}
    assert outcome.wrong
    assert off
    assert needed < {kind for kind, rate in rates_of(Simulation(seed)).items() if rate}


def test_a_failure_comes_with_the_command_that_repeats_it() -> None:
    assert told([Outcome(86, wrong="I1: twice.")]) == "python -m tests.simulation 86   # I1: twice."


def test_machines_that_are_put_to_sleep_again_wake_no_sooner() -> None:
    sim = Simulation(1)
    suspend(sim, 7800.0)
    suspend(sim, 60.0)
    assert sim.suspended_until == 7800.0
