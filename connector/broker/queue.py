"""The queue: says which row to work on next, and may forget it, since the database knows."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from kombu import Connection, Consumer, Exchange, Producer
from kombu import Queue as Declared

from connector.broker.connections import CONNECTED_IN, connect, cut_off, know_transport, release, release_all
from connector.errors import Transient

NAMES: Final = ("inbox", "outbox")
VERSION: Final = 1

CONFIRMED_IN: Final = 3.0
LISTENS_FOR: Final = 0.5
"""Seconds; the last is how soon a consumer notices that it is to stop."""

BACK_OFF: Final = (0.2, 1.0, 3.0, 10.0)
"""Seconds between attempts of a consumer to connect again."""

QUIET_FOR: Final = 60.0
"""Seconds after which a consumer that heard nothing connects anew: a connection that broke unnoticed is quiet too,
and so is one whose queue was deleted and declared again at once."""

WAKES_FOR: Final = 30.0
"""Seconds until RabbitMQ drops a message that nobody took: the sweep of who comes later finds the row itself. It is
said with each message, so that queues of before need not be declared anew."""
MOST_WAITING: Final = 10_000
"""Messages that Redis keeps for nobody; the newest stay."""
CUT_EVERY: Final = 100
OTHER_KIND: Final = 406
"""PRECONDITION_FAILED: there is a queue of that name that was declared in another way.
https://www.rabbitmq.com/docs/queues#property-equivalence"""

_OPTIONS: Final[dict[str, dict[str, object]]] = {
    # 5.7 raises where 5.6 lost publishes; without confirms RabbitMQ loses what publish() called done
    "amqp": {"confirm_publish": True, "read_timeout": 10, "write_timeout": 5},
    # a row handled for longer is only handed out again, and the database refuses the second
    "redis": {"visibility_timeout": 60, "socket_timeout": 10, "socket_connect_timeout": CONNECTED_IN},
    "memory": {"polling_interval": 0.01},
}
_KINDS: Final = {"pyamqp": "amqp", "amqps": "amqp", "rediss": "redis"}

ODD: Final = (
    "The broker's queues were declared in another way than ours ({names}) and are used as they are. To have them "
    "made anew, stop Parley and delete them, e.g. by `rabbitmqctl delete_queue`; no event is lost by that."
)
FULL: Final = (
    "The broker takes no messages: it is short of memory or disk, or only reads, which its log says. A sweep does "
    "its work."
)
AWAY: Final = "The broker cannot be reached, or refuses us ({why}); check BROKER_URL and that it is running."

_numbers = itertools.count(1)
log = logging.getLogger("parley.queue")


class _TakesNothing(Exception):
    """The broker is there, and took no message."""


class BrokerQueue:
    """The two queues on a Kombu URL. Safe to use from any thread; `memory://` reaches this process only.

    Raises ValueError, which never shows the URL, for a broker that Kombu does not know or lacks the driver of.
    On RabbitMQ they are quorum queues with publisher confirms:
    https://docs.celeryq.dev/projects/kombu/en/stable/reference/kombu.transport.pyamqp.html
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "parley",
        options: dict[str, object] | None = None,
        quiet_for: float = QUIET_FOR,
    ) -> None:
        scheme = url.partition("://")[0].partition("+")[0]
        self._kind = _KINDS.get(scheme, scheme)
        self._url = url
        self._quiet_for = quiet_for
        self._prefix = f"{prefix}-{next(_numbers)}" if self._kind == "memory" else prefix
        self._options = {**_OPTIONS.get(self._kind, {}), **(options or {})}
        arguments = {"x-queue-type": "quorum"} if self._kind == "amqp" else None
        self._queues = {
            name: Declared(
                f"{self._prefix}.{name}",
                Exchange("", type="direct"),
                routing_key=f"{self._prefix}.{name}",
                queue_arguments=arguments,
            )
            for name in NAMES
        }
        self._local = threading.local()
        self._lock = threading.Lock()
        self._listening: Counter[str] = Counter()
        self._odd: set[str] = set()
        self._open: list[Connection] = []
        know_transport(url)
        if self._kind == "memory":  # two threads declaring at once would lose what the first one holds
            with self._failing():
                self._producer()

    def __repr__(self) -> str:
        return f"Queue({self._kind})"

    def announce(self, name: str, row_id: int | str) -> None:
        """Says that a row waits. Raises Transient, also where it is only not known whether it was said; a caller
        may ignore that, since a sweep announces again what nobody took."""
        with self._failing():
            producer = self._producer()
            if self._would_be_kept_for_nobody(producer, name):
                return
            producer.publish(
                {"v": VERSION, "id": row_id},
                serializer="json",
                routing_key=self._queues[name].routing_key,
                mandatory=self._kind == "amqp",
                delivery_mode=2,
                retry=False,
                timeout=CONFIRMED_IN,
                confirm_timeout=CONFIRMED_IN,
                **({"expiration": WAKES_FOR} if self._kind == "amqp" else {}),
            )
            self._cut(producer, name)

    def _would_be_kept_for_nobody(self, producer: Producer, name: str) -> bool:
        """In memory only this process can hear: while it does not listen, one message wakes it as well as many."""
        return (
            self._kind == "memory"
            and not self._listening[name]
            and producer.channel._size(self._queues[name].name) > 0
        )

    def _cut(self, producer: Producer, name: str) -> None:
        """Redis keeps what nobody takes for ever, so now and then all but the newest is dropped."""
        if self._kind != "redis":
            return
        self._local.announced = getattr(self._local, "announced", 0) + 1
        if self._local.announced % CUT_EVERY == 1:
            self._drop_the_oldest(producer.channel, name)

    def _drop_the_oldest(self, channel: Any, name: str) -> None:
        with channel.conn_or_acquire() as client:
            client.ltrim(self._queues[name].name, 0, MOST_WAITING - 1)

    def consume(self, name: str, handle: Callable[[int | str], object], stop: threading.Event) -> None:
        """Calls `handle` with one row's id after another until `stop` is set; connects again by itself.

        A message is acknowledged after `handle`, also where that failed: the database knows, and the sweep
        announces again.
        """
        waits = iter(BACK_OFF)
        while not stop.is_set():
            began = monotonic()
            leaving: list[BaseException] = []
            with self._lock:
                self._listening[name] += 1
            try:
                with self._connection() as connection, self._consumer(connection, name, handle, stop, leaving):
                    _listen(connection, stop, leaving, self._quiet_for)
            except Exception as error:
                if monotonic() - began > BACK_OFF[-1]:
                    waits = iter(BACK_OFF)
                wait = next(waits, BACK_OFF[-1])
                log.warning("the queue %s is lost (%s); trying again in %s s", name, type(error).__name__, wait)
                stop.wait(wait)
            finally:
                with self._lock:
                    self._listening[name] -= 1
            if leaving:
                raise leaving[0]

    def _consumer(
        self,
        connection: Connection,
        name: str,
        handle: Callable[[int | str], object],
        stop: threading.Event,
        leaving: list[BaseException],
    ) -> Consumer:
        def received(message: Any) -> None:
            row_id = _row_id(message)
            try:
                if row_id is None:
                    log.warning("a message on the queue %s is not one of ours and was dropped", name)
                elif not leaving and not stop.is_set():
                    handle(row_id)
                else:
                    return  # not taken: the broker or the sweep gives it to another
            except Exception:
                log.exception("row %s of the queue %s could not be worked on", row_id, name)
            except BaseException as error:  # raised here, py-amqp would go on dispatching while it closes
                leaving.append(error)
            message.ack()

        connect(connection)
        self._declare(connection, connection.default_channel, name)
        return Consumer(
            connection,
            queues=[self._queues[name]],
            auto_declare=False,
            accept=["json"],
            on_message=received,
            prefetch_count=1,
        )

    def ping(self) -> str:
        """What is odd about the broker or its queues, as a sentence; empty where nothing is. Raises Transient where
        the broker cannot be reached, or lets us have no queues."""
        with self._failing():
            try:
                with self._connection() as connection:
                    connect(connection)
                    self._rehearse(connection)
            except _TakesNothing:
                return FULL
        names = " and ".join(sorted(self._queues[name].name for name in self._odd))
        return ODD.format(names=names) if names else ""

    def _rehearse(self, connection: Connection) -> None:
        """Declare both queues, and write what stays nowhere: RabbitMQ's alarms hold up none but who publishes.
        https://www.rabbitmq.com/docs/alarms"""
        channel = connection.default_channel
        refused = connection.channel_errors if self._kind == "redis" else TimeoutError
        try:
            self._declare(connection, channel, *NAMES)
            if self._kind == "redis":
                self._drop_the_oldest(channel, NAMES[0])
            elif self._kind == "amqp":
                nowhere = f"{self._prefix}.nowhere"
                Producer(channel).publish(
                    {}, routing_key=nowhere, retry=False, timeout=CONFIRMED_IN, confirm_timeout=CONFIRMED_IN
                )
        except refused as error:
            raise _TakesNothing from error

    def _declare(self, connection: Connection, channel: Any, *names: str) -> None:
        """One that is there in another kind is used as it is: it wakes as well, and is not ours to delete."""
        for name in names:
            try:
                if self._kind == "amqp":  # a refusal ends its channel
                    with connection.channel() as tried:
                        self._queues[name](tried).declare()
                else:
                    self._queues[name](channel).declare()
            except Exception as error:
                if getattr(error, "code", None) != OTHER_KIND:
                    raise
                if name not in self._odd:
                    log.warning("the queue %s is of another kind than we declare and is used as it is", name)
                self._odd.add(name)
            else:
                self._odd.discard(name)

    def close(self) -> None:
        with self._lock:
            connections, self._open = self._open, []
        self._local = threading.local()
        release_all(connections)

    def _connect(self) -> Connection:
        return Connection(
            self._url, transport_options=dict(self._options), heartbeat=0, connect_timeout=CONNECTED_IN
        )

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        connection = self._connect()
        try:
            yield connection
        except BaseException:
            cut_off(connection)
            raise
        release(connection)

    def _producer(self) -> Producer:
        """This thread's producer; it declares both queues when it is made."""
        found: Producer | None = getattr(self._local, "producer", None)
        if found is None:
            connection = self._connect()
            with self._lock:
                self._open.append(connection)
            self._local.connection = connection
            connect(connection)
            channel = connection.channel()
            self._declare(connection, channel, *NAMES)
            found = self._local.producer = Producer(channel)
        return found

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Turns whatever the broker's client raises into Transient and forgets this thread's connection."""
        try:
            yield
        except Exception as error:
            connection = getattr(self._local, "connection", None)
            self._local.producer = self._local.connection = None
            if connection is not None:
                with self._lock:
                    self._open = [one for one in self._open if one is not connection]
                cut_off(connection)
            raise Transient(AWAY.format(why=type(error).__name__)) from error


def _listen(connection: Connection, stop: threading.Event, leaving: list[BaseException], quiet_for: float) -> None:
    quiet = 0.0
    while not stop.is_set() and not leaving and quiet < quiet_for:
        try:
            connection.drain_events(timeout=LISTENS_FOR)
            quiet = 0.0
        except TimeoutError:
            quiet += LISTENS_FOR


def _row_id(message: Any) -> int | str | None:
    """The row that a message names; None where it is not a message of ours."""
    try:
        body = message.decode()
    except Exception:
        return None
    if not isinstance(body, dict) or body.get("v") != VERSION or isinstance(body.get("v"), bool):
        return None
    row_id = body.get("id")
    return row_id if isinstance(row_id, int | str) and not isinstance(row_id, bool) and row_id != "" else None
