"""Statements of SQLAlchemy Core, compiled once for each database and then said to its driver.

A statement stays readable and is held to the tables, and costs what the driver costs: SQLAlchemy's own way takes
several times as long as SQLite. It is for statements that are made once, since each is kept for ever; what is put
together as it is asked goes by the connection's own `execute`, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update, exc
from sqlalchemy.types import TypeEngine

Statement = Select[Any] | Insert | Update | Delete
BindValues = Mapping[str, Any]
BindProcessor = Callable[[Any], Any]

_NONE: BindValues = {}
_NEEDED = object()


@dataclass(frozen=True, slots=True)
class _Bind:
    """A value's name, its way into the database, and what goes in where none is given."""

    name: str
    process: BindProcessor | None
    default: Any

    def of(self, values: BindValues) -> Any:
        value = values.get(self.name, _NEEDED)
        if value is _NEEDED:
            if self.default is _NEEDED:
                raise KeyError(f"The statement needs a value for {self.name}.")
            return self.default
        return value if self.process is None else self.process(value)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The driver's text, its values, in order where `positional`, and the ways out of columns, by their places."""

    text: str
    binds: tuple[_Bind, ...]
    positional: bool
    columns: tuple[tuple[int, BindProcessor], ...]

    def bound(self, values: BindValues) -> Sequence[Any] | Mapping[str, Any]:
        if self.positional:
            return [bind.of(values) for bind in self.binds]
        return {bind.name: bind.of(values) for bind in self.binds}

    def row(self, found: Sequence[Any]) -> Sequence[Any]:
        row = list(found)
        for place, process in self.columns:
            row[place] = process(row[place])
        return row


_known: dict[tuple[Statement, str, tuple[str, ...]], _Compiled] = {}


def rows(connection: Connection, statement: Statement, values: BindValues = _NONE) -> list[Any]:
    """Every row that a statement returns, as a sequence. Raises what SQLAlchemy does."""
    made = _compiled(connection.dialect, statement, values)
    try:
        found = _line(connection).execute(made.text, made.bound(values)).fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        _raise(connection, made.text, error)
    return [made.row(row) for row in found]


def first(connection: Connection, statement: Statement, values: BindValues = _NONE) -> Any:
    """The first row, or None."""
    found = rows(connection, statement, values)
    return found[0] if found else None


def value(connection: Connection, statement: Statement, values: BindValues = _NONE) -> Any:
    """The first column of the first row, or None."""
    found = rows(connection, statement, values)
    return found[0][0] if found else None


def change(connection: Connection, statement: Statement, values: BindValues = _NONE) -> int:
    """How many rows a statement changed. Raises what SQLAlchemy does."""
    made = _compiled(connection.dialect, statement, values)
    try:
        return int(_line(connection).execute(made.text, made.bound(values)).rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        _raise(connection, made.text, error)


def say(connection: Connection, text: str, values: Sequence[Any] = ()) -> Any:
    """The driver's cursor for what is said in its own words. Raises what SQLAlchemy does."""
    try:
        return _line(connection).execute(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        _raise(connection, text, error)


def _line(connection: Connection) -> Any:
    """The driver's own connection, of which both drivers' have `execute`."""
    return connection.connection.dbapi_connection


def _raise(connection: Connection, text: str, error: Exception) -> NoReturn:
    """As SQLAlchemy tells it, but for the values, which stay unsaid; a connection that is lost is given up."""
    dialect = connection.dialect
    base = dialect.loaded_dbapi.Error
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if gone:
        connection.invalidate(error)
    raise exc.DBAPIError.instance(
        text, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    ) from error


def _compiled(dialect: Dialect, statement: Statement, values: BindValues) -> _Compiled:
    # An insert's columns are those that values are given for.
    key = (statement, dialect.name, tuple(values))
    known = _known.get(key)
    if known is None:
        known = _known[key] = _compile(dialect, statement, values)
    return known


def _compile(dialect: Dialect, statement: Statement, values: BindValues) -> _Compiled:
    keys = None if isinstance(statement, Select) else list(values)
    made: Any = statement.compile(dialect=dialect, column_keys=keys)
    if made.post_compile_params or made.literal_execute_params:
        raise ValueError("A statement whose text depends on its values can't be compiled once.")
    binds = {name: _bind(dialect, name, bind) for name, bind in made.binds.items()}
    names = made.positiontup if made.positional else made.binds
    in_order = tuple(binds[name] for name in names)
    return _Compiled(str(made), in_order, made.positional, _ways_out(dialect, _types(statement)))


def _bind(dialect: Dialect, name: str, bind: Any) -> _Bind:
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.required:
        return _Bind(name, process, _NEEDED)
    given = bind.effective_value
    return _Bind(name, process, given if process is None else process(given))


def _types(statement: Statement) -> list[TypeEngine[Any]]:
    if isinstance(statement, Select):
        return [column.type for column in statement.selected_columns]
    return [column["type"] for column in statement.returning_column_descriptions]


def _ways_out(dialect: Dialect, types: Sequence[TypeEngine[Any]]) -> tuple[tuple[int, BindProcessor], ...]:
    ways = (one.dialect_impl(dialect).result_processor(dialect, None) for one in types)
    return tuple((place, way) for place, way in enumerate(ways) if way is not None)
