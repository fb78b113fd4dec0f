"""Dead letters: every page of them, the true count, and neither by reading or sorting all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine

from store import LetterFilter, NewOutboxRow, Store, Tx
from store.records.letters import LetterPosition
from tests.integration.store.conftest import NOW
from tests.integration.store.test_plans import overheard

UNREADABLE = "zendesk.unreadable"


def bury(store: Store) -> None:
    """Three letters a minute: what was to be sent, an event, and what could not be read."""

    def work(tx: Tx) -> None:
        for number in range(7):
            begun = NOW - timedelta(minutes=number // 2)
            tx.inbox.record(f"e{number}", "ticket.changed", f"ticket:{number}", {}, begun)
            tx.inbox.record(f"u{number}", UNREADABLE, "unreadable:zendesk", {}, begun)
            tx.outbox.add([NewOutboxRow(f"o{number}", f"ticket:{number}", "update_ticket", {}, NOW)], begun)
            tx.outbox.dead(f"o{number}", "No.")
            for key in (f"e{number}", f"u{number}"):
                row = tx.inbox.by_key(key)
                assert row is not None
                tx.inbox.mark_dead(row.id, "No.")
        tx.inbox.record("alive", "ticket.changed", "ticket:9", {}, NOW)

    store.write(work)


def paged(store: Store, page: Callable[[Tx, LetterPosition | None], list[Any]]) -> list[str]:
    """The keys of all rows, three at a time."""
    found: list[str] = []
    before: LetterPosition | None = None
    while rows := store.read(lambda tx, before=before: page(tx, before)):  # type: ignore[misc]
        found += [getattr(row, "key", None) or row.id for row in rows]
        last = rows[-1]
        before = (last.received_at, last.id) if hasattr(last, "key") else (last.created_at, last.seq)
    return found


@pytest.mark.parametrize(("readable", "box"), [(True, "e"), (False, "u")])
def test_events_are_read_by_pages_youngest_first_and_each_once(store: Store, readable: bool, box: str) -> None:
    bury(store)
    found = paged(store, lambda tx, before: tx.letters.events(LetterFilter(), 3, readable=readable, before=before))
    assert found == [f"{box}{number}" for number in (1, 0, 3, 2, 5, 4, 6)]


def test_effects_are_read_by_pages_youngest_first_and_each_once(store: Store) -> None:
    bury(store)
    found = paged(store, lambda tx, before: tx.letters.effects(LetterFilter(), 3, before))
    assert found == [f"o{number}" for number in (1, 0, 3, 2, 5, 4, 6)]


@pytest.mark.parametrize(
    ("which", "number"),
    [
        (LetterFilter(), 21),
        (LetterFilter(kind="update_ticket"), 7),
        (LetterFilter(kind=UNREADABLE), 7),
        (LetterFilter(since=NOW), 6),
        (LetterFilter(kind="ticket.changed", since=NOW), 2),
        (LetterFilter(lanes=("ticket:3",)), 2),
        (LetterFilter(lanes=("ticket:3",), case_id="nobody's"), 2),
    ],
)
def test_they_are_counted_as_they_are_listed(store: Store, which: LetterFilter, number: int) -> None:
    bury(store)

    def listed(tx: Tx) -> int:
        events = [tx.letters.events(which, 99, readable=readable) for readable in (True, False)]
        return len(tx.letters.effects(which, 99)) + sum(map(len, events))

    assert store.read(lambda tx: (tx.letters.count(which), listed(tx))) == (number, number)


QUESTIONS: dict[str, Callable[[Tx], object]] = {
    "events": lambda tx: tx.letters.events(LetterFilter(), 50, readable=True, before=(NOW, 7)),
    "unread events": lambda tx: tx.letters.events(LetterFilter(since=NOW), 50, readable=False, before=(NOW, 7)),
    "events of a kind": lambda tx: tx.letters.events(LetterFilter(kind="look"), 50, readable=True, before=(NOW, 7)),
    "effects": lambda tx: tx.letters.effects(LetterFilter(since=NOW), 50, (NOW, 7)),
    "effects of a kind": lambda tx: tx.letters.effects(LetterFilter(kind="look"), 50, (NOW, 7)),
    "count": lambda tx: tx.letters.count(LetterFilter()),
    "count of a kind": lambda tx: tx.letters.count(LetterFilter(kind="look", since=NOW)),
    "cases of a state": lambda tx: tx.cases.list(state="tier_1", limit=50, after="c"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_page_costs_what_is_on_it(sqlite_store: Store, sqlite_url: str, name: str) -> None:
    statements: list[str] = []
    with overheard(statements):
        sqlite_store.read(QUESTIONS[name])
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        for statement in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
            steps = [str(step.detail) for step in plan]
            assert all("INDEX" in step and "TEMP B-TREE" not in step for step in steps), steps
    engine.dispose()
