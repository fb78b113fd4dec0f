"""What can go wrong in the store, in words a person can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from sqlalchemy import exc


class StoreError(Exception):
    """Base of everything the store raises on purpose."""


class StoreUnavailable(StoreError):
    """The database cannot be used right now; nothing was kept, so try again."""


class Busy(StoreUnavailable):
    """Somebody else is in the way; the session in which that was found out is as good as before."""


class Unsuitable(StoreUnavailable):
    """The database may not be worked on as it is, and waiting does not help: a person has to change something."""


class VersionConflict(StoreError):
    """Somebody else changed the same thing first; read it again and decide anew."""


_Told = tuple[type[StoreUnavailable], str]
# None of these says what becomes of what was asked: a loop tries it again by itself, a command does not.
_LOCKED: _Told = (
    Busy,
    "The database is locked by somebody else: see what has it open (a backup, a shell), and end it or wait for it.",
)
_CROSSED: _Told = Busy, "Two transactions got into each other's way; it works when it is tried again."
_SLOW: _Told = (
    Busy,
    "The database took too long: see what keeps it busy, or allow more (docs/operations.md: statement_timeout).",
)
_FULL: _Told = StoreUnavailable, "The disk that holds the database is full; free some space."
_READ_ONLY: _Told = StoreUnavailable, "The database is read-only; check its permissions, its disk, its host."
_NO_SCHEMA: _Told = (
    StoreUnavailable,
    "The database has no schema, or an old one; run `parley migrate`, and where that changes nothing put a backup "
    "back.",
)
_FORBIDDEN: _Told = (
    StoreUnavailable,
    "The database's user may not do that; let the user of DATABASE_URL own Parley's tables.",
)
_NO_ROOM: _Told = (
    StoreUnavailable,
    "The database takes no more connections; raise its limit, or let others keep fewer.",
)
SHARED = (
    "DATABASE_URL leads to a pooler that lends one session to several connections (pgbouncer with "
    "pool_mode=transaction does), so that locks would keep nobody out. Use the server's own address, or "
    "pool_mode=session: see docs/operations.md."
)
_SHARED: _Told = Unsuitable, SHARED
SILENT = "The database does not answer: see that its server, and the way to it, are well."
_GONE = "The database cannot be reached; check that it is running, and the host and port of DATABASE_URL."
# In the place of a code, for what no server says.
UNANSWERED, NOT_LENT = "unanswered", "not lent"
NO_SUCH_HOST, NO_PASSWORD, NO_ENCRYPTION, NO_TRUST = "no such host", "no password", "no encryption", "no trust"
_NO_SESSION: _Told = (
    StoreUnavailable,
    "The database's pooler has no session left for us: raise its pool_size (docs/operations.md says to what).",
)
# What PostgreSQL says, in whatever language, by its code.
# https://www.postgresql.org/docs/15/errcodes-appendix.html
_BY_STATE: Mapping[str, _Told] = {
    "25006": _READ_ONLY,
    "28000": (
        StoreUnavailable,
        "The server does not let this user in, or not in this way: check the user and the sslmode of DATABASE_URL, "
        "and the server's pg_hba.conf.",
    ),
    "28P01": (StoreUnavailable, "The server refuses this user or password: check both in DATABASE_URL."),
    "3D000": (
        StoreUnavailable,
        "The server has no such database: check the name at the end of DATABASE_URL, or make the database.",
    ),
    # Names of prepared statements are a session's own: it is another one, or another's.
    "26000": _SHARED,
    "40001": _CROSSED,
    "40P01": _CROSSED,
    "42501": _FORBIDDEN,
    "42703": _NO_SCHEMA,
    "42P01": _NO_SCHEMA,
    "42P05": _SHARED,
    "53100": _FULL,
    "53300": _NO_ROOM,
    "55P03": _LOCKED,
    "57014": _SLOW,
    "57P03": (StoreUnavailable, "The database's server is starting, or stopping: wait until it is there."),
    UNANSWERED: (StoreUnavailable, SILENT),
    NOT_LENT: (
        StoreUnavailable,
        "The database does not answer, though its server let us in. A pooler does so whose pool_size is too small: "
        "raise it (docs/operations.md says to what); else see that the server is well.",
    ),
    NO_SUCH_HOST: (StoreUnavailable, "The host in DATABASE_URL is not known: check its name, and the name server."),
    NO_PASSWORD: (StoreUnavailable, "The server wants a password, and DATABASE_URL holds none."),
    NO_ENCRYPTION: (
        StoreUnavailable,
        "The server does not encrypt, and the sslmode in DATABASE_URL asks for it: set up TLS there, or change it.",
    ),
    NO_TRUST: (
        StoreUnavailable,
        "The server's certificate is not trusted, or is another host's: check sslmode and sslrootcert in "
        "DATABASE_URL.",
    ),
}
_OF_THE_CONNECTION = "08"
# Fragments of messages (lower case) that come without a code, or with one of the connection's, and what we say
# instead. First match wins. In other messages there may be what was to be stored.
_BY_WORDS: Sequence[tuple[tuple[str, ...], _Told]] = (
    (("database is locked", "database table is locked"), _LOCKED),
    (("database or disk is full", "no space left"), _FULL),
    (("readonly database", "read-only"), _READ_ONLY),
    (("unable to open database file",),
     (StoreUnavailable,
      "The database file is not there or cannot be opened; check DATABASE_URL and run `parley migrate`.")),
    (("no such table", "no such column"), _NO_SCHEMA),
    # What a server, or pgbouncer, says to who connects, which comes without a code.
    (("query_wait_timeout",), _NO_SESSION),
    (("does not exist", "no such database", "no such user"),
     (StoreUnavailable, "The server has no such database, or no such user; check DATABASE_URL.")),
    (("too many clients", "too many connections", "connection slots", "no more connections allowed"), _NO_ROOM),
    (("transaction blocks not allowed",), _SHARED),  # pgbouncer with pool_mode=statement
    (("synchronous=full",),
     (StoreUnavailable,
      "SQLite can't keep WAL with synchronous=FULL where the database is; put it on a local disk.")),
    (("disk i/o error",),
     (StoreUnavailable, "The disk that holds the database reports an error; check it.")),
    (("not a database", "malformed"),
     (StoreUnavailable, "The database file is damaged; restore it from a backup.")),
)  # fmt: skip


def explain(error: BaseException) -> BaseException:
    """The error a caller should see: StoreUnavailable for the database's troubles, else the error itself."""
    if isinstance(error, StoreError | exc.IntegrityError | exc.DataError):
        return error
    if isinstance(error, exc.ProgrammingError):
        # An error in our SQL keeps its own type, save for a table that is not there yet.
        return _told(error.orig) or error
    if isinstance(error, exc.DBAPIError):
        return _told(error.orig) or StoreUnavailable(_GONE)
    if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError):
        return _told(error) or StoreUnavailable(_GONE)
    # A connection that broke within a transaction answers what is asked of it next with PendingRollbackError.
    if isinstance(
        error, exc.TimeoutError | exc.DisconnectionError | exc.ResourceClosedError | exc.PendingRollbackError
    ):
        return StoreUnavailable(_GONE)
    return error


def ends_session(error: BaseException) -> bool:
    """Whether the session in which this happened is not to be used again.

    What keeps a session from working may be its own: whether it only reads is settled when it begins.
    """
    told = explain(error)
    return isinstance(told, StoreUnavailable) and not isinstance(told, Busy)


def _told(error: BaseException | None) -> StoreUnavailable | None:
    state = getattr(error, "sqlstate", None)
    lowered = "" if state and not state.startswith(_OF_THE_CONNECTION) else str(error).lower()
    by_words = (told for words, told in _BY_WORDS if any(word in lowered for word in words))
    found = _BY_STATE.get(state or "") or next(by_words, None)
    return None if found is None else found[0](found[1])
