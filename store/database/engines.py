"""Connections: SQLite as durable as it can be, PostgreSQL bounded in what it waits for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from store.database.errors import ends_session
from store.database.pool import EndingPool
from store.database.postgres import RENEWED_AFTER_S, Silence, postgres_engine, read_limits
from store.database.revisions import REVISION, TABLE, KnownDatabase, refuse_newer
from store.database.sqlite_files import make_private
from store.sql import prepared

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
            read_limits(parsed, LOCK_PATIENCE_S)
            return cls(parsed.set(drivername="postgresql+psycopg"), None)
        raise ValueError("DATABASE_URL must start with sqlite:/// or postgresql://.")

    def locks(self) -> Path:
        """The directory of the lock files beside a SQLite database."""
        if self.file is None:
            raise ValueError("PostgreSQL keeps locks itself.")
        return self.file.with_name(self.file.name + ".locks")


@dataclass(slots=True)
class Engines:
    """Makes the engines of one store. None of their sessions works on a schema of a newer version, or on
    another database than the first one: Unsuitable."""

    where: Where
    patience_s: float = LOCK_PATIENCE_S
    silence: Silence = field(default_factory=Silence)
    known: KnownDatabase = field(default_factory=KnownDatabase)

    def writer(self) -> Engine:
        """One connection that writes."""
        if self.where.file is None:
            return self._postgres(self.patience_s, pool_size=1, max_overflow=0)
        return _sqlite(self.where.file, "rw", "BEGIN IMMEDIATE", self.patience_s, self.known, size=1)

    def reader(self) -> Engine:
        """A small pool of connections that read."""
        if self.where.file is None:
            return self._postgres(self.patience_s, pool_size=3, max_overflow=7, isolation_level="AUTOCOMMIT")
        return _sqlite(self.where.file, "rw", "BEGIN", self.patience_s, self.known, size=8, read_only=True)

    def locks(self) -> Engine:
        """PostgreSQL sessions for locks that live as long as their session."""
        return self._postgres(LOCK_PATIENCE_S, pool_size=16, max_overflow=48, isolation_level="AUTOCOMMIT")

    def migrator(self) -> Engine:
        """One connection that changes the schema, which may take long; it makes a missing SQLite file."""
        if self.where.file is None:
            return self._postgres(self.patience_s, migrations=True, pool_size=1, max_overflow=0)
        return _sqlite(self.where.file, "rwc", "BEGIN IMMEDIATE", self.patience_s, self.known, size=1)

    def _postgres(self, patience_s: float, *, migrations: bool = False, **options: Any) -> Engine:
        url, limits = read_limits(self.where.url, patience_s)
        limits = limits.for_migrations() if migrations else limits
        return postgres_engine(url, limits, self.silence, self.known, pool_timeout=patience_s, **options)


@contextmanager
def session_of(engine: Engine) -> Iterator[Connection]:
    """A session, which is not used again where it refused something that a new one might do."""
    with engine.connect() as connection:
        try:
            yield connection
        except BaseException as error:
            if ends_session(error):
                connection.invalidate()
            raise


def _sqlite(
    file: Path,
    mode: str,
    begin: str,
    patience_s: float,
    known: KnownDatabase,
    *,
    size: int,
    read_only: bool = False,
) -> Engine:
    def connect() -> sqlite3.Connection:
        if mode == "rwc":
            make_private(file)
        # Before it is opened: what is left beside a file that was replaced would be taken in.
        known.refuse_another(_inode(file) or None)
        uri = f"file:{quote(str(file))}?mode={mode}"
        # Own transactions: the driver would begin late and not around reads.
        connection = sqlite3.connect(
            uri, uri=True, timeout=patience_s, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare_sqlite(connection, read_only=read_only)
            refuse_newer(_revision(connection))
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=EndingPool, pool_size=size, max_overflow=0 if size == 1 else 7,
        pool_timeout=patience_s, pool_recycle=RENEWED_AFTER_S,
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


def _revision(connection: sqlite3.Connection) -> str | None:
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone()
    found = connection.execute(REVISION).fetchone() if there else None
    return None if found is None else str(found[0])


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
