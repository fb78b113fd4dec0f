"""The arithmetic of a budget: so many calls in any minute, some of them at once, the rest evenly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

RESERVED: Final = 0.5
"""The part of what may leave at once that sweeps leave to those who wait for an answer."""
LEASED_S: Final = 0.25
"""A process takes so many seconds' worth at once, so that many calls cost one transaction."""

ROUNDING: Final = 0.01
"""Of one call: moments are kept to the microsecond."""
ABSURD_S: Final = 600.0
"""Nothing is ever booked so many seconds ahead, unless by a wrong clock."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `per_minute` calls in any minute, of them at most `burst` at once. A generic cell rate: all that is
    kept is the moment up to which the budget is booked."""

    per_minute: float
    burst: float

    @classmethod
    def of(cls, per_minute: float, share: float = 1 / 3) -> RateLimit:
        """A limit of which a share may leave at once."""
        return cls(per_minute, max(1.0, per_minute * share))

    @property
    def interval_s(self) -> float:
        """Seconds that one call is worth."""
        return 60.0 / max(self.per_minute - self.burst, self.per_minute / 20)

    def lease(self) -> float:
        """How many calls a process takes for itself at once."""
        return min(LEASED_S / self.interval_s, self.burst / 4)

    def left(self, booked_until: datetime, now: datetime, *, sweep: bool = False) -> float:
        """How many calls may leave now; below zero where it was overdrawn."""
        return self.depth(sweep) - self._ahead(booked_until, now).total_seconds() / self.interval_s + ROUNDING

    def short(
        self, booked_until: datetime | None, in_hand: float, calls: float, now: datetime, *, sweep: bool
    ) -> float:
        """How many calls are lacking, beside those in hand; a budget that nothing was taken from has no moment."""
        if in_hand >= calls:
            return 0.0
        left = self.depth(sweep) if booked_until is None else self.left(booked_until, now, sweep=sweep)
        return min(calls - min(in_hand, 0.0), self.depth(sweep)) - left

    def depth(self, sweep: bool) -> float:
        """How many may leave at once where nothing left before."""
        return self.burst * (1 - RESERVED) if sweep else self.burst

    def book(self, booked_until: datetime, now: datetime, calls: float) -> datetime:
        """The moment up to which it is booked after so many more calls."""
        return now + self._ahead(booked_until, now) + timedelta(seconds=calls * self.interval_s)

    def wait(self, short: float) -> timedelta:
        """How long it takes until so many more calls may leave."""
        return timedelta(seconds=max(short, 0.0) * self.interval_s)

    def _ahead(self, booked_until: datetime, now: datetime) -> timedelta:
        ahead = max(booked_until - now, timedelta(0))
        # Where a clock was ahead and was put right, nobody waits for the time it was ahead.
        return ahead if ahead.total_seconds() <= max(ABSURD_S, 4 * self.burst * self.interval_s) else timedelta(0)
