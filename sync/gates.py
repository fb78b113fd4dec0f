"""A pause that one of the two services asked for holds for everything that goes there, not for one row only."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta


def service_of(kind: str) -> str:
    """Where a kind of effect goes; a look goes to both and waits for Zendesk's pauses."""
    return "workmarket" if kind == "post_message" else "zendesk"


class Gates:
    """Which service asked to be left alone, and until when. Safe to share between threads."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def note(self, kind: str, retry_after: float | None, now: datetime) -> None:
        """A service answered an effect of this kind with a Retry-After, in seconds."""
        if retry_after:
            service, until = service_of(kind), now + timedelta(seconds=retry_after)
            with self._lock:
                self._until[service] = max(until, self._until.get(service, until))

    def wait(self, kind: str, now: datetime) -> float | None:
        """Seconds until an effect of this kind may leave; None where it may."""
        with self._lock:
            until = self._until.get(service_of(kind))
        return None if until is None or until <= now else (until - now).total_seconds()
