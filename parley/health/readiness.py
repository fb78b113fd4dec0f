"""How the desk is: what /readyz, the gauges and `parley doctor` say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from datetime import datetime
from time import monotonic
from typing import Any, Final

import structlog

from connector.broker.queue import FULL, BrokerQueue
from connector.errors import ConnectorError
from parley.health.asking import CachedQuestion
from parley.health.vitals import troubles_in, vitals
from store import Store, StoreUnavailable
from store.database.errors import SILENT
from store.recorder import PATIENCE_S

log = structlog.get_logger()
KEPT_S: Final = 1.0
STORED_WITHIN_S: Final = PATIENCE_S
"""As long as a door waits: a database that is slow and stores within it turns nobody away."""
TOLD_WITHIN_S: Final = 0.5
"""How much longer what readiness does not hang on is waited for."""
BROKER_KEPT_S: Final = 10.0
TURNED_AWAY: Final = "The webhooks that came last were turned away."
UNREAD: Final = "How much waits could not be read: the database is slow, or does not answer."
DAMAGED: Final = "How much waits could not be read ({error}): something that is stored is damaged."
NO_BROKER: Final = "The broker is not reachable; a sweep does its work."
BROKER_IS: Final = {NO_BROKER: "not reachable", FULL: "takes no messages"}


class Health:
    """Asks the database once a second at most and the broker every ten. Says nothing about people.

    Ready means that events can be stored, which is tried as the doors do it, by their own writer. Everything else
    is told and changes nothing there: a web process taken out of rotation because the broker is down would lose
    webhooks, and loses none while it may store them. Answers within `STORED_WITHIN_S + 2 * TOLD_WITHIN_S`.
    """

    def __init__(
        self, store: Store, queue: BrokerQueue, now: Callable[[], datetime], *, kept_s: float = KEPT_S
    ) -> None:
        self._store = store
        self._queue = queue
        self._now = now
        self._stored = CachedQuestion(self._store_one, kept_s=kept_s)
        self._read = CachedQuestion(self._vitals, kept_s=kept_s)
        self._broker = CachedQuestion(self._ping, kept_s=BROKER_KEPT_S)
        self._broker_said = NO_BROKER

    def __call__(self) -> dict[str, Any]:
        stored, read, broker = self._stored.begin(), self._read.begin(), self._broker.begin()
        begun = monotonic()
        why = self._why_not(stored, STORED_WITHIN_S)
        left = max(0.0, STORED_WITHIN_S - (monotonic() - begun)) if not why else 0.0
        said, wrong, unread = self._told(read, TOLD_WITHIN_S + left)
        broker_said = self._said_of(broker)
        since = self._store.standing.failing_since
        ready = not why and not wrong
        return {
            "ready": ready,
            **({} if ready else {"failing_since": since.isoformat() if since else None}),
            "troubles": list(_troubles(why, wrong or ("" if why else unread), since, said, broker_said)),
            "database": "ok" if ready else "not usable",
            "broker": BROKER_IS.get(broker_said, "ok"),
            **said,
        }

    def try_storing(self, within_s: float) -> None:
        """Raise StoreUnavailable, with what to do, where an event can't be stored within so many seconds."""
        why = self._why_not(self._stored.begin(), within_s)
        if why:
            raise StoreUnavailable(why)

    def _why_not(self, stored: Future[None], within_s: float) -> str:
        """What keeps events from being stored; empty where nothing does, and the doors' last one was stored too."""
        try:
            stored.result(within_s)
        except StoreUnavailable as error:
            return str(error)
        except TimeoutError:
            self._store.standing.failed()
            return SILENT
        return TURNED_AWAY if self._store.standing.failing_since else ""

    def _store_one(self) -> None:
        """Store an event as the doors do, and take it out again in the same commit."""
        now = self._now()
        try:
            self._store.submit_first(lambda tx: tx.inbox.rehearse(now)).result()
        except BaseException:
            self._store.standing.failed()
            raise
        self._store.standing.worked()

    def _vitals(self) -> dict[str, Any]:
        now = self._now()
        self._store.check()
        return self._store.read(lambda tx: vitals(tx, now))

    @staticmethod
    def _told(read: Future[dict[str, Any]], within_s: float) -> tuple[dict[str, Any], str, str]:
        """What could be read, what is wrong with the database where that was found out, and why else not."""
        try:
            return read.result(within_s), "", ""
        except StoreUnavailable as error:
            return {}, str(error), ""
        except Exception as error:  # an error of ours is no reason to turn webhooks away
            name = type(error).__name__
            log.warning("readiness_unread", error=name)
            return {}, "", UNREAD if isinstance(error, TimeoutError) else DAMAGED.format(error=name)

    def _ping(self) -> str:
        try:
            self._broker_said = self._queue.ping()
        except ConnectorError:
            self._broker_said = NO_BROKER
        return self._broker_said

    def _said_of(self, broker: Future[str]) -> str:
        """What is wrong with the broker; while it is being asked and takes its time, what was the last time."""
        try:
            return broker.result(TOLD_WITHIN_S)
        except TimeoutError:
            return self._broker_said


def _troubles(why: str, wrong: str, since: datetime | None, said: Mapping[str, Any], broker: str) -> Iterator[str]:
    if why:
        moment = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
        yield f"No event can be stored{moment}. {why}"
    if wrong and wrong != why:
        yield wrong
    if said:
        yield from troubles_in(said)
    if broker:
        yield broker
