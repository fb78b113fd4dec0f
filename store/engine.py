"""Connections: SQLite as durable as it can be, PostgreSQL bounded in what it waits for."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import QueuePool

from store import prepared
from store.files import make_private

# How long a statement waits for somebody else's lock, seconds: below what a door waits in all.
LOCK_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Where:
    """A database by URL, its SQLite file being None on PostgreSQL. `repr` shows no password."""

    url: URL
    file: Path | None

    @classmethod
    def parse(cls, url: str) -> Where:
        """Read a DATABASE_URL; ValueError, which never shows it, when it is neither of the two kinds."""
        try:
            parsed = make_url(url)
        except exc.ArgumentError:
            raise ValueError("DATABASE_URL is not a database URL, e.g. sqlite:///parley.db.") from None
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            if parsed.database in (None, "", ":memory:"):
                raise ValueError("DATABASE_URL needs a file, e.g. sqlite:///parley.db.")
            return cls(parsed, Path(str(parsed.database)).absolute())
        if backend in ("postgresql", "postgres"):  # Heroku still writes the short name
            return cls(parsed.set(drivername="postgresql+psycopg"), None)
        raise ValueError("DATABASE_URL must start with sqlite:/// or postgresql://.")

    def locks(self) -> Path:
        """The directory of the lock files beside a SQLite database."""
        if self.file is None:
            raise ValueError("PostgreSQL keeps locks itself.")
        return self.file.with_name(self.file.name + ".locks")


def writer_engine(where: Where, *, create: bool = False, patience_s: float = LOCK_PATIENCE_S) -> Engine:
    """One connection that writes; only with `create` does it make a missing SQLite file."""
    if where.file is None:
        return _postgres(where, patience_s, pool_size=1, max_overflow=0)
    return _sqlite(where.file, "rwc" if create else "rw", "BEGIN IMMEDIATE", patience_s, size=1)


def reader_engine(where: Where, *, patience_s: float = LOCK_PATIENCE_S) -> Engine:
    """A small pool of connections that read."""
    if where.file is None:
        return _postgres(where, patience_s, pool_size=3, max_overflow=7, isolation_level="AUTOCOMMIT")
    return _sqlite(where.file, "rw", "BEGIN", patience_s, size=8, read_only=True)


def lock_engine(where: Where) -> Engine:
    """PostgreSQL sessions for locks that live as long as their session."""
    return _postgres(where, LOCK_PATIENCE_S, pool_size=4, max_overflow=60, isolation_level="AUTOCOMMIT")


def _sqlite(file: Path, mode: str, begin: str, patience_s: float, *, size: int, read_only: bool = False) -> Engine:
    def connect() -> sqlite3.Connection:
        if mode == "rwc":
            make_private(file)
        uri = f"file:{quote(str(file))}?mode={mode}"
        # Own transactions: the driver would begin late and not around reads.
        connection = sqlite3.connect(
            uri, uri=True, timeout=patience_s, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare_sqlite(connection, read_only=read_only)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=size, max_overflow=0 if size == 1 else 7,
        pool_timeout=patience_s,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def note_inode(_: Any, record: Any) -> None:
        record.info["inode"] = _inode(file)

    @event.listens_for(engine, "checkout")
    def same_file(_: Any, record: Any, __: Any) -> None:
        # A deleted file would be written to happily, and be lost with its last handle.
        if record.info["inode"] != _inode(file):
            raise exc.DisconnectionError("The database file was replaced.")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        prepared.say(connection, begin)

    return engine


def _inode(file: Path) -> int:
    try:
        return file.stat().st_ino
    except FileNotFoundError:
        return 0


def _prepare_sqlite(connection: sqlite3.Connection, *, read_only: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    # An insert of many rows keeps its undo records aside; in a file they would cost as much as the rows.
    connection.execute("PRAGMA temp_store = MEMORY")
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    (level,) = connection.execute("PRAGMA synchronous").fetchone()
    # Some builds default to, or insist on, less; then a 202 would be a promise that a power cut breaks.
    if mode != "wal" or level != 2:
        raise sqlite3.OperationalError("SQLite does not keep WAL with synchronous=FULL here")


def _postgres(where: Where, patience_s: float, **options: Any) -> Engine:
    engine = create_engine(
        where.url.update_query_dict({"connect_timeout": "4"}) if "connect_timeout" not in where.url.query
        else where.url,
        pool_pre_ping=True, pool_timeout=patience_s, **options,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(patience_s * 1000)}")
            cursor.execute("SHOW synchronous_commit")
            if cursor.fetchone()[0] == "off":
                cursor.execute("SET synchronous_commit = on")
        connection.commit()

    return engine
