"""The edge of the process: where `now` is read, and where a test may kill it."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
Crash = Callable[[str], None]


def system_clock() -> datetime:
    """Return the current moment, aware, in UTC: the only place that asks for it."""
    return datetime.now(UTC)  # noqa: TID251


def no_crash(_: str) -> None:
    """Go on: what a failpoint does outside of tests."""


def crash_from_environment() -> Crash:
    """Return what is called at every failpoint. `FAILPOINT=name:n` kills the process, as kill -9 does, at the
    n-th time it passes that point (`any` counts all of them): for tests of what a killed process leaves."""
    wanted = os.environ.get("FAILPOINT", "")
    if not wanted:
        return no_crash
    name, _, number = wanted.partition(":")
    passed: Counter[str] = Counter()
    lock = threading.Lock()

    def crash(point: str) -> None:
        with lock:
            passed[point] += 1
            passed["any"] += 1
            hit = passed[name] == int(number or 1) and name in (point, "any")
        if hit:
            os.kill(os.getpid(), signal.SIGKILL)

    return crash
