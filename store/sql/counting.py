"""Counting that costs the same however much there is."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, Table, func, literal_column, select
from sqlalchemy.sql import ColumnElement

COUNTED: Final = 10_000
"""Counting stops here: so many are so many or more."""


def some(condition: ColumnElement[bool], *columns: Any) -> Select[Any]:
    """Columns of rows of which it is true, of `COUNTED` at most."""
    found: Select[Any] = select(*columns).where(condition)
    return found.limit(literal_column(str(COUNTED)))


def counted(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    """How many rows there are of which it is true, up to `COUNTED`."""
    one: Any = literal_column("1").label("one")
    return select(func.count()).select_from(some(condition, one).select_from(table).subquery())
