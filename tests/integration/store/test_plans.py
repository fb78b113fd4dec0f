"""What is asked for all the time is found by an index, so that its cost is what it finds, not what there is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import pytest
from psycopg import Cursor
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool

from store import CaseFilter, NewOutboxRow, Store, Tx
from store.schema.tables import metadata
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server

QUESTIONS: dict[str, Callable[[Tx], object]] = {
    "outbox.waiting_by_kind": lambda tx: tx.outbox.waiting_by_kind(),
    "inbox.waiting": lambda tx: tx.inbox.waiting(10, NOW),
    "inbox.counts": lambda tx: tx.inbox.counts(),
    "inbox.oldest_new": lambda tx: tx.inbox.oldest_new(),
    "is_anything_parked": lambda tx: tx.is_anything_parked(NOW, NOW),
    "timers.due": lambda tx: tx.timers.due(NOW),
    "timers.next_due": lambda tx: tx.timers.next_due(),
    "outbox.ready": lambda tx: tx.outbox.ready(NOW, 10),
    "outbox.ready.among": lambda tx: tx.outbox.ready(NOW, 10, SOME),
    "outbox.refused_by_kind": lambda tx: tx.outbox.refused_by_kind(),
    "outbox.counts": lambda tx: tx.outbox.counts(),
    "outbox.under_way_since": lambda tx: tx.outbox.under_way_since(NOW),
    "outbox.moved_since": lambda tx: tx.outbox.moved_since(NOW, 5),
    "outbox.unfinished": lambda tx: tx.outbox.unfinished(),
    "outbox.of_case": lambda tx: tx.outbox.of_case("c"),
    "cases.by_ticket": lambda tx: tx.cases.by_ticket("5"),
    "cases.on_tickets": lambda tx: tx.cases.on_tickets(["5", "6"]),
    "cases.rival": lambda tx: tx.cases.rival("77", "worker", "c"),
    "cases.beside": lambda tx: tx.cases.beside("77", "worker", "c"),
    "outbox.know_all": lambda tx: tx.outbox.know_all({"c.1", "c.2"}),
    "cases.list of a state": lambda tx: tx.cases.list(state="tier_1", limit=50, after="c"),
    "case_lists.count of a state": lambda tx: tx.case_lists.count(CaseFilter(state="tier_1")),
    "case_lists.count since": lambda tx: tx.case_lists.count(CaseFilter(since=NOW)),
    "case_lists.page by a number": lambda tx: tx.case_lists.page(CaseFilter(number="5", ids=("c",)), 50),
    "case_lists.page by an address": lambda tx: tx.case_lists.page(CaseFilter(requester_email="a@b"), 50, "c"),
    "case_lists.page before": lambda tx: tx.case_lists.page(CaseFilter(open=True, tier=2), 50, before="c"),
    "case_lists.ages": lambda tx: tx.case_lists.ages(),
    "case_lists.untold": lambda tx: tx.case_lists.untold(50),
    "cases.list": lambda tx: tx.cases.list(open=True, after="c"),
    "cases.open_by_assignment": lambda tx: tx.cases.open_by_assignment("77"),
    "journal.of_case": lambda tx: tx.journal.of_case("c"),
    "journal.counted_of_cases": lambda tx: tx.journal.counted_of_cases(["c", "d"], NOW),
}
SOME = (("look", 1), ("post_message", 0))


@contextmanager
def overheard(statements: list[str]) -> Iterator[None]:
    """What the driver itself is asked, with its values."""

    def hear(statement: str) -> None:
        if statement.startswith(("SELECT", "WITH")):
            statements.append(statement)

    class Heard(Cursor[Any]):
        """PostgreSQL's driver tells nobody what it is asked."""

        def execute(self, query: Any, *given: Any, **options: Any) -> Self:
            hear(query)
            return super().execute(query, *given, **options)

    def listen(connection: Any, *_: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(hear)
        else:
            connection.cursor_factory = Heard

    event.listen(Pool, "checkout", listen)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", listen)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_frequent_question_reads_a_whole_table(sqlite_store: Store, sqlite_url: str, name: str) -> None:
    steps = steps_of(sqlite_store, sqlite_url, name)
    whole = [f"SCAN {table}" for table in metadata.tables]
    assert not [step for step in steps if step.startswith(tuple(whole)) and "INDEX" not in step], steps


def test_where_little_waits_it_is_found_by_one_question(sqlite_store: Store) -> None:
    for number in range(20):
        sqlite_store.write(lambda tx, number=number: tx.inbox.record(f"{number}", "x", f"l{number % 3}", {}, NOW))
    with overheard(asked := []):
        found = sqlite_store.read(lambda tx: tx.inbox.waiting(10, NOW))
    assert (len(asked), len(found.rows)) == (1, 12)


def test_what_may_leave_is_looked_up_among_what_may_so_that_nobody_reads_what_is_held(
    sqlite_store: Store, sqlite_url: str
) -> None:
    steps = steps_of(sqlite_store, sqlite_url, "outbox.ready.among")
    found = [step for step in steps if "outbox" in step and "earlier" not in step and "needed" not in step]
    among = ["SEARCH outbox USING INDEX ix_outbox_kind (kind=? AND priority=? AND due<?)"] * len(SOME)
    assert found == among


def test_lanes_are_gone_through_only_where_more_is_due_than_was_read_and_then_by_their_index(
    sqlite_store: Store, sqlite_url: str
) -> None:
    blocked = [NewOutboxRow(f"e{number}", "l", "post_message", {}, NOW, None, "nobody's") for number in range(5)]
    sqlite_store.write(lambda tx: [tx.outbox.add([one], NOW) for one in blocked])
    with overheard(asked := []):
        assert sqlite_store.read(lambda tx: tx.outbox.ready(NOW, 2)) == []
    assert len(asked) == 1
    with overheard(asked := []):
        assert sqlite_store.read(lambda tx: tx.outbox.ready(NOW, 1)) == []
    assert len(asked) == 1 + 2
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        steps = [str(step.detail) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[1]}").all()]
    engine.dispose()
    assert steps[0] == "SEARCH outbox USING INDEX ix_outbox_lane (lane>?)"


def test_postgresql_compiles_nothing_of_what_it_is_asked_however_costly_it_thinks_that_is(
    postgres: Server, template: str
) -> None:
    def plan(tx: Tx) -> str:
        tx._connection.exec_driver_sql("SET LOCAL jit_above_cost = 0")
        return str(tx._connection.exec_driver_sql("EXPLAIN SELECT count(*) FROM timers").all())

    url = postgres.create_database(template)
    with Store.open(url, now=lambda: NOW) as store:
        found = store.write(plan)
    postgres.drop_database(url)
    assert "timers" in found and "JIT" not in found


def test_who_asks_how_the_desk_is_counts_to_a_bound(sqlite_store: Store, sqlite_url: str) -> None:
    """What each question about all rows reads is a part of an index, of 10,000 rows at most."""
    for name in ("inbox.counts", "outbox.counts", "outbox.refused_by_kind"):
        with overheard(asked := []):
            sqlite_store.read(QUESTIONS[name])
        assert asked and all("LIMIT 10000" in statement for statement in asked)
        tables = [step for step in steps_of(sqlite_store, sqlite_url, name) if "box" in step]
        assert all("INDEX" in step for step in tables), tables
    (step, *_) = steps_of(sqlite_store, sqlite_url, "inbox.oldest_new")
    assert step == "SCAN inbox USING INDEX ix_inbox_waiting"


def steps_of(store: Store, url: str, name: str) -> list[str]:
    """What SQLite does to answer a question."""
    statements: list[str] = []
    with overheard(statements):
        store.read(QUESTIONS[name])
    assert statements
    engine = create_engine(url)
    with engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all() for statement in statements]
    engine.dispose()
    return [str(step.detail) for plan in plans for step in plan]
