"""Since when nothing can be stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class Standing:
    """Told by whoever stores events what became of it, and asked from any thread."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failing_since: datetime | None = None

    @property
    def failing_since(self) -> datetime | None:
        """When the first failed of those that failed since one was stored; None where the last one was stored."""
        return self._failing_since

    def worked(self) -> None:
        """Something was stored."""
        self._failing_since = None

    def failed(self) -> None:
        """Something could not be stored."""
        if self._failing_since is None:
            self._failing_since = self._now()
