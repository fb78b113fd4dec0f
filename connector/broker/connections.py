"""Connections to a broker: made without a pause, and let go of without waiting for one that does not listen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Final

from kombu import Connection

CONNECTED_IN: Final = 3.0
"""Seconds."""
FAREWELL_S: Final = 1.0
"""Seconds that open connections have to be closed politely: a broker that takes no messages hears no farewell."""

log = logging.getLogger("parley.queue")


def connect(connection: Connection) -> None:
    """Two attempts without a pause; kombu's own default sleeps between them."""
    connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=CONNECTED_IN)


def release_all(connections: Sequence[Connection]) -> None:
    """Close connections politely, as far as the time for it goes."""

    def release_each() -> None:
        for connection in connections:
            release(connection)

    farewell = threading.Thread(target=release_each, daemon=True)
    farewell.start()
    farewell.join(FAREWELL_S)


def release(connection: Connection) -> None:
    """Close a connection politely."""
    try:
        connection.release()
    except Exception as error:  # it is gone already
        log.debug("a connection did not close well (%s)", type(error).__name__)


def cut_off(connection: Connection) -> None:
    """Let go of a connection that failed. On RabbitMQ without a farewell, which would be waited for."""
    try:
        if connection.connected and hasattr(connection.connection, "collect"):
            connection.connection.collect()
    except Exception as error:
        log.debug("a connection was not cut off well (%s)", type(error).__name__)
    release(connection)


def know_transport(url: str) -> None:
    """Raise ValueError, which never shows the URL, for a broker that Kombu does not know or lacks the driver of."""
    try:
        Connection(url).get_transport_cls()
    except (KeyError, ImportError, AttributeError, NameError, ValueError):  # Kafka's without its driver: NameError
        raise ValueError("BROKER_URL names no broker we know: amqp://…, redis://… or memory:// are.") from None
