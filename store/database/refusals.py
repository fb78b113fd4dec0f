"""Why a PostgreSQL server lets nobody in: by the code that it says, which the driver keeps to itself."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from select import POLLIN, POLLOUT, poll
from time import monotonic
from typing import Final

import psycopg
from psycopg import pq

from store.database.errors import NO_ENCRYPTION, NO_PASSWORD, NO_SUCH_HOST, NO_TRUST

WITHIN_S: Final = 1.0
"""So quickly a server says no; whoever took longer to fail is not asked why."""

# A line of libpq's trace: https://www.postgresql.org/docs/15/libpq-control.html#LIBPQ-PQTRACE
_CODE: Final = re.compile(rb'^B\t\d+\tErrorResponse\t[^\n]*? C "([0-9A-Z]{5})"', re.MULTILINE)
_ENCRYPTS: Final = re.compile(rb"^B\t\d+\tSSLResponse\t ([NS])", re.MULTILINE)


class ConnectingRefused(psycopg.OperationalError):
    """The server, or the way to it, lets nobody in; `sqlstate` says why, where that is known."""


class Refusals:
    """Finds out why connecting failed. The same answer is asked about once: a server may give it every second."""

    def __init__(self) -> None:
        self._last: tuple[bytes, str | None] = (b"", None)

    def explained(self, error: psycopg.OperationalError, conninfo: str, took_s: float) -> psycopg.OperationalError:
        """The same error, with what is known of why."""
        refused = ConnectingRefused(str(error))
        refused.sqlstate = error.sqlstate or self._state(error, conninfo, took_s)
        return refused

    def _state(self, error: psycopg.OperationalError, conninfo: str, took_s: float) -> str | None:
        if isinstance(error, psycopg.errors.ConnectionTimeout):
            return None
        if error.pgconn is None:
            return NO_SUCH_HOST
        said = error.pgconn.error_message
        if said != self._last[0] and took_s < WITHIN_S:
            self._last = said, _asked_again(conninfo)
        return self._last[1] if said == self._last[0] else None


def _asked_again(conninfo: str) -> str | None:
    """What a server says to whoever connects once more: its code, or what stood in the way before it said any."""
    connection = pq.PGconn.connect_start(conninfo.encode())
    try:
        told = b"" if connection.status == pq.ConnStatus.BAD else _told(connection)
        found = _CODE.search(told)
        if found:
            return found[1].decode("ascii")
        if connection.needs_password:
            return NO_PASSWORD
        encrypts = _ENCRYPTS.search(told)
        # Whoever goes on after that says who he is.
        if encrypts is None or b"StartupMessage" in told:
            return None
        return NO_TRUST if encrypts[1] == b"S" else NO_ENCRYPTION
    finally:
        connection.finish()


def _told(connection: pq.abc.PGconn) -> bytes:
    """What both said, as libpq writes it down; nothing where it can't. It may hold a password, and is only searched
    for codes."""
    if not hasattr(os, "memfd_create"):
        return b""
    with suppress(psycopg.NotSupportedError), os.fdopen(os.memfd_create("told"), "rb") as file:
        connection.trace(file.fileno())
        try:
            connection.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
            _connect(connection)
        finally:  # before the file's number may be another's
            connection.untrace()
        file.seek(0)
        return file.read()
    return b""


def _connect(connection: pq.abc.PGconn) -> None:
    until, awaited = monotonic() + WITHIN_S, {pq.PollingStatus.READING: POLLIN, pq.PollingStatus.WRITING: POLLOUT}
    state = pq.PollingStatus(connection.connect_poll())
    while state in awaited and monotonic() < until:
        ready = poll()
        ready.register(connection.socket, awaited[state])
        if ready.poll(max(until - monotonic(), 0.0) * 1000):
            state = pq.PollingStatus(connection.connect_poll())
