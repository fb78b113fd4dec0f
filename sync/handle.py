"""Inbox row → decide → save, in one transaction; it calls nobody."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from escalation.policy import Policy
from store import Conflict, Store, StoreUnavailable, Taken, Tx
from sync.counting import Count, no_count
from sync.failpoints import Crash, no_crash
from sync.kinds import kind_of
from sync.process import Policies, Process
from sync.work import Work

log = structlog.get_logger()
# Seconds before a row that failed is handled again; after the last it is a dead letter.
WAITS = (1, 5, 30, 120)
COLLISIONS = 5


@dataclass(frozen=True, slots=True)
class Handled:
    """How many rows were handled, and which effects they brought."""

    rows: int
    effects: tuple[str, ...]


class Handler:
    """Handles inbox rows. Any number of them may run at once, in any number of processes."""

    def __init__(
        self,
        store: Store,
        policy: Policy | Policies,
        *,
        process: Process | None = None,
        crash: Crash = no_crash,
        count: Count = no_count,
    ) -> None:
        self._store = store
        self._policies = policy if isinstance(policy, Policies) else Policies(policy)
        self._process = process or Process()
        self._crash = crash
        self._count = count
        self._last = ""

    def handle_ready(self, now: datetime, limit: int = 64) -> Handled:
        """Handle what is due of the next lanes in turn, with one COMMIT for many rows. Raises StoreUnavailable."""
        return self._handle_all(self._next(now, limit), now)

    def handle(self, row_id: int, now: datetime) -> bool:
        """Handle one row; False where another did, or where an older one of its lane still waits."""
        return self._handle_all([(row_id, 0)], now).rows == 1

    def _next(self, now: datetime, limit: int) -> Sequence[tuple[int, int]]:
        found = self._store.read(lambda tx: tx.inbox.waiting(limit, now, self._last))
        if not found.rows and self._last:
            found = self._store.read(lambda tx: tx.inbox.waiting(limit, now))
        self._last = found.last
        return found.rows

    def _handle_all(self, rows: Sequence[tuple[int, int]], now: datetime) -> Handled:
        """Each for itself; behind one that is not handled, its lane has to wait."""
        held: set[int] = set()
        waiting = [self._submit(*row, now, held) for row in rows]
        outcomes = [self._outcome(*row, future, now) for row, future in zip(rows, waiting, strict=True)]
        done = [effects for effects in outcomes if effects is not None]
        self._crash("handle.after_commit")
        return Handled(len(done), tuple(effect for effects in done for effect in effects))

    def _submit(self, row_id: int, first: int, now: datetime, held: set[int]) -> Future[list[str]]:
        def handle(tx: Tx) -> list[str]:
            if first in held:
                raise Taken
            try:
                return self._handle(tx, row_id, first, now)
            except Exception:
                held.add(first)
                raise

        return self._store.submit(handle)

    def _handle(self, tx: Tx, row_id: int, first: int, now: datetime) -> list[str]:
        row = tx.inbox.finish(row_id, now, first)
        if row is None:
            raise Taken
        work = Work(tx, row, now, self._process, self._policies)
        kind_of(row.kind)(work)
        self._count("handled", row.kind)
        self._crash("handle.before_commit")
        return work.added

    def _outcome(self, row_id: int, first: int, future: Future[list[str]], now: datetime) -> list[str] | None:
        for _ in range(COLLISIONS):
            try:
                return future.result()
            except Taken:
                return None
            except Conflict:
                # Another case, or another process, was first: what it wrote is seen the next time.
                future = self._submit(row_id, first, now, set())
            except StoreUnavailable:
                raise
            except Exception as error:
                self._failed(row_id, error, now)
                return None
        self._failed(row_id, Conflict("It collided again and again."), now)
        return None

    def _failed(self, row_id: int, error: Exception, now: datetime) -> None:
        """Set a row aside for a while, or for a person; the sentence never holds what the row says."""
        sentence = f"Handling it failed with {type(error).__name__} at {_place(error)}."

        def set_aside(tx: Tx) -> bool:
            row = tx.inbox.get(row_id)
            attempts = row.attempts if row is not None else 0
            if attempts < len(WAITS):
                tx.inbox.retry(row_id, now + timedelta(seconds=WAITS[attempts]), sentence)
                return False
            return tx.inbox.mark_dead(row_id, sentence)

        dead = self._store.write(set_aside)
        self._count("dead" if dead else "failed", "inbox")
        log.error("handling_failed", inbox_id=row_id, error=type(error).__name__, place=_place(error), dead=dead)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).parent.name in ("sync", "escalation")]
    where = (ours or list(frames))[-1:]
    return f"{Path(where[0].filename).name}:{where[0].lineno}" if where else "an unknown place"
