"""Budgets of calls that all processes share: how far each is booked, and whether its service asked for a pause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from store.schema.rows import BudgetRow
from store.schema.tables import budgets
from store.sql import prepared
from store.sql.upsert import insert_or_ignore

_COLUMNS = [budgets.c[name] for name in BudgetRow.__dataclass_fields__]
_ALL = select(*_COLUMNS)
_ONE = budgets.c.name == bindparam("the_name")
_LOCKED = _ALL.where(_ONE).with_for_update()
_CHANGED = update(budgets).where(_ONE)
_BOOKED = update(budgets).where(_ONE).values(booked_until=bindparam("until"))


class BudgetRows:
    """Verbs of the budgets inside one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, BudgetRow]:
        """Every budget that anything was ever taken from, by name."""
        return {row[0]: BudgetRow(*row) for row in prepared.rows(self._connection, _ALL)}

    def lock(self, name: str, now: datetime) -> BudgetRow:
        """A budget, made where there is none yet, that nobody else changes before the COMMIT."""
        found = prepared.first(self._connection, _LOCKED, {"the_name": name})
        if found is None:
            fresh = {"name": name, "booked_until": now, "paused_until": None, "refusals": 0, "probing": False}
            insert_or_ignore(self._connection, budgets, fresh)
            (found,) = prepared.rows(self._connection, _LOCKED, {"the_name": name})
        return BudgetRow(*found)

    def book(self, name: str, until: datetime) -> None:
        """Remember that a budget is used up to a moment."""
        prepared.change(self._connection, _BOOKED, {"the_name": name, "until": until})

    def pause(self, name: str, until: datetime, refusals: int) -> None:
        """Nobody calls until then, and then one at first."""
        self._set(name, paused_until=until, refusals=refusals, probing=False)

    def probe(self, name: str, until: datetime) -> None:
        """One is calling; the others wait for what comes of it, until then at the longest."""
        self._set(name, paused_until=until, probing=True)

    def open(self, name: str) -> None:
        """The service answers again."""
        self._set(name, paused_until=None, refusals=0, probing=False)

    def _set(self, name: str, **values: object) -> None:
        prepared.change(self._connection, _CHANGED, {"the_name": name, **values})
