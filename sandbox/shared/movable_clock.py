"""The stand-in's clock: it stands still or ticks, and a test or a person can move it forward."""

import threading
import time
from datetime import UTC, datetime, timedelta

# A Monday morning in New York, inside business time.
DEFAULT_START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class MovableClock:
    """Call it for the moment, aware and in UTC.

    It stands still at `start` (default: Monday 2 March 2026, 15:00 UTC). With `ticking=True` it goes on in real
    time from `start`, or from the real moment where none is given.
    """

    def __init__(self, start: datetime | None = None, *, ticking: bool = False) -> None:
        if start is None:
            start = _real_now() if ticking else DEFAULT_START
        self._base = _utc(start)
        self._ticking = ticking
        self._since = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self._now()

    def move(self, by: timedelta) -> None:
        """Go forward. Raises ValueError for a negative span: time does not run backwards."""
        if by < timedelta(0):
            raise ValueError(f"The clock can't go back by {-by}; move it forward.")
        with self._lock:
            self._base += by

    def set(self, to: datetime) -> None:
        """Go forward to a moment. Raises ValueError for one that has passed."""
        to = _utc(to)
        with self._lock:
            now = self._now()
            if to < now:
                raise ValueError(f"The clock can't go back from {now.isoformat()} to {to.isoformat()}.")
            self._base += to - now

    def _now(self) -> datetime:
        if not self._ticking:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("The clock needs an aware moment, e.g. with tzinfo=UTC.")
    return moment.astimezone(UTC)


def _real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the sandbox's own edge: only a ticking clock reads the real one
