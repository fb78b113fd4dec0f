"""A server of PostgreSQL, and desks that can be put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from escalation.policies.policy import Policy
from parley.wiring.load_policy import load_rules
from store import migrate
from tests.desk import Addresses, beside
from tests.integration.store.postgres import Server, any_server
from tests.system.operations.restored_desk import BackedUp, RestoredDesk


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with any_server() as server:
        yield server


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_rules(None)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BackedUp]:
    """Where a desk's database is, and where it is put back to."""
    if request.param == "sqlite":
        place = beside(tmp_path)
        file = str(make_url(place.database).database)
        yield BackedUp("sqlite", place, file, place.database, file, tmp_path / "backup")
        return
    server: Server = request.getfixturevalue("postgres")
    first, second = server.create_database(), server.create_database()
    migrate(first)
    yield BackedUp("postgresql", Addresses(first, "memory://"), first, second, second, tmp_path / "backup")
    for url in (first, second):
        server.drop_database(url)


@pytest.fixture
def restored(kept: BackedUp, policy: Policy) -> Iterator[RestoredDesk]:
    desk = RestoredDesk(kept, policy)
    yield desk
    desk.close()
