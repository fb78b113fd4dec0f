"""What is asked for all the time is found by an index, so that its cost is what it finds, not what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool

from store import Store, Tx
from tests.store.conftest import NOW

QUESTIONS: dict[str, Callable[[Tx], object]] = {
    "outbox.waiting_by_kind": lambda tx: tx.outbox.waiting_by_kind(),
    "inbox.waiting": lambda tx: tx.inbox.waiting(10, NOW),
    "inbox.counts": lambda tx: tx.inbox.counts(),
    "inbox.oldest_new": lambda tx: tx.inbox.oldest_new(),
    "timers.due": lambda tx: tx.timers.due(NOW),
    "timers.next_due": lambda tx: tx.timers.next_due(),
    "outbox.ready": lambda tx: tx.outbox.ready(NOW, 10),
    "outbox.counts": lambda tx: tx.outbox.counts(),
    "outbox.unfinished": lambda tx: tx.outbox.unfinished(),
    "outbox.of_case": lambda tx: tx.outbox.of_case("c"),
    "cases.by_ticket": lambda tx: tx.cases.by_ticket("5"),
    "cases.on_tickets": lambda tx: tx.cases.on_tickets(["5", "6"]),
    "cases.rival": lambda tx: tx.cases.rival("77", "worker", "c"),
    "cases.list of a state": lambda tx: tx.cases.list(state="tier_1", limit=50, after="c"),
    "cases.count of a state": lambda tx: tx.cases.count(state="tier_1"),
    "cases.count since": lambda tx: tx.cases.count(since=NOW),
    "cases.list": lambda tx: tx.cases.list(open=True, after="c"),
    "cases.open_by_assignment": lambda tx: tx.cases.open_by_assignment("77"),
    "journal.of_case": lambda tx: tx.journal.of_case("c"),
}


@contextmanager
def overheard(statements: list[str]) -> Iterator[None]:
    """What the driver itself is asked, with its values."""

    def hear(statement: str) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    def listen(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(hear)

    event.listen(Pool, "checkout", listen)
    try:
        yield
    finally:
        event.remove(Pool, "checkout", listen)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_frequent_question_reads_a_whole_table(sqlite_store: Store, sqlite_url: str, name: str) -> None:
    statements: list[str] = []
    with overheard(statements):
        sqlite_store.read(QUESTIONS[name])
    assert statements
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        for statement in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
            steps = [str(step.detail) for step in plan]
            assert not [step for step in steps if step.startswith("SCAN") and "INDEX" not in step], steps
    engine.dispose()
