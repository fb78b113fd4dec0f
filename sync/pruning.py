"""Takes out of the database what is over and done with, a few rows at a time, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from escalation.policy import Policy
from store import PastRow, Store, Tx
from sync.failpoints import Crash, no_crash
from sync.growth import note_size
from sync.stamps import PREFIX
from sync.strangers import LETTERS

LOCK: Final = "pruning"
PLACE: Final = "pruning"
# Rows a transaction: what comes in meanwhile waits for that long.
PAGE: Final = 100
# Pages a round, so that a round ends; what is left is the next one's.
MOST_PAGES: Final = 200
# Seconds between two transactions: another process waits for SQLite's writer by asking now and then.
PAUSE_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Box:
    """One of the two boxes: how its rows are read in pages and taken out."""

    name: str
    page: Callable[[Tx, int, int], list[PastRow]]
    take: Callable[[Tx, Sequence[PastRow]], int]


BOXES: Final = (
    Box("inbox", lambda tx, *at: tx.past.inbox(*at), lambda tx, rows: tx.past.take_from_inbox(rows)),
    Box("outbox", lambda tx, *at: tx.past.outbox(*at), lambda tx, rows: tx.past.take_from_outbox(rows)),
)


@dataclass(slots=True)
class Pruner:
    """One round takes out what has become old enough. One that is killed is made up for by the next.

    Looks, and hints that asked for them, are over soon: each box is gone through for them once, up to what is
    young. All else stays for long, and is found at the box's beginning, where only dead letters stand before it.
    `rest` waits so many seconds, and answers true where the round is to end.
    """

    store: Store
    policy: Policy
    crash: Crash = no_crash
    rest: Callable[[float], object] = lambda _: False
    _pages: int = field(default=0, init=False)

    def round(self, now: datetime) -> int:
        """How many rows were taken out; none where another process is at it. Raises StoreUnavailable."""
        with self.store.lock(LOCK) as free:
            if not free:
                return 0
            self._pages = 0
            soon = now - timedelta(hours=self.policy.keep_looks_hours)
            late = now - timedelta(days=self.policy.keep_rows_days)
            taken = sum(self._brief(box, soon, now) + self._lasting(box, late) for box in BOXES)
            taken += self._stamps(late)
            note_size(self.store, now)
            return taken

    def _brief(self, box: Box, before: datetime, now: datetime) -> int:
        """Go on where the last round ended, which is kept with what it took out."""
        after, taken = self.store.read(lambda tx: _place(tx).get(box.name, 0)), 0
        while old := self._old(box, after, before):
            after = old[-1].number
            over = [row for row in old if row.brief and _is_over(row, before)]

            def keep(tx: Tx, over: Sequence[PastRow] = over, after: int = after) -> int:
                tx.marks.set(PLACE, {**_place(tx), box.name: after}, now)
                return box.take(tx, over) if over else 0

            taken += self._written(keep)
        return taken

    def _lasting(self, box: Box, before: datetime) -> int:
        needed = self.store.read(lambda tx: tx.past.needed()) if box.name == "outbox" else frozenset()
        after = taken = 0
        while old := self._old(box, after, before):
            after = old[-1].number
            over = [row for row in old if _is_over(row, before) and row.key not in needed]
            over = [row for row in over if not row.key.startswith(LETTERS)]
            if over:
                taken += self._written(lambda tx, over=over: box.take(tx, over))  # type: ignore[misc]
        return taken

    def _old(self, box: Box, after: int, before: datetime) -> list[PastRow]:
        """The next rows of a box, as far as they are old; none where the round has read enough."""
        self._pages += 1
        if self._pages > MOST_PAGES:
            return []
        page = self.store.read(lambda tx: box.page(tx, after, PAGE))
        # A row that a clock ahead of its time wrote is passed by.
        old = [place for place, row in enumerate(page) if row.at < before]
        return page[: old[-1] + 1] if old else []

    def _stamps(self, before: datetime) -> int:
        """The stamps of tickets that nobody touches any more: the next update reads one anew."""
        after, taken = PREFIX, 0
        while self._pages <= MOST_PAGES:
            self._pages += 1
            page = self.store.read(lambda tx, after=after: tx.past.marks(PREFIX, after, 10 * PAGE))  # type: ignore[misc]
            if not page:
                break
            after = page[-1][0]
            if old := [name for name, at in page if at < before]:
                taken += self._written(lambda tx, old=old: tx.past.take_marks(old, before))  # type: ignore[misc]
        return taken

    def _written(self, work: Callable[[Tx], int]) -> int:
        def write(tx: Tx) -> int:
            taken = work(tx)
            self.crash("pruning.before_commit")
            return taken

        taken = self.store.write(write)
        self.crash("pruning.after_commit")
        if self.rest(PAUSE_S):
            self._pages = MOST_PAGES
        return taken


def _is_over(row: PastRow, before: datetime) -> bool:
    return row.settled_at is not None and row.settled_at < before


def _place(tx: Tx) -> dict[str, int]:
    mark = tx.marks.get(PLACE)
    return dict(mark.value) if mark else {}
