"""Which schema a database has, and whether this version of the program may work on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from store.database.errors import Unsuitable

# The table of alembic's own; it holds one row.
TABLE = "alembic_version"
REVISION = f"SELECT version_num FROM {TABLE}"  # noqa: S608  # nosec B608 # the constant above


REPLACED = (
    "The database is not the one that the desk began on: it was put back or replaced meanwhile. Stop everything "
    "that runs on it, and go on as docs/operations.md says under Restore; where nothing was put back, start anew."
)


@dataclass(slots=True)
class KnownDatabase:
    """Which database a store began on: the first that a session of it finds."""

    first: object = None

    def refuse_another(self, found: object) -> None:
        """Raise Unsuitable where a database is another one; None is one that has no schema yet, or no file."""
        if found is None:
            return
        if self.first is None:
            self.first = found
        if found != self.first:
            raise Unsuitable(REPLACED)


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at; None where it has no schema."""
    if not inspect(connection).has_table(TABLE):
        return None
    found = connection.exec_driver_sql(REVISION).scalar()
    return None if found is None else str(found)


def config() -> Config:
    """Where the migrations are."""
    made = Config()
    # ConfigParser reads % as the start of a variable.
    made.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations").replace("%", "%%"))
    return made


@cache
def newest_revision() -> str | None:
    """The revision this version of the program needs."""
    return _scripts().get_current_head()


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def refuse_newer(found: str | None) -> None:
    """Raise Unsuitable where a database is at a revision that this version of the program has never heard of."""
    if found is not None and found not in _known():
        raise Unsuitable(
            f"The database belongs to a newer version of Parley (its schema is {found[:40]}, the newest that this "
            f"one knows is {newest_revision()}): start that version, or put a backup back."
        )
