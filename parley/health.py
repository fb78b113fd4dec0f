"""How the desk is: what /readyz, the gauges and `parley doctor` say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connector.errors import ConnectorError
from connector.queue import Queue
from parley.vitals import troubles_in, vitals
from store import Store, StoreUnavailable

BROKER_ASKED_EVERY = timedelta(seconds=10)


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
            said = self._store.read(lambda tx: vitals(tx, now))
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
