"""Tells the others what is new, beside the answer: neither a slow nor a dead broker holds a request up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

import structlog

log = structlog.get_logger()
# Announcements that may wait; what is dropped, the sweep announces again.
CAPACITY = 10_000


class Announcer:
    """A thread that calls `announce` for one id after the other and outlives its errors."""

    def __init__(self, announce: Callable[[int], object]) -> None:
        self._announce = announce
        self._queue: SimpleQueue[int | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="webhooks-announcer", daemon=True)
        self._thread.start()

    def put(self, row_id: int) -> None:
        """Announce a row soon; never blocks."""
        if self._queue.qsize() < CAPACITY:
            self._queue.put(row_id)

    def stop(self, timeout_s: float = 2.0) -> None:
        """Announce what waits, within the time given, and end the thread."""
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (row_id := self._queue.get()) is not None:
            try:
                self._announce(row_id)
            except Exception as error:
                log.warning("announce_failed", inbox_id=row_id, error=type(error).__name__)
