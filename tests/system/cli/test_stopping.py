"""A process that is asked to end does so within ten seconds, whatever it waits for; asked twice, at once."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import make_url

from parley.wiring.stopping import CUT_OFF, GRACE_S
from tests.scale import tell
from tests.servers.ports import lasting_port
from tests.servers.proxy import proxy_to
from tests.servers.shared import Servers, servers
from tests.system.cli.shell import Running, Shell, answers, wait_for
from tests.system.cli.test_readiness import behind
from tests.system.processes.spawned_desk import SpawnedDesk

__all__ = ["servers"]

AT_ONCE_S, BUSY_S = 0.8 * GRACE_S, 20.0
"""What a second signal takes at most, and what a busy machine adds to the ten seconds."""


@dataclass(frozen=True)
class TroubledProcess:
    """A process in trouble. `in_flight` tells whether something that it sent is still noted as under way."""

    name: str
    process: Running
    in_flight: Callable[[], bool] | None = None


class TroubledProcesses:
    """Brings processes into trouble, each on a database of its own."""

    def __init__(
        self, desk: SpawnedDesk, operator: Shell, folder: Path, servers: Servers, stack: ExitStack
    ) -> None:
        self.desk, self.operator, self.folder, self.servers, self.stack = desk, operator, folder, servers, stack

    def all(self) -> list[TroubledProcess]:
        return [self.silent_database(), self.read_only_database(), self.dripping(), self.minting(), *self.broker()]

    def _serving(self, role: str, **environment: str) -> tuple[Running, int]:
        port = lasting_port()
        process = self.operator.start(role, "--host", "127.0.0.1", "--port", str(port), **environment)
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        return process, port

    def silent_database(self) -> TroubledProcess:
        url = self.stack.enter_context(self.servers.database())
        proxy, through = self.stack.enter_context(behind(url))
        process, _ = self._serving("run", DATABASE_URL=through)
        proxy.silence(new_too=True)
        return TroubledProcess("silent database", process)

    def read_only_database(self) -> TroubledProcess:
        url = self.stack.enter_context(self.servers.database())
        process, _ = self._serving("run", DATABASE_URL=url)
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as admin:
            name = psycopg.sql.Identifier(str(make_url(url).database))
            admin.execute(psycopg.sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            admin.execute(f"{others} AND pid <> pg_backend_pid()")
        return TroubledProcess("read-only database", process)

    def dripping(self) -> TroubledProcess:
        there = urlsplit(self.desk.sandbox.zendesk_url)
        proxy = self.stack.enter_context(proxy_to((there.hostname or "", there.port or 0)))
        proxy.drip(2.0)
        return self._looking("dripping", f"http://127.0.0.1:{proxy.port}")

    def minting(self) -> TroubledProcess:
        silent = self.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        return self._looking("hanging token mint", f"http://127.0.0.1:{silent.getsockname()[1]}")

    def _looking(self, name: str, zendesk: str) -> TroubledProcess:
        """A worker whose look at a ticket hangs."""
        file = self.folder / f"{name}.db"
        shutil.copy(self.desk.url.removeprefix("sqlite:///"), file)

        def in_flight() -> bool:
            with closing(sqlite3.connect(file)) as database:
                return bool(database.execute("SELECT 1 FROM outbox WHERE state = 'in_flight'").fetchall())

        process = self.operator.start("worker", DATABASE_URL=f"sqlite:///{file}", ZENDESK_URL=zendesk)
        wait_for(in_flight)
        return TroubledProcess(name, process, in_flight)

    def broker(self) -> Iterator[TroubledProcess]:
        """A broker that never answers, and beside it senders that never finish."""
        silent = self.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        process, port = self._serving("run", BROKER_URL=f"amqp://127.0.0.1:{silent.getsockname()[1]}//")
        for _ in range(20):
            sender = self.stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            sender.sendall(b"POST /webhooks/zendesk HTTP/1.1\r\nHost: desk\r\nContent-Length: 900\r\n\r\n{")
        yield TroubledProcess("silent broker and slow senders", process)


@contextmanager
def in_trouble(
    desk: SpawnedDesk, operator: Shell, folder: Path, servers: Servers
) -> Iterator[list[TroubledProcess]]:
    """One process in each kind of trouble."""
    desk.open()
    desk.store.write(
        lambda tx: tx.inbox.record("a", "ticket.changed", "ticket:35", {"ticket_id": "35"}, desk.clock())
    )
    desk.store.close()
    with ExitStack() as stack:
        yield TroubledProcesses(desk, operator, folder, servers, stack).all()


def left(operator: Shell, troubles: list[TroubledProcess], within_s: float) -> dict[str, tuple[int, float]]:
    """The exit code and the seconds of each, from now on; AssertionError for what has not left by then."""
    began, codes = time.monotonic(), dict[str, tuple[int, float]]()
    while len(codes) < len(troubles):
        for trouble in troubles:
            code = None if trouble.name in codes else operator.forker.ask(poll=trouble.process.pid)
            if code is not None:
                codes[trouble.name] = code, time.monotonic() - began
        late = [trouble.name for trouble in troubles if trouble.name not in codes]
        assert time.monotonic() - began < within_s, f"After {within_s} s these had not left: {late}."
        threading.Event().wait(0.05)
    return codes


@pytest.fixture
def gone(operator: Shell) -> Iterator[None]:
    """What this test has seen leave is not waited for at its end."""
    yield
    for running in list(operator._running):
        try:
            os.kill(running.pid, signal.SIGKILL)
        except ProcessLookupError:
            operator._running.remove(running)


def test_whatever_it_waits_for_a_process_ends_within_ten_seconds_and_what_was_in_flight_is_unclear(
    desk: SpawnedDesk, operator: Shell, tmp_path: Path, servers: Servers, gone: None
) -> None:
    with in_trouble(desk, operator, tmp_path, servers) as troubles:
        for trouble in troubles:
            os.kill(trouble.process.pid, signal.SIGTERM)
        codes = left(operator, troubles, GRACE_S + BUSY_S)
        tell("stopping", **{name.replace(" ", "_"): round(seconds, 1) for name, (_, seconds) in codes.items()})
        assert {code for code, _ in codes.values()} <= {0, CUT_OFF}
        for trouble in troubles:
            if trouble.in_flight is not None:
                assert codes[trouble.name][0] == CUT_OFF
                assert trouble.in_flight()


def test_a_second_signal_ends_a_process_at_once(
    desk: SpawnedDesk, operator: Shell, tmp_path: Path, servers: Servers, gone: None
) -> None:
    with in_trouble(desk, operator, tmp_path, servers) as troubles:
        for trouble in troubles:
            os.kill(trouble.process.pid, signal.SIGTERM)
        threading.Event().wait(0.5)
        for trouble in troubles:
            os.kill(trouble.process.pid, signal.SIGTERM)
        codes = left(operator, troubles, AT_ONCE_S)
        assert {code for code, _ in codes.values()} <= {0, 128 + signal.SIGTERM, -signal.SIGTERM}


def test_a_process_that_waits_for_nothing_ends_well(desk: SpawnedDesk, operator: Shell) -> None:
    desk.open()
    for role in ("worker", "clock"):
        process = operator.start(role)
        wait_for(partial(beats, desk, role))
        assert operator.stop(process).code == 0


def beats(desk: SpawnedDesk, role: str) -> bool:
    return desk.store.read(lambda tx: tx.marks.get(role)) is not None
