"""The edge of the process: where `now` is read, where it waits, and where a test may kill it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sync.shared.failpoints import Crash, crash_at, no_crash
from sync.shared.steady import SteadyClock

Now = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the current moment, aware, in UTC: the only place that asks for it."""
    return datetime.now(UTC)  # noqa: TID251


def clock_from_environment() -> SteadyClock:
    """Return the desk's clock. For a test CLOCK_OFFSET says how many seconds the machine's clock is away, a file
    CLOCK_STEPS by how many it was set since, and CLOCK_RAN_FOR for how many seconds it goes on already."""
    offset = timedelta(seconds=float(os.environ.get("CLOCK_OFFSET") or 0))
    steps = Path(os.environ["CLOCK_STEPS"]) if os.environ.get("CLOCK_STEPS") else None

    def wall() -> datetime:
        return system_clock() + offset + (_stepped(steps) if steps else timedelta(0))

    return SteadyClock(wall, steady_seconds, ran_for_s=float(os.environ.get("CLOCK_RAN_FOR") or 0))


def _stepped(steps: Path) -> timedelta:
    return timedelta(seconds=float(steps.read_text() or 0)) if steps.exists() else timedelta(0)


def steady_seconds() -> float:
    """Seconds that no setting of a clock moves and that go on while the machine sleeps, where it can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def sleep_from_environment() -> Callable[[float], object]:
    """Return what waits so many seconds, or for a test the share CLOCK_SHARE of them."""
    share, wait = float(os.environ.get("CLOCK_SHARE") or 1), threading.Event().wait
    return lambda seconds: wait(seconds * share)


def crash_from_environment() -> Crash:
    """Return what is called at every seam: nothing, or for a test the kill that FAILPOINT names."""
    wanted = os.environ.get("FAILPOINT", "")
    return crash_at(wanted) if wanted else no_crash
