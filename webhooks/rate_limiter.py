"""How often something may be asked: so many a second, some of them at once."""

from __future__ import annotations


class RateLimiter:
    """So many a second, some of them at once; used in the event loop alone."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._seen = 0.0

    def takes(self, now: float) -> bool:
        """Whether one more may come at a moment of the loop's clock."""
        passed = max(0.0, now - self._seen)
        self._left, self._seen = min(self._burst, self._left + passed * self._per_second), now
        if self._left < 1:
            return False
        self._left -= 1
        return True
