"""What migrating promises: the schema the program needs, made once, however many start together."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text

from store import Store, migrate
from store.database.engines import Engines, Where
from store.schema.tables import metadata
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server


def test_the_migrated_schema_is_the_one_the_queries_are_written_for(url: str) -> None:
    engine = Engines(Where.parse(url)).writer()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def definitions(engine: Engine) -> dict[str, str]:
    query = text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
    with engine.connect() as connection:
        return {name: normal(sql) for name, sql in connection.execute(query)}


def normal(sql: str) -> str:
    """A definition with its clauses in one order: what follows the columns may come in any."""
    head, _, rest = re.sub(r"\s+", " ", sql).partition("(")
    return head + ",".join(sorted(part.strip() for part in re.split(r",(?![^(]*\))", rest.rstrip(") "))))


def test_every_index_and_its_condition_is_the_one_of_the_tables(sqlite_url: str) -> None:
    migrated = create_engine(sqlite_url)
    made = create_engine("sqlite://")
    metadata.create_all(made)
    assert definitions(migrated) == definitions(made)
    migrated.dispose()
    made.dispose()


def test_migrating_twice_is_migrating_once(url: str) -> None:
    with Store.open(url, now=lambda: NOW) as store:
        store.write(lambda tx: tx.marks.set("here", 1, NOW))
        migrate(url)
        store.check()
        mark = store.read(lambda tx: tx.marks.get("here"))
    assert mark is not None


def migrate_together(url: str) -> list[tuple[int, str]]:
    script = "import sys; from store import migrate; migrate(sys.argv[1])"
    children = [
        subprocess.Popen([sys.executable, "-c", script, url], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    ended = []
    for child in children:
        _, errors = child.communicate(timeout=120)
        ended.append((child.returncode, errors))
    return ended


def test_several_processes_may_migrate_a_new_sqlite_file_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new 100%.db'}"
    assert migrate_together(url) == [(0, "")] * 4
    with Store.open(url, now=lambda: NOW) as store:
        store.check()


def test_several_processes_may_migrate_a_new_postgresql_database_at_once(postgres: Server) -> None:
    url = postgres.create_database()
    assert migrate_together(url) == [(0, "")] * 4
    with Store.open(url, now=lambda: NOW) as store:
        store.check()
    postgres.drop_database(url)


@pytest.mark.parametrize("short", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_is_understood(short: str) -> None:
    assert Where.parse(f"{short}://u:p@host/db").url.drivername == "postgresql+psycopg"
