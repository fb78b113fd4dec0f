"""The edge of the process: where `now` is read, where it waits, and where a test may kill it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sync.failpoints import Crash, crash_at, no_crash

Now = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the current moment, aware, in UTC: the only place that asks for it."""
    return datetime.now(UTC)  # noqa: TID251


def clock_from_environment() -> Now:
    """Return the clock, or for a test one that is the seconds of CLOCK_OFFSET away from it."""
    offset = timedelta(seconds=float(os.environ.get("CLOCK_OFFSET") or 0))
    return (lambda: system_clock() + offset) if offset else system_clock


def sleep_from_environment() -> Callable[[float], object]:
    """Return what waits so many seconds, or for a test the share CLOCK_SHARE of them."""
    share, wait = float(os.environ.get("CLOCK_SHARE") or 1), threading.Event().wait
    return lambda seconds: wait(seconds * share)


def crash_from_environment() -> Crash:
    """Return what is called at every seam: nothing, or for a test the kill that FAILPOINT names."""
    wanted = os.environ.get("FAILPOINT", "")
    return crash_at(wanted) if wanted else no_crash
