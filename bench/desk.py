"""The desk and the stand-ins, each in a process of its own, as the benchmarks run them."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any, Self
from urllib.parse import urlsplit

from bench.calls import PENDING
from bench.machine import FIRST_CORE, LAST_CORE
from bench.places import Place
from config.packaged import ALWAYS_OPEN
from store import Store, Tx

PARLEY = (sys.executable, "-c", "from parley.cli import main; main()")
PATIENCE_S = 90.0
# The sandbox's server hangs up on who was quiet for five seconds.
QUIET_S = 2.0
BUDGETS = (
    "ZENDESK_CALLS_PER_MINUTE",
    "ZENDESK_UPDATES_PER_MINUTE",
    "ZENDESK_EXPORTS_PER_MINUTE",
    "WORKMARKET_CALLS_PER_MINUTE",
)
TOKEN = "sandbox-webhook-token"


class Door:
    """The sandbox's door for benchmarks."""

    def __init__(self, url: str) -> None:
        self._last = 0.0
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def post(self, what: str, **given: Any) -> Any:
        return self._ask("POST", what, json.dumps(given))

    def asked(self) -> list[dict[str, str]]:
        """Every call so far, where the sandbox keeps them: `method`, `path`, `at`."""
        return list(self._ask("GET", "calls", None))

    def calls(self) -> Counter[str]:
        return Counter(self._ask("GET", "state", None)["calls"])

    def unexpected(self) -> int:
        return int(self._ask("GET", "state", None)["unexpected"])

    def _ask(self, method: str, what: str, body: str | None) -> Any:
        if perf_counter() - self._last > QUIET_S:
            self._connection.close()
        self._last = perf_counter()
        self._connection.request(method, f"/_sandbox/{what}", body)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise SystemExit(f"The sandbox answered {answer.status} to {what}: {said.decode()[:300]}")
        return json.loads(said)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


@contextmanager
def process(command: list[str], core: int, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process of its own, held to one core."""
    made = subprocess.Popen(command, text=True, **options)
    os.sched_setaffinity(made.pid, {core})
    try:
        yield made
    finally:
        made.terminate()
        try:
            made.wait(30)
        except subprocess.TimeoutExpired:
            made.kill()
            made.wait()


@contextmanager
def stand_ins(public_url: str, *more: str) -> Iterator[tuple[str, str]]:
    """The sandbox, with more options; yields its two addresses."""
    command = [sys.executable, "-m", "sandbox", "--workmarket-webhook-url", f"{public_url}/webhooks/workmarket"]
    command += ["--workmarket-webhook-token", TOKEN, *more]
    with process(command, LAST_CORE, stdout=subprocess.PIPE) as made:
        assert made.stdout is not None
        told = dict(made.stdout.readline().split() for _ in range(2))
        yield told["zendesk"], told["workmarket"]
        made.stdout.close()


def settings(
    database_url: str, zendesk: str, workmarket: str, public_url: str, broker: str = "memory://"
) -> dict[str, str]:
    """The environment of a desk between the stand-ins."""
    return {
        **os.environ,
        "ZENDESK_URL": zendesk,
        "ZENDESK_OAUTH_TOKEN": "sandbox-oauth-token",
        "WORKMARKET_URL": workmarket,
        "WORKMARKET_TOKEN": "sandbox-token",
        "WORKMARKET_SECRET": "sandbox-secret",
        "WORKMARKET_WEBHOOK_TOKEN": TOKEN,
        "PUBLIC_URL": public_url,
        "DATABASE_URL": database_url,
        "BROKER_URL": broker,
        "POLICY_FILE": str(ALWAYS_OPEN),
        "LOG_LEVEL": "WARNING",
        # Budgets are kept, and never empty: what is measured is the desk.
        **dict.fromkeys(BUDGETS, "1000000"),
    }


@dataclass(frozen=True, slots=True)
class Running:
    """A desk at work: its process, where it listens, the stand-ins' door, and its database."""

    process: subprocess.Popen[str]
    port: int
    door: Door
    store: Store

    @property
    def pid(self) -> int:
        return self.process.pid

    def rests(self) -> None:
        """Wait until there is nothing to do."""
        patiently("the desk finds no rest", lambda: self.store.read(quiet), 0.3)


@contextmanager
def desk(where: Place, *options: str, preload: Path | None = None) -> Iterator[Running]:
    """`parley run` on one core, the stand-ins with more options on the other; it has nothing to do yet."""
    port = free_port()
    public_url = f"http://127.0.0.1:{port}"
    with where.database() as url, stand_ins(public_url, *options) as (zendesk, workmarket):
        environment = settings(url, zendesk, workmarket, public_url, where.broker)
        apply = [*PARLEY, "zendesk", "apply", "--yes"]
        subprocess.run(apply, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        slow = {"LD_PRELOAD": str(preload)} if preload else {}
        command = [*PARLEY, "run", "--host", "127.0.0.1", "--port", str(port)]
        with (
            process(command, FIRST_CORE, env={**environment, **slow}) as running,
            Store.open(url, now=lambda: datetime.now(UTC)) as store,
            Door(zendesk) as door,
        ):
            patiently("the desk does not answer", lambda: answers(port))
            yield Running(running, port, door, store)


def quiet(tx: Tx) -> bool:
    return not tx.outbox.unfinished(1) and tx.inbox.oldest_new() is None


def assignment(door: Door) -> str:
    """An assignment handed in ten days ago, on which the worker has asked and nobody has answered."""
    done = datetime.now(UTC) - PENDING
    begun = done - timedelta(hours=3)
    moments = {"scheduled_start": begun, "scheduled_end": done, "checked_out": done}
    number = door.post("assignments", **{name: moment.isoformat() for name, moment in moments.items()})["id"]
    door.post("messages", id=number, author="worker", text="Could you approve this?")
    return str(number)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def patiently(what: str, done: Callable[[], bool], every_s: float = 0.05) -> None:
    """Wait for something, but not for ever."""
    started, pause = perf_counter(), Event()
    while not done():
        if perf_counter() - started > PATIENCE_S:
            raise SystemExit(f"Gave up after {PATIENCE_S:.0f} s: {what}.")
        pause.wait(every_s)
