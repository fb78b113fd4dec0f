"""Inbox row → decide → save, in one transaction; it calls nobody."""

from __future__ import annotations

import traceback
from collections.abc import Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import structlog

from escalation.policies.policy import Policy
from store import NotJson, Store, StoreUnavailable, Tx, VersionConflict
from sync.inbox.handlers import handle_message, read_ahead
from sync.inbox.process import PolicyVersions, ProcessFunctions
from sync.inbox.work import Work
from sync.shared.failpoints import Crash, no_crash
from sync.shared.loop_counts import Count, no_count
from sync.shared.recording import event_died
from sync.shared.tracing import UNTRACED, TraceSpan, Tracing, end_span

log = structlog.get_logger()
# Seconds before a row that failed is handled again; after the last it is a dead letter.
WAITS = (1, 5, 30, 120)
COLLISIONS = 5
OURS = [Path(__file__).parents[2] / room for room in ("sync", "escalation")]
# So many rows are handled by one function of the writer: the doors wait for no longer.
TOGETHER = 8

# A row and the first of its lane.
LanePosition = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Handled:
    """How many rows were handled, and which effects they brought."""

    rows: int
    effects: tuple[str, ...]


@dataclass(slots=True)
class _Part:
    """Rows that are handled together; `at` is the one that is being handled, or was when all of them failed."""

    rows: Sequence[LanePosition]
    at: int | None = None


class InboxHandler:
    """Handles inbox rows. Any number of them may run at once, in any number of processes."""

    def __init__(
        self,
        store: Store,
        policy: Policy | PolicyVersions,
        *,
        process: ProcessFunctions | None = None,
        crash: Crash = no_crash,
        count: Count = no_count,
        tracing: Tracing = UNTRACED,
    ) -> None:
        self._store = store
        self._tracing = tracing
        self._policies = policy if isinstance(policy, PolicyVersions) else PolicyVersions(policy)
        self._process = process or ProcessFunctions()
        self._crash = crash
        self._count = count
        self._last = ""

    def handle_ready(self, now: datetime, limit: int = 64) -> Handled:
        """Handle what is due of the next lanes in turn, with one COMMIT for many rows. Raises StoreUnavailable."""
        return self._handle_all(self._next(now, limit), now)

    def handle(self, row_id: int, now: datetime) -> bool:
        """Handle one row; False where another did, or where an older one of its lane still waits."""
        return self._handle_all([(row_id, 0)], now).rows == 1

    def _next(self, now: datetime, limit: int) -> Sequence[LanePosition]:
        found = self._store.read(lambda tx: tx.inbox.waiting(limit, now, self._last))
        if not found.rows and self._last:
            found = self._store.read(lambda tx: tx.inbox.waiting(limit, now))
        self._last = found.last
        return found.rows

    def _handle_all(self, rows: Sequence[LanePosition], now: datetime) -> Handled:
        """Each after those of its lane; behind one that is not handled, its lane has to wait."""
        held: set[int] = set()
        parts = [_Part(rows[at : at + TOGETHER]) for at in range(0, len(rows), TOGETHER)]
        waiting = [self._submit(part, now, held) for part in parts]
        outcomes = [self._outcome(part, future, now) for part, future in zip(parts, waiting, strict=True)]
        done = list(chain.from_iterable(outcomes))
        for work in done:
            self._count("handled", work.row.kind)
            end_span(work.span, "handled")
        self._policies.is_kept |= any(work.began for work in done)
        self._crash("handle.after_commit")
        return Handled(len(done), tuple(effect for work in done for effect in work.added))

    def _submit(self, part: _Part, now: datetime, held: set[int]) -> Future[list[Work]]:
        def handle(tx: Tx) -> list[Work]:
            try:
                return self._handle(tx, part, now, held)
            except Exception:
                held.update(first for _, first in part.rows)
                raise

        return self._store.submit(handle)

    def _handle(self, tx: Tx, part: _Part, now: datetime, held: Set[int]) -> list[Work]:
        found = tx.inbox.finish_all([(row_id, first) for row_id, first in part.rows if first not in held], now)
        works = [Work(tx, row, now, self._process, self._policies) for row in found]
        read_ahead(tx, found)
        contexts = self._tracing.contexts(tx, found)
        for work in works:
            part.at = work.row.id
            work.span = self._tracing.decide(tx, work.row, contexts.get(work.row.id))
            if isinstance(work.row.body, NotJson):
                raise ValueError("Its body is no JSON.")
            handle_message(work)
            self._tracing.decided(tx, work.span, work.added)
            self._crash("handle.before_commit")
        return works

    def _outcome(self, part: _Part, future: Future[list[Work]], now: datetime) -> list[Work]:
        for _ in range(COLLISIONS):
            try:
                return future.result()
            except StoreUnavailable:
                raise
            except Exception as error:
                if len(part.rows) > 1:
                    return self._one_by_one(part, error, now)
                if not isinstance(error, VersionConflict):
                    self._failed(part.rows[0][0], error, now)
                    return []
                # Another case, or another process, was first: what it wrote is seen the next time.
                future = self._submit(part, now, set())
        self._failed(part.rows[0][0], VersionConflict("It collided again and again."), now)
        return []

    def _one_by_one(self, part: _Part, error: Exception, now: datetime) -> list[Work]:
        """Handle rows each for itself, since nothing is kept of them together."""
        held: set[int] = set()
        done: list[Work] = []
        for row_id, first in part.rows:
            if row_id == part.at and not isinstance(error, VersionConflict):
                held.add(first)
                self._failed(row_id, error, now)
            elif first not in held:
                alone = _Part([(row_id, first)])
                found = self._outcome(alone, self._submit(alone, now, held), now)
                done += found
                held |= set() if found else {first}
        return done

    def _failed(self, row_id: int, error: Exception, now: datetime) -> None:
        """Set a row aside for a while, or for a person; the sentence never holds what the row says."""
        self._policies.is_kept = False  # a database that was put back from a copy may lack it
        sentence = f"Handling it failed with {type(error).__name__} at {_place(error)}."

        def set_aside(tx: Tx) -> tuple[bool, TraceSpan | None]:
            row = tx.inbox.get(row_id)
            if row is None:
                return False, None
            span = self._tracing.failed(tx, row)
            if row.attempts < len(WAITS):
                tx.inbox.retry(row_id, now + timedelta(seconds=WAITS[row.attempts]), sentence)
                return False, span
            return event_died(tx, row, sentence, now), span

        dead, span = self._store.write(set_aside)
        end_span(span, "dead" if dead else "failed")
        self._count("dead" if dead else "failed", "inbox")
        log.error("handling_failed", inbox_id=row_id, error=type(error).__name__, place=_place(error), dead=dead)


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if any(Path(frame.filename).is_relative_to(room) for room in OURS)]
    where = (ours or list(frames))[-1:]
    return f"{Path(where[0].filename).name}:{where[0].lineno}" if where else "an unknown place"
