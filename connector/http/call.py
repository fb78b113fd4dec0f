"""What one call may take: an absolute end, counted from before its name is looked up, and so many bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, NamedTuple

from connector.spool import TooMuch

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of an answer: of all that comes over the line for it, and of what that unpacks to."""


class Timeouts(NamedTuple):
    """Seconds. `connect`: to reach one address, and again to agree on encryption. `silence`: without a sign from a
    name server, a proxy or the service. `whole`: from before the name is looked up to the last byte, whatever
    drips; it is shorter than the settle time of 60 s, which begins when a call was given up.
    """

    connect: float = 3.05
    silence: float = 20.0
    whole: float = 45.0


class Late(Exception):
    """The time is over."""


class HttpCall:
    """One call on its way. `sent` becomes true with the first byte that may reach the service itself."""

    def __init__(
        self, timeouts: Timeouts, largest: int = LARGEST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.timeouts = timeouts
        self.sent = False
        self._clock = clock
        self._ends = clock() + timeouts.whole
        self._largest = largest
        self._read = 0

    def step(self, longest: float) -> float:
        """The seconds that the next step may take, at most `longest`. Raises Late where none are left."""
        left = self._ends - self._clock()
        if left <= 0:
            raise self._over()
        return min(longest, left)

    def over(self, step: float, longest: float) -> Late:
        """What to say where a step took all the seconds it had."""
        return Late(f"no sign for {longest:g} s") if step >= longest else self._over()

    def _over(self) -> Late:
        return Late(f"not done within {self.timeouts.whole:g} s")

    def took(self, size: int) -> None:
        """Count bytes as they came over the line. Raises TooMuch."""
        self._read += size
        if self._read > self._largest:
            raise TooMuch(self._largest)


CALL: ContextVar[HttpCall] = ContextVar("call")
"""The call that this thread is making."""
