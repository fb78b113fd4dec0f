"""INSERT … ON CONFLICT, which SQLite and PostgreSQL share but SQLAlchemy keeps in two dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_ignore(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert one row; False when any unique key of it is known."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return connection.execute(statement).first() is not None


def insert_or_update(connection: Connection, table: Table, keys: Sequence[str], values: Mapping[str, Any]) -> None:
    """Insert one row, or write its values over the row with the same keys."""
    changed = {name: value for name, value in values.items() if name not in keys}
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = make(table).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))
