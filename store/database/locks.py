"""Locks that end with the process that holds them, never by time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event, exc

from store.database.errors import SHARED, StoreUnavailable, Unsuitable, explain
from store.database.postgres import DATABASE, SCHEMA_NUMBER, session_number
from store.database.revisions import REPLACED

# Questions in a row after which a pooler that lends its sessions by turns has lent another.
TURNS = 3
# Seconds after which who holds no locks himself asks again whether sessions are shared: a pooler's mode is changed
# while it runs.
PROVED_FOR_S = 60.0
_MARK = "mark"
_OPENED = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
# A session knows who began it, and is asked by the statement that takes a lock or lets go of it.
_BEGUN_BY = "current_setting('parley.session', true)"
_ASK = (
    "SELECT mine, same, CASE WHEN mine AND same THEN {} END FROM "  # noqa: S608  # nosec B608 # the constants above
    f"(SELECT {_BEGUN_BY} = %s AS mine, {SCHEMA_NUMBER} IS NOT DISTINCT FROM %s AS same OFFSET 0) AS asked"
)
_MARK_IT = f"SELECT set_config('parley.session', %s, false) WHERE coalesce({_BEGUN_BY}, '') = ''"


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


@contextmanager
def file_lock(directory: Path, name: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold a lock by `flock` on a file; yields whether it was free.

    The kernel frees it when the process ends, however it ends. The file is removed at the end, so that
    the directory does not grow with the number of names.
    """
    path = directory / _digest(name).hex()[:32]
    try:
        handle = _lock_file(path, wait=wait)
    except OSError as error:
        raise StoreUnavailable(f"A lock file cannot be made in {directory.name}: {error.strerror}.") from error
    try:
        yield handle is not None
    finally:
        if handle is not None:
            # Removed before it is let go: whoever opened it meanwhile sees that and opens anew.
            with suppress(OSError):
                path.unlink()
            os.close(handle)


def _lock_file(path: Path, *, wait: bool) -> int | None:
    while True:
        handle = _opened(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, handle):
                os.utime(handle)  # since when it is held; a killed process may have left the file
                return handle
        except BlockingIOError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, _OPENED, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, _OPENED, 0o600)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def _number(name: str) -> int:
    return int.from_bytes(_digest(name)[:8], signed=True)


def _try(connection: Connection, name: str) -> bool:
    return bool(connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (_number(name),)).scalar())


def _let_go(connection: Connection, name: str) -> bool:
    """Whether this session still had it."""
    return bool(connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (_number(name),)).scalar())


def _ours(connection: Connection, function: str, name: str) -> bool:
    """What a lock's function says. Raises Unsuitable, and it was not called, where the session is another
    connection's, or the database another one than when it began."""
    values = (_number(name), connection.info[_MARK], connection.info[DATABASE])
    mine, same, found = connection.exec_driver_sql(_ASK.format(f"{function}(%s)"), values).one()
    if not mine:
        raise Unsuitable(SHARED)
    if not same:
        raise Unsuitable(REPLACED)
    return bool(found)


class SessionLocks:
    """PostgreSQL's advisory locks, each in a session of its own, which it ends with.

    A lock is lost unnoticed where only the network drops: what is done under it must be read back when unclear.
    https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._proved_at: float | None = None
        event.listen(engine, "connect", _mark)

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold a lock; yields whether it was free. Raises StoreUnavailable, and Unsuitable as `prove` does.

        Unsuitable also where a pooler has begun to share sessions since they were proved to be ours.
        """
        self.prove()
        try:
            connection = self._engine.connect()
            free = self._try(connection, name)
        except exc.SQLAlchemyError as error:
            raise explain(error) from error
        try:
            yield free
        finally:
            self._end(connection, name, held=free)

    def _try(self, connection: Connection, name: str) -> bool:
        try:
            return _ours(connection, "pg_try_advisory_lock", name)
        except Unsuitable:
            self._doubt(connection)
            connection.close()
            raise

    def _end(self, connection: Connection, name: str, *, held: bool) -> None:
        try:
            if held and not _ours(connection, "pg_advisory_unlock", name):
                self._doubt(connection)  # it was not ours any more
        except Unsuitable:
            self._doubt(connection)
        except exc.SQLAlchemyError:
            # A session in doubt is ended, and its locks with it.
            connection.invalidate()
        finally:
            connection.close()

    def doubt(self) -> None:
        """Have it proved anew that sessions are not shared, before anything else is asked."""
        self._proved_at = None

    def _doubt(self, connection: Connection) -> None:
        self.doubt()
        connection.invalidate()

    def prove(self, *, within_s: float | None = None) -> None:
        """Raise Unsuitable where two connections share a session, so that a lock would keep nobody out.

        Looked at once, since it takes two connections, or again where that is longer ago than `within_s`; a lock
        notices by itself. Raises StoreUnavailable.
        """
        proved_at, now = self._proved_at, monotonic()
        if proved_at is None or (within_s is not None and now - proved_at > within_s):
            self._proved_at = None
            refuse_shared_sessions(self._engine)
            self._proved_at = now


def _mark(session: Any, record: Any) -> None:
    """Note in a session whose it is. Raises Unsuitable where it is somebody's already."""
    record.info[_MARK] = secrets.token_hex(8)
    with session.cursor() as cursor:
        cursor.execute(_MARK_IT, (record.info[_MARK],))
        found = cursor.fetchone()
    session.commit()
    if found is None:
        session.close()
        raise Unsuitable(SHARED)


def refuse_shared_sessions(engine: Engine) -> None:
    """Raise Unsuitable where a pooler lends one session of the server to several connections, as pgbouncer does
    with pool_mode=transaction. Raises StoreUnavailable.

    A lock that two connections get is one session's. With more sessions than one, a connection finds itself in
    another by turns, or as soon as somebody else has a transaction open in its own.
    https://www.pgbouncer.org/features.html
    """
    name = f"proof:{secrets.token_hex(8)}"
    try:
        with engine.connect() as one, engine.connect() as other:
            if not _try(one, name) or _try(other, name):
                raise Unsuitable(SHARED)
            seen = {session_number(one) for _ in range(TURNS)}
            other.exec_driver_sql("BEGIN")
            session_number(other)
            seen.add(session_number(one))
            other.exec_driver_sql("ROLLBACK")
            if len(seen) > 1 or not _let_go(one, name):
                raise Unsuitable(SHARED)
    except exc.SQLAlchemyError as error:
        raise explain(error) from error


@contextmanager
def waiting_session_lock(connection: Connection, name: str) -> Iterator[None]:
    """Wait for a PostgreSQL advisory lock on a connection at hand, for as long as its limits let it."""
    connection.exec_driver_sql("SELECT pg_advisory_lock(%s)", (_number(name),))
    try:
        yield
    finally:
        _let_go(connection, name)
