"""Locks that end with the process that holds them, never by time."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, exc

from store.errors import StoreUnavailable, explain


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
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, handle):
                return handle
        except BlockingIOError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def _number(name: str) -> int:
    return int.from_bytes(_digest(name)[:8], signed=True)


@contextmanager
def session_lock(engine: Engine, name: str) -> Iterator[bool]:
    """Hold a PostgreSQL advisory lock in a session of its own; yields whether it was free.

    It ends with the session, so it needs a direct connection (no pgbouncer in transaction mode), and is
    lost unnoticed when only the network drops: what is done under it must still be read back when unclear.
    https://www.postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS
    """
    try:
        connection = engine.connect()
        free = bool(connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (_number(name),)).scalar())
    except exc.SQLAlchemyError as error:
        raise explain(error) from error
    try:
        yield free
    finally:
        _end_session_lock(connection, name, held=free)


def _end_session_lock(connection: Connection, name: str, *, held: bool) -> None:
    try:
        if held:
            connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (_number(name),))
    except exc.SQLAlchemyError:
        # A session in doubt is ended, and its locks with it.
        connection.invalidate()
    finally:
        connection.close()


@contextmanager
def waiting_session_lock(connection: Connection, name: str) -> Iterator[None]:
    """Wait for a PostgreSQL advisory lock on a connection at hand."""
    connection.exec_driver_sql("SET lock_timeout = 0")
    connection.exec_driver_sql("SELECT pg_advisory_lock(%s)", (_number(name),))
    try:
        yield
    finally:
        connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (_number(name),))
