"""What is compiled once says the same as SQLAlchemy does, on either database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, delete, exc, insert, select, update

from store import StoreUnavailable, Tx
from store.database.engines import Engines, Where
from store.database.errors import explain
from store.schema.tables import cases, inbox, journal, marks, outbox, timers
from store.sql import prepared
from tests.integration.store.conftest import NOW

LINE = {"case_id": None, "ticket_id": "7", "at": NOW, "actor": "desk", "what": "said", "cause": "k"}
TRICKY: dict[str, Any] = {"a": [1, None, True, "ünïcode \U0001f600"], "quoted": 'it\'s "so" %s ? %(x)s :x'}


def on(url: str, work: Callable[[Connection], Any]) -> Any:
    """Within one transaction of a connection of its own."""
    engine = Engines(Where.parse(url)).writer()
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


@pytest.mark.parametrize("why", [None, TRICKY])
def test_what_goes_in_comes_out_as_by_sqlalchemy(url: str, why: Any) -> None:
    def work(connection: Connection) -> None:
        assert prepared.change(connection, insert(journal).inline(), {**LINE, "why": why}) == 1
        query = select(journal).where(journal.c.ticket_id == bindparam("the_ticket"))
        (mine,) = prepared.rows(connection, query, {"the_ticket": "7"})
        assert tuple(mine) == tuple(connection.execute(query, {"the_ticket": "7"}).one())
        assert mine[7] == "k"
        assert mine[3] == NOW
        assert mine[6] == why

    on(url, work)


@pytest.mark.parametrize("table", [inbox, outbox, cases, timers, marks], ids=lambda table: table.name)
def test_every_table_may_be_asked(url: str, table: Any) -> None:
    on(url, lambda connection: prepared.rows(connection, select(table)))


def test_an_insert_says_the_columns_that_it_is_given(url: str) -> None:
    into = insert(journal).inline()

    def work(connection: Connection) -> None:
        prepared.change(connection, into, LINE)
        prepared.change(connection, into, {**LINE, "why": {"a": 1}})
        assert [row[0] for row in prepared.rows(connection, select(journal.c.why))] == [None, {"a": 1}]

    on(url, work)


def test_how_many_rows_changed_is_told(url: str) -> None:
    gone = delete(journal).where(journal.c.ticket_id == bindparam("the_ticket"))

    def work(connection: Connection) -> None:
        for _ in range(3):
            prepared.change(connection, insert(journal).inline(), LINE)
        assert prepared.change(connection, gone, {"the_ticket": "none"}) == 0
        assert prepared.change(connection, gone, {"the_ticket": "7"}) == 3

    on(url, work)


def test_a_value_may_stand_in_two_places(url: str) -> None:
    twice = select(marks.c.name).where(marks.c.name == bindparam("name"), marks.c.name <= bindparam("name"))

    def work(connection: Connection) -> None:
        prepared.change(connection, insert(marks).inline(), {"name": "m", "value": None, "at": NOW})
        assert prepared.value(connection, twice, {"name": "m"}) == "m"

    on(url, work)


def test_a_missing_value_is_named(url: str) -> None:
    query = select(marks.c.name).where(marks.c.name == bindparam("the_name"))
    with pytest.raises(KeyError, match="the_name"):
        on(url, lambda connection: prepared.rows(connection, query))


def test_a_statement_whose_text_depends_on_its_values_is_refused(url: str) -> None:
    query = select(marks.c.name).where(marks.c.name.in_(bindparam("names", expanding=True)))
    with pytest.raises(ValueError, match="depends on its values"):
        on(url, lambda connection: prepared.rows(connection, query, {"names": ["a"]}))


def _twice(connection: Connection, say: Callable[[Connection, Any, Mapping[str, Any]], object]) -> None:
    for _ in range(2):
        say(connection, insert(marks).inline(), {"name": "m", "value": {"secret": "canary"}, "at": NOW})


def test_an_error_is_the_one_that_sqlalchemy_tells_and_says_no_values(url: str) -> None:
    with pytest.raises(exc.IntegrityError) as theirs:
        on(url, lambda connection: _twice(connection, Connection.execute))
    with pytest.raises(exc.IntegrityError) as ours:
        on(url, lambda connection: _twice(connection, prepared.change))
    assert type(ours.value.orig) is type(theirs.value.orig)
    assert "canary" not in str(ours.value)


def test_a_table_that_is_not_there_is_explained(url: str) -> None:
    def work(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE marks")
        Tx(connection).marks.get("m")

    with pytest.raises(exc.DBAPIError) as told:
        on(url, work)
    explained = explain(told.value)
    assert isinstance(explained, StoreUnavailable)
    assert "parley migrate" in str(explained)


def test_a_change_that_is_not_there_any_more_counts_none(url: str) -> None:
    changed = update(marks).where(marks.c.name == bindparam("the_name")).values(at=bindparam("now"))
    assert on(url, lambda connection: prepared.change(connection, changed, {"the_name": "m", "now": NOW})) == 0
