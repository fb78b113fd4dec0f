"""The worker's threads: woken by the queue or by a sweep, several beside each other, and stopped cleanly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import cast

import pytest

from connector.broker.queue import BrokerQueue
from connector.errors import Transient
from escalation.model.values import State
from store import OutboxRow, Store, StoreUnavailable
from sync.inbox.handle import InboxHandler
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.runtime.heartbeats import DELIVERY, HANDLING
from sync.runtime.loops import AHEAD, ECHOES_WAIT, FAREWELL_S, Worker, announce, every
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import Clock, a_ticket, an_assignment
from tests.integration.sync.policy import START, policy

BOUND_S = 30.0
NEVER_S = 3600.0


@contextmanager
def working(*workers: Worker) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(BOUND_S)
    assert not any(thread.is_alive() for thread in threads)


class Bell:
    """Rings when the services have been called in a way that one waits for."""

    def __init__(self, desk: DeskOnFakes, is_it: Callable[[], bool]) -> None:
        self._rung = threading.Event()
        self._is_it = is_it
        desk.zendesk.at_call = desk.workmarket.at_call = self._look

    def _look(self, _: str) -> None:
        if self._is_it():
            self._rung.set()

    def wait(self) -> None:
        assert self._rung.wait(BOUND_S), "It did not happen."


def worker_of(desk: DeskOnFakes, store: Store | None = None, **options: object) -> Worker:
    kept = store or desk.store
    schedule = RetrySchedule.of(policy(), lambda: 0.0)
    deliverer = Deliverer(kept, desk.zendesk, desk.workmarket, schedule, now=desk.clock)
    return Worker(kept, InboxHandler(kept, policy()), deliverer, now=desk.clock, **options)  # type: ignore[arg-type]


def requests(desk: DeskOnFakes, number: int) -> list[str]:
    for one in range(number):
        fields = {**a_ticket().fields, "assignment_id": str(5000 + one)}
        desk.zendesk.add(a_ticket(str(100 + one), fields=fields))
        desk.workmarket.add(an_assignment(str(5000 + one)))
    return [str(100 + one) for one in range(number)]


def test_what_waited_before_the_start_is_done_right_after_it(desk: DeskOnFakes) -> None:
    bell = Bell(desk, lambda: desk.zendesk.calls.count("write") == 2)
    desk.submitted()
    with working(worker_of(desk)):
        bell.wait()
    desk.work()
    assert desk.case().state is State.TIER_1


def test_a_message_of_the_queue_wakes_the_worker(desk: DeskOnFakes) -> None:
    queue = BrokerQueue("memory://")
    bell = Bell(desk, lambda: desk.zendesk.calls.count("write") == 2)
    with working(worker_of(desk, queue=queue, sweep_s=NEVER_S)):
        desk.submitted()
        announce(queue, "inbox", 1)
        bell.wait()
    queue.close()


class Silent:
    """A broker that takes connections and never answers, for as long as it is not let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def announce(self, *_: object) -> None:
        self.let_go.wait(BOUND_S)

    def consume(self, *_: object) -> None:
        self.let_go.wait(BOUND_S)


def test_a_broker_that_is_silent_holds_no_worker_that_is_to_end(desk: DeskOnFakes) -> None:
    broker, stop = Silent(), threading.Event()
    thread = threading.Thread(target=worker_of(desk, queue=broker).run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(2 * FAREWELL_S)
    assert not thread.is_alive()
    broker.let_go.set()


def test_without_any_message_the_sweep_finds_what_is_new(desk: DeskOnFakes) -> None:
    bell = Bell(desk, lambda: desk.zendesk.calls.count("write") == 2)
    with working(worker_of(desk, sweep_s=0.05)):
        desk.submitted()
        bell.wait()


def test_a_worker_takes_no_more_than_it_is_soon_to_deliver(desk: DeskOnFakes) -> None:
    """What it had taken long before its turn, other workers would meanwhile do, and it would try in vain."""
    threads, listed = 2, 20
    for ticket in requests(desk, listed):
        desk.submitted(ticket)
    worker, tried, go_on = worker_of(desk, threads=threads), threading.Semaphore(0), threading.Event()

    def hold(_: str) -> None:
        tried.release()
        go_on.wait(BOUND_S)

    desk.zendesk.at_call = hold
    with working(worker):
        assert all(tried.acquire(timeout=BOUND_S) for _ in range(threads))
        taken = len(worker._busy)
        bell = Bell(desk, lambda: desk.zendesk.calls.count("write") == 2 * listed)
        go_on.set()
        bell.wait()
    assert taken <= AHEAD * threads


def test_two_workers_on_the_same_rows_do_everything_once(desk: DeskOnFakes, url: str, clock: Clock) -> None:
    tickets = requests(desk, 12)
    bell = Bell(desk, lambda: len(desk.zendesk.written) >= 23)
    for ticket in tickets:
        desk.submitted(ticket)
        desk.submitted(ticket)
    with Store.open(url, now=clock) as other, working(worker_of(desk), worker_of(desk, other)):
        bell.wait()
    desk.wait(minutes=3)
    assert {desk.case(ticket).state for ticket in tickets} == {State.TIER_1}
    assert sorted(post.assignment_id for post in desk.workmarket.posted) == [str(5000 + n) for n in range(12)]
    ids = [update.id for update, _ in desk.zendesk.written]
    assert len(ids) == len(set(ids)) == 24


class ListedTooEarly:
    """A deliverer whose first row is listed again just before it is done, and the next of its lane meanwhile."""

    def __init__(self, first: OutboxRow) -> None:
        self.first, self.next = first, replace(first, seq=first.seq + 1, id="next")
        self.lists = iter([[self.first], [self.first], [self.next], []])
        self.passed_over, self.delivered = threading.Event(), threading.Event()
        self.tries = 0
        self.wake: Callable[[], None] = lambda: None

    def ready(self, _now: datetime, _limit: int) -> list[OutboxRow]:
        listed = next(self.lists, None)
        if listed == []:
            self.passed_over.set()
        return [self.next] if listed is None and not self.delivered.is_set() else listed or []

    def deliver(self, row_id: str, _lane: str, _row: OutboxRow) -> bool:
        self.tries += 1
        if row_id == self.next.id:
            self.delivered.set()
        elif self.tries == 2:
            while not self.passed_over.is_set():
                self.wake()
                self.passed_over.wait(0.01)
        return self.tries == 1


def test_a_row_that_was_passed_over_behind_one_listed_too_early_waits_for_no_sweep(desk: DeskOnFakes) -> None:
    desk.submitted()
    worker_of(desk)._handle()
    [row, *_] = desk.store.read(lambda tx: tx.outbox.ready(desk.clock(), 1))
    deliverer = ListedTooEarly(row)
    worker = worker_of(desk, sweep_s=NEVER_S)
    worker._deliverer, deliverer.wake = cast(Deliverer, deliverer), worker.wake
    with working(worker):
        assert deliverer.delivered.wait(BOUND_S)


def test_a_slow_destination_does_not_hold_up_the_others(desk: DeskOnFakes) -> None:
    slow, fast = requests(desk, 2)
    desk.submitted(slow)
    desk.work()
    may_go_on, reached = threading.Event(), threading.Event()
    desk.clock.move(hours=1)

    def at_call(verb: str) -> None:
        if verb == "write" and not reached.is_set():
            reached.set()
            assert may_go_on.wait(BOUND_S)
        elif verb == "post" and reached.is_set():
            may_go_on.set()

    desk.zendesk.at_call = desk.workmarket.at_call = at_call
    desk.receive("assignment.post", {"ticket_id": "77", "text": "Refused, by a note that takes its time."})
    desk.zendesk.add(a_ticket("77", on_form=False))
    with working(worker_of(desk)):
        assert reached.wait(BOUND_S)
        desk.submitted(fast)
        assert may_go_on.wait(BOUND_S)


def test_the_worker_leaves_its_heartbeat(desk: DeskOnFakes) -> None:
    bell = Bell(desk, lambda: True)
    desk.submitted()
    with working(worker_of(desk)):
        bell.wait()
    marks = desk.store.read(lambda tx: tx.marks.some([HANDLING, DELIVERY]))
    assert {name: mark.at for name, mark in marks.items()} == {HANDLING: START, DELIVERY: START}


def test_a_broker_that_is_away_costs_nothing_but_time(desk: DeskOnFakes) -> None:
    class Gone:
        def announce(self, _name: str, _message: int | str, /) -> None:
            raise Transient("The broker is away.")

        def consume(self, _name: str, _handle: Callable[[int | str], None], stop: threading.Event, /) -> None:
            stop.wait()

    bell = Bell(desk, lambda: desk.zendesk.calls.count("write") == 2)
    desk.submitted()
    with working(worker_of(desk, queue=Gone())):
        bell.wait()


def test_a_database_that_is_away_is_waited_for(desk: DeskOnFakes) -> None:
    class Flaky(InboxHandler):
        failures = 3

        def handle_ready(self, now, limit=64):  # type: ignore[no-untyped-def]
            if self.failures:
                self.failures -= 1
                raise StoreUnavailable("The database is away.")
            return super().handle_ready(now, limit)

    worker = worker_of(desk, sweep_s=0.01)
    worker._handler = Flaky(desk.store, policy())
    bell = Bell(desk, lambda: desk.zendesk.calls.count("write") == 2)
    desk.submitted()
    with working(worker):
        bell.wait()


class AtOnce(ThreadPoolExecutor):
    """Does what it is given before it goes on."""

    def submit(self, work, /, *args, **options):  # type: ignore[no-untyped-def]
        work(*args, **options)


def one_step(worker: Worker) -> None:
    """Handle, then deliver what may go."""
    worker._handle()
    with AtOnce() as pool:
        worker._dispatch(pool, threading.Event())


def looks(desk: DeskOnFakes) -> int:
    return desk.zendesk.calls.count("look")


def test_a_look_that_an_echo_may_have_asked_for_is_made_once_for_all_that_come_within_a_moment(
    desk: DeskOnFakes,
) -> None:
    desk.arrive()
    worker, before = worker_of(desk), looks(desk)
    for _ in range(2):
        desk.changed()
        one_step(worker)
        desk.clock.move(milliseconds=90)
    assert looks(desk) == before
    desk.clock.move(milliseconds=20)
    one_step(worker)
    assert looks(desk) == before + 1


def test_how_long_it_waits_stands_in_its_row_and_not_in_a_process(
    desk: DeskOnFakes, url: str, clock: Clock
) -> None:
    desk.arrive()
    before = looks(desk)
    desk.changed()
    worker_of(desk)._handle()
    desk.clock.move(milliseconds=150)
    with Store.open(url, now=clock) as other:
        another = worker_of(desk, other)
        one_step(another)
        assert looks(desk) == before
        assert another._pause_s == pytest.approx(0.05)
        desk.clock.move(milliseconds=50)
        one_step(another)
    assert looks(desk) == before + 1


def test_a_look_at_what_did_not_change_lately_waits_for_nobody(desk: DeskOnFakes) -> None:
    desk.arrive()
    before = looks(desk)
    desk.clock.move(seconds=10)
    desk.changed()
    one_step(worker_of(desk))
    assert looks(desk) == before + 1


def test_a_clock_that_is_set_back_parks_no_look(desk: DeskOnFakes) -> None:
    desk.arrive()
    worker, before = worker_of(desk), looks(desk)
    desk.changed()
    one_step(worker)
    desk.clock.move(hours=-1)
    one_step(worker)
    assert looks(desk) == before + 1


def test_an_update_goes_past_a_look_that_waits_for_echoes(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.changed()
    desk.receive("assignment.post", {"ticket_id": "77", "text": "Refused, by a note."})
    desk.zendesk.add(a_ticket("77", on_form=False))
    so_far = len(desk.zendesk.calls)
    one_step(worker_of(desk))
    assert desk.zendesk.calls[so_far:] == ["settle"]  # which is the first of an update without a stamp


def test_nobody_has_to_wake_the_worker_for_a_look_that_has_waited(desk: DeskOnFakes) -> None:
    desk.arrive()
    wanted, began = looks(desk) + 1, monotonic()
    bell = Bell(desk, lambda: looks(desk) == wanted)
    worker = worker_of(desk, sweep_s=NEVER_S)
    worker._now = lambda: START + timedelta(seconds=monotonic() - began)
    desk.changed()
    with working(worker):
        bell.wait()
    assert monotonic() - began >= ECHOES_WAIT.total_seconds()


@pytest.mark.parametrize("trouble", [StoreUnavailable("Away."), KeyError("x")])
def test_what_is_done_every_so_often_goes_on_after_an_error(trouble: Exception) -> None:
    stop, times = threading.Event(), []

    def work() -> None:
        times.append(1)
        if len(times) == 3:
            stop.set()
        raise trouble

    every(0.001, work, stop, name="clock")
    assert len(times) == 3


def test_the_first_time_is_at_once() -> None:
    stop = threading.Event()
    every(NEVER_S, stop.set, stop, name="clock")
    assert stop.is_set()
