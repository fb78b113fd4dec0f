"""Brings the schema up to date, once, however many processes start together."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from sqlalchemy import Connection, Engine, exc

from store.database.engines import Engines, Where
from store.database.errors import StoreUnavailable, explain
from store.database.locks import file_lock, refuse_shared_sessions, waiting_session_lock
from store.database.revisions import config, newest_revision, revision_of

_LOCK = "migrate"


def migrate(url: str) -> Path | None:
    """Bring the database at `url` up to date, making a SQLite file where there is none; then return that file.

    Safe when several processes do so at once: one works, the others wait. Raises StoreUnavailable.
    """
    where = Where.parse(url)
    engines = Engines(where)
    if where.file is not None and _is_current(engines.reader()):
        return None
    engine = engines.migrator()
    made: Path | None = None
    try:
        if where.file is not None:
            made = None if where.file.exists() else where.file
            where.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file_lock(where.locks(), _LOCK, wait=True), engine.begin() as connection:
                _upgrade(connection)
        else:
            _prove(engines.locks())
            with engine.connect() as connection, waiting_session_lock(connection, _LOCK):
                _upgrade(connection)
                connection.commit()
    except BaseException as error:
        known = explain(error)
        if known is error:
            raise
        raise known from error
    finally:
        engine.dispose()
    return made


def _is_current(engine: Engine) -> bool:
    """Whether a file has the schema already: then nobody who has it locked is waited for."""
    try:
        with engine.connect() as connection:
            return revision_of(connection) == newest_revision()
    except (exc.SQLAlchemyError, StoreUnavailable):  # it is told by who changes the schema
        return False
    finally:
        engine.dispose()


def _prove(locks: Engine) -> None:
    try:
        refuse_shared_sessions(locks)
    finally:
        locks.dispose()


def _upgrade(connection: Connection) -> None:
    here = config()
    here.attributes["connection"] = connection
    command.upgrade(here, "head")
