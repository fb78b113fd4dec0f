"""How the desk is: what /readyz, the gauges and `parley doctor` say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connector.errors import ConnectorError
from connector.queue import Queue
from store import Store, StoreUnavailable, Tx
from sync.clock import HEARTBEAT
from sync.gates import service_of

CLOCK_MAY_LAG = timedelta(minutes=5)
ROWS_MAY_WAIT = timedelta(minutes=10)
BROKER_ASKED_EVERY = timedelta(seconds=10)
LISTED = 200


class Health:
    """Asks the database at each call and the broker every ten seconds. Says nothing about people."""

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
        lag, oldest = said["clock_lag_s"], said["oldest_unhandled_s"]
        on_time = lag is not None and lag <= CLOCK_MAY_LAG.total_seconds()
        flowing = oldest is None or oldest <= ROWS_MAY_WAIT.total_seconds()
        return {
            "ready": broker and on_time and flowing,
            "database": "ok",
            "broker": "ok" if broker else "not reachable",
            **said,
        }

    def _broker_answers(self, now: datetime) -> bool:
        if self._broker is None or abs(now - self._broker[0]) >= BROKER_ASKED_EVERY:
            try:
                self._queue.ping()
            except ConnectorError:
                self._broker = (now, False)
            else:
                self._broker = (now, True)
        return self._broker[1]


def rows_and_lags(tx: Tx, now: datetime) -> dict[str, Any]:
    """Rows by state, seconds of lag, and how many effects wait for a service that did not take them."""
    beat, oldest = tx.marks.get(HEARTBEAT), tx.inbox.oldest_new()
    waiting = Counter(service_of(row.kind) for row in tx.outbox.unfinished(LISTED) if row.error)
    return {
        "clock_lag_s": max(0.0, (now - beat.at).total_seconds()) if beat else None,
        "oldest_unhandled_s": max(0.0, (now - oldest).total_seconds()) if oldest else None,
        "inbox": tx.inbox.counts(),
        "outbox": tx.outbox.counts(),
        "waiting_for": dict(waiting),
    }
