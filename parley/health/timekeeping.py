"""Keeps the desk's clock: looks at what it is set by, asks the services where need be, frees what is parked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from connector.dates import nobody
from connector.errors import ConnectorError
from store import Store
from sync.outbox.deliver import for_ever
from sync.shared.steady import AGREES, SteadyClock
from sync.upkeep.parked import free_parked

LOOKED_EVERY_S: Final = 5.0


class Timekeeper:
    """`now` is the desk's clock; one that somebody moves, as in the demo, is believed. Each of `ask` calls a
    service, which tells its time in its answer."""

    def __init__(self, store: Store, now: Callable[[], datetime], ask: Sequence[Callable[[], object]] = ()) -> None:
        self._store = store
        self._now = now
        self._ask = ask
        self._clock = now if isinstance(now, SteadyClock) else None

    def heard(self, service: str, date: datetime | None, asked: datetime) -> None:
        """What the `Date` of an answer says; for the connectors."""
        (self._clock.heard if self._clock else nobody)(service, date, asked)

    def ran_for(self) -> timedelta:
        """How long the clock has gone on without a jump."""
        return self._clock.ran_for() if self._clock else for_ever()

    def look(self) -> None:
        """Look at the database's clock, or the machine's where it has none. Raises StoreUnavailable."""
        if self._clock is not None:
            moment = self._store.moment()
            reference = self._clock.wall() if moment is None else moment
            if self._clock.would_follow(reference):
                self._ask_services()  # they know better than either clock
            self._clock.follow(reference)
            if self._clock.is_confirmed():
                free_parked(self._store, self._now())

    def may_decide(self) -> bool:
        """Whether what happened may be handled: not by a clock that was just set, until a service confirms it."""
        return self._clock is None or not self._clock.is_doubtful() or self.is_sure()

    def is_sure(self) -> bool:
        """Whether a service says that the clock is right. They are asked where none has said anything yet."""
        if self._clock is None:
            return True
        if not self._clock.is_confirmed():
            self._ask_services()
        return self._clock.is_confirmed()

    def is_told(self) -> bool:
        """Whether a service has said already that the clock is right. Asks none."""
        return self._clock is None or self._clock.is_confirmed()

    def _ask_services(self) -> None:
        """Until one says that the clock is right: each twice, since a clock is set only by what one says twice."""
        for ask in (*self._ask, *self._ask):
            try:
                ask()
            except ConnectorError:
                continue  # its answer tells the time all the same, if there was one
            if self._clock is not None and self._clock.is_confirmed():
                return

    def told(self) -> dict[str, float]:
        """What the heartbeat tells: by how many seconds the clock that ours is set by is wrong."""
        apart = self._clock.apart if self._clock else timedelta(0)
        return {"apart_s": round(apart.total_seconds(), 1)} if abs(apart) > AGREES else {}
