"""What can go wrong in the store, in words a person can act on."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc


class StoreError(Exception):
    """Base of everything the store raises on purpose."""


class StoreUnavailable(StoreError):
    """The database cannot be used right now; nothing was kept, so try again."""


class Conflict(StoreError):
    """Somebody else changed the same thing first; read it again and decide anew."""


class Taken(StoreError):
    """Another process handled this row; roll back and go on with the next one."""


# Fragments of the drivers' messages (lower case) and what we say instead. First match wins.
_SENTENCES = (
    (("database is locked", "database table is locked", "lock timeout"),
     "The database is locked by somebody else; it is tried again."),
    (("database or disk is full", "no space left", "disk full"),
     "The disk that holds the database is full; free some space."),
    (("readonly database", "read-only"),
     "The database is read-only; check its permissions."),
    (("unable to open database file",),
     "The database file is not there or cannot be opened; check DATABASE_URL and run `parley migrate`."),
    (("no such table", "no such column", "undefinedtable", "does not exist"),
     "The database has no schema, or an old one; run `parley migrate`."),
    (("synchronous=full",),
     "SQLite can't keep WAL with synchronous=FULL where the database is; put it on a local disk."),
    (("disk i/o error",),
     "The disk that holds the database reports an error; check it."),
    (("not a database", "malformed"),
     "The database file is damaged; restore it from a backup."),
    (("deadlock", "could not serialize"),
     "Two transactions got into each other's way; it is tried again."),
)  # fmt: skip
_GONE = "The database cannot be reached; check DATABASE_URL and that it is running."
# A programming error in SQL keeps its own type, save for a table that is not there yet.
_OURS = (exc.IntegrityError, exc.DataError, exc.ProgrammingError)


def _sentence(message: str) -> str | None:
    lowered = message.lower()
    for fragments, sentence in _SENTENCES:
        if any(fragment in lowered for fragment in fragments):
            return sentence
    return None


def explain(error: BaseException) -> BaseException:
    """The error a caller should see: StoreUnavailable for the database's troubles, else the error itself."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, exc.ProgrammingError):
        known = _sentence(f"{type(error.orig).__name__}: {error.orig}")
        return StoreUnavailable(known) if known else error
    if isinstance(error, _OURS):
        return error
    if isinstance(error, exc.DBAPIError):
        return StoreUnavailable(_sentence(str(error.orig)) or _GONE)
    if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError):
        return StoreUnavailable(_sentence(str(error)) or _GONE)
    # A connection that broke within a transaction answers what is asked of it next with PendingRollbackError.
    if isinstance(
        error, exc.TimeoutError | exc.DisconnectionError | exc.ResourceClosedError | exc.PendingRollbackError
    ):
        return StoreUnavailable(_GONE)
    return error
