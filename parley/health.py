"""How the desk is: what /readyz, the gauges and `parley doctor` say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.errors import ConnectorError
from connector.queue import Queue
from parley.accounts import NOT_SET_UP, is_set_up
from parley.watching import last_look
from store import Store, StoreUnavailable, Tx
from sync.clock import HEARTBEAT
from sync.gates import service_of
from sync.pulses import BY_LIST, PARTS, Pulse, pulses

CLOCK_MAY_LAG = timedelta(minutes=5)
ROWS_MAY_WAIT = timedelta(minutes=10)
BROKER_ASKED_EVERY = timedelta(seconds=10)
LISTED = 200
LISTED_INSTEAD = (
    "Our Zendesk user may not read the export of changed tickets, which takes an admin: what webhooks missed is "
    "found by listing tickets, which is slower and sees less."
)
SERVICES = {"zendesk": "Zendesk", "workmarket": "WorkMarket"}


class Health:
    """Asks the database at each call and the broker every ten seconds. Says nothing about people.

    Ready means that events can be stored. Everything else is told and changes nothing there: a web process taken
    out of rotation because the broker is down would lose webhooks, and loses none while it may store them.
    """

    def __init__(self, store: Store, queue: Queue, now: Callable[[], datetime]) -> None:
        self._store = store
        self._queue = queue
        self._now = now
        self._broker: tuple[datetime, bool] | None = None

    def __call__(self) -> dict[str, Any]:
        now = self._now()
        broker = self._broker_answers(now)
        try:
            self._store.check()
            said = self._store.read(lambda tx: rows_and_lags(tx, now))
        except StoreUnavailable:
            return {"ready": False, "database": "not usable", "broker": "ok" if broker else "not reachable"}
        troubles = list(troubles_in(said)) + (
            [] if broker else ["The broker is not reachable; a sweep does its work."]
        )
        broker_said = "ok" if broker else "not reachable"
        return {"ready": True, "troubles": troubles, "database": "ok", "broker": broker_said, **said}

    def _broker_answers(self, now: datetime) -> bool:
        if self._broker is None or abs(now - self._broker[0]) >= BROKER_ASKED_EVERY:
            try:
                self._queue.ping()
            except ConnectorError:
                self._broker = (now, False)
            else:
                self._broker = (now, True)
        return self._broker[1]


def troubles_in(said: Mapping[str, Any]) -> Iterator[str]:
    """Say what holds cases up, in sentences."""
    lag, oldest = said["clock_lag_s"], said["oldest_unhandled_s"]
    if not said["account_set_up"]:
        yield NOT_SET_UP
    if lag is None or lag > CLOCK_MAY_LAG.total_seconds():
        yield "The clock does not run: start `parley run`, or `parley clock`."
    if oldest is not None and oldest > ROWS_MAY_WAIT.total_seconds():
        yield "Events wait to be handled: start `parley run`, or `parley worker`."
    elif said["account_set_up"]:
        yield from _lost(said["reconcile"])
    if said["account_drift"]:
        yield (
            f"The Zendesk account is not as it should be ({said['account_drift']} findings): "
            "`parley zendesk plan` says what and why, `apply` mends it."
        )
    for service, rows in said["waiting_for"].items():
        name = SERVICES[service]
        if rows == 1:
            yield f"One thing waits for {name} and is tried again by itself."
        else:
            yield f"{rows} things wait for {name} and are tried again by themselves."


def _lost(parts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for part, said in parts.items():
        if said["lost_since"]:
            why = f": {said['why']}" if said["why"] else ". No round of reconcile has run since."
            yield f"What webhooks missed of {PARTS[part]} is not found since {said['lost_since']}{why}"
        elif said["way"] == BY_LIST:
            yield LISTED_INSTEAD


def _told(pulse: Pulse, now: datetime) -> dict[str, Any]:
    lost = pulse.lost_since(now)
    return {
        "ok_lag_s": max(0.0, (now - pulse.ok_at).total_seconds()) if pulse.ok_at else None,
        "lost_since": f"{lost:%Y-%m-%d %H:%M} UTC" if lost else None,
        "why": pulse.why,
        "way": pulse.way,
    }


def rows_and_lags(tx: Tx, now: datetime) -> dict[str, Any]:
    """Rows by state, seconds of lag, how many effects wait for a service that did not take them, whether
    `parley zendesk apply` ever ran, how many findings the last look at the account had (None: none yet), and for
    each part of reconcile when it last did its work."""
    beat, oldest, drift = tx.marks.get(HEARTBEAT), tx.inbox.oldest_new(), last_look(tx)
    waiting = Counter(service_of(row.kind) for row in tx.outbox.unfinished(LISTED) if row.error)
    return {
        "account_set_up": is_set_up(tx),
        "account_drift": drift.findings if drift else None,
        "clock_lag_s": max(0.0, (now - beat.at).total_seconds()) if beat else None,
        "oldest_unhandled_s": max(0.0, (now - oldest).total_seconds()) if oldest else None,
        "inbox": tx.inbox.counts(),
        "outbox": tx.outbox.counts(),
        "waiting_for": dict(waiting),
        "reconcile": {pulse.part: _told(pulse, now) for pulse in pulses(tx)},
    }
