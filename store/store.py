"""The store: one object to write, read and lock through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Engine

from store.database.engines import LOCK_PATIENCE_S, Engines, Where, session_of
from store.database.errors import StoreUnavailable, Unsuitable, explain
from store.database.locks import PROVED_FOR_S, SessionLocks, file_lock
from store.database.revisions import newest_revision, refuse_newer, revision_of
from store.database.sqlite_files import files_of, open_to_others
from store.recorder import Recorder
from store.standing import Standing
from store.tx import Tx
from store.writer import InlineWriter, Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _IntakeWriters:
    """What the doors write through where they need not share."""

    engine: Engine
    writer: Writer


class Store:
    """Our tables. Opening connects to nothing yet, so a database that is away at the start may come later."""

    def __init__(
        self, where: Where, *, now: Callable[[], datetime], patience_s: float, threads: bool = True
    ) -> None:
        self._where = where
        self._now = now
        self.standing = Standing(now)
        self._engines = Engines(where, patience_s)
        self._write_engine = self._engines.writer()
        self._read_engine = self._engines.reader()
        self._lock_engine: Engine | None = None if where.file else self._engines.locks()
        self._locks = None if self._lock_engine is None else SessionLocks(self._lock_engine)
        self._writer: Writer | InlineWriter = (Writer if threads else InlineWriter)(self._write_engine)
        self._doors: _IntakeWriters | None = None
        self._opening_doors = threading.Lock()

    @classmethod
    def open(
        cls, url: str, *, now: Callable[[], datetime], patience_s: float = LOCK_PATIENCE_S, threads: bool = True
    ) -> Self:
        """A store on a DATABASE_URL; ValueError when that is no URL of SQLite or PostgreSQL.

        `patience_s`: how long to wait for somebody else's lock before StoreUnavailable. `threads`: whether writes
        are made on a thread of their own, which shares commits, or on the caller's.
        """
        return cls(Where.parse(url), now=now, patience_s=patience_s, threads=threads)

    def __repr__(self) -> str:
        return f"Store({self._where.url.get_backend_name()})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def now(self) -> datetime:
        """The clock this store was opened with."""
        return self._now()

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a transaction and return its result after the COMMIT, which others may share.

        What `work` raises rolls back that work alone and is raised here. StoreUnavailable: the database
        could not be used and, save where the connection broke during the COMMIT, nothing was kept.
        """
        return self._writer.write(work)

    def submit(self, work: Callable[[Tx], T]) -> Future[T]:
        """`write` without waiting: the future resolves after the COMMIT."""
        return self._writer.submit(work)

    def submit_first(self, work: Callable[[Tx], T]) -> Future[T]:
        """`submit` for what somebody outside waits for: it comes before everything that is only ours.

        On SQLite, where one can write at a time, it goes before what waits; on PostgreSQL it has a connection and
        a thread of its own.
        """
        return self._doors_writer().submit(work, first=True)

    def _doors_writer(self) -> Writer | InlineWriter:
        if self._where.file is not None or isinstance(self._writer, InlineWriter):
            return self._writer
        with self._opening_doors:
            if self._doors is None:
                engine = self._engines.writer()
                self._doors = _IntakeWriters(engine, Writer(engine))
        return self._doors.writer

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a connection that only reads, beside the writer; each question sees what is kept by then.

        Raises StoreUnavailable.
        """
        try:
            with session_of(self._read_engine) as connection:
                return work(Tx(connection))
        except BaseException as error:
            known = self._told(error)
            if known is error:
                raise
            raise known from error

    def _told(self, error: BaseException) -> BaseException:
        """The error a caller should see. One that a shared session may have led to has that looked at anew."""
        known = explain(error)
        if isinstance(known, Unsuitable) and self._locks is not None:
            self._locks.doubt()
        return known

    def moment(self) -> datetime | None:
        """The moment by the database's own clock; None where that is the machine's. Raises StoreUnavailable."""
        return self.read(lambda tx: tx.moment())

    def recorder(self) -> Recorder:
        """A recorder for one event loop."""
        return Recorder(self.submit_first, self._now, standing=self.standing)

    def lock(self, name: str) -> AbstractContextManager[bool]:
        """Try for the lock of a name, without waiting; the context's value says whether it was free.

        It ends with the `with` or with the process, whichever comes first, and never by time. One thread
        keeps it from another, also within this process.
        """
        if self._locks is not None:
            return self._locks.hold(name)
        return file_lock(self._where.locks(), name)

    def check(self) -> None:
        """Raise StoreUnavailable, with what to do, unless the database answers and its schema is ours.

        Unsuitable, which is one: a newer version's schema, or a pooler that shares sessions. Waiting won't help.
        """
        try:
            with session_of(self._read_engine) as connection:
                found = revision_of(connection)
        except BaseException as error:
            raise self._told(error) from error
        refuse_newer(found)
        if found != newest_revision():
            raise StoreUnavailable("The database has no schema, or an old one; run `parley migrate`.")
        if self._locks is not None:
            self._locks.prove(within_s=PROVED_FOR_S)

    def open_to_others(self) -> tuple[Path, ...]:
        """The files of a SQLite database that others on this machine may read; PostgreSQL keeps its own."""
        file = self._where.file
        return () if file is None else open_to_others(files_of(file, self._where.locks()))

    def close(self) -> None:
        """Finish what is queued and let go of every connection."""
        self._writer.close()
        if self._doors is not None:
            self._doors.writer.close()
            self._doors.engine.dispose()
        for engine in (self._write_engine, self._read_engine, self._lock_engine):
            if engine is not None:
                engine.dispose()
