"""How the desk is at one moment, for a page: what does not go on, each loop, what waits, budgets, companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.calls import EXPORTS, UPDATES, ZENDESK, called, company_of
from parley.health.desk_checks import (
    START_CLOCK,
    Check,
    backlog_checked,
    clock_check,
    events_check,
    hourly_look_check,
    letters_check,
    reconcile_checks,
    service_checks,
    span_of,
    standing_checks,
)
from parley.health.vitals import troubles_in, vitals
from store import COUNTED, BudgetRow, Mark, Tx
from sync.limits.breaker import HalfOpen, Open, breaker
from sync.limits.bucket import RateLimit
from sync.limits.call_costs import NEW_REQUESTS
from sync.limits.company_troubles import company_troubles
from sync.operator.backlog import Backlog
from sync.runtime.clock import HEARTBEAT as CLOCK
from sync.runtime.heartbeats import DELIVERY, LoopBeat, loop_beats
from sync.runtime.heartbeats import HANDLING as WORKER

WORKER_MAY_LAG: Final = timedelta(minutes=2)
LOOP_MAY_LAG: Final = timedelta(minutes=15)
"""Three rounds of the slowest of them."""
LOOPS: Final = {
    "time": "looks at the clocks",
    "secrets": "signing secrets",
    "pruning": "pruning",
    "report": "reports",
}
"""The loops that nothing else tells of, and what people call them."""
START_WORKER: Final = "Start `parley run`, or `parley worker`."
GOES_ON: Final = "Nothing to do: the desk asks again by itself when the pause is over."
PARTS_OF_ZENDESK: Final = {
    ZENDESK: "Zendesk: all calls",
    UPDATES: "Zendesk: updates of tickets",
    EXPORTS: "Zendesk: the export of changed tickets",
    NEW_REQUESTS: "Zendesk: new requests",
}


@dataclass(frozen=True, slots=True)
class BudgetCheck:
    """A budget of calls: how it is, and how many of its calls may leave now. None where it is only ever paused."""

    check: Check
    per_minute: float | None
    at_once: float | None
    left: float | None


@dataclass(frozen=True, slots=True)
class DeskHealth:
    """All of it. `troubles` are sentences; `clear_at` is when what waits will have left, None where
    nothing waits or nobody can say."""

    at: datetime
    troubles: tuple[str, ...]
    loops: tuple[Check, ...]
    lanes: tuple[Check, ...]
    budgets: tuple[BudgetCheck, ...]
    companies: tuple[Check, ...]
    events: int
    effects: int
    letters: int
    clear_at: datetime | None


def read_health(
    tx: Tx, limits: Mapping[str, RateLimit], companies: Mapping[str, str], public_url: str, now: datetime
) -> DeskHealth:
    """Read how the desk is. `companies` are names by key, where there are several."""
    said = vitals(tx, now)
    out, check = backlog_checked(tx, limits, now)
    letters = said["inbox"]["dead"] + said["outbox"]["dead"]
    dead = letters_check(letters, at_least=letters >= COUNTED)
    return DeskHealth(
        now,
        tuple(troubles_in(said)),
        (*_loops(tx, said, public_url, now),),
        (*standing_checks(said, now), events_check(said, now), check, *service_checks(tx, now), *dead),
        tuple(budget_checks(limits, tx.budgets.all(), now)),
        tuple(company_checks(tx, companies)),
        said["inbox"]["new"],
        out.effects,
        letters,
        _clear_at(out, now),
    )


def _loops(tx: Tx, said: Mapping[str, Any], public_url: str, now: datetime) -> Iterator[Check]:
    beats = tx.marks.some([WORKER, DELIVERY, CLOCK])
    yield worker_check("worker: handling", beats.get(WORKER), now)
    if DELIVERY in beats or WORKER not in beats:  # an older version's leaves one mark for both
        yield worker_check("worker: delivering", beats.get(DELIVERY), now)
    yield clock_check(beats.get(CLOCK), now)
    if said["account_set_up"]:
        yield from reconcile_checks(tx, now)
        yield hourly_look_check(tx, public_url, now)
    kept = loop_beats(tx)
    # One that never left a beat may be an older version's, which leaves none.
    yield from (loop_check(kept[loop], what, now) for loop, what in LOOPS.items() if loop in kept)


def worker_check(what: str, beat: Mark | None, now: datetime) -> Check:
    """When one of a worker's threads was last alive."""
    if beat is None:
        return Check(what, "problem", "never ran.", START_WORKER)
    lag = abs(now - beat.at)
    told = f"was last alive {span_of(lag.total_seconds())} ago."
    if lag > WORKER_MAY_LAG:
        return Check(what, "problem", told, START_WORKER, beat.at)
    return Check(what, "ok", told, since=beat.at)


def loop_check(beat: LoopBeat, what: str, now: datetime) -> Check:
    """When a slow loop last came through, and why it does not."""
    if beat.failing_since is not None:
        return Check(what, "warning", f"fails: {beat.why}", "It tries again by itself.", beat.failing_since)
    lag = abs(now - (beat.at or now))
    told = f"last ran {span_of(lag.total_seconds())} ago."
    if lag > LOOP_MAY_LAG:
        return Check(what, "warning", told, START_CLOCK, beat.at)
    return Check(what, "ok", told, since=beat.at)


def _clear_at(out: Backlog, now: datetime) -> datetime | None:
    if not out.effects or sum(out.held.values()) >= out.effects:
        return None
    return now + timedelta(seconds=out.seconds)


def budget_checks(
    limits: Mapping[str, RateLimit], rows: Mapping[str, BudgetRow], now: datetime
) -> Iterator[BudgetCheck]:
    """Each budget there is, and each that is paused without one."""
    refused = [name for name, row in rows.items() if row.refusals and name not in limits]
    for name in (*limits, *refused):
        yield _budget(name, limits.get(name), rows.get(name), now)


def _budget(name: str, limit: RateLimit | None, row: BudgetRow | None, now: datetime) -> BudgetCheck:
    what = PARTS_OF_ZENDESK.get(name) or called(name)
    state, refusals = breaker(row, now), row.refusals if row else 0
    service = called(name) if company_of(name) else what.partition(":")[0]
    if isinstance(state, Open):
        times = "once" if refusals == 1 else f"{refusals} times in a row"
        told = f"{service} refused {times}; nobody calls for {span_of((state.until - now).total_seconds())} more."
        return BudgetCheck(Check(what, "warning", told, GOES_ON), *_numbers(limit, 0.0))
    if isinstance(state, HalfOpen):
        told = "a pause is over; one call finds out whether the service answers again."
        return BudgetCheck(Check(what, "warning", told, GOES_ON), *_numbers(limit, 0.0))
    if limit is None:
        return BudgetCheck(Check(what, "ok", "has no limit here."), None, None, None)
    left = limit.burst if row is None else max(0.0, limit.left(row.booked_until, now))
    if left >= 1:
        return BudgetCheck(Check(what, "ok", "calls leave at once."), *_numbers(limit, left))
    wait = max(1.0, limit.wait(1 - left).total_seconds())
    told = f"is used up for now; the next call may leave in about {wait:.0f} s."
    return BudgetCheck(Check(what, "ok", told, "Nothing to do: it fills by itself."), *_numbers(limit, left))


def _numbers(limit: RateLimit | None, left: float) -> tuple[float | None, float | None, float | None]:
    return (limit.per_minute, limit.burst, left) if limit else (None, None, None)


def company_checks(tx: Tx, companies: Mapping[str, str]) -> Iterator[Check]:
    """Each of several client companies: can its WorkMarket be used? One that nobody names any more is told too."""
    found = {one.company: one for one in company_troubles(tx)}
    for key in dict.fromkeys((*companies, *found)):
        name = companies.get(key, key)
        if (trouble := found.get(key)) is None:
            yield Check(name, "ok", "its WorkMarket can be used.")
        else:
            todo = "Only its cases wait. Look at its token and secret in the file of WORKMARKET_COMPANIES_FILE."
            yield Check(name, "problem", f"can't be used: {trouble.why}", todo, trouble.since)
