"""What the recorder promises the doors: one commit for all that came together, and an answer within bounds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

import pytest

from store import Receipt, Recorder, Store, StoreUnavailable, Tx
from tests.inboxes import next_rows
from tests.integration.store.conftest import NOW


def record(recorder: Recorder, key: str, body: dict[str, Any] | None = None, **more: Any) -> Awaitable[Receipt]:
    return recorder.record(key, "ticket.changed", f"ticket:{key}", body or {}, **more)


def counting(store: Store, groups: list[int]) -> Callable[[Callable[[Tx], list[Receipt]]], Any]:
    def submit(work: Callable[[Tx], list[Receipt]]) -> Future[list[Receipt]]:
        future = store.submit(work)
        future.add_done_callback(lambda done: groups.append(len(done.result())))
        return future

    return submit


def test_what_comes_together_is_one_commit(store: Store) -> None:
    groups: list[int] = []

    async def run() -> list[Receipt]:
        recorder = Recorder(counting(store, groups), lambda: NOW)
        return await asyncio.gather(*(record(recorder, str(number)) for number in range(30)))

    receipts = asyncio.run(run())
    assert all(receipt.new for receipt in receipts)
    assert groups == [30]
    ids = [receipt.id for receipt in receipts]
    keys = [row.key for row in store.read(lambda tx: [tx.inbox.get(row_id or 0) for row_id in ids]) if row]
    assert keys == [str(number) for number in range(30)]


def test_an_event_is_kept_before_what_the_desk_has_to_write_itself(store: Store) -> None:
    kept, begun, asked = threading.Event(), threading.Event(), threading.Event()

    def first(_: Tx) -> None:
        begun.set()
        assert asked.wait(60)

    def other(_: Tx) -> None:
        assert kept.wait(60), "It goes before the event."

    def submit(work: Callable[[Tx], list[Receipt]]) -> Future[list[Receipt]]:
        def noted(tx: Tx) -> list[Receipt]:
            kept.set()
            return work(tx)

        future = store.submit_first(noted)
        asked.set()
        return future

    # While the first is written, the others gather behind it.
    ours = [store.submit(first)]
    assert begun.wait(60)
    ours += [store.submit(other) for _ in range(59)]

    async def run() -> Receipt:
        return await record(Recorder(submit, lambda: NOW), "a")

    assert asyncio.run(run()).new
    assert all(future.result(60) is None for future in ours)


def test_twins_in_one_batch_are_one_row_and_known_keys_are_told(store: Store) -> None:
    async def run() -> list[Receipt]:
        recorder = store.recorder()
        await record(recorder, "old")
        wanted = ("a", "old", "b", "a")
        return await asyncio.gather(*(record(recorder, key) for key in wanted))

    assert [receipt.new for receipt in asyncio.run(run())] == [True, False, True, False]
    assert store.read(lambda tx: tx.inbox.counts())["new"] == 3


def test_a_new_row_s_id_is_the_one_it_has_also_beside_known_ones(store: Store) -> None:
    async def run() -> list[Receipt]:
        recorder = store.recorder()
        await record(recorder, "old")
        return await asyncio.gather(*(record(recorder, key) for key in ("a", "old", "b")))

    receipts = asyncio.run(run())
    for receipt, key in ((receipts[0], "a"), (receipts[2], "b")):
        row = store.read(lambda tx, wanted=receipt.id: tx.inbox.get(wanted))  # type: ignore[misc]
        assert row is not None and row.key == key


def test_a_known_key_with_another_body_says_so(store: Store) -> None:
    async def run() -> tuple[Receipt, Receipt]:
        recorder = store.recorder()
        await record(recorder, "a", {"n": 1})
        return await record(recorder, "a", {"n": 1}), await record(recorder, "a", {"n": 2})

    same, other = asyncio.run(run())
    assert (same.new, same.differs) == (False, False)
    assert (other.new, other.differs) == (False, True)


def test_a_dead_letter_starts_dead_with_its_sentence(store: Store) -> None:
    async def run() -> None:
        await record(store.recorder(), "a", dead="The body is not JSON.")

    asyncio.run(run())
    (dead,) = store.read(lambda tx: tx.inbox.dead())
    assert (dead.state, dead.error) == ("dead", "The body is not JSON.")
    assert store.read(lambda tx: next_rows(tx, 9, NOW)) == []


def test_equal_hints_in_one_batch_wait_once(store: Store) -> None:
    async def run() -> list[Receipt]:
        recorder = store.recorder()
        return await asyncio.gather(*(record(recorder, key, dedupe_key="look:1") for key in "abc"))

    assert [receipt.new for receipt in asyncio.run(run())] == [True, False, False]


def never(_: Callable[[Tx], list[Receipt]]) -> Future[list[Receipt]]:
    return Future()


def test_a_stuck_database_is_told_within_bounds_to_those_in_the_batch_and_to_those_behind_it() -> None:
    async def run() -> list[BaseException | Receipt]:
        recorder = Recorder(never, lambda: NOW, patience_s=0.05)
        first = asyncio.ensure_future(record(recorder, "a"))
        for _ in range(10):
            await asyncio.sleep(0)
        return await asyncio.gather(first, record(recorder, "b"), return_exceptions=True)

    assert [type(outcome) for outcome in asyncio.run(run())] == [StoreUnavailable, StoreUnavailable]


def test_too_much_waiting_is_refused_at_once() -> None:
    async def run() -> None:
        recorder = Recorder(never, lambda: NOW, patience_s=30, capacity=2)
        waiting = [asyncio.ensure_future(record(recorder, key)) for key in "ab"]
        await asyncio.sleep(0)
        with pytest.raises(StoreUnavailable, match="Too much"):
            await record(recorder, "c")
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(run())


def test_a_failed_commit_is_told_to_all_and_the_next_one_works(store: Store) -> None:
    broken = True

    def submit(work: Callable[[Tx], list[Receipt]]) -> Future[list[Receipt]]:
        if not broken:
            return store.submit(work)
        failed: Future[list[Receipt]] = Future()
        failed.set_exception(StoreUnavailable("The database is locked."))
        return failed

    async def run() -> None:
        nonlocal broken
        recorder = Recorder(submit, lambda: NOW)
        outcomes = await asyncio.gather(*(record(recorder, key) for key in "ab"), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 2
        broken = False
        assert (await record(recorder, "a")).new

    asyncio.run(run())


def test_since_when_nothing_can_be_stored_is_known_until_something_is(store: Store) -> None:
    broken = True

    def submit(work: Callable[[Tx], list[Receipt]]) -> Future[list[Receipt]]:
        if not broken:
            return store.submit(work)
        failed: Future[list[Receipt]] = Future()
        failed.set_exception(StoreUnavailable("The disk is full."))
        return failed

    async def run() -> None:
        nonlocal broken
        recorder = Recorder(submit, lambda: NOW, standing=store.standing)
        with pytest.raises(StoreUnavailable):
            await record(recorder, "a")
        assert store.standing.failing_since == NOW
        broken = False
        await record(recorder, "a")

    assert store.standing.failing_since is None
    asyncio.run(run())
    assert store.standing.failing_since is None
