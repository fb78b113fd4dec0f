"""What timers promise: exactly those a case has, each fired once for each setting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store import CaseRow, NewTimer, Store
from tests.integration.store.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def case(store: Store) -> None:
    def make(tx):  # type: ignore[no-untyped-def]
        tx.policies.keep("p", {})
        tx.cases.save(CaseRow("c1", "tier_1", "p", NOW), 0)

    store.write(make)


def set_timers(store: Store, **timers: NewTimer) -> None:
    store.write(lambda tx: tx.timers.replace("c1", timers))


def due(store: Store, hours: int = 0) -> list[tuple[str, int]]:
    return [(row.kind, row.generation) for row in store.read(lambda tx: tx.timers.due(NOW + hours * HOUR, 9))]


def test_a_case_has_exactly_the_timers_it_was_given_last(store: Store) -> None:
    set_timers(store, tier=NewTimer(NOW, 1, {"from": "x"}), update=NewTimer(NOW + HOUR, 1))
    set_timers(store, update=NewTimer(NOW + 2 * HOUR, 2))
    (only,) = store.read(lambda tx: tx.timers.of_case("c1"))
    assert (only.kind, only.generation, only.due) == ("update", 2, NOW + 2 * HOUR)


def test_only_what_is_due_is_due_soonest_first(store: Store) -> None:
    set_timers(store, a=NewTimer(NOW, 1), b=NewTimer(NOW - HOUR, 1), c=NewTimer(NOW + HOUR, 1))
    assert due(store) == [("b", 1), ("a", 1)]
    assert store.read(lambda tx: tx.timers.next_due()) == NOW - HOUR


def test_a_timer_fires_once(store: Store) -> None:
    set_timers(store, a=NewTimer(NOW, 1))
    assert store.write(lambda tx: tx.timers.mark_fired("c1", "a", 1))
    assert not store.write(lambda tx: tx.timers.mark_fired("c1", "a", 1))
    assert due(store) == []


def test_a_timer_set_anew_fires_again_and_its_old_setting_does_not(store: Store) -> None:
    set_timers(store, a=NewTimer(NOW, 1))
    store.write(lambda tx: tx.timers.mark_fired("c1", "a", 1))
    set_timers(store, a=NewTimer(NOW + HOUR, 2))
    assert not store.write(lambda tx: tx.timers.mark_fired("c1", "a", 1))
    assert due(store, hours=1) == [("a", 2)]


def test_an_unchanged_timer_that_fired_stays_fired(store: Store) -> None:
    set_timers(store, a=NewTimer(NOW, 1))
    store.write(lambda tx: tx.timers.mark_fired("c1", "a", 1))
    set_timers(store, a=NewTimer(NOW, 1), b=NewTimer(NOW, 1))
    assert due(store) == [("b", 1)]


def test_a_timer_without_its_case_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.write(lambda tx: tx.timers.replace("nobody", {"a": NewTimer(NOW, 1)}))


def counted(store: Store, hours: int) -> list[tuple[int, str, int]]:
    found = store.read(lambda tx: tx.timers.due_by_hour(NOW, hours))
    return sorted((int((one.hour - NOW) / HOUR), one.kind, one.number) for one in found)


def test_what_is_due_is_counted_by_its_hour_and_kind(store: Store) -> None:
    last = NOW + HOUR - timedelta(microseconds=1)
    store.write(lambda tx: tx.cases.save(CaseRow("c2", "tier_1", "p", NOW), 0))
    store.write(lambda tx: tx.timers.replace("c2", {"a": NewTimer(last, 1)}))
    set_timers(store, a=NewTimer(NOW, 1), b=NewTimer(NOW + HOUR, 1), c=NewTimer(NOW + 2 * HOUR, 1))
    assert counted(store, 2) == [(0, "a", 2), (1, "b", 1)]


def test_what_is_late_is_counted_in_the_first_hour_and_what_fired_in_none(store: Store) -> None:
    set_timers(store, a=NewTimer(NOW - 30 * HOUR, 1), b=NewTimer(NOW, 1))
    store.write(lambda tx: tx.timers.mark_fired("c1", "b", 1))
    assert counted(store, 336) == [(0, "a", 1)]


def test_where_nothing_is_due_nothing_is_counted(store: Store) -> None:
    assert counted(store, 336) == []
