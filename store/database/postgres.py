"""Sessions on PostgreSQL: nothing waits in them without an end, and the server ends those of a lost host."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic
from typing import Any, Final, TypeVar

import psycopg
from psycopg import pq
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc

from store.database.errors import NOT_LENT, UNANSWERED
from store.database.pool import EndingPool
from store.database.refusals import Refusals
from store.database.revisions import REVISION, TABLE, KnownDatabase, refuse_newer

T = TypeVar("T")

# What DATABASE_URL may say behind its `?` besides what libpq knows, and what holds where it does not. The names are
# libpq's and the server's own, in their units; `answer_timeout` and `migrate_timeout` are ours, in milliseconds.
# https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS
OF_THE_SOCKET: Final[Mapping[str, int]] = {
    "connect_timeout": 4,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}
# https://www.postgresql.org/docs/15/runtime-config-connection.html#RUNTIME-CONFIG-CONNECTION-SETTINGS
OF_THE_SESSION: Final[Mapping[str, int]] = {
    "lock_timeout": 3_000,
    "statement_timeout": 4_000,
    "idle_in_transaction_session_timeout": 30_000,
    "tcp_keepalives_idle": 15,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": OF_THE_SOCKET["tcp_user_timeout"],
}
OURS: Final[Mapping[str, int]] = {"answer_timeout": 5_000, "migrate_timeout": 900_000}
# What the server takes as the most of such a limit.
MOST: Final = 2**31 - 1
# What waits is read in the order of its index, no further than asked for. Statistics from when little waited would
# have it all collected and sorted instead. Nothing we ask runs so long that compiling it first is made up for.
PLANS: Final[Mapping[str, str]] = {"enable_bitmapscan": "off", "jit": "off"}
SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# A statement that the server ends by itself is told apart from a server that does not answer.
AFTER_THE_SERVER_MS: Final = 1_000
# Seconds that a session lives while nobody uses it: so soon a newer schema is noticed by a desk that runs.
RENEWED_AFTER_S: Final = 60
# A session that was used within so many seconds is not asked whether it is there: the question is a way to and fro.
UNASKED_S: Final = 0.5
_INTERVAL_S = 0.1
# What is restored, also into the same database, gets other numbers.
SCHEMA_NUMBER: Final = (
    "(SELECT oid FROM pg_database WHERE datname = current_database())"  # noqa: S608  # nosec B608 # the constant
    f" || '.' || to_regclass('{TABLE}')::oid"
)
DATABASE: Final = "database"


class Unanswered(psycopg.OperationalError):
    """The server was there and did not answer in time; the session was closed."""

    sqlstate = UNANSWERED


class NotLent(Unanswered):
    """The server let us in and answered nothing from then on, as a pooler does that has no session to lend."""

    sqlstate = NOT_LENT


@dataclass(frozen=True, slots=True)
class SessionTimeouts:
    """How long a session waits at most: `socket` is libpq's, `session` the server's, `answer_s`, seconds, ours."""

    socket: Mapping[str, str]
    session: Mapping[str, str]
    answer_s: float
    migrate_ms: int = OURS["migrate_timeout"]

    def for_migrations(self) -> SessionTimeouts:
        """The same for changes of the schema, which take longer and wait for whoever makes them already."""
        longer = {"statement_timeout": str(self.migrate_ms), "lock_timeout": "0"}
        return replace(self, session={**self.session, **longer}, answer_s=_answer_s(self.migrate_ms))


@dataclass(slots=True)
class Silence:
    """How often a session of one store fell silent: those that are older may have, too, whichever engine's."""

    found: int = 0

    def note(self) -> None:
        """A session was not answered in time."""
        self.found += 1


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that is closed where what was asked of it is not answered in time.

    Whatever psycopg says to a server and waits for goes through `wait`.
    """

    answer_s: float = OURS["answer_timeout"] / 1000
    told: Callable[[], None] = staticmethod(lambda: None)
    answered: bool = False

    def wait(self, gen: PQGen[T], interval: float = _INTERVAL_S, timeout: float | None = None) -> T:
        """Wait for an answer. Raises Unanswered, and then the session is closed."""
        try:
            return super().wait(gen, interval, self.answer_s if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if timeout is not None or self.info.transaction_status != pq.TransactionStatus.ACTIVE:
                raise
            self.close()
            self.told()
            kind = Unanswered if self.answered else NotLent
            raise kind(f"no answer within {self.answer_s:g} s") from error


def read_limits(url: URL, patience_s: float) -> tuple[URL, SessionTimeouts]:
    """The limits that a URL names, else ours, and the URL for libpq. ValueError names what is not understood.

    `patience_s`: how long a statement waits for somebody else's lock.
    """
    given = {name: value for name, value in url.query.items() if name in {*OF_THE_SOCKET, *OF_THE_SESSION, *OURS}}
    numbers = {name: _number(name, value) for name, value in given.items()}
    _check_names(url.query)
    ours = {"lock_timeout": int(patience_s * 1000)}
    socket = {name: str(numbers.get(name, number)) for name, number in OF_THE_SOCKET.items()}
    session = {name: str(numbers.get(name, number)) for name, number in {**OF_THE_SESSION, **ours}.items()}
    statement_ms = int(session["statement_timeout"]) or OF_THE_SESSION["statement_timeout"]
    answer_s = numbers["answer_timeout"] / 1000 if "answer_timeout" in numbers else _answer_s(statement_ms)
    migrate_ms = numbers.get("migrate_timeout", OURS["migrate_timeout"])
    return url.difference_update_query(list(given)), SessionTimeouts(socket, session, answer_s, migrate_ms)


def _answer_s(statement_ms: int) -> float:
    return (statement_ms + AFTER_THE_SERVER_MS) / 1000


def _number(name: str, value: object) -> int:
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        raise ValueError(f"DATABASE_URL: {name} has to be one whole number, e.g. {name}=5000.")
    if len(value) > len(str(MOST)) or int(value) > MOST:
        raise ValueError(f"DATABASE_URL: {name} has to be no more than {MOST}.")
    if int(value) == 0 and name in OURS:
        raise ValueError(f"DATABASE_URL: {name} can't be 0: nothing waits without an end.")
    return int(value)


def _check_names(query: Mapping[str, object]) -> None:
    for name in query:
        if name not in {*_of_libpq(), *OF_THE_SESSION, *OURS}:
            raise ValueError(f"DATABASE_URL: nothing is called {name[:40]!r}: see docs/operations.md.")
    if query.get("sslmode", "prefer") not in SSL_MODES:
        raise ValueError(f"DATABASE_URL: sslmode has to be one of {', '.join(SSL_MODES)}.")


@cache
def _of_libpq() -> frozenset[str]:
    """The names of libpq's options."""
    return frozenset(option.keyword.decode() for option in pq.Conninfo.get_defaults())


def postgres_engine(
    url: URL, limits: SessionTimeouts, silence: Silence, known: KnownDatabase, **options: Any
) -> Engine:
    """An engine whose sessions keep to the limits, to schemas that this version of the program knows, and to the
    database that is known."""
    # No column holds what hstore is for, and whether the server has it would be a question for each engine.
    engine = create_engine(
        url.update_query_dict(limits.socket), poolclass=EndingPool, pool_recycle=RENEWED_AFTER_S,
        use_native_hstore=False, **options,
    )  # fmt: skip
    refusals = Refusals()

    @event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, arguments: Any, named: Any) -> WatchedConnection:
        named = {"fallback_application_name": "parley", **named}
        begun = monotonic()
        try:
            session = WatchedConnection.connect(*arguments, **named)
        except psycopg.OperationalError as error:
            said = make_conninfo(*arguments, **{name: named[name] for name in named if name in _of_libpq()})
            raise refusals.explained(error, said, monotonic() - begun) from None
        session.answer_s, session.told = limits.answer_s, silence.note
        _name_statements_apart(session)
        return session

    @event.listens_for(engine, "connect")
    def prepare(session: WatchedConnection, record: Any) -> None:
        record.info["silences"], record.info["fresh"] = silence.found, True
        try:
            found, revision = _set(session, {**limits.session, **PLANS})
            refuse_newer(revision)
            known.refuse_another(found)
            record.info[DATABASE] = found
            session.commit()
            session.answered = True
        except BaseException:
            session.close()
            raise

    @event.listens_for(engine, "checkout")
    def ask(session: WatchedConnection, record: Any, _: Any) -> None:
        if record.info.pop("fresh", False):
            return
        if record.info["silences"] != silence.found:
            raise exc.DisconnectionError("Another session of that time fell silent.")
        if monotonic() - record.info.get("used", 0.0) < UNASKED_S:
            return
        try:
            engine.dialect.do_ping(session)  # type: ignore[arg-type]  # SQLAlchemy takes any cursor
        except psycopg.Error as error:
            raise exc.DisconnectionError("The session has ended.") from error

    @event.listens_for(engine, "checkin")
    def note(_: WatchedConnection, record: Any) -> None:
        record.info["used"] = monotonic()

    return engine


def _name_statements_apart(session: WatchedConnection) -> None:
    """Begin psycopg's names of prepared statements somewhere of its own: where a pooler begins to share sessions, a
    name that two connections gave would have one's statement run with the other's values."""
    session._prepared._prepared_idx = secrets.randbits(62)


# Sets what this server knows of it, since older ones lack some. A COMMIT that waits for no disk is no promise.
_SET = f"""
SELECT {SCHEMA_NUMBER},
  (SELECT count(set_config(known.name, wanted.value, false)) FROM pg_settings AS known
   JOIN unnest(%s::text[], %s::text[]) AS wanted (name, value) USING (name)),
  CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END
"""  # noqa: S608  # nosec B608 # the constant above


def _set(session: WatchedConnection, values: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Set what holds for a session; the number of the schema that it finds, and its revision."""
    with session.cursor() as cursor:
        number, *_ = cursor.execute(_SET, (list(values), list(values.values()))).fetchone() or (None,)
        found = cursor.execute(REVISION).fetchone() if number is not None else None
    return number, None if found is None else str(found[0])


def session_number(connection: Connection) -> int:
    """The number of the server's process behind a connection."""
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
