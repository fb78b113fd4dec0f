"""UTC that no step of a machine's clock moves: told on by what can't jump, held against the services' clocks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

log = structlog.get_logger()

SMALL: Final = timedelta(seconds=1)
"""So much a clock that is kept right is moved at a time, which is followed."""
AGREES: Final = timedelta(seconds=5)
"""A service's clock that is no further away than this says the same; its header tells whole seconds."""
SAYS_THE_SAME: Final = timedelta(seconds=30)
"""Two answers that differ by less say the same of a clock that is wrong: each took its time."""
LATELY_S: Final = 600.0
"""Seconds that a service's word holds against a step of the machine's clock."""
LONGEST_CALL: Final = timedelta(seconds=90)
WHOLE_SECOND: Final = timedelta(seconds=1)
NOTHING: Final = timedelta(0)
AFTER_WRONG_CLOCK: Final = timedelta(days=1)


def seen_up_to(moment: datetime, now: datetime) -> datetime:
    """From where on to look again. A moment that is still to come was written by a clock that was ahead, by how
    much is not known any more: then a whole day is looked through."""
    return moment if moment <= now else now - AFTER_WRONG_CLOCK


class SteadyClock:
    """Safe from any thread. `wall` is the machine's clock, `steady` gives seconds that can't jump and go on while
    the machine sleeps; `ran_for_s` says, for a test, that it runs since so many seconds.

    It is set by the machine's clock (or the database's, see `follow`) when it is made, and from then on by what
    can't jump. A step of the machine's clock is followed only where no service has said lately that this one is
    right. Where the services' `Date` headers say twice that it is wrong, it is set by them.
    """

    def __init__(
        self, wall: Callable[[], datetime], steady: Callable[[], float], *, ran_for_s: float = 0.0
    ) -> None:
        self.wall = wall
        self._steady = steady
        self._lock = threading.Lock()
        self._base, self._base_s = wall(), steady()
        self._set_s = self._base_s - ran_for_s
        self._apart = NOTHING
        self._agreed: dict[str, float] = {}
        self._claims: dict[str, timedelta] = {}
        self._doubtful = False

    def __call__(self) -> datetime:
        return self._base + timedelta(seconds=self._steady() - self._base_s)

    def ran_for(self) -> timedelta:
        """For how long it has gone on without a jump; not at all while a service says that it is wrong."""
        with self._lock:
            return NOTHING if self._claims else timedelta(seconds=self._steady() - self._set_s)

    def is_confirmed(self) -> bool:
        """Whether a service has said that it is right since it was set, and none says otherwise."""
        with self._lock:
            return bool(self._agreed) and not self._claims

    def is_doubtful(self) -> bool:
        """Whether it went along with a step that no service has confirmed, or one says that it is wrong."""
        with self._lock:
            return self._doubtful or bool(self._claims)

    @property
    def apart(self) -> timedelta:
        """How far the clock that it was set by is ahead of this one now."""
        return self._apart

    def would_follow(self, reference: datetime) -> bool:
        """Whether that clock was set, and no service has said lately that this one is right."""
        with self._lock:
            apart = reference - self()
            return abs(apart) > SMALL and abs(apart - self._apart) > SMALL and not self._told_lately()

    def follow(self, reference: datetime) -> None:
        """Look at the clock that it is set by: the database's, or the machine's."""
        with self._lock:
            apart = reference - self()
            stepped, self._apart = abs(apart - self._apart) > SMALL, apart
            if abs(apart) <= SMALL:
                self._base += apart
                self._apart = NOTHING
            elif stepped and not self._told_lately():
                self._move(apart, "the machine's clock was set")
                self._agreed.clear()
                self._doubtful, self._apart = True, NOTHING

    def heard(self, service: str, date: datetime | None, asked: datetime) -> None:
        """What a service's clock said in the answer to a call that was made at `asked`, by this clock."""
        with self._lock:
            got = self()
            if date is None:  # it tells no time, and so holds nothing up
                self._agreed.setdefault(service, -LATELY_S)
                return
            if not NOTHING <= got - asked <= LONGEST_CALL:
                return  # it was set meanwhile
            off = min(date - asked + WHOLE_SECOND, NOTHING) or max(date - got, NOTHING)
            if abs(off) <= AGREES:
                self._agreed[service] = self._steady()
                self._claims.clear()
                self._doubtful = False
            elif not self._told_lately(besides=service):
                self._doubt(service, off)

    def _doubt(self, service: str, off: timedelta) -> None:
        said = self._claims.get(service)
        self._claims[service] = off
        if said is not None and abs(off - said) <= SAYS_THE_SAME:
            self._move(off, f"{service} says twice that it is wrong")
            self._apart -= off
            self._agreed = {service: self._steady()}
            self._doubtful = False

    def _told_lately(self, besides: str = "") -> bool:
        since = self._steady() - LATELY_S
        return any(at >= since for service, at in self._agreed.items() if service != besides)

    def _move(self, by: timedelta, why: str) -> None:
        self._base += by
        self._set_s = self._steady()
        self._claims.clear()
        log.warning("clock_set", seconds=round(by.total_seconds(), 3), why=why)
