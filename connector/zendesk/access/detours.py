"""Which token a call is made with: the table's, or for an hour another where Zendesk refused that one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connector.zendesk.access.scopes import ScopeSet, call_of, set_for

KEPT: Final = timedelta(hours=1)
"""For so long the table's own token is not tried again."""


@dataclass(frozen=True, slots=True)
class Detour:
    """A call that `usual` may not make and `instead` may."""

    call: str
    usual: ScopeSet
    instead: ScopeSet
    until: datetime


class Detours:
    """What one process has learned of the scopes that calls really take. Safe from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[str, Detour] = {}

    def set_for(self, method: str, path: str) -> ScopeSet:
        """The token a call is made with now."""
        usual = set_for(method, path)
        with self._lock:
            known = self._known.get(call_of(method, path))
        return known.instead if known is not None and self._now() < known.until else usual

    def learn(self, method: str, path: str, instead: ScopeSet) -> None:
        """Another token did where the table's own was refused."""
        call, usual = call_of(method, path), set_for(method, path)
        with self._lock:
            if instead is usual:
                self._known.pop(call, None)
            else:
                self._known[call] = Detour(call, usual, instead, self._now() + KEPT)

    def all(self) -> tuple[Detour, ...]:
        """Those that hold now, in the order of their calls."""
        with self._lock:
            return tuple(sorted((one for one in self._known.values() if self._now() < one.until), key=_call))


def _call(detour: Detour) -> str:
    return detour.call
