"""What migrating promises: the schema the program needs, made once, however many start together."""

from __future__ import annotations

import os
import re
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
from tests.system.processes.spawned_desk import Forker


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


UP_TO_DATE = "The database is up to date."


def migrate_together(forker: Forker, folder: Path, url: str) -> list[tuple[int, str]]:
    """How four processes that migrate at once leave, and the last line that each of them said."""
    given = {"PATH": os.environ.get("PATH", ""), "DATABASE_URL": url}
    started = [forker.start(["migrate"], given, folder, f"out-{n}", f"err-{n}") for n in range(4)]
    codes = [forker.wait(pid) for pid in started]
    said = [(folder / f"err-{n}").read_text(encoding="utf-8").splitlines()[-1] for n in range(4)]
    return [*zip(codes, said, strict=True)]


def test_several_processes_may_migrate_a_new_sqlite_file_at_once(forker: Forker, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new 100%.db'}"
    assert migrate_together(forker, tmp_path, url) == [(0, UP_TO_DATE)] * 4
    with Store.open(url, now=lambda: NOW) as store:
        store.check()


def test_several_processes_may_migrate_a_new_postgresql_database_at_once(
    forker: Forker, postgres: Server, tmp_path: Path
) -> None:
    url = postgres.create_database()
    assert migrate_together(forker, tmp_path, url) == [(0, UP_TO_DATE)] * 4
    with Store.open(url, now=lambda: NOW) as store:
        store.check()
    postgres.drop_database(url)


@pytest.mark.parametrize("short", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_is_understood(short: str) -> None:
    assert Where.parse(f"{short}://u:p@host/db").url.drivername == "postgresql+psycopg"
