"""Moves a clock that can be moved, and lets the desk do what becomes due, one due moment after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from store import Store, Tx
from sync.runtime.stepped import SteppedDesk

MOST_ROUNDS = 10_000


class Clock(Protocol):
    """A clock that goes forward when told to."""

    def __call__(self) -> datetime: ...
    def set(self, to: datetime) -> None: ...


class Pace:
    """The desk's pace under a movable clock. `pump` delivers what the outside has on its way to the desk, and
    says how much that was; `rounds` are called at each stop of the clock. Safe from several threads; one moves at a
    time."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        desk: SteppedDesk,
        tick: Callable[[], int],
        pump: Callable[[], int],
        rounds: Sequence[Callable[[], object]] = (),
    ) -> None:
        self._clock = clock
        self._store = store
        self._desk = desk
        self._tick = tick
        self._pump = pump
        self._rounds = rounds
        self._lock = threading.RLock()

    def settle(self) -> None:
        """Work until nothing is left to do at this moment."""
        with self._lock:
            for _ in range(MOST_ROUNDS):
                if not self._pump() and not self._desk.drain() and not self._pump():
                    return
        raise RuntimeError("The desk finds no rest.")

    def work(self) -> None:
        """Do what is due at this moment, without moving the clock."""
        with self._lock:
            self._tick()
            for one in self._rounds:
                one()
            self.settle()

    def next_moment(self) -> datetime | None:
        """When something is due next: a timer, or an effect that waits to be tried again."""

        now = self._clock()

        def soonest(tx: Tx) -> datetime | None:
            waits = [row.due for row in tx.outbox.unfinished()]
            timer = tx.timers.next_due()
            later = (due for due in (*waits, timer) if due is not None and due > now)
            return min(later, default=None)

        moments = (self._store.read(soonest), self._desk.deliverer.free_at(now))
        return min((moment for moment in moments if moment is not None), default=None)

    def move_to(self, moment: datetime) -> None:
        """Go to a moment, stopping wherever something is due on the way."""
        with self._lock:
            self.settle()
            for _ in range(MOST_ROUNDS):
                due = self.next_moment()
                if due is None or due > moment:
                    break
                self._go(due)
            self._go(moment)

    def move(self, by: timedelta) -> None:
        self.move_to(self._clock() + by)

    def _go(self, moment: datetime) -> None:
        if moment > self._clock():
            self._clock.set(moment)
        self.work()
