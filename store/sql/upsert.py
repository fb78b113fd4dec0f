"""INSERT … ON CONFLICT, which SQLite and PostgreSQL share but SQLAlchemy keeps in two dialects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Insert, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.sql.dml import ReturningInsert

from store.sql import prepared

WrittenColumn = Callable[[Any], ColumnElement[Any]]


def insert_or_ignore(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert one row; False when any unique key of it is known."""
    return bool(prepared.rows(connection, _ignoring(connection.dialect.name, table), values))


def insert_new(connection: Connection, told: Column[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Insert rows of the same columns with one statement; `told` of each whose unique keys were not known."""
    if not rows:
        return []
    statement = _ignoring_all(connection.dialect.name, told, tuple(rows[0]), len(rows))
    return prepared.rows(connection, statement, _numbered(rows))


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, in order, with one statement."""
    if rows:
        prepared.change(connection, _inserting(table, tuple(rows[0]), len(rows)), _numbered(rows))


def _numbered(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}


def insert_or_update(
    connection: Connection,
    table: Table,
    keys: Sequence[str],
    values: Mapping[str, Any],
    only_if: WrittenColumn | None = None,
) -> None:
    """Insert one row, or write its values over the row with the same keys where `only_if` says so."""
    insert_or_update_all(connection, table, keys, [values], only_if)


def insert_or_update_all(
    connection: Connection,
    table: Table,
    keys: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    only_if: WrittenColumn | None = None,
    **others: WrittenColumn,
) -> None:
    """`insert_or_update` of rows of the same columns with one statement.

    `others` are columns of which something else is written over a row, made from what would be inserted.
    """
    if rows:
        dialect, made = connection.dialect.name, tuple(others.items())
        statement = _updating(dialect, table, tuple(keys), tuple(rows[0]), len(rows), only_if, made)
        prepared.change(connection, statement, _numbered(rows))


# Building a statement costs SQLAlchemy more than sending it, so each is built once.


@cache
def _ignoring(dialect: str, table: Table) -> Insert:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return make(table).on_conflict_do_nothing().returning(*table.primary_key.columns)


def _many(table: FromClause, columns: Sequence[str], number: int) -> list[dict[str, Any]]:
    return [
        {name: bindparam(f"{name}_{row}", type_=table.c[name].type) for name in columns} for row in range(number)
    ]


@cache
def _ignoring_all(dialect: str, told: Column[Any], columns: tuple[str, ...], number: int) -> ReturningInsert[Any]:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    rows = _many(told.table, columns, number)
    return make(told.table).values(rows).on_conflict_do_nothing().returning(told)


@cache
def _inserting(table: Table, columns: tuple[str, ...], number: int) -> Insert:
    return insert(table).values(_many(table, columns, number)).inline()


@cache
def _updating(
    dialect: str,
    table: Table,
    keys: tuple[str, ...],
    columns: tuple[str, ...],
    number: int,
    only_if: WrittenColumn | None,
    others: tuple[tuple[str, WrittenColumn], ...],
) -> Insert:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = make(table).values(_many(table, columns, number)).inline()
    written: dict[str, Any] = {name: statement.excluded[name] for name in columns if name not in keys}
    written |= {name: other(statement.excluded) for name, other in others}
    where = None if only_if is None else only_if(statement.excluded)
    return statement.on_conflict_do_update(index_elements=list(keys), set_=written, where=where)
