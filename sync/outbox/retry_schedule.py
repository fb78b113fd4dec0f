"""How long to wait before trying again, from the policy's explicit list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Final

from escalation.policies.policy import Policy

LONGEST_READ_WAIT: Final = 600.0
"""Seconds: what only reads is tried again this soon at the latest, so that a case goes on soon after an outage."""
LONGEST_WRITE_WAIT: Final = 3600.0
"""Seconds: a longer wait of the policy's is spent in tries this far apart, so that after a day in which nothing
could be written nobody waits for a second one."""
SPREAD: Final = 0.2
"""Up to this part is added to a wait, so that lanes that failed together do not come back together."""


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Waits are seconds. `jitter` gives a number from 0 up to 1."""

    settle: timedelta
    unreadable: timedelta
    waits: tuple[float, ...]
    jitter: Callable[[], float]

    @classmethod
    def of(cls, policy: Policy, jitter: Callable[[], float]) -> RetrySchedule:
        """What a policy says."""
        return cls(
            settle=timedelta(seconds=policy.settle_seconds),
            unreadable=timedelta(hours=policy.unreadable_hours),
            waits=tuple(part for wait in policy.retry_waits for part in _parts(wait)),
            jitter=jitter,
        )

    @property
    def whole(self) -> timedelta:
        """How long something is tried in all."""
        return timedelta(seconds=sum(self.waits))

    def spent(self, attempts: int) -> bool:
        """Whether so many attempts are all there are."""
        return attempts > len(self.waits)

    def over(self, attempts: int, tried_for: timedelta) -> bool:
        """Whether something was tried as often and for as long as the policy says: haste alone ends nothing."""
        return self.spent(attempts) and tried_for >= self.whole

    def after(
        self,
        attempts: int,
        *,
        asked: float | None = None,
        longest: float | None = None,
        tried_for: timedelta | None = None,
    ) -> timedelta:
        """The wait after so many attempts; never shorter than what the other side `asked` for.

        Of attempts that came faster than the list says, since their processes ended, those count for which the time
        that it was `tried_for` has room: after some hours of trouble nothing waits for a day.
        """
        if tried_for is not None:
            begins = accumulate(self.waits, initial=0.0)
            attempts = min(attempts, sum(begin <= tried_for.total_seconds() for begin in begins))
        wait = self.waits[min(max(attempts, 1), len(self.waits)) - 1]
        return self._spread(max(asked or 0.0, wait if longest is None else min(wait, longest)))

    def reading(self, elapsed: timedelta) -> timedelta:
        """The wait before something unclear is read again, growing with the time that it has been so."""
        due = (wait for wait in self.waits if wait * 2 >= elapsed.total_seconds())
        return self._spread(min(next(due, LONGEST_READ_WAIT), LONGEST_READ_WAIT))

    def pause(self, seconds: float) -> timedelta:
        """A wait that the other side asked for."""
        return self._spread(seconds)

    def _spread(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds * (1 + SPREAD * self.jitter()))


def _parts(wait: float) -> Iterator[float]:
    """A wait in parts of which none is longer than a write's longest."""
    while wait > LONGEST_WRITE_WAIT:
        yield LONGEST_WRITE_WAIT
        wait -= LONGEST_WRITE_WAIT
    yield wait
