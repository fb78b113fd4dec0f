"""A desk of several processes, and somebody who disturbs it while it works."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from store import StoreUnavailable
from tests.system.processes.spawned_desk import POLLED_EVERY_S, START, Forker, SpawnedDesk

ROLES = {"web": "web", "worker 1": "worker", "worker 2": "worker", "clock": "clock"}
SOONEST, LATEST = 0, 12

Trouble = Callable[["SplitDesk", random.Random], Iterator[int]]
"""Does harm, and yields for how many looks the harm lasts before it goes on; at its end all is as it was."""


class Troubles:
    """Draws troubles by a seed and makes them at looks (of some 20 ms) that it draws as well."""

    def __init__(self, seed: int, kinds: Sequence[Trouble]) -> None:
        self._dice = random.Random(seed)  # noqa: S311  repeatable, not secret
        self._kinds = kinds
        self._running: Iterator[int] | None = None
        self._wait = 0
        self._left = 0
        self.made = 0
        self.ended_at = 0.0

    def begin(self, count: int) -> None:
        """Let so many come, one after another. The first of all is never late, however fast the desk is."""
        self._left = count
        self._wait = self._dice.choice((0, self._dice.randint(SOONEST, LATEST))) if self.made else 0

    def are_first(self) -> bool:
        """Whether the first one comes before what it disturbs begins."""
        return self._left > 0 and self._wait == 0

    def over(self) -> bool:
        return self._left == 0 and self._running is None

    def look(self, desk: SplitDesk) -> None:
        """Go on by one look."""
        if self.over():
            return
        if self._wait > 0:
            self._wait -= 1
            return
        if self._running is None:
            self._left -= 1
            self.made += 1
            self._running = self._dice.choice(self._kinds)(desk, self._dice)
        try:
            self._wait = next(self._running)
        except StopIteration:
            self._running = None
            self._wait = self._dice.randint(SOONEST, LATEST)
            self.ended_at = perf_counter()


class SplitDesk(SpawnedDesk):
    """`parley web`, two of `parley worker` and `parley clock`, each started again as soon as it is killed."""

    looked_at_every_s = POLLED_EVERY_S

    def __init__(self, forker: Forker, folder: Path, url: str, broker: str, troubles: Troubles) -> None:
        super().__init__(forker, folder, url=url, broker=broker)
        self.troubles = troubles
        self.in_the_middle = 0
        self.recovered_in: list[float] = []
        self._undone: Callable[[], bool] = lambda: False
        self._pids: dict[str, int] = {}

    # Its processes

    def start(self) -> None:
        for name in ROLES:
            if name not in self._pids:
                self._start(name)

    def _start(self, name: str) -> None:
        self.lives += 1
        role = ROLES[name]
        arguments = [role, "--host", "127.0.0.1", "--port", str(self.port)] if role == "web" else [role]
        self._pids[name] = self.forker.start(arguments, self.environment(), self.folder, "out", "log")

    def killed(self) -> bool:
        """Whether none is alive. One that was killed alone is started again at once."""
        if not self._pids:
            return True
        self._look()
        for name, pid in list(self._pids.items()):
            code = self.forker.ask(poll=pid)
            if code is not None:
                assert code == -signal.SIGKILL, f"{name} left with {code}:\n{self.log()}"
                self.kills += 1
                self._start(name)
        return not self._pids

    def _look(self) -> None:
        if self.troubles.over():
            return
        undone, made = self._undone(), self.troubles.made
        self.troubles.look(self)
        self.in_the_middle += undone and self.troubles.made > made

    def _spared(self) -> bool:
        return False

    def kill_one(self, dice: random.Random) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pids[dice.choice(list(self._pids))], signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> int:
        for pid in self._pids.values():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        codes = [self.forker.wait(pid) for pid in self._pids.values()]
        self._pids = {}
        return max(codes, default=0)

    def kill_all(self) -> None:
        for pid in self._pids.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # What it did

    def disturbed(self, act: Callable[[], object], there: Callable[[], bool], troubles: int) -> None:
        """Do something and live until it is so, with so many troubles, the first before it or right after it.

        How many began before all was done is counted; how long it took after the last one is noted, where that
        ended before all was done.
        """
        self.troubles.begin(troubles)
        self._undone = lambda: not there()
        if self.troubles.are_first():
            self._look()
        act()
        early = False

        def arrived() -> bool:
            nonlocal early
            there_already = there()
            early = early or (there_already and not self.troubles.over())
            return there_already and self.troubles.over()

        self.until(arrived)
        if troubles and not early:
            self.recovered_in.append(perf_counter() - self.troubles.ended_at)

    def left(self) -> list[tuple[str, str]]:
        try:
            return super().left()
        except StoreUnavailable:
            return [("database", "away")]

    def rounds(self) -> set[datetime]:
        with suppress(StoreUnavailable):
            return super().rounds()
        return set()

    def waits(self) -> bool:
        with suppress(StoreUnavailable):
            return super().waits()
        return False

    def state(self, ticket: int) -> str:
        with suppress(StoreUnavailable):
            return super().state(ticket)
        return ""

    # What people do

    def assignments(self, count: int) -> list[str]:
        """So many that were handed in ten days ago, whose workers have asked since and were not answered."""
        done = self.clock()
        numbers = []
        for _ in range(count):
            number = self.workmarket.add_assignment(
                scheduled_start=done - timedelta(hours=3), scheduled_end=done, status="inprogress"
            )
            self.workmarket.complete(number)
            numbers.append(number)
        self.clock.move(timedelta(days=5))
        for number in numbers:
            self.workmarket.message(number, "Wanda Worker", "Could you approve this?")
        self.clock.set(START)
        return numbers

    def a_request_is_answered(self, number: str, troubles: int = 0) -> dict[str, Any]:
        """To tier 1, and an answer of the client; then what is to be seen."""
        known = len(self.zendesk.account.tickets)

        def latest() -> int:
            tickets = sorted(self.zendesk.account.tickets)
            return tickets[-1] if len(tickets) > known else 0

        self.disturbed(lambda: self.submit(number), lambda: self.state(latest()) == "tier_1", troubles)
        ticket = latest()
        self.disturbed(
            lambda: self.workmarket.message(number, "owner", "I will look at it tomorrow."),
            lambda: self.state(ticket) == "other_side_responded",
            troubles,
        )
        seen = self.picture(ticket, number)
        for shared in ("tickets", "cases", "mails"):
            del seen[shared]
        told: dict[str, Any] = json.loads(json.dumps(seen, ensure_ascii=False).replace(number, "a number"))
        return told
