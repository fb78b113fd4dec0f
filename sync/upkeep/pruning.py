"""Takes out of the database what is over and done with, a few rows at a time, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from escalation.policies.policy import Policy
from store import PastRow, Store, Tx
from sync.inbox import correspondents
from sync.inbox.unknown_tickets import LETTERS
from sync.limits import company_troubles
from sync.outbox import stamps
from sync.shared.failpoints import Crash, no_crash
from sync.upkeep.growth import note_size

LOCK: Final = "pruning"
PLACE: Final = "pruning"
# Rows a transaction: what comes in meanwhile waits for that long.
PAGE: Final = 100
# Pages that a round reads for each of its five ends, so that it comes to one; what is left is the next round's.
MOST_PAGES: Final = 50
# Seconds between two transactions: another process waits for SQLite's writer by asking now and then.
PAUSE_S: Final = 0.05
LASTING_MARKS: Final = (stamps.PREFIX, company_troubles.PREFIX)
"""How the names of marks begin that are kept for as long as rows: of tickets, and of companies in trouble."""


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
    `rest` waits so many seconds, and answers true where the round is to end at once.
    """

    store: Store
    policy: Policy
    crash: Crash = no_crash
    rest: Callable[[float], object] = lambda _: False
    _pages: int = field(default=0, init=False)
    _ends: bool = field(default=False, init=False)
    _reached: dict[str, int] = field(default_factory=dict, init=False)
    _marked: dict[str, str] = field(default_factory=dict, init=False)

    def round(self, now: datetime) -> int:
        """How many rows were taken out; none where another process is at it. Raises StoreUnavailable."""
        with self.store.lock(LOCK) as free:
            if not free:
                return 0
            self._ends = False
            soon = now - timedelta(hours=self.policy.keep_looks_hours)
            late = now - timedelta(days=self.policy.keep_rows_days)
            taken = sum(self._brief(box, soon, now) + self._lasting(box, late) for box in BOXES)
            taken += sum(self._marks(prefix, late) for prefix in LASTING_MARKS)
            taken += self._letters(now, late)
            note_size(self.store, now)
            return taken

    def _brief(self, box: Box, before: datetime, now: datetime) -> int:
        """Go on where the last round ended, which is kept with what was taken out."""
        kept = after = self.store.read(lambda tx: _place(tx).get(box.name, 0))
        taken = self._pages = 0

        def keep(tx: Tx, over: Sequence[PastRow] = ()) -> int:
            tx.marks.set(PLACE, {**_place(tx), box.name: after}, now)
            return box.take(tx, over) if over else 0

        while old := self._old(box, after, before):
            after = old[-1].number
            if over := [row for row in old if row.brief and _is_over(row, before)]:
                taken += self._written(lambda tx, over=over: keep(tx, over))  # type: ignore[misc]
                kept = after
        if kept != after:
            self._written(keep)
        return taken

    def _lasting(self, box: Box, before: datetime) -> int:
        """Go on where the last round ended, and begin anew once all that is old was seen."""
        needed = self.store.read(lambda tx: tx.past.needed()) if box.name == "outbox" else frozenset()
        after, taken, self._pages = self._reached.pop(box.name, 0), 0, 0
        while old := self._old(box, after, before):
            after = old[-1].number
            over = [row for row in old if _is_over(row, before) and row.key not in needed]
            if over := [row for row in over if not row.key.startswith(LETTERS)]:
                taken += self._written(lambda tx, over=over: box.take(tx, over))  # type: ignore[misc]
        if self._has_read_enough():
            self._reached[box.name] = after
        return taken

    def _old(self, box: Box, after: int, before: datetime) -> list[PastRow]:
        """The next rows of a box, as far as they are old; none where this end of the round has read enough."""
        if self._has_read_enough():
            return []
        self._pages += 1
        page = self.store.read(lambda tx: box.page(tx, after, PAGE))
        # A row that a clock ahead of its time wrote is passed by.
        old = [place for place, row in enumerate(page) if row.at < before]
        return page[: old[-1] + 1] if old else []

    def _marks(self, prefix: str, before: datetime) -> int:
        """The marks of what nobody touches any more: of a ticket the next update reads one anew."""
        taken = self._pages = 0
        while not self._has_read_enough():
            self._pages += 1
            page = self.store.read(lambda tx: tx.past.marks(prefix, self._marked.get(prefix, prefix), 10 * PAGE))
            self._marked[prefix] = page[-1][0] if page else prefix
            if not page:
                break
            if old := [name for name, at in page if at < before]:
                taken += self._written(lambda tx, old=old: tx.past.take_marks(old, before))  # type: ignore[misc]
        return taken

    def _letters(self, now: datetime, before: datetime) -> int:
        """The marks of those who may be written to again."""
        taken, self._pages, over = 0, 0, correspondents.over(now)
        while not self._has_read_enough():
            self._pages += 1
            names = self.store.read(lambda tx: tx.past.marks_over(correspondents.MARK, over, before, PAGE))
            if not names:
                break
            taken += self._written(lambda tx, names=names: tx.past.take_marks_over(names, over, before))  # type: ignore[misc]
        return taken

    def _has_read_enough(self) -> bool:
        return self._ends or self._pages >= MOST_PAGES

    def _written(self, work: Callable[[Tx], int]) -> int:
        def write(tx: Tx) -> int:
            taken = work(tx)
            self.crash("pruning.before_commit")
            return taken

        taken = self.store.write(write)
        self.crash("pruning.after_commit")
        self._ends = self._ends or bool(self.rest(PAUSE_S))
        return taken


def _is_over(row: PastRow, before: datetime) -> bool:
    return row.settled_at is not None and row.settled_at < before


def _place(tx: Tx) -> dict[str, int]:
    mark = tx.marks.get(PLACE)
    return (mark.read(read_place) or {}) if mark else {}


def read_place(value: Any) -> dict[str, int]:
    """How far each box was gone through."""
    return {str(box): int(number) for box, number in value.items()}
