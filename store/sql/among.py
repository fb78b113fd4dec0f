"""Conditions with as many values as there are, in one text for each database, so that it stays prepared."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Text, any_, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import FromClause


def is_among(dialect: str, one: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a text is one of those that are given under a name, as `texts` makes them."""
    if dialect == "sqlite":
        return one.in_(select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value))
    return one == any_(bindparam(name, type_=ARRAY(Text)))


def texts(connection: Connection, values: Collection[str]) -> Any:
    """The value of `is_among`."""
    return json.dumps(list(values)) if connection.dialect.name == "sqlite" else list(values)


def table_of(dialect: str, *names: str) -> FromClause:
    """Rows of whole numbers, given as `numbers` makes them, as a table with these columns."""
    if dialect == "sqlite":
        each = func.json_each(bindparam("numbers", type_=Text)).table_valued("value", name="each")
        parts = (func.json_extract(each.c.value, f"$[{place}]", type_=Integer) for place in range(len(names)))
        return select(*(part.label(name) for name, part in zip(names, parts, strict=True))).subquery("asked")
    arrays = [bindparam(f"the_{name}", type_=ARRAY(BigInteger)) for name in names]
    return func.unnest(*arrays).table_valued(*(column(name, BigInteger) for name in names)).render_derived("asked")


def numbers(connection: Connection, names: Sequence[str], rows: Collection[Sequence[int]]) -> dict[str, Any]:
    """The values of `table_of`."""
    if connection.dialect.name == "sqlite":
        return {"numbers": json.dumps(list(rows))}
    return {f"the_{name}": list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
