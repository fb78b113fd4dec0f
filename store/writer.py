"""The one writer of a connection: it drains a queue and shares one commit among what waits in it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from store.database.engines import session_of
from store.database.errors import StoreUnavailable, ends_session, explain
from store.sql import prepared
from store.tx import Tx

T = TypeVar("T")
GROUP = 256
# Seconds after which a group takes no more in. What waits for its results waits for no longer, and what comes first
# on another connection, for the rows that a group holds.
SLICE_S = 0.02


@dataclass(slots=True)
class _Job:
    work: Callable[[Tx], Any]
    future: Future[Any]
    first: bool = False


class _RolledBack(Exception):
    """Carries a job's own error past the end of a transaction that held that job alone."""


class Writer:
    """Runs functions over transactions, one at a time; a function's result is there after its COMMIT.

    What is submitted as `first` waits for one function at most, and for its commit, however much else waits.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        # What was taken from the queue and waits: the writer's thread alone has these.
        self._first: deque[_Job] = deque()
        self._others: deque[_Job] = deque()
        self._closed = False
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Tx], T], *, first: bool = False) -> Future[T]:
        """Queue a function; its future resolves once it is committed, or with what went wrong."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(StoreUnavailable("The store is closed."))
        else:
            self._queue.put(_Job(work, future, first))
        return future

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run a function and wait until it is committed."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("A write inside a write would wait for itself: use the transaction at hand.")
        return self.submit(work).result()

    def close(self) -> None:
        """Finish what is queued and stop."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._gather(wait=not (self._ending or self._first or self._others))
            waiting = self._first or self._others
            if waiting:
                self._perform(waiting)
            elif self._ending:
                break
        while not self._queue.empty():
            job = self._queue.get()
            if job is not None:
                job.future.set_exception(StoreUnavailable("The store is closed."))

    def _gather(self, *, wait: bool) -> None:
        """Take what is queued; `wait` until there is something."""
        try:
            job = self._queue.get(block=wait)
            while True:
                if job is None:
                    self._ending = True
                elif job.future.set_running_or_notify_cancel():
                    (self._first if job.first else self._others).append(job)
                job = self._queue.get_nowait()
        except Empty:
            return

    def _perform(self, waiting: deque[_Job]) -> None:
        failed = _perform_group(self._engine, self._group(waiting))
        if failed is not None:
            # Also those whose turn had not come: without a database each would wait for as long as this one did.
            for _ in range(min(len(waiting), GROUP)):
                waiting.popleft().future.set_exception(_copy(failed))

    def _group(self, waiting: deque[_Job]) -> Iterator[_Job]:
        """One job at least, and with it what waits, or comes to wait while others are performed, for so long."""
        until = monotonic() + SLICE_S
        for _ in range(GROUP):
            yield waiting.popleft()
            self._gather(wait=False)
            if not waiting or monotonic() >= until or (self._first and waiting is self._others):
                return


class InlineWriter:
    """A writer on its caller's thread, each function with a commit of its own: for whoever schedules everything
    himself, as a simulation does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, work: Callable[[Tx], T], *, first: bool = False) -> Future[T]:  # noqa: ARG002
        """Run a function at once; its future is resolved when this returns."""
        future: Future[T] = Future()
        _perform_group(self._engine, iter([_Job(work, future)]))
        return future

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run a function and commit it."""
        return self.submit(work).result()

    def close(self) -> None:
        """Nothing waits."""


def _perform_group(engine: Engine, group: Iterator[_Job]) -> BaseException | None:
    """Perform jobs with one commit; what went wrong with all of them, if anything did."""
    jobs: list[_Job] = []
    try:
        with session_of(engine) as connection:
            outcomes = _keep(connection, group, jobs)
    except BaseException as error:
        failed = explain(error)
        # One that was not begun with, for want of a session, is told as well.
        for job in jobs or list(islice(group, 1)):
            job.future.set_exception(_copy(failed))
        return failed
    for job, (value, failure) in zip(jobs, outcomes, strict=True):
        if failure is None:
            job.future.set_result(value)
        else:
            job.future.set_exception(explain(failure))
    return None


def _keep(connection: Connection, group: Iterator[_Job], jobs: list[_Job]) -> list[_Outcome]:
    """What came of each job, after the COMMIT. A session that refused one of them is not used again."""
    savepoint = _Savepoint()
    outcomes: list[_Outcome] = []
    try:
        with connection.begin():
            for job in group:
                jobs.append(job)
                outcomes.append(
                    savepoint.perform(connection, job) if len(jobs) > 1 else _perform_first(connection, job)
                )
    except _RolledBack as own:
        outcomes = [(None, _cause(own))]
    if any(failure is not None and ends_session(failure) for _, failure in outcomes):
        connection.invalidate()
    return outcomes


_Outcome = tuple[Any, BaseException | None]


def _perform_first(connection: Connection, job: _Job) -> _Outcome:
    """Nothing stands before it that its failing would take along."""
    try:
        return job.work(Tx(connection)), None
    except BaseException as error:
        raise _RolledBack from error


class _Savepoint:
    """Keeps apart the jobs that share a transaction, by one turn to the server for each; the COMMIT ends the last.

    Said in SQL: SQLAlchemy's own savepoints cost as much as two of a job's statements.
    """

    def __init__(self) -> None:
        self._kept: bool | None = None

    def perform(self, connection: Connection, job: _Job) -> _Outcome:
        if self._kept is not False:
            self._begin(connection, first=self._kept is None)
        self._kept = False
        try:
            value = job.work(Tx(connection))
        except BaseException as error:
            # Where the database ended the whole transaction by itself (disk full), this raises and fails the group.
            # The savepoint is still there, for the next one.
            prepared.say(connection, "ROLLBACK TO SAVEPOINT job")
            return None, error
        self._kept = True
        return value, None

    def _begin(self, connection: Connection, *, first: bool) -> None:
        if first:
            prepared.say(connection, "SAVEPOINT job")
        elif connection.dialect.name == "sqlite":
            prepared.say(connection, "RELEASE SAVEPOINT job")
            prepared.say(connection, "SAVEPOINT job")
        else:
            prepared.say(connection, "RELEASE SAVEPOINT job; SAVEPOINT job")


def _cause(error: BaseException) -> BaseException:
    return error.__cause__ or error


def _copy(error: BaseException) -> BaseException:
    # Each waiting thread raises its own: a shared exception would collect everybody's traceback.
    return type(error)(str(error)) if isinstance(error, StoreUnavailable) else error
