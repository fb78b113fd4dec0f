"""What is taken out of a box stays known by its key, and its number is never given again."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from store import NewOutboxRow, PastRow, Receipt, Store, Tx
from store.records.fast import InboxValues, values_of
from tests.integration.store.conftest import NOW


def webhook(key: str, text: str = "", dedupe_key: str | None = None) -> InboxValues:
    return values_of(key, "request.received", "lane", {"text": text}, NOW, dedupe_key=dedupe_key)


def record(store: Store, *rows: InboxValues) -> list[Receipt]:
    return store.write(lambda tx: tx.inbox.record_many(rows))


def handle_all(store: Store) -> None:
    store.write(lambda tx: [tx.inbox.mark_done(number, NOW) for number in range(1, 10)])


def over(tx: Tx) -> Sequence[PastRow]:
    return [row for row in tx.past.inbox(0, 100) if row.settled_at is not None]


def taken_out(store: Store) -> int:
    return store.write(lambda tx: tx.past.take_from_inbox(over(tx)))


def test_what_was_received_is_a_duplicate_after_it_was_taken_out(store: Store) -> None:
    record(store, webhook("a", "one"), webhook("last"))
    handle_all(store)
    assert taken_out(store) == 1
    assert store.read(lambda tx: (tx.inbox.by_key("a"), tx.inbox.knows("a"))) == (None, True)
    again = record(store, webhook("b"), webhook("a", "one"), webhook("c"))
    assert [found.new for found in again] == [True, False, True]
    assert store.read(lambda tx: tx.inbox.by_key("a")) is None


def test_a_known_key_with_another_body_is_told_apart_after_it_was_taken_out(store: Store) -> None:
    record(store, webhook("a", "Grüße 👋"), webhook("last"))
    handle_all(store)
    taken_out(store)
    same, other = (record(store, webhook("a", text))[0] for text in ("Grüße 👋", "two"))
    assert (same.new, same.differs) == (False, False)
    assert (other.new, other.differs) == (False, True)


def test_a_hint_leaves_nothing_behind(store: Store) -> None:
    record(store, webhook("hint", dedupe_key="look"), webhook("last"))
    handle_all(store)
    assert taken_out(store) == 1
    assert not store.read(lambda tx: tx.inbox.knows("hint"))


def test_a_hint_is_not_looked_for_among_the_known_keys(store: Store) -> None:
    record(store, webhook("a"), webhook("last"))
    handle_all(store)
    taken_out(store)
    hint = webhook("a", "other", dedupe_key="look")
    assert record(store, hint)[0].new
    assert record(store, hint) == [Receipt(False)]


def test_what_comes_only_once_is_not_looked_for_among_the_known_keys(store: Store) -> None:
    record(store, webhook("a"), webhook("last"))
    handle_all(store)
    taken_out(store)
    timer = values_of("a", "timer", "lane", {"text": "other"}, NOW)
    assert record(store, timer)[0].new
    assert record(store, timer) == [Receipt(False)]


def test_the_last_row_of_a_box_stays_so_that_no_number_is_given_twice(store: Store) -> None:
    (first, last) = record(store, webhook("a"), webhook("b"))
    handle_all(store)
    assert taken_out(store) == 1
    assert taken_out(store) == 0
    (new,) = record(store, webhook("c"))
    assert first.id and last.id and new.id and first.id < last.id < new.id


def test_what_is_not_done_is_not_over(store: Store) -> None:
    record(store, webhook("new"), values_of("dead", "x", "lane", {}, NOW, dead="No."), webhook("last"))
    assert store.read(over) == []


def test_an_effect_that_was_taken_out_stays_known_and_a_look_does_not(store: Store) -> None:
    kinds = {"l": "look", "u": "update_ticket", "z": "x"}
    effects = [NewOutboxRow(name, name, kind, {}, NOW) for name, kind in kinds.items()]
    store.write(lambda tx: [tx.outbox.add(effects, NOW), [tx.outbox.done(effect.id) for effect in effects]])
    assert store.write(lambda tx: tx.past.take_from_outbox(tx.past.outbox(0, 9))) == 2
    assert store.read(lambda tx: [tx.outbox.knows(name) for name in ("l", "u", "z")]) == [False, True, True]
    assert store.read(lambda tx: tx.outbox.get("u")) is None
    assert store.read(lambda tx: [tx.outbox.know_all(names) for names in ({"u", "z"}, {"u", "l"}, set())]) == [
        True,
        False,
        True,
    ]


def test_what_comes_while_its_row_is_being_taken_out_is_a_duplicate_too(store: Store, url: str) -> None:
    record(store, webhook("a"), webhook("last"))
    handle_all(store)
    deleted, told = threading.Event(), []
    with Store.open(url, now=lambda: NOW) as other:

        def take(tx: Tx) -> None:
            tx.past.take_from_inbox(over(tx))
            deleted.set()
            # Long enough for the other one to stand before the key.
            threading.Event().wait(0.5)

        taking = threading.Thread(target=store.write, args=(take,))
        taking.start()
        assert deleted.wait(120)
        told += other.write(lambda tx: tx.inbox.record_many([webhook("a")]))
        taking.join()
    assert [found.new for found in told] == [False]
    assert store.read(lambda tx: tx.inbox.by_key("a")) is None


def test_the_size_of_a_database_is_known(store: Store) -> None:
    before = store.read(lambda tx: tx.past.size())
    record(store, webhook("much", "x" * 3_000_000))
    assert store.read(lambda tx: tx.past.size()).used > before.used > 0
