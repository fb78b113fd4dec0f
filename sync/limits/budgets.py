"""Who may call now: budgets and pauses that all processes share by the database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connector.calls import CALLS
from connector.errors import LONGEST_WAIT, ConnectorError, Limited
from store import BudgetRow, Store, Tx
from sync.limits.gates import GROUPS, MOST_CALLS, PAUSED_BY, budget_of, counted_as, least_of
from sync.limits.limits import LEASED_S, Limit
from sync.shared.priority import leaves_room

Rows = Mapping[str, BudgetRow]
Group = tuple[str, int]
"""A kind of effect, and a priority."""
KEPT: Final = timedelta(seconds=2)
"""What a process took and did not use is given up after this."""
LATELY: Final = timedelta(seconds=LEASED_S)
"""How old a process may take the budgets to be: as old as the calls that it took for itself."""
PROBED: Final = timedelta(seconds=90)
"""Longer than any request takes: who has not said by then how it went was killed."""
PROBE_ASKED: Final = timedelta(seconds=2)
GRAIN: Final = timedelta(milliseconds=1)
"""Added to a wait, so that rounding never makes it end too early."""
SHORTEST, LONGEST_GUESS = 1.0, 60.0
"""Seconds of the pause after a 429 that names none, doubled each time: Zendesk counts by the minute."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: `name` is the budget that is empty or paused; it may be free at `until`."""

    name: str
    until: datetime
    paused: bool


@dataclass(slots=True)
class Leave:
    """May call. `probes`: paused services of which this is the one call that finds out."""

    needs: Mapping[str, int]
    probes: Mapping[str, datetime] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)


class Budgets:
    """Safe from any thread and beside other processes; holds no lock while it asks the database.

    `limits` by budget; what has none is only ever paused.
    """

    def __init__(
        self, store: Store, limits: Mapping[str, Limit] | None = None, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._limits = dict(limits or {})
        self._now = now
        self._mine: dict[str, tuple[float, datetime]] = {}
        self._seen: tuple[Rows, datetime] | None = None
        self._lock = threading.Lock()
        self._counts_calls = False

    @property
    def limits(self) -> Mapping[str, Limit]:
        return self._limits

    def lately(self, tx: Tx) -> Rows:
        """How all budgets were within the time that a lease is for; what this process itself heard is in it."""
        seen = self._fresh()
        if seen is None:
            now, seen = self._now(), tx.budgets.all()
            self._seen = seen, now
        return seen

    def _fresh(self) -> Rows | None:
        seen = self._seen
        return seen[0] if seen is not None and timedelta(0) <= self._now() - seen[1] <= LATELY else None

    def may_call(self, rows: Rows, now: datetime) -> tuple[Group, ...] | None:
        """The kinds of effects, each with a priority, that need not wait; None where none has to."""
        if not self._any_held(rows, now):
            return None
        free = tuple(group for group in GROUPS if not self._is_held(rows, *group, now))
        return None if free == GROUPS else free

    def _any_held(self, rows: Rows, now: datetime) -> bool:
        """Whether any kind may have to wait: asked at each look, when mostly none has to."""
        if any(_wait(row, now) is not None for row in rows.values()):
            return True
        asked = ((name, sweep) for name in self._limits for sweep in (False, True))
        return any(self._short(rows.get(name), name, MOST_CALLS, now, sweep=sweep) > 0 for name, sweep in asked)

    def _is_held(self, rows: Rows, kind: str, level: int, now: datetime) -> bool:
        if any(_wait(rows.get(name), now) is not None for name in PAUSED_BY[kind]):
            return True
        needs, sweep = least_of(kind, level), leaves_room(level)
        return any(self._short(rows.get(name), name, calls, now, sweep=sweep) > 0 for name, calls in needs.items())

    def free_at(self, rows: Rows, now: datetime) -> datetime | None:
        """The next moment at which a budget that is paused or empty lets something leave."""
        moments = [wait.until for row in rows.values() if (wait := _wait(row, now)) is not None]
        for name, limit in self._limits.items():
            for sweep in (False, True):
                short = self._short(rows.get(name), name, 4, now, sweep=sweep)
                if short > 0:
                    moments.append(now + limit.wait(short) + GRAIN)
        return min(moments, default=None)

    @contextmanager
    def within(self, needs: Mapping[str, int], kind: str, *, sweep: bool = False) -> Iterator[Leave | Wait]:
        """Leave to make these calls, or until when to wait; what was really called inside is what it costs.

        A ConnectorError that leaves the block is told to `refused`. Raises StoreUnavailable.
        """
        rows = self._fresh()
        asked = self._ask(needs, sweep, self._store.read(self.lately) if rows is None else rows)
        if isinstance(asked, Wait):
            yield asked
            return
        token = CALLS.set(asked.calls)
        try:
            yield asked
        except ConnectorError as error:
            self.refused(error, kind)
            self._end(asked)
            raise
        finally:
            CALLS.reset(token)
        self._end(asked)

    def refused(self, error: ConnectorError, kind: str) -> datetime | None:
        """Keep the pause that an answer asked for, for every process; until when, None where it asked for none.

        `kind` is what was refused: a kind of effect, or a budget.
        """
        limited = isinstance(error, Limited)
        if not limited and not error.retry_after:
            return None
        name = budget_of(kind, error.service, alone=isinstance(error, Limited) and error.alone)
        now = self._now()

        def keep(tx: Tx) -> datetime:
            row = tx.budgets.lock(name, now)
            least = min(SHORTEST * 2.0 ** min(row.refusals, 10), LONGEST_GUESS) if limited else 0.0
            seconds = min(max(error.retry_after or 0.0, least), LONGEST_WAIT)
            until = now + timedelta(seconds=seconds)
            if row.paused_until is not None and not row.probing and row.paused_until > now:
                # Others were on their way already; they count as one, and the longest wait is kept.
                until = max(until, min(row.paused_until, now + timedelta(seconds=LONGEST_WAIT)))
                tx.budgets.pause(name, until, max(row.refusals, 1))
            else:
                tx.budgets.pause(name, until, row.refusals + 1)
            return until

        until = self._store.write(keep)
        self._seen = None
        return until

    def _ask(self, needs: Mapping[str, int], sweep: bool, rows: Rows) -> Leave | Wait:
        now = self._now()
        for name in needs:
            if (closed := _wait(rows.get(name), now)) is not None:
                return closed
        doubtful = any(row.refusals for name in needs if (row := rows.get(name)) is not None)
        if not doubtful and self._draw(needs, now):
            return Leave(needs)
        return self._book(needs, sweep, now)

    def _draw(self, needs: Mapping[str, int], now: datetime) -> bool:
        """Take from what this process has taken already; False where that is not enough."""
        limited = {name: calls for name, calls in needs.items() if name in self._limits}
        with self._lock:
            if any(self._have(name, now) < calls for name, calls in limited.items()):
                return False
            for name, calls in limited.items():
                self._add(name, -calls, now)
        return True

    def _book(self, needs: Mapping[str, int], sweep: bool, now: datetime) -> Leave | Wait:
        """Take it from what all share; a lease of some calls, where calls are plenty."""
        with self._lock:
            debts = {name: -min(self._have(name, now), 0.0) for name in needs}

        def keep(tx: Tx) -> tuple[Leave, dict[str, float]] | Wait:
            rows = {name: tx.budgets.lock(name, now) for name in sorted(needs)}
            taken: dict[str, float] = {}
            for name, row in rows.items():
                if (closed := _wait(row, now)) is not None:
                    return closed
                if (limit := self._limits.get(name)) is None:
                    continue
                left, need = limit.left(row.booked_until, now, sweep=sweep), needs[name] + debts[name]
                if (short := min(need, limit.depth(sweep)) - left) > 0:
                    return Wait(name, now + limit.wait(short) + GRAIN, paused=False)
                taken[name] = max(need, min(left, limit.lease()))
            for name, calls in taken.items():
                tx.budgets.book(name, self._limits[name].book(rows[name].booked_until, now, calls))
            probes = [name for name, row in rows.items() if row.refusals]
            for name in probes:
                tx.budgets.probe(name, now + PROBED)
            return Leave(needs, dict.fromkeys(probes, now + PROBED)), taken

        kept = self._store.write(keep)
        self._seen = None
        if isinstance(kept, Wait):
            return kept
        leave, taken = kept
        with self._lock:
            for name, calls in taken.items():
                self._add(name, calls - needs[name], now)
        return leave

    def _end(self, leave: Leave) -> None:
        """What was called beyond or below the estimate is settled; a probe that was heard opens its service."""
        if leave.calls:
            self._counts_calls = True
            now = self._now()
            with self._lock:
                for name in self._limits.keys() & (leave.needs.keys() | leave.calls.keys()):
                    self._add(name, leave.needs.get(name, 0) - leave.calls[counted_as(name)], now)
        if leave.probes:
            self._store.write(lambda tx: self._probed(tx, leave))
            self._seen = None

    def _probed(self, tx: Tx, leave: Leave) -> None:
        now = self._now()
        for name, until in leave.probes.items():
            row = tx.budgets.lock(name, now)
            if not row.probing or row.paused_until != until:
                continue
            if leave.calls[name] or not self._counts_calls:
                tx.budgets.open(name)
            else:
                tx.budgets.pause(name, now, row.refusals)

    def _short(
        self, row: BudgetRow | None, name: str, calls: float, now: datetime, *, sweep: bool = False
    ) -> float:
        """How many calls are lacking."""
        limit = self._limits.get(name)
        if limit is None:
            return 0.0
        with self._lock:
            mine = self._have(name, now)
        left = limit.depth(sweep) if row is None else limit.left(row.booked_until, now, sweep=sweep)
        return 0.0 if mine >= calls else min(calls - min(mine, 0.0), limit.depth(sweep)) - left

    def _have(self, name: str, now: datetime) -> float:
        calls, until = self._mine.get(name, (0.0, now))
        return min(calls, 0.0) if now > until else calls

    def _add(self, name: str, calls: float, now: datetime) -> None:
        self._mine[name] = (self._have(name, now) + calls, now + KEPT)


def _wait(row: BudgetRow | None, now: datetime) -> Wait | None:
    if row is None or row.paused_until is None or not row.refusals or row.paused_until <= now:
        return None
    # A clock that was put back makes nobody wait longer than any pause lasts.
    if row.paused_until > now + timedelta(seconds=2 * LONGEST_WAIT):
        return None
    until = min(row.paused_until, now + PROBE_ASKED) if row.probing else row.paused_until
    return Wait(row.name, until, paused=True)
