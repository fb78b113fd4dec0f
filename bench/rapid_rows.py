"""Many rows written as fast as a database takes them: by COPY on PostgreSQL, by one prepared insert on SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, create_engine, insert, text

from store.database.engines import Where

Row = Mapping[str, Any]

TIDY: Final = {"postgresql": "VACUUM (ANALYZE)", "sqlite": "PRAGMA wal_checkpoint(TRUNCATE)"}
"""What leaves a database as one that has run for a while: PostgreSQL does it by itself, minutes later."""


UNCHECKED: Final = {"postgresql": "SET LOCAL session_replication_role = replica", "sqlite": "SELECT 1"}
"""What leaves foreign keys unchecked: a look-up for each row. SQLite checks them only where it is told to."""


@contextmanager
def rapid(url: str) -> Iterator[Connection]:
    """A transaction without the desk's limits of time; what it wrote is tidied after its COMMIT."""
    engine = create_engine(Where.parse(url).url)
    try:
        with engine.begin() as connection:
            connection.execute(text(UNCHECKED[engine.dialect.name]))
            yield connection
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(TIDY[engine.dialect.name]))
    finally:
        engine.dispose()


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows of the same columns, each value as its column's type has it."""
    session = connection.connection.driver_connection
    if isinstance(session, psycopg.Connection):
        _copy(connection, session, table, rows)
    else:
        connection.execute(insert(table), rows)


def _copy(connection: Connection, session: psycopg.Connection[Any], table: Table, rows: Sequence[Row]) -> None:
    names = [*rows[0]]
    columns = [_stored(connection, table, name, rows) for name in names]
    with session.cursor() as cursor:
        said = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with cursor.copy(said) as copy:
            for row in zip(*columns, strict=True):
                copy.write_row(row)


def _stored(connection: Connection, table: Table, name: str, rows: Sequence[Row]) -> Iterator[Any]:
    """A column of the rows as the driver is given it. A value that many rows share is made ready once."""
    dialect = connection.dialect
    ready = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    made: dict[int, Any] = {}
    for row in rows:
        value = row[name]
        if ready is not None and id(value) not in made:
            made[id(value)] = ready(value)
        yield value if ready is None else made[id(value)]
