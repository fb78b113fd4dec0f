"""The column `trace`: written where nothing stands yet, and read of many rows at once, on both databases."""

from __future__ import annotations

from store import AT_ONCE, NewOutboxRow, Store
from tests.integration.store.conftest import NOW


def test_what_stands_at_an_event_is_handed_on_once(store: Store) -> None:
    for key in ("a", "b", "c"):
        store.write(lambda tx, key=key: tx.inbox.record(key, "timer", key, {}, NOW))  # type: ignore[misc]
    store.write(lambda tx: tx.traces.begin_events(["a", "c", "nobody's"], "first"))
    store.write(lambda tx: tx.traces.begin_events(["a", "b"], "second"))
    ids = store.read(lambda tx: [row.id for row in map(tx.inbox.by_key, "abc") if row is not None])
    found = store.read(lambda tx: tx.traces.of_events(ids))
    assert [found.get(row_id) for row_id in ids] == ["first", "second", "first"]


def test_a_row_without_a_trace_has_none(store: Store) -> None:
    store.write(lambda tx: tx.inbox.record("a", "timer", "a", {}, NOW))
    assert store.read(lambda tx: tx.traces.of_events([1, 99])) == {}
    assert store.read(lambda tx: tx.traces.of_event(1)) is None
    assert store.read(lambda tx: tx.traces.of_effect("nobody's")) is None


def test_what_an_event_began_with_may_be_written_over(store: Store) -> None:
    store.write(lambda tx: tx.inbox.record("a", "timer", "a", {}, NOW))
    store.write(lambda tx: tx.traces.put_event(1, "linked"))
    store.write(lambda tx: tx.traces.put_event(1, "ours"))
    assert store.read(lambda tx: tx.traces.of_event(1)) == "ours"


def test_an_effect_stays_in_the_trace_that_asked_for_it(store: Store) -> None:
    rows = [NewOutboxRow(name, name, "post_message", {}, AT_ONCE) for name in ("x", "y")]
    store.write(lambda tx: tx.outbox.add(rows, NOW))
    store.write(lambda tx: tx.traces.begin_effects(["x"], "first"))
    store.write(lambda tx: tx.traces.begin_effects([], "none"))
    store.write(lambda tx: tx.traces.begin_effects(["x", "y"], "second"))
    assert store.read(lambda tx: [tx.traces.of_effect(name) for name in ("x", "y")]) == ["first", "second"]
