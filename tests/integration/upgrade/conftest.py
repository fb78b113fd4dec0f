"""A desk of today on a database of 0.1.0, with services that tell what they told 0.1.0."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Connection, MetaData, Table, create_engine, func, make_url, select

from escalation.model.views import AssignmentView, TicketView, Update
from store import Store, migrate
from store.database.engines import Where
from store.database.revisions import config
from sync.inbox.handle import InboxHandler
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.runtime.stepped import SteppedDesk
from tests.integration.store.postgres import Server
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import Clock, FakeWorkMarket, FakeZendesk
from tests.integration.sync.policy import policy
from tests.servers.both import wanted
from tests.servers.shared import Servers, servers

__all__ = ["servers"]

HERE = Path(__file__).parent
STOPPED = datetime(2026, 4, 7, 15, 0, tzinfo=UTC)
"""When the desk of 0.1.0 was stopped: a Tuesday, 11:00 in New York."""
_TICKET, _UPDATES = TypeAdapter(TicketView), TypeAdapter(list[Update])
_ASSIGNMENT = TypeAdapter(AssignmentView)


def write_sqlite(file: Path) -> None:
    """Make the file as 0.1.0 left it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((HERE / "parley_0_1_0.sql").read_text(encoding="utf-8"))


def write_postgresql(url: str, file: Path) -> None:
    """Put what a file of 0.1.0 holds into an empty database, with the tables that 0.1.0 made there."""
    engine, old = create_engine(Where.parse(url).url), create_engine(f"sqlite:///{file}")
    with engine.begin() as connection, old.connect() as kept:
        migrations = config()
        migrations.attributes["connection"] = connection
        command.upgrade(migrations, "0001")
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                _fill(connection, table, [row._asdict() for row in kept.execute(table.select())])
    engine.dispose()
    old.dispose()


def _fill(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)
    for column in table.primary_key:
        if isinstance(column.type, BigInteger):
            counted = func.setval(func.pg_get_serial_sequence(table.name, column.name), func.max(column))
            connection.execute(select(counted))


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The database, as today's version finds it before it is migrated."""
    file = tmp_path / "parley.db"
    write_sqlite(file)
    if wanted(request) == "sqlite":
        yield f"sqlite:///{file}"
        return
    found: Servers = request.getfixturevalue("servers")
    server = Server(make_url(found.url("postgresql")))
    address = server.create_database()
    write_postgresql(address, file)
    yield address
    server.drop_database(address)


@pytest.fixture
def clock() -> Clock:
    return Clock(STOPPED)


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    migrate(url)
    with Store.open(url, now=clock) as opened:
        yield opened


@pytest.fixture
def desk(store: Store, clock: Clock) -> DeskOnFakes:
    """The desk of today, and the services as 0.1.0 left them."""
    told = json.loads((HERE / "services_0_1_0.json").read_text(encoding="utf-8"))
    zendesk, workmarket = FakeZendesk(clock), FakeWorkMarket(clock)
    for number, kept in told["tickets"].items():
        zendesk.tickets[number] = _TICKET.validate_python(kept["ticket"])
        zendesk.audits[number] = _UPDATES.validate_python(kept["updates"])
    for kept in told["assignments"].values():
        workmarket.add(_ASSIGNMENT.validate_python(kept))
    deliverer = Deliverer(store, zendesk, workmarket, RetrySchedule.of(policy(), lambda: 0.0), now=clock)
    return DeskOnFakes(
        store, clock, zendesk, workmarket, SteppedDesk(InboxHandler(store, policy()), deliverer, clock)
    )
