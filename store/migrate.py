"""Brings the schema up to date, once, however many processes start together."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.engine import Where, writer_engine
from store.errors import explain
from store.locks import file_lock, waiting_session_lock

_LOCK = "migrate"


def _config() -> Config:
    config = Config()
    # ConfigParser reads % as the start of a variable.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


@cache
def newest_revision() -> str | None:
    """The revision this version of the program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(url: str) -> None:
    """Bring the database at `url` up to date, making a SQLite file where there is none.

    Safe when several processes do so at once: one works, the others wait. Raises StoreUnavailable.
    """
    where = Where.parse(url)
    engine = writer_engine(where, create=True)
    try:
        if where.file is not None:
            where.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file_lock(where.locks(), _LOCK, wait=True), engine.begin() as connection:
                _upgrade(connection)
        else:
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


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
