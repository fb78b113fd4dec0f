"""The calls that this process has taken from the shared budgets and not made yet, or made beyond what it took."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

KEPT: Final = timedelta(seconds=2)
"""What a process took and did not use is given up after this."""


class Leases:
    """Calls in hand, by budget: below zero is a debt, which does not end. Safe from any thread."""

    def __init__(self) -> None:
        self._in_hand: dict[str, tuple[float, datetime]] = {}
        self._lock = threading.Lock()

    def in_hand(self, name: str, now: datetime) -> float:
        """How many calls of a budget are left of what was taken."""
        with self._lock:
            return self._left(name, now)

    def debts(self, names: Collection[str], now: datetime) -> dict[str, float]:
        """How many calls were made beyond what was taken."""
        with self._lock:
            return {name: -min(self._left(name, now), 0.0) for name in names}

    def draw(self, costs: Mapping[str, int], now: datetime) -> bool:
        """Take all of it from what is in hand; False, and nothing taken, where that is not enough."""
        with self._lock:
            if any(self._left(name, now) < calls for name, calls in costs.items()):
                return False
            self._add({name: -calls for name, calls in costs.items()}, now)
        return True

    def add(self, calls: Mapping[str, float], now: datetime) -> None:
        """Put calls in, or take some out that were made."""
        with self._lock:
            self._add(calls, now)

    def _left(self, name: str, now: datetime) -> float:
        calls, until = self._in_hand.get(name, (0.0, now))
        return min(calls, 0.0) if now > until else calls

    def _add(self, calls: Mapping[str, float], now: datetime) -> None:
        for name, number in calls.items():
            self._in_hand[name] = (self._left(name, now) + number, now + KEPT)
