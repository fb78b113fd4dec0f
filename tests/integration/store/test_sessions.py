"""What sessions promise: known by a hash alone, for so long, and gone once they end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from store import Store
from sync.upkeep.ended_sessions import drop_ended_sessions
from tests.integration.store.conftest import NOW

LATER = NOW + timedelta(hours=8)


def test_a_session_is_found_by_its_hash_until_it_ends(store: Store) -> None:
    store.write(lambda tx: tx.sessions.begin("h1", {"name": "Ada"}, LATER))
    assert store.read(lambda tx: tx.sessions.get("h1", NOW)) == {"name": "Ada"}
    assert store.read(lambda tx: tx.sessions.get("h1", LATER)) is None
    assert store.read(lambda tx: tx.sessions.get("h2", NOW)) is None


def test_a_session_that_was_ended_is_gone_and_no_other(store: Store) -> None:
    for name in ("h1", "h2"):
        store.write(lambda tx, name=name: tx.sessions.begin(name, {}, LATER))  # type: ignore[misc]
    store.write(lambda tx: tx.sessions.end("h1"))
    assert store.read(lambda tx: (tx.sessions.get("h1", NOW), tx.sessions.get("h2", NOW))) == (None, {})


def test_those_that_are_over_are_dropped_a_page_at_a_time_and_no_other(store: Store) -> None:
    for number in range(5):
        store.write(lambda tx, number=number: tx.sessions.begin(f"old{number}", {}, NOW - timedelta(hours=number)))  # type: ignore[misc]
    store.write(lambda tx: tx.sessions.begin("young", {}, LATER))
    assert store.read(lambda tx: tx.sessions.ended(NOW, 2)) == ["old4", "old3"]
    assert drop_ended_sessions(store, NOW) == 5
    assert drop_ended_sessions(store, NOW) == 0
    assert store.read(lambda tx: tx.sessions.ended(LATER, 9)) == ["young"]


def test_a_damaged_session_is_read_as_one_that_says_nothing(store: Store) -> None:
    store.write(lambda tx: tx.sessions.begin("h1", {"name": "Ada"}, LATER))
    store.write(lambda tx: tx._connection.execute(text("UPDATE sessions SET body = '{\"name'")))
    assert store.read(lambda tx: tx.sessions.get("h1", NOW)) == {}
