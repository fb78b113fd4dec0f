"""INSERT … ON CONFLICT, which SQLite and PostgreSQL share but SQLAlchemy keeps in two dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

from store import prepared


def insert_or_ignore(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert one row; False when any unique key of it is known."""
    return bool(prepared.rows(connection, _ignoring(connection.dialect.name, table), values))


def insert_or_update(connection: Connection, table: Table, keys: Sequence[str], values: Mapping[str, Any]) -> None:
    """Insert one row, or write its values over the row with the same keys."""
    changed = tuple(name for name in values if name not in keys)
    prepared.change(connection, _updating(connection.dialect.name, table, tuple(keys), changed), values)


# Building a statement costs SQLAlchemy more than sending it, so each is built once.


@cache
def _ignoring(dialect: str, table: Table) -> Insert:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_nothing().returning(*table.primary_key.columns)


@cache
def _updating(dialect: str, table: Table, keys: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    written = {name: statement.excluded[name] for name in changed}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=written).inline()
