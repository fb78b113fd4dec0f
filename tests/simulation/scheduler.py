"""One thread, many processes: each a greenlet that a seeded scheduler runs, stalls or abandons; time is virtual.

A kill is faithful to `kill -9`: the greenlet is never switched to again, so that no `except` and no `finally` of it
runs, and what the kernel would close is closed for it.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections import Counter
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, NamedTuple

from greenlet import GreenletExit, getcurrent, greenlet

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
STALL_S = (60.0, 400.0)
RESTART_S = (0.1, 30.0)
# How much likelier kills and stalls are at the worst moments of all: while a webhook is kept; between noting an
# attempt and making it, above all a message's, which no stamp guards; between reading what is due and noting it.
WORST = {
    "door.before_commit": 10,
    "deliver.before_request": 10,
    "wire.workmarket.message.send": 20,
    "clock.read": 1000,
}
# A month of faults needs a hundred thousand.
MOST_POINTS = 400_000


class Violation(AssertionError):
    """An invariant does not hold; the message says which one and where."""


class Process:
    """What a supervisor keeps alive. `main` gets the process, and starts anew after every kill."""

    def __init__(self, sim: Simulation, name: str, main: Callable[[Process], None]) -> None:
        self.sim = sim
        self.name = name
        self.life = 0
        self.handles: list[Any] = []
        self.held: dict[str, float] = {}
        self.mailbox: list[Any] = []
        self.alive = False
        self._main = main
        self._greenlet: greenlet | None = None
        self._waits = 0
        self._sleeping = False

    def start(self) -> None:
        self.life += 1
        self.alive = True
        self._greenlet = greenlet(self._run, parent=self.sim.hub)
        self._greenlet.process = self  # type: ignore[attr-defined]
        self._resume_in(0.0)

    def _run(self) -> None:
        self._main(self)

    def end(self) -> None:
        """What the kernel does when a process ends: its files and its locks are let go of."""
        self.alive = False
        for handle in self.handles:
            handle.close()
        self.handles.clear()
        self.held.clear()
        self.mailbox.clear()

    def killed(self) -> None:
        self.sim.abandoned.append(self._greenlet)
        self._waits += 1
        self.end()
        self.sim.after(self.sim.dice.uniform(*RESTART_S), self.start)

    def pause(self, seconds: float, *, wakeable: bool = False) -> None:
        """Let the others run for so long, or until `wake`."""
        self._sleeping = wakeable
        self._resume_in(seconds)
        self.sim.hub.switch()
        self._sleeping = False

    def wake(self) -> None:
        if self.alive and self._sleeping:
            self._sleeping = False
            self._resume_in(0.0)

    def _resume_in(self, seconds: float) -> None:
        self._waits += 1
        mine = self._waits

        def resume() -> None:
            if mine != self._waits or self._greenlet is None:
                return
            if self.sim.now_s < self.sim.suspended_until:
                self.sim.after(self.sim.suspended_until - self.sim.now_s, resume)
                return
            self._greenlet.switch()

        self.sim.after(seconds, resume)


class Passed(NamedTuple):
    """A point that a process passed, and what a kill there would find: everything that outlives a process."""

    at_s: float
    process: str
    name: str
    at_stake: Hashable


class Simulation:
    """The scheduler, its dice and its clock. `rates` are those of chance, by kind of fault; `kill_at` kills at the
    point of that number; where `at_stake` is given, what is passed is noted with it."""

    def __init__(self, seed: int, rates: dict[str, float] | None = None, kill_at: int = 0) -> None:
        self.seed = seed
        self.dice = random.Random(seed)  # noqa: S311  repeatable, not secret
        self.clients = random.Random(f"{seed}, clients")  # noqa: S311  draws what clients escalate
        self.apart = random.Random(f"{seed}, apart")  # noqa: S311  draws what moves no other die
        self.rates = rates or {}
        self.kill_at = kill_at
        self.quiet = False
        self.over = False
        self.writing = False
        self.now_s = 0.0
        self.stepped_s = 0.0
        self.widest_step_s = 0.0
        self.suspended_until = 0.0
        self.read_only_s = (inf, inf)
        self.points = 0
        self.kills = 0
        self.fired: Counter[str] = Counter()
        self.hub = getcurrent()
        self.processes: list[Process] = []
        self.abandoned: list[greenlet | None] = []
        self.passed: list[Passed] = []
        self.at_stake: Callable[[], Hashable] | None = None
        self._digest = hashlib.blake2b(digest_size=8)
        self._queue: list[tuple[float, float, int, Callable[[], object]]] = []
        self._queued = 0

    # Time

    def now(self) -> datetime:
        return START + timedelta(seconds=self.now_s)

    def wall(self) -> datetime:
        """What the clock of the database's machine says, which somebody may have set."""
        return self.now() + timedelta(seconds=self.stepped_s)

    def step(self, seconds: float) -> None:
        """Somebody sets that clock."""
        self.mark("step")
        self.stepped_s += seconds
        self.widest_step_s = max(self.widest_step_s, abs(self.stepped_s), abs(seconds))
        for process in self.processes:
            process.wake()

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        self._queued += 1
        heapq.heappush(self._queue, (self.now_s + seconds, self.dice.random(), self._queued, act))

    def run_until(self, second: float) -> None:
        while self._queue and self._queue[0][0] <= second:
            at, _, _, act = heapq.heappop(self._queue)
            self.now_s = at
            act()
        self.now_s = max(self.now_s, second)

    # Chance

    def chance(self, fault: str, dice: random.Random | None = None) -> bool:
        """Whether a kind of fault strikes now; it is counted."""
        rate = 0.0 if self.quiet else self.rates.get(fault, 0.0)
        if rate == 0.0 or (dice or self.dice).random() >= rate:
            return False
        self.mark(fault)
        return True

    def mark(self, what: str) -> None:
        """Note that something happened that a run of many seeds has to have seen."""
        self.fired[what] += 1

    # Points

    def spawn(self, name: str, main: Callable[[Process], None]) -> Process:
        made = Process(self, name, main)
        self.processes.append(made)
        made.start()
        return made

    @property
    def running(self) -> Process | None:
        """The process that is running; None where the world itself is."""
        return getattr(getcurrent(), "process", None)

    def point(self, name: str, *, only_kill: bool = False) -> None:
        """A seam: the process may be killed here, stall, or lose its turn."""
        process = self.running
        if process is None:
            return
        if self.over:
            raise GreenletExit
        self.points += 1
        self.log(process.name, name)
        if self.at_stake is not None:
            self.passed.append(Passed(self.now_s, process.name, name, self.at_stake()))
        times = WORST.get(name, 1)
        if self.dies(name) or (times > 1 and any(self.chance("kill") for _ in range(min(times, 10)))):
            self.kills += 1
            self.log("KILL")
            process.killed()
            self.hub.switch()
        if not only_kill:
            stalls = any(self.chance("stall") for _ in range(times))
            process.pause(self.dice.uniform(*STALL_S) if stalls else self.dice.random() * 0.01)

    def dies(self, name: str) -> bool:  # noqa: ARG002
        """Whether the running process is killed at this seam."""
        if self.points > MOST_POINTS:
            raise Violation("I4: two parts of the desk keep each other busy for ever.")
        return self.kill_at == self.points or self.chance("kill")

    def sleep(self, seconds: float) -> None:
        """Wait in the running process, which may be killed meanwhile."""
        process = self.running
        if process is not None:
            process.pause(seconds)
            self.point("slept")

    def log(self, *what: object) -> None:
        self._digest.update(repr((round(self.now_s, 6), *what)).encode())

    def trace(self) -> str:
        """A hash of everything that happened, in its order."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Unwind whatever was left standing, quietly: the world is over."""
        self.over = True
        alive = [process._greenlet for process in self.processes if process.alive]
        for process in self.processes:
            process.end()
        for left in [*self.abandoned, *alive]:
            if left is not None and not left.dead and left:
                # Its handles are gone: whatever it says now is noise.
                with suppress(BaseException):
                    left.throw(GreenletExit)
        self.abandoned.clear()
