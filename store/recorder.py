"""The doors' way into the inbox: everything that arrives together shares one statement and one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from typing import Any

from store.database.errors import StoreUnavailable
from store.records.fast import InboxValues, values_of
from store.schema.rows import Receipt
from store.standing import Standing
from store.tx import Tx

# Seconds until a door is told that it did not work: Zendesk gives up on us after 10 or 12.
PATIENCE_S = 4.0
# Rows waiting at once; above it a door is told at once, so that a stuck disk does not fill the memory.
CAPACITY = 10_000
# Turns of the event loop a batch gathers for. Who was just answered sends the next request within them, so
# that the batches stay large; a quiet loop turns at once.
TURNS = 3

Submit = Callable[[Callable[[Tx], list[Receipt]]], "Future[list[Receipt]]"]


class _Batch:
    __slots__ = ("rows", "timer", "traces", "waiting")

    def __init__(self) -> None:
        self.rows: list[InboxValues] = []
        self.traces: dict[int, str] = {}
        self.waiting: list[asyncio.Future[Receipt]] = []
        self.timer: asyncio.TimerHandle | None = None

    def keep(self, tx: Tx) -> list[Receipt]:
        """Keep what was gathered, by one statement but for the traces that somebody else has begun."""
        receipts = tx.inbox.record_many(self.rows)
        for place, trace in self.traces.items():
            row_id = receipts[place].id
            if row_id is not None:
                tx.traces.put_event(row_id, trace)
        return receipts

    def fail(self, error: BaseException) -> None:
        for waiting in self.waiting:
            if not waiting.done():
                waiting.set_exception(error)


class Recorder:
    """Records events from one event loop. While one batch is being committed, the next one gathers."""

    def __init__(
        self,
        submit: Submit,
        now: Callable[[], datetime],
        *,
        standing: Standing | None = None,
        patience_s: float = PATIENCE_S,
        capacity: int = CAPACITY,
    ) -> None:
        self._submit = submit
        self._now = now
        self._standing = standing or Standing(now)
        self._patience_s = patience_s
        self._capacity = capacity
        self._next: _Batch | None = None
        self._committing = False
        self._count = 0

    async def record(
        self,
        key: str,
        kind: str,
        lane: str,
        body: Mapping[str, Any],
        *,
        dedupe_key: str | None = None,
        dead: str | None = None,
        trace: str | None = None,
    ) -> Receipt:
        """Keep an event; returns after the COMMIT that it shares with what arrived beside it.

        `dedupe_key`: while an unhandled event with the same key waits, this one is not kept besides. `dead`: a
        sentence; the row starts as a dead letter. `trace`: what is to stand at it. Raises StoreUnavailable, at the
        latest after `patience_s`. What was given up may still be kept later: the key, or the dedupe key, makes its
        repetition harmless.
        """
        if self._count >= self._capacity:
            raise StoreUnavailable("Too much is waiting to be stored.")
        values = values_of(key, kind, lane, body, self._now(), dedupe_key=dedupe_key, dead=dead)
        loop = asyncio.get_running_loop()
        batch = self._next
        if batch is None:
            batch = self._next = _Batch()
            batch.timer = loop.call_later(self._patience_s, self._give_up, batch)
            if not self._committing:
                self._gather(loop, TURNS)
        future: asyncio.Future[Receipt] = loop.create_future()
        if trace is not None:
            batch.traces[len(batch.rows)] = trace
        batch.rows.append(values)
        batch.waiting.append(future)
        self._count += 1
        try:
            return await future
        finally:
            self._count -= 1

    def _gather(self, loop: asyncio.AbstractEventLoop, turns: int) -> None:
        if turns:
            loop.call_soon(self._gather, loop, turns - 1)
        else:
            self._flush(loop)

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._next = self._next, None
        if batch is None:
            return
        self._committing = True

        def tell(done: Future[list[Receipt]]) -> None:
            # A loop that is closed has nobody left to tell.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._settle, loop, batch, done)

        self._submit(batch.keep).add_done_callback(tell)

    def _settle(self, loop: asyncio.AbstractEventLoop, batch: _Batch, done: Future[list[Receipt]]) -> None:
        self._committing = False
        if batch.timer is not None:
            batch.timer.cancel()
        error = done.exception()
        if error is not None:
            self._standing.failed()
            batch.fail(error)
        else:
            self._standing.worked()
            for waiting, receipt in zip(batch.waiting, done.result(), strict=True):
                if not waiting.done():
                    waiting.set_result(receipt)
        if self._next is not None:
            self._gather(loop, TURNS)

    def _give_up(self, batch: _Batch) -> None:
        if batch is self._next:
            self._next = None
        self._standing.failed()
        batch.fail(StoreUnavailable("The database took too long."))
