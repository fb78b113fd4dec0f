"""Reads anew what the doors go by, beside the event loop: a database that does not answer holds no request up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger()
EVERY_S: Final = 1.0
FIRST_WITHIN_S: Final = 2.0
"""So long the first request waits for the first round at most."""


class Refresher:
    """A thread that calls `refresh` every second and outlives its errors."""

    def __init__(self, refresh: Callable[[], object]) -> None:
        self._refresh = refresh
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks-refresher", daemon=True)
        self._begun = threading.Event()

    async def start(self) -> None:
        """Start the thread; returns after its first round, or when that takes too long."""
        self._thread.start()
        await asyncio.to_thread(self._begun.wait, FIRST_WITHIN_S)

    def stop(self) -> None:
        """End it after this round, which nobody waits for: it may hang."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._refresh()
            except Exception as error:
                log.warning("refresh_failed", error=type(error).__name__)
            self._begun.set()
            self._stop.wait(EVERY_S)
