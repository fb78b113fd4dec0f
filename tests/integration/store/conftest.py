"""Every store test runs on SQLite and, where there is one, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from store import Store, migrate
from tests.integration.store.postgres import Server, any_server, private_server
from tests.migrated import migrated

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for the whole run."""
    with any_server() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A PostgreSQL server that the test may kill."""
    with private_server() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """The name of a migrated database to copy."""
    url = postgres.create_database()
    migrate(url)
    return str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of either kind."""
    if request.param == "sqlite":
        yield migrated(tmp_path / "parley.db")
        return
    server: Server = request.getfixturevalue("postgres")
    address = server.create_database(request.getfixturevalue("template"))
    yield address
    server.drop_database(address)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store of either kind."""
    with Store.open(url, now=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a migrated, empty SQLite database."""
    return migrated(tmp_path / "parley.db")


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A store on SQLite."""
    with Store.open(sqlite_url, now=lambda: NOW) as opened:
        yield opened
