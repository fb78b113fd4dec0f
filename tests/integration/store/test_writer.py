"""What the one writer promises: a result after its COMMIT, shared commits, errors that stay with their cause."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from bench.counting import traced
from store import Store, StoreUnavailable, Tx, VersionConflict, writer
from tests.inboxes import next_rows
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server

PATIENCE_S = 30


def put(key: str):  # type: ignore[no-untyped-def]
    return lambda tx: tx.inbox.record(key, "k", key, {}, NOW)


def keys(store: Store) -> list[str]:
    return [row.key for row in store.read(lambda tx: next_rows(tx, 100, NOW))]


@contextmanager
def busy(store: Store) -> Iterator[None]:
    """The writer held up, so that what is submitted meanwhile forms a group."""
    started, go_on = threading.Event(), threading.Event()

    def hold(_: Tx) -> None:
        started.set()
        assert go_on.wait(PATIENCE_S)

    held = store.submit(hold)
    assert started.wait(PATIENCE_S)
    yield
    go_on.set()
    held.result(PATIENCE_S)


def test_a_result_is_there_after_its_commit(store: Store, url: str) -> None:
    assert store.write(put("a"))
    with Store.open(url, now=lambda: NOW) as other:
        assert keys(other) == ["a"]


def test_what_waits_together_shares_one_commit(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SLICE_S", PATIENCE_S)
    commits: list[object] = []
    count = commits.append
    with busy(store):
        futures = [store.submit(put(str(number))) for number in range(20)]
        event.listen(Engine, "commit", count)
    wait(futures, PATIENCE_S)
    event.remove(Engine, "commit", count)
    assert [future.result() for future in futures] == [True] * 20
    # That of the function that was performed when they came.
    assert len(commits) == 1


def test_a_commit_is_not_put_off_for_all_that_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SLICE_S", 0.0)
    with busy(store):
        futures = [store.submit(put(key)) for key in "abc"]
        last = store.submit(lambda _: [future.done() for future in futures])
    assert last.result(PATIENCE_S) == [True, True, True]


def test_what_comes_first_goes_before_all_that_waits(sqlite_store: Store) -> None:
    order: list[str] = []
    with busy(sqlite_store):
        others = [sqlite_store.submit(lambda _: order.append("other")) for _ in range(3)]
        first = sqlite_store.submit_first(lambda _: order.append("first"))
    wait([first, *others], PATIENCE_S)
    assert order == ["first", "other", "other", "other"]


def test_what_comes_first_waits_for_the_function_at_hand_and_not_for_its_group(sqlite_store: Store) -> None:
    order: list[str] = []
    firsts: list[Future[None]] = []

    def bring_a_first(_: Tx) -> None:
        order.append("at hand")
        firsts.append(sqlite_store.submit_first(lambda _: order.append("first")))

    with busy(sqlite_store):
        works = (bring_a_first, *[lambda _: order.append("other")] * 3)
        others: list[Future[None]] = [sqlite_store.submit(work) for work in works]
    wait([*others, *firsts], PATIENCE_S)
    assert order == ["at hand", "first", "other", "other", "other"]


def test_postgresql_stores_what_comes_first_beside_a_function_that_takes_long(
    postgres: Server, template: str
) -> None:
    with Store.open(postgres.create_database(template), now=lambda: NOW) as store, busy(store):
        assert store.submit_first(put("a")).result(PATIENCE_S)
        assert keys(store) == ["a"]


def test_an_error_rolls_back_its_own_function_and_no_other(store: Store) -> None:
    def fail(tx: Tx) -> None:
        put("lost")(tx)
        raise VersionConflict("somebody was first")

    with busy(store):
        futures: list[Future[object]] = [store.submit(work) for work in (put("a"), fail, put("b"))]
    with pytest.raises(VersionConflict):
        futures[1].result(PATIENCE_S)
    assert futures[0].result(PATIENCE_S) and futures[2].result(PATIENCE_S)
    assert keys(store) == ["a", "b"]


def test_what_failed_before_or_behind_another_takes_nothing_of_it_along(store: Store) -> None:
    def fail(tx: Tx) -> None:
        put("lost")(tx)
        raise VersionConflict("somebody was first")

    with busy(store):
        works = (fail, fail, put("a"), put("b"), fail, put("c"), fail)
        futures: list[Future[object]] = [store.submit(work) for work in works]
    wait(futures, PATIENCE_S)
    assert [future.exception() is None for future in futures] == [work is not fail for work in works]
    assert keys(store) == ["a", "b", "c"]


def test_functions_that_share_a_commit_cost_postgresql_one_turn_each_beside_their_own(
    postgres: Server, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "SLICE_S", PATIENCE_S)
    with traced() as tracer, Store.open(postgres.create_database(template), now=lambda: NOW) as store:
        store.write(lambda _: None)
        before = tracer.asked()
        with busy(store):
            futures = [store.submit(lambda tx: tx.marks.get("none")) for _ in range(20)]
        wait(futures, PATIENCE_S)
        asked = tracer.asked() - before
        assert (asked.statements, asked.commits) == (20, 1)
        assert asked.round_trips == 20 + 20 + len(("BEGIN", "PREPARE", "COMMIT"))


def test_an_error_of_a_function_alone_rolls_it_back_too(store: Store) -> None:
    def fail(tx: Tx) -> None:
        put("lost")(tx)
        raise VersionConflict("somebody was first")

    with pytest.raises(VersionConflict, match="somebody was first"):
        store.write(fail)
    assert keys(store) == []


def test_a_programming_error_stays_what_it_is(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        store.write(lambda _: 1 / 0)
    assert store.write(put("a"))


def test_many_threads_write_at_once(store: Store) -> None:
    def many(name: int) -> None:
        for number in range(10):
            assert store.write(put(f"{name}-{number}"))

    threads = [threading.Thread(target=many, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert store.read(lambda tx: tx.inbox.counts())["new"] == 80


def test_a_write_inside_a_write_says_so_instead_of_waiting_for_itself(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside a write"):
        store.write(lambda _: store.write(put("a")))


def test_reading_goes_on_beside_a_write_and_sees_what_is_committed(store: Store) -> None:
    store.write(put("a"))
    with busy(store):
        store.submit(put("b"))
        assert keys(store) == ["a"]


def test_a_read_can_not_write_on_sqlite(sqlite_store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="read-only"):
        sqlite_store.read(put("a"))


def test_closing_finishes_what_is_queued_and_refuses_what_comes_later(url: str) -> None:
    store = Store.open(url, now=lambda: NOW)
    with busy(store):
        last = store.submit(put("a"))
    store.close()
    assert last.result(PATIENCE_S)
    with pytest.raises(StoreUnavailable, match="closed"):
        store.write(put("b"))


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="needs its time zone"):
        store.write(lambda tx: tx.inbox.record("a", "k", "l", {}, NOW.replace(tzinfo=None)))


def test_a_store_shows_no_password() -> None:
    with Store.open("postgresql://me:secret@127.0.0.1:1/x", now=lambda: NOW) as store:
        assert "secret" not in repr(store)


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d"])
def test_a_url_of_no_use_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL") as caught:
        Store.open(url, now=lambda: NOW)
    assert "secret" not in str(caught.value)
