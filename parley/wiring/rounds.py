"""What a desk does every so often beside its deadlines, where somebody moves its clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger()


class SpacedRound:
    """A round that is called as often as one likes, and does its work once in so long by the desk's clock: however
    far that was moved, only once. An error is logged, and the next round tries again."""

    def __init__(
        self, name: str, spacing: timedelta, work: Callable[[], object], now: Callable[[], datetime]
    ) -> None:
        self._name = name
        self._spacing = spacing
        self._work = work
        self._now = now
        self._last = now()

    def __call__(self) -> None:
        now = self._now()
        if now - self._last < self._spacing:
            return
        self._last = now
        try:
            self._work()
        except Exception as error:
            log.warning("loop_failed", loop=self._name, error=type(error).__name__)
