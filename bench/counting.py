"""What a process asks of its database, counted below SQLAlchemy, in the driver itself."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import pq
from psycopg.pq import abc
from sqlalchemy import event
from sqlalchemy.pool import Pool

# Begin, end and divide transactions; everything else is a statement.
FRAME = {"BEGIN": "transactions", "COMMIT": "commits", "ROLLBACK": "", "SAVEPOINT": "savepoints", "RELEASE": ""}


@dataclass(frozen=True, slots=True)
class Asked:
    """How often the database was asked. `commits` are those of transactions, whether or not they wrote."""

    statements: int = 0
    transactions: int = 0
    commits: int = 0
    savepoints: int = 0
    round_trips: int = 0

    def __sub__(self, before: Asked) -> Asked:
        return Asked(*(getattr(self, one.name) - getattr(before, one.name) for one in fields(Asked)))

    def __add__(self, more: Asked) -> Asked:
        return Asked(*(getattr(self, one.name) + getattr(more, one.name) for one in fields(Asked)))


class Tracer:
    """Counts on every connection that a pool opens while it listens. `texts`: how often each statement was said."""

    def __init__(self) -> None:
        self._told: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._traces: list[tuple[abc.PGconn, IO[bytes]]] = []
        self._folder = tempfile.TemporaryDirectory(prefix="trace")

    def asked(self) -> Asked:
        """What was counted so far."""
        told = Counter(self._told)
        trips = sum(told.values())
        for line in self._lines():
            kind, _, said = line.partition("\t")
            if kind in ("Query", "Sync"):
                trips += 1
            if kind == "Query":
                self._count(told, said.strip(' "'))
            elif kind == "Execute":
                told["statements"] += 1
        return Asked(
            **{one.name: told[one.name] for one in fields(Asked) if one.name != "round_trips"}, round_trips=trips
        )

    def texts(self) -> Counter[str]:
        """What PostgreSQL was asked to prepare or run, by its text: for whoever wants to know which."""
        found: Counter[str] = Counter()
        for line in self._lines():
            kind, _, said = line.partition("\t")
            if kind in ("Query", "Parse"):
                found[said.strip()] += 1
        return found

    def _lines(self) -> Iterator[str]:
        for _, trace in self._traces:
            for raw in Path(trace.name).read_text(encoding="utf-8", errors="replace").splitlines():
                side, _, rest = raw.partition("\t")
                if side == "F":
                    yield rest.partition("\t")[2]

    def _count(self, told: Counter[str], statement: str) -> None:
        word = statement.lstrip().partition(" ")[0].strip('";').upper()
        kind = FRAME.get(word, "statements")
        if kind:
            told[kind] += 1

    def connected(self, connection: Any, _: object) -> None:
        """A pool has opened a connection."""
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(self._heard)
        elif isinstance(connection, psycopg.Connection):
            number = len(self._traces)
            trace = (Path(self._folder.name) / str(number)).open("wb", buffering=0)
            connection.pgconn.trace(trace.fileno())
            connection.pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
            self._traces.append((connection.pgconn, trace))

    def _heard(self, statement: str) -> None:
        with self._lock:
            self._count(self._told, statement)

    def close(self) -> None:
        for connection, trace in self._traces:
            if connection.status == pq.ConnStatus.OK:
                connection.untrace()
            trace.close()
        self._folder.cleanup()


@contextmanager
def traced() -> Iterator[Tracer]:
    """Count what every pool of this process asks that is made within."""
    tracer = Tracer()
    event.listen(Pool, "connect", tracer.connected)
    try:
        yield tracer
    finally:
        event.remove(Pool, "connect", tracer.connected)
        tracer.close()
