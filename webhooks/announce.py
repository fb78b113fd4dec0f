"""Tells the others what is new, beside the answer: neither a slow nor a dead broker holds a request up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue

import structlog

log = structlog.get_logger()
# Groups of announcements that may wait; what is dropped, the sweep announces again.
CAPACITY = 1000
# Rows for which one announcement does. Who hears of one looks for all there is; with one for each, three hundred at
# once cost the broker, and us, as much as keeping them.
FOLDED = 16


class Announcer:
    """A thread that calls `announce` with ids of new rows and outlives its errors: with one of up to `FOLDED` that
    were committed together.

    It is woken once for all of these: a wake-up for each would cost more than storing it.
    """

    def __init__(self, announce: Callable[[int], object]) -> None:
        self._announce = announce
        self._queue: SimpleQueue[list[int] | None] = SimpleQueue()
        self._gathered: list[int] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="webhooks-announcer", daemon=True)
        self._thread.start()

    def put(self, row_id: int) -> None:
        """Announce a row soon, or another that came with it; never blocks. To be called in the event loop."""
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._hand_over)
        self._gathered.append(row_id)

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        if self._queue.qsize() < CAPACITY:
            self._queue.put(gathered[::FOLDED])

    def stop(self, timeout_s: float = 2.0) -> None:
        """Announce what waits, within the time given, and end the thread."""
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (told := self._queue.get()) is not None:
            for row_id in told:
                try:
                    self._announce(row_id)
                except Exception as error:
                    log.warning("announce_failed", inbox_id=row_id, error=type(error).__name__)
