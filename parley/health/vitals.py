"""What readiness asks the database, a line each: how it is found out, and what is said where it is trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.calls import SERVICES
from parley.health.stuck import standing_still, stuck
from parley.zendesk.account.watching import last_look
from parley.zendesk.state.accounts import NOT_SET_UP, is_set_up
from store import Tx
from sync.limits.call_costs import hanging, service_of
from sync.limits.company_troubles import company_troubles
from sync.reconciling.pulses import BY_LIST, PARTS, Pulse, pulses
from sync.runtime.clock import HEARTBEAT, UNSURE

CLOCK_MAY_LAG = timedelta(minutes=5)
ROWS_MAY_WAIT = timedelta(minutes=10)
LISTED_INSTEAD = (
    "Our Zendesk user may not read the export of changed tickets, which takes an admin: what webhooks missed is "
    "found by listing tickets, which is slower and sees less."
)

Said = Mapping[str, Any]
"""The answers to all of them, by name."""


def _nothing(_: Said) -> Iterator[str]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Vital:
    """One thing that is asked. `troubles` reads all answers and says in sentences what holds cases up.

    The answer is shown as JSON to whoever asks, so it says nothing about people.
    """

    name: str
    ask: Callable[[Tx, datetime], Any]
    troubles: Callable[[Said], Iterator[str]] = _nothing


def _lag(now: datetime, at: datetime | None) -> float | None:
    return max(0.0, (now - at).total_seconds()) if at else None


def _clock_lag(tx: Tx, now: datetime) -> float | None:
    beat = tx.marks.get(HEARTBEAT)
    # Also one that is still to come is no sign of life: a clock that was ahead has left it.
    return abs((now - beat.at).total_seconds()) if beat else None


def _clock_says(tx: Tx, _: datetime) -> dict[str, Any]:
    beat = tx.marks.get(HEARTBEAT)
    return (beat.read(read_heartbeat) or {}) if beat and beat.value else {}


def read_heartbeat(value: Any) -> dict[str, Any]:
    """What the clock left with its heartbeat: numbers, and whether it is unsure."""
    return {str(name): said if isinstance(said, bool) else float(said) for name, said in value.items()}


def _clock_is_wrong(said: Said) -> Iterator[str]:
    apart = said["clock"].get("apart_s")
    if apart:
        yield (
            f"The clock of the desk's machine, or of its database, is {ahead_or_behind(apart)}. The desk goes by "
            "the services' time until it is set right; keep clocks right with NTP."
        )
    if said["clock"].get(UNSURE):
        yield "No service has said yet what time it is, so no deadline is acted on: the clock may be wrong."


def ahead_or_behind(seconds: float) -> str:
    """Say how wrong a clock is."""
    size = abs(seconds)
    span = (
        f"{size:.0f} s" if size < 90 else f"{size / 60:.0f} minutes" if size < 5400 else f"{size / 3600:.1f} hours"
    )
    return f"{span} {'ahead' if seconds > 0 else 'behind'}"


def _clock_stands(said: Said) -> Iterator[str]:
    lag = said["clock_lag_s"]
    if lag is None or lag > CLOCK_MAY_LAG.total_seconds():
        yield "The clock does not run: start `parley run`, or `parley clock`."


def _nobody_handles(said: Said) -> bool:
    oldest = said["oldest_unhandled_s"]
    return oldest is not None and oldest > ROWS_MAY_WAIT.total_seconds()


def _events_wait(said: Said) -> Iterator[str]:
    if _nobody_handles(said):
        yield "Events wait to be handled: start `parley run`, or `parley worker`."


def _not_set_up(said: Said) -> Iterator[str]:
    if not said["account_set_up"]:
        yield NOT_SET_UP


def _drift(tx: Tx, _: datetime) -> int | None:
    found = last_look(tx)
    return found.findings if found else None


def _drifted(said: Said) -> Iterator[str]:
    if said["account_drift"]:
        yield (
            f"The Zendesk account is not as it should be ({said['account_drift']} findings): "
            "`parley zendesk plan` says what and why, `apply` mends it."
        )


def _waiting_for(tx: Tx, now: datetime) -> dict[str, int]:
    waiting = hanging(tx, now)
    for kind, rows in tx.outbox.refused_by_kind().items():
        waiting[service_of(kind)] += rows
    return dict(waiting)


def _services_wait(said: Said) -> Iterator[str]:
    for service, rows in said["waiting_for"].items():
        name = SERVICES[service]
        if rows == 1:
            yield f"One thing waits for {name} and is tried again by itself."
        else:
            yield f"{rows} things wait for {name} and are tried again by themselves."


def _reconcile(tx: Tx, now: datetime) -> dict[str, Any]:
    return {pulse.part: _told(pulse, now) for pulse in pulses(tx)}


def _told(pulse: Pulse, now: datetime) -> dict[str, Any]:
    lost = pulse.lost_since(now)
    return {
        "ok_lag_s": _lag(now, pulse.behind_since),
        "lost_since": f"{lost:%Y-%m-%d %H:%M} UTC" if lost else None,
        "why": pulse.why,
        "way": pulse.way,
    }


def _lost(said: Said) -> Iterator[str]:
    # Where nobody handles, or nothing is set up, that is the reason, and is said already.
    if _nobody_handles(said) or not said["account_set_up"]:
        return
    for part, found in said["reconcile"].items():
        if found["lost_since"]:
            why = f": {found['why']}" if found["why"] else ". No round of reconcile has run since."
            yield f"What webhooks missed of {PARTS[part]} is not found since {found['lost_since']}{why}"
        elif found["way"] == BY_LIST:
            yield LISTED_INSTEAD


def _companies(tx: Tx, now: datetime) -> dict[str, Any]:
    """Only those of several client companies whose WorkMarket can't be used."""
    found = company_troubles(tx)
    return {one.company: {"failing_s": _lag(now, one.since), "why": one.why} for one in found}


def _companies_fail(said: Said) -> Iterator[str]:
    for company, found in said["companies"].items():
        minutes = int(found["failing_s"] // 60)
        since = f"for {minutes} minutes" if minutes else "just now"
        yield f"The client company {company} can't be used {since}, and only its cases wait: {found['why']}"


VITALS: Final = (
    Vital("account_set_up", lambda tx, _: is_set_up(tx), _not_set_up),
    Vital("clock_lag_s", _clock_lag, _clock_stands),
    Vital("clock", _clock_says, _clock_is_wrong),
    Vital("oldest_unhandled_s", lambda tx, now: _lag(now, tx.inbox.oldest_new()), _events_wait),
    Vital("reconcile", _reconcile, _lost),
    Vital("companies", _companies, _companies_fail),
    Vital("account_drift", _drift, _drifted),
    Vital("inbox", lambda tx, _: tx.inbox.counts()),
    Vital("outbox", lambda tx, _: tx.outbox.counts()),
    Vital("waiting_for", _waiting_for, _services_wait),
    Vital("standing_still", standing_still, stuck),
)


def vitals(tx: Tx, now: datetime) -> dict[str, Any]:
    """Everything that is asked, by name."""
    return {vital.name: vital.ask(tx, now) for vital in VITALS}


def troubles_in(said: Said) -> Iterator[str]:
    """Say what holds cases up, in sentences."""
    for vital in VITALS:
        yield from vital.troubles(said)
