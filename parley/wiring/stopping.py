"""How a process ends: asked once, it finishes what it has begun, within ten seconds; asked twice, at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

import structlog

log = structlog.get_logger()

GRACE_S: Final = 10.0
"""Seconds from the first signal until the process ends, whatever it waits for."""
CUT_OFF: Final = 75
"""The exit code of a process that ended with something still under way: that is unclear now, as after a kill."""
NUMBERS: Final = (signal.SIGTERM, signal.SIGINT)
POLLED_S: Final = 0.5
SAID_IN_S: Final = 0.2

End = Callable[[int], object]


class Stopping:
    """Hears SIGTERM and SIGINT on a thread of its own, so that it hears them whatever the others wait for.

    Before `begun` nothing is under way, and the first signal ends the process at once. `asked` is set by the first
    one after that, or by whoever ends without one. `end` is how it ends where it can't by itself: with an exit
    code, and without a goodbye to threads that wait.
    """

    def __init__(self, *, grace_s: float = GRACE_S, end: End = os._exit) -> None:
        self.asked = threading.Event()
        self._grace_s = grace_s
        self._end = end
        self._begun = False
        self._over = threading.Event()
        self._mask: set[signal.Signals | int] = set()
        self._thread = threading.Thread(target=self._listen, name="signals", daemon=True)

    def __enter__(self) -> Self:
        # Blocked in this thread and so in all that it starts: they stay pending for the one that asks for them.
        self._mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, NUMBERS))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with suppress(ProcessLookupError):
            signal.pthread_kill(self._thread.ident or 0, NUMBERS[0])
        self._thread.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def begun(self) -> None:
        """From now on there may be something to finish."""
        self._begun = True

    def _listen(self) -> None:
        number = self._next(None)
        if number is not None and not self._begun:
            self._end(128 + number)
        self.asked.set()
        again = self._next(self._grace_s)
        if again is not None:
            self._end(128 + again)
        elif not self._over.is_set():
            _say_unfinished()
            self._end(CUT_OFF)

    def _next(self, within_s: float | None) -> int | None:
        """The next signal; None where none came in time, where the end was begun without one, or is over."""
        until = None if within_s is None else time.monotonic() + within_s
        while not self._over.is_set():
            if self.asked.is_set() if until is None else time.monotonic() >= until:
                return None
            heard = signal.sigtimedwait(NUMBERS, POLLED_S if until is None else max(until - time.monotonic(), 0.0))
            if heard is not None and not self._over.is_set():
                return heard.si_signo
        return None


def _say_unfinished() -> None:
    """Say so in the log, unless that can't be written to either."""
    waiting = [thread.name for thread in threading.enumerate() if thread.is_alive() and not thread.daemon]
    saying = threading.Thread(target=lambda: log.warning("stopped_unfinished", threads=waiting), daemon=True)
    saying.start()
    saying.join(SAID_IN_S)
