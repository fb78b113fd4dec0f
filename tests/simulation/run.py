"""One seed from its beginning to its end: faults, then a time without any, in which everything must get done."""

from __future__ import annotations

import gc
import logging
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import structlog

from sync.operator.dead import dead_letters, replay
from tests.memory import MEMORY
from tests.simulation.checks import check_always, check_at_the_end, check_given_up, effects_on, messages_on, tickets
from tests.simulation.scheduler import Passed, Simulation
from tests.simulation.simulated_desk import DAY, SimulatedDesk
from tests.simulation.swarm import plan, rates_of

MOST_HOURS_TO_HEAL = 24
COLLECTED_EVERY = 5
CHECKS = 40

logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
_ended = count(1)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="simulation-", dir=MEMORY)


def folder() -> Path:
    """Where this process keeps the database of the seed that it runs."""
    return Path(_folder().name)


@dataclass
class Outcome:
    """What a seed came to. `wrong` is empty where every invariant held."""

    seed: int
    wrong: str = ""
    trace: str = ""
    days: float = 0.0
    kills: int = 0
    points: int = 0
    effects: int = 0
    calls: int = 0
    healed_s: float = 0.0
    fired: Counter[str] = field(default_factory=Counter)
    rates: dict[str, float] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)


def run_seed(seed: int, *, without: frozenset[str] = frozenset(), swap: dict[str, Any] | None = None) -> Outcome:
    """Run a seed; `without` turns kinds of faults off, `swap` puts mutants in."""
    sim = Simulation(seed)
    sim.rates = {kind: 0.0 if kind in without else rate for kind, rate in rates_of(sim).items()}
    with silence(), uncollected():
        desk = SimulatedDesk(folder(), sim, swap, workers=sim.dice.randint(1, 3))
        outcome = Outcome(seed, rates=sim.rates)
        try:
            plan(desk)
            desk.open()
            live(desk)
            heal(desk, outcome)
        except Exception as error:
            outcome.wrong = f"{type(error).__name__}: {error}"
            if not isinstance(error, AssertionError):
                outcome.wrong += _place(error)
        finally:
            sim.close()
            desk.close()
    return told(outcome, desk)


def live(desk: SimulatedDesk) -> None:
    """The time of the faults; the invariants are checked all along."""
    for step in range(1, CHECKS + 1):
        desk.sim.run_until(desk.days * DAY * step / CHECKS)
        check_always(desk)
        check_given_up(desk)


def heal(desk: SimulatedDesk, outcome: Outcome) -> None:
    """No more faults: within a day everything is done, dead letters by a person."""
    sim = desk.sim
    sim.quiet = True
    for company in desk.network.companies:
        company.is_well()
    sim.stepped_s = 0.0
    begins, ends = sim.read_only_s
    sim.read_only_s = (begins, min(ends, sim.now_s))
    sim.run_until(sim.suspended_until)
    desk.reconciles_every = 300.0
    begun = sim.now_s
    for minutes in range(5, MOST_HOURS_TO_HEAL * 60, 5):
        sim.run_until(begun + minutes * 60)
        check_given_up(desk)
        if minutes >= 60 and desk.at_rest():
            letters = _replayed(desk)
            if not letters:
                break
    outcome.healed_s = sim.now_s - begun
    check_at_the_end(desk)


def _replayed(desk: SimulatedDesk) -> int:
    store = desk.judges
    letters = [letter for letter in dead_letters(store) if not store.read(lambda tx, i=letter.id: _refused(tx, i))]
    for letter in letters:
        desk.sim.mark("replayed")
        replay(store, letter.id, desk.sim.now())
    return len(letters)


def _refused(tx: Any, letter: str) -> bool:
    """What was refused for good, and what a person was told of, is settled as it is."""
    name = letter.removeprefix("out-")
    if not letter.startswith("out-"):
        return False
    return tx.inbox.by_key(f"refused:{name}") is not None


def told(outcome: Outcome, desk: SimulatedDesk) -> Outcome:
    sim = desk.sim
    outcome.trace, outcome.fired = sim.trace(), sim.fired
    outcome.days, outcome.kills, outcome.points = sim.now_s / DAY, sim.kills, sim.points
    outcome.effects = sum(len(effects_on(desk, one)) for one in tickets(desk))
    outcome.effects += sum(len(messages_on(desk, one)) for one in desk.workmarket.assignments)
    outcome.calls = sum(desk.network.calls.values())
    outcome.passed = sim.passed
    return outcome


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " at " + " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


@cache
def _leave_out_what_stays() -> None:
    gc.collect()
    gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """What seeds leave is collected after a few of them: looking for it all along takes a sixth of the time."""
    _leave_out_what_stays()
    gc.disable()
    try:
        yield
    finally:
        if next(_ended) % COLLECTED_EVERY == 0:
            gc.collect()
        gc.enable()


class silence:
    """The desk's logs are kept aside while a seed runs."""

    def __enter__(self) -> None:
        self._was = structlog.get_config()
        structlog.configure(processors=[_drop])

    def __exit__(self, *_: object) -> None:
        structlog.configure(**self._was)


def _drop(*_: object) -> Any:
    raise structlog.DropEvent
