"""What one statement for many events does with each of them, and what it tells of it."""

from __future__ import annotations

from datetime import timedelta

from store import Receipt, Store
from store.records.fast import InboxValues, values_of
from tests.inboxes import next_rows
from tests.integration.store.conftest import NOW

LATER = NOW + timedelta(minutes=1)


def event(key: str, number: int = 0, dedupe_key: str | None = None) -> InboxValues:
    return values_of(key, "ticket.changed", f"ticket:{key}", {"n": number}, NOW, dedupe_key=dedupe_key)


def record(store: Store, *rows: InboxValues) -> list[Receipt]:
    return store.write(lambda tx: tx.inbox.record_many(rows))


def ids(store: Store, keys: str) -> list[int | None]:
    rows = [store.read(lambda tx, wanted=key: tx.inbox.by_key(wanted)) for key in keys]  # type: ignore[misc]
    return [row and row.id for row in rows]


def test_events_that_are_all_new_have_the_ids_of_their_receipts(store: Store) -> None:
    record(store, event("x"))
    receipts = record(store, event("a"), event("b"), event("c"))
    assert [receipt.new for receipt in receipts] == [True] * 3
    assert [receipt.id for receipt in receipts] == ids(store, "abc")


def test_an_event_is_kept_as_it_was_whatever_characters_it_holds(store: Store) -> None:
    odd = ["", "{}", '{"a","b"}', "NULL", "\\N", "back\\slash", "two\nlines", "naïve ☂ 東 \U0001f600", "x" * 70_000]
    rows = [values_of(text or "empty", "x", text, {"said": text}, NOW, dedupe_key=text) for text in odd]
    assert all(receipt.new for receipt in record(store, *rows))
    kept = [store.read(lambda tx, key=row[0]: tx.inbox.by_key(key)) for row in rows]  # type: ignore[misc]
    assert [(row.lane, row.body["said"]) for row in kept if row] == [(text, text) for text in odd]


def test_new_events_among_known_ones_have_the_ids_of_their_receipts(store: Store) -> None:
    record(store, event("a"), event("b"))
    receipts = record(store, event("c"), event("a"), event("d"), event("b"), event("e"))
    assert [receipt.new for receipt in receipts] == [True, False, True, False, True]
    assert [receipt.id for receipt in receipts if receipt.new] == ids(store, "cde")
    assert [(receipt.id, receipt.differs) for receipt in receipts if not receipt.new] == [(None, False)] * 2


def test_events_that_are_all_known_tell_which_of_them_differ(store: Store) -> None:
    record(store, event("a"), event("b"))
    assert record(store, event("a"), event("b", 2)) == [Receipt(False), Receipt(False, None, True)]


def test_an_event_folded_into_another_differs_from_nothing(store: Store) -> None:
    record(store, event("a", dedupe_key="look:1"))
    assert record(store, event("b", 2, dedupe_key="look:1")) == [Receipt(False)]


def test_a_hint_differs_from_nothing_even_under_the_key_of_another(store: Store) -> None:
    record(store, event("a", dedupe_key="look:1"))
    assert record(store, event("a", 2, dedupe_key="look:1")) == [Receipt(False)]


def test_a_fold_is_cleaned_as_the_database_needs_it(store: Store) -> None:
    record(store, event("a", dedupe_key="look\0:1"))
    assert record(store, event("b", dedupe_key="look:1")) == [Receipt(False)]


def test_the_sentence_of_a_dead_letter_is_cleaned_as_the_database_needs_it(store: Store) -> None:
    record(store, values_of("a", "x", "lane", {}, NOW, dead="No\0 way \ud83d"))
    assert [row.error for row in store.read(lambda tx: tx.inbox.dead())] == ["No way ?"]


def test_an_event_may_ask_to_be_handled_later(store: Store) -> None:
    assert store.write(lambda tx: tx.inbox.record("a", "x", "lane", {}, NOW, due=LATER))
    assert store.read(lambda tx: next_rows(tx, 9, NOW)) == []
    (row,) = store.read(lambda tx: next_rows(tx, 9, LATER))
    assert (row.received_at, row.due) == (NOW, LATER)


def test_what_another_process_recorded_is_known_to_one_that_recorded_nothing_yet(store: Store, url: str) -> None:
    with Store.open(url, now=lambda: NOW) as other:
        record(other, event("a"), event("b"))
    assert record(store, event("a"), event("b")) == [Receipt(False)] * 2
