"""Who may call now: budgets and pauses that all processes share by the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connector.calls import CALLS, company_of
from connector.errors import ConnectorError, Limited
from store import Store, Tx
from sync.limits.availability import GRAIN, Availability, Group, Rows
from sync.limits.breaker import PROBED, Closed, Open, breaker, is_probe, tripped
from sync.limits.bucket import LEASED_S, RateLimit
from sync.limits.call_costs import budget_of, counted_as
from sync.limits.leases import Leases

LATELY: Final = timedelta(seconds=LEASED_S)
"""How old a process may take the budgets to be: as old as the calls that it took for itself."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Not now: `name` is the budget that is empty or paused; it may be free at `until`."""

    name: str
    until: datetime
    paused: bool


@dataclass(slots=True)
class Permit:
    """May call. `probes`: paused services of which this is the one call that finds out."""

    costs: Mapping[str, int]
    probes: Mapping[str, datetime] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)


class Budgets:
    """Safe from any thread and beside other processes; holds no lock while it asks the database.

    `limits` by budget; what has none is only ever paused.
    """

    def __init__(
        self, store: Store, limits: Mapping[str, RateLimit] | None = None, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._limits = dict(limits or {})
        self._now = now
        self._leases = Leases()
        self._seen: tuple[Rows, datetime] | None = None
        self._counts_calls = False
        self._shared = {name: limit for name, limit in self._limits.items() if not company_of(name)}
        self._turns: dict[str, datetime] = {}

    @property
    def limits(self) -> Mapping[str, RateLimit]:
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
        return self._availability(rows, now).groups()

    def free_at(self, rows: Rows, now: datetime) -> datetime | None:
        """The next moment at which a budget that is paused or empty lets something leave."""
        return self._availability(rows, now).free_at()

    def _availability(self, rows: Rows, now: datetime) -> Availability:
        """Of what all effects of a kind share. What waits for one company's budget is held row by row."""
        shared = {name: row for name, row in rows.items() if not company_of(name)}
        return Availability(shared, self._shared, self._leases.in_hand, now)

    def denied(self, name: str, calls: int, *, sweep: bool = False) -> Denied | None:
        """Whether so many calls of one budget have to wait now, as it was lately; nothing is taken."""
        rows, now = self._fresh() or self._store.read(self.lately), self._now()
        row, limit = rows.get(name), self._limits.get(name)
        if isinstance(state := breaker(row, now), Open):
            return Denied(name, state.until, paused=True)
        if limit is None:
            return None
        booked, in_hand = row.booked_until if row is not None else None, self._leases.in_hand(name, now)
        short = limit.short(booked, in_hand, calls, now, sweep=sweep)
        return Denied(name, now + limit.wait(short) + GRAIN, paused=False) if short > 0 else None

    def turn_of(self, denied: Denied) -> datetime:
        """When one more of what waits for a budget may try. Each has a moment of its own, as far apart as calls
        are: all at once would be denied again but one."""
        limit, last = self._limits.get(denied.name), self._turns.get(denied.name)
        step = timedelta(seconds=limit.interval_s if limit is not None else 1.0)
        turn = denied.until if last is None else max(denied.until, last + step)
        self._turns[denied.name] = turn
        return turn

    @contextmanager
    def within(self, costs: Mapping[str, int], kind: str, *, sweep: bool = False) -> Iterator[Permit | Denied]:
        """Leave to make these calls, or until when to wait; what was really called inside is what it costs.

        A ConnectorError that leaves the block is told to `refused`. Raises StoreUnavailable.
        """
        rows = self._fresh()
        permit = self._ask(costs, sweep, self._store.read(self.lately) if rows is None else rows)
        if isinstance(permit, Denied):
            yield permit
            return
        token = CALLS.set(permit.calls)
        try:
            yield permit
        except ConnectorError as error:
            self.refused(error, kind)
            self._end(permit)
            raise
        finally:
            CALLS.reset(token)
        self._end(permit)

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
            until, refusals = tripped(tx.budgets.lock(name, now), error.retry_after, now, limited=limited)
            tx.budgets.pause(name, until, refusals)
            return until

        until = self._store.write(keep)
        self._seen = None
        return until

    def _ask(self, costs: Mapping[str, int], sweep: bool, rows: Rows) -> Permit | Denied:
        now = self._now()
        states = {name: breaker(rows.get(name), now) for name in costs}
        for name, state in states.items():
            if isinstance(state, Open):
                return Denied(name, state.until, paused=True)
        if all(isinstance(state, Closed) for state in states.values()) and self._leases.draw(
            self._counted(costs), now
        ):
            return Permit(costs)
        return self._book(costs, sweep, now)

    def _counted(self, costs: Mapping[str, int]) -> dict[str, int]:
        return {name: calls for name, calls in costs.items() if name in self._limits}

    def _book(self, costs: Mapping[str, int], sweep: bool, now: datetime) -> Permit | Denied:
        """Take it from what all share; a lease of some calls, where calls are plenty."""
        debts = self._leases.debts(costs, now)

        def keep(tx: Tx) -> tuple[Permit, dict[str, float]] | Denied:
            rows = {name: tx.budgets.lock(name, now) for name in sorted(costs)}
            taken: dict[str, float] = {}
            for name, row in rows.items():
                if isinstance(state := breaker(row, now), Open):
                    return Denied(name, state.until, paused=True)
                if (limit := self._limits.get(name)) is None:
                    continue
                left, need = limit.left(row.booked_until, now, sweep=sweep), costs[name] + debts[name]
                if (short := min(need, limit.depth(sweep)) - left) > 0:
                    return Denied(name, now + limit.wait(short) + GRAIN, paused=False)
                taken[name] = max(need, min(left, limit.lease()))
            for name, calls in taken.items():
                tx.budgets.book(name, self._limits[name].book(rows[name].booked_until, now, calls))
            probes = [name for name, row in rows.items() if row.refusals]
            for name in probes:
                tx.budgets.probe(name, now + PROBED)
            return Permit(costs, dict.fromkeys(probes, now + PROBED)), taken

        kept = self._store.write(keep)
        self._seen = None
        if isinstance(kept, Denied):
            return kept
        permit, taken = kept
        self._leases.add({name: calls - costs[name] for name, calls in taken.items()}, now)
        return permit

    def _end(self, permit: Permit) -> None:
        """What was called beyond or below the estimate is settled; a probe that was heard opens its service."""
        if permit.calls:
            self._counts_calls = True
            names = self._limits.keys() & (permit.costs.keys() | permit.calls.keys())
            unused = {name: permit.costs.get(name, 0) - permit.calls[counted_as(name)] for name in names}
            self._leases.add(unused, self._now())
        if permit.probes:
            self._store.write(lambda tx: self._probed(tx, permit))
            self._seen = None

    def _probed(self, tx: Tx, permit: Permit) -> None:
        now = self._now()
        for name, until in permit.probes.items():
            row = tx.budgets.lock(name, now)
            if not is_probe(row, until):
                continue
            if permit.calls[name] or not self._counts_calls:
                tx.budgets.open(name)
            else:
                tx.budgets.pause(name, now, row.refusals)
