"""The threads that run the desk: woken by the queue, by each other, and by a sweep that needs neither."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic

import structlog

from connector.ports import Queue
from store import OutboxRow, Store, StoreUnavailable
from sync.inbox.handle import InboxHandler
from sync.outbox.deliver import Deliverer
from sync.runtime.heartbeats import DELIVERY, HANDLING, WorkerBeats
from sync.shared.codec import may_be_echo

log = structlog.get_logger()
# Seconds until what nobody announced is found, and until a database that was away is asked again.
SWEEP_S = 1.0
# A delivery waits for two commits and an answer; on a disk that takes 4 ms to be sure, sixteen fill one core.
THREADS = 16
LISTED = 64
# Deliveries under way or next, for each thread. What is taken long before its turn, another process does first.
AHEAD = 4
# Listed for each thread: those, and what other processes have begun.
IN_VIEW = 6
# What was begun so lately is most probably another process's, and tried last.
JUST_BEGUN = timedelta(seconds=2)
# Seconds until it is looked again what else there is, where more was listed than was taken.
AGAIN_S = 0.2
# A look that an echo of the desk's own changes may have asked for waits so long for the others, which then join it.
ECHOES_WAIT = timedelta(milliseconds=200)
# Seconds that the broker has to hear that we leave.
FAREWELL_S = 2.0


class Worker:
    """Handles and delivers until it is stopped. Any number may run at once, in any number of processes."""

    def __init__(
        self,
        store: Store,
        handler: InboxHandler,
        deliverer: Deliverer,
        *,
        now: Callable[[], datetime],
        queue: Queue | None = None,
        threads: int = THREADS,
        sweep_s: float = SWEEP_S,
        may_decide: Callable[[], bool] = lambda: True,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self._store = store
        self._handler = handler
        self._deliverer = deliverer
        self._now = now
        self._queue = queue
        self._threads = threads
        self._sweep_s = sweep_s
        self._may_decide = may_decide
        self._may_send = may_send
        self._inbox = threading.Event()
        self._outbox = threading.Event()
        self._news = threading.Event()
        self._latest = ""
        self._busy: dict[str, str] = {}
        self._passed_over: set[str] = set()
        self._busy_lock = threading.Lock()
        self._beats = WorkerBeats(store, now)
        self._pause_s = sweep_s

    def wake(self) -> None:
        """Look at once whether there is something to do."""
        self._inbox.set()
        self._outbox.set()

    def hear(self) -> None:
        """Look at once whether there is something to handle; what is to be delivered says so itself."""
        self._inbox.set()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, and finish what was begun."""
        loops: list[Callable[[threading.Event], None]] = [self._handling, self._delivering]
        messages: list[Callable[[threading.Event], None]] = []
        if self._queue is not None:
            messages = [
                self._telling,
                self._hearing("inbox", self._inbox),
                self._hearing("outbox", self._outbox),
            ]
        threads = [threading.Thread(target=loop, args=(stop,)) for loop in loops]
        # A broker that is silent may hold these for as long as it likes, and there is nothing in them to finish.
        held = [threading.Thread(target=loop, args=(stop,), daemon=True) for loop in messages]
        for thread in (*threads, *held):
            thread.start()
        stop.wait()
        for event in (self._inbox, self._outbox, self._news):
            event.set()
        for thread in threads:
            thread.join()
        until = monotonic() + FAREWELL_S
        for thread in held:
            thread.join(max(until - monotonic(), 0.0))

    def _handling(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._inbox.clear()
            if not self._guarded(self._handle, stop):
                self._inbox.wait(self._sweep_s)

    def _handle(self) -> bool:
        self._beats.beat(HANDLING)
        if not self._may_decide():
            return False
        handled = self._handler.handle_ready(self._now(), LISTED)
        if handled.effects:
            self._outbox.set()
            self._latest = handled.effects[-1]
            self._news.set()
        return handled.rows > 0

    def _delivering(self, stop: threading.Event) -> None:
        with ThreadPoolExecutor(self._threads, thread_name_prefix="deliver") as pool:

            def dispatch() -> bool:
                return self._dispatch(pool, stop)

            while not stop.is_set():
                self._outbox.clear()
                self._pause_s = self._sweep_s
                self._guarded(dispatch, stop)
                self._outbox.wait(self._pause_s)

    def _dispatch(self, pool: ThreadPoolExecutor, stop: threading.Event) -> bool:
        """Whether something was taken; when to look again, where more waits than that."""
        self._beats.beat(DELIVERY)
        with self._busy_lock:
            if len(self._busy) > self._threads:
                self._pause_s = AGAIN_S
                return False
        now = self._now()
        rows = self._deliverer.ready(now, IN_VIEW * self._threads)
        if rows and not self._may_send():
            return False
        waits = {row.id: wait for row in rows if (wait := echoes_wait(row, now))}
        free, taken = self._taken([row for row in rows if row.id not in waits])
        for row in taken:
            pool.submit(self._deliver, row, stop)
        again = [AGAIN_S] if len(taken) < free else []
        self._pause_s = min([self._sweep_s, *again, *(wait.total_seconds() for wait in waits.values())])
        return bool(taken)

    def _taken(self, rows: Sequence[OutboxRow]) -> tuple[int, list[OutboxRow]]:
        """How many are nobody's here, and the next of them, by priority and then by chance: workers that all took
        the oldest ones would try the same lanes, and all but one in vain."""
        now = self._now()

        def turn(row: OutboxRow) -> tuple[bool, int, float]:
            return _was_just_begun(row, now), row.priority, random.random()  # noqa: S311  guards nothing

        with self._busy_lock:
            free = [row for row in sorted(rows, key=turn) if row.lane not in self._busy]
            taken = free[: AHEAD * self._threads - len(self._busy)]
            # Listed just before its commit, a row is taken once more; the next of its lane may show only meanwhile.
            self._passed_over.update(row.lane for row in rows if self._busy.get(row.lane, row.id) != row.id)
            self._busy.update((row.lane, row.id) for row in taken)
        return len(free), taken

    def _deliver(self, row: OutboxRow, stop: threading.Event) -> None:
        moved = False
        try:
            if not stop.is_set():
                moved = self._guarded(lambda: self._deliverer.deliver(row.id, row.lane, row), stop)
        finally:
            with self._busy_lock:
                del self._busy[row.lane]
                next_waits = row.lane in self._passed_over
                self._passed_over.discard(row.lane)
            if moved or next_waits:
                self.wake()

    def _telling(self, stop: threading.Event) -> None:
        """Tell other workers; in a thread of its own, since a broker that is away takes its time."""
        while not stop.is_set():
            self._news.wait()
            self._news.clear()
            if self._queue is not None and not stop.is_set():
                announce(self._queue, "outbox", self._latest)

    def _hearing(self, name: str, event: threading.Event) -> Callable[[threading.Event], None]:
        def hearing(stop: threading.Event) -> None:
            if self._queue is not None:
                self._queue.consume(name, lambda _: event.set(), stop)

        return hearing

    def _guarded(self, work: Callable[[], bool], stop: threading.Event) -> bool:
        """Whether something moved. A database that is away is waited for; no error of ours ends a loop."""
        try:
            return work()
        except StoreUnavailable as error:
            log.warning("store_unavailable", reason=str(error))
        except Exception as error:
            log.error("loop_failed", error=type(error).__name__)
        stop.wait(self._sweep_s)
        return False


def _was_just_begun(row: OutboxRow, now: datetime) -> bool:
    at = row.attempted_at
    return row.state == "in_flight" and at is not None and abs(now - at) < JUST_BEGUN


def echoes_wait(row: OutboxRow, now: datetime) -> timedelta:
    """How long a look still waits for echoes to join it, from when it was asked for; a clock set back ends it."""
    age = now - row.created_at
    waits = may_be_echo(row.body) and timedelta(0) <= age < ECHOES_WAIT
    return ECHOES_WAIT - age if waits else timedelta(0)


def announce(queue: Queue, name: str, row_id: int | str) -> None:
    """Say that there is something to do; where that fails, a sweep finds it."""
    try:
        queue.announce(name, row_id)
    except Exception as error:
        log.info("announce_failed", error=type(error).__name__)


def every(interval_s: float, work: Callable[[], object], stop: threading.Event, *, name: str) -> None:
    """Do something now and every `interval_s` seconds until `stop` is set, whatever becomes of it."""
    while not stop.is_set():
        try:
            work()
        except Exception as error:
            log.warning("loop_failed", loop=name, error=type(error).__name__, reason=_reason(error))
        stop.wait(interval_s)


def _reason(error: Exception) -> str:
    # Only the store's sentences are known to hold nothing of what was stored.
    return str(error) if isinstance(error, StoreUnavailable) else ""
