"""From the webhook to tier 1, everything included: the desk's process on one core, the stand-ins on the other.

    python -m bench.walk [--cases 150]

`python -m sandbox` plays Zendesk and WorkMarket; `parley zendesk apply` sets its account up; `parley run` is the
desk, with SQLite (WAL, synchronous=FULL) and the queue in memory. All requests are sent in at once. A case counts
once its message is posted, its ticket says tier 1 and the requester has been told, and nothing of that is left to
do. Its own updates come back as webhooks, and the looks that follow are part of the load.

The calls for one case are counted apart, with a clock that is moved and without those webhooks.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from parley.demo import sandbox_values
from parley.house import House
from parley.pace import Pace
from parley.rules import load_rules
from parley.setup import set_up_account
from sandbox.clock import MovableClock
from sandbox.server import Sandbox
from store import Store, Tx, migrate

FIRST_CORE, *_, LAST_CORE = [*sorted(os.sched_getaffinity(0)) * 2]
WANTED_RATE = 20
PATIENCE_S = 90.0
LOOK_EVERY_S = 0.05
TOKEN = "sandbox-webhook-token"
PENDING = timedelta(days=10)
REQUEST: dict[str, Any] = {
    "requester_email": "wanda@example.com",
    "name": "Wanda Worker",
    "party": "worker",
    "reason": "approval_overdue",
    "description": "Nobody answers me.",
}


@dataclass(frozen=True, slots=True)
class Walk:
    """What one run measured; times in seconds."""

    cases: int
    took: float
    busy: float
    calls: Counter[str]
    looks: int

    @property
    def rate(self) -> float:
        return self.cases / self.took


class Door:
    """The sandbox's door for benchmarks."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def post(self, what: str, **given: Any) -> Any:
        return self._ask("POST", what, json.dumps(given))

    def calls(self) -> Counter[str]:
        return Counter(self._ask("GET", "state", None)["calls"])

    def unexpected(self) -> int:
        return int(self._ask("GET", "state", None)["unexpected"])

    def _ask(self, method: str, what: str, body: str | None) -> Any:
        if method == "GET":  # the server hangs up on who was quiet for some seconds
            self._connection.close()
        self._connection.request(method, f"/_sandbox/{what}", body)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise SystemExit(f"The sandbox answered {answer.status} to {what}: {said.decode()[:300]}")
        return json.loads(said)

    def close(self) -> None:
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
def stand_ins(public_url: str) -> Iterator[tuple[str, str]]:
    """The sandbox; yields its two addresses."""
    command = [sys.executable, "-m", "sandbox", "--workmarket-webhook-url", f"{public_url}/webhooks/workmarket"]
    command += ["--workmarket-webhook-token", TOKEN]
    with process(command, LAST_CORE, stdout=subprocess.PIPE) as made:
        assert made.stdout is not None
        told = dict(made.stdout.readline().split() for _ in range(2))
        yield told["zendesk"], told["workmarket"]
        made.stdout.close()


def settings(folder: Path, zendesk: str, workmarket: str, public_url: str) -> dict[str, str]:
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
        "DATABASE_URL": database_url(folder),
        "BROKER_URL": "memory://",
        "LOG_LEVEL": "WARNING",
    }


def database_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'walk.db'}"


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


def patiently(what: str, done: Any, every_s: float = LOOK_EVERY_S) -> None:
    """Wait for something, but not for ever."""
    started, pause = perf_counter(), Event()
    while not done():
        if perf_counter() - started > PATIENCE_S:
            raise SystemExit(f"Gave up after {PATIENCE_S:.0f} s: {what}.")
        pause.wait(every_s)


def processor_seconds(pid: int) -> float:
    """What a process has used of its core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def arrived(tx: Tx, cases: int) -> bool:
    """Whether so many cases are in tier 1 and nothing of that is left to do."""
    if tx.cases.counts().get("tier_1", 0) < cases:
        return False
    return all(row.kind == "look" for row in tx.outbox.unfinished(cases * 4))


def quiet(tx: Tx) -> bool:
    return not tx.outbox.unfinished(1) and tx.inbox.oldest_new() is None


def walk(cases: int) -> Walk:
    """Send so many requests in and wait for tier 1."""
    port = free_port()
    public_url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as name, stand_ins(public_url) as (zendesk, workmarket):
        folder, door = Path(name), Door(zendesk)
        environment = settings(folder, zendesk, workmarket, public_url)
        parley = [sys.executable, "-c", "from parley.cli import main; main()"]
        apply = [*parley, "zendesk", "apply", "--yes"]
        subprocess.run(apply, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        numbers = [assignment(door) for _ in range(cases)]
        command = [*parley, "run", "--host", "127.0.0.1", "--port", str(port)]
        with process(command, FIRST_CORE, env=environment) as desk:
            patiently("the desk does not answer", lambda: answers(port))
            with Store.open(database_url(folder), now=lambda: datetime.now(UTC)) as store:
                patiently("the desk finds no rest", lambda: store.read(quiet))
                before = door.calls()
                used, started = processor_seconds(desk.pid), perf_counter()
                for number in numbers:
                    door.post("requests", assignment_id=number, **REQUEST)
                patiently("not every case reached tier 1", lambda: store.read(lambda tx: arrived(tx, cases)))
                took, busy = perf_counter() - started, processor_seconds(desk.pid) - used
                patiently("the desk finds no rest", lambda: store.read(quiet), 0.3)
                looks = store.read(lambda tx: looks_made(tx, cases))
        calls = door.calls() - before
        if door.unexpected():
            raise SystemExit("The stand-ins were asked for something that they do not have.")
        door.close()
    return Walk(cases, took, busy, calls, looks)


def looks_made(tx: Tx, cases: int) -> int:
    """The looks of cases that exist: those after the first look, which finds the case."""
    found = tx.cases.list(limit=cases)
    return sum(row.attempts for case in found for row in tx.outbox.of_case(case.id) if row.kind == "look")


def assignment(door: Door) -> str:
    """An assignment handed in ten days ago, on which the worker has asked and nobody has answered."""
    done = datetime.now(UTC) - PENDING
    begun = done - timedelta(hours=3)
    moments = {"scheduled_start": begun, "scheduled_end": done, "checked_out": done}
    number = door.post("assignments", **{name: moment.isoformat() for name, moment in moments.items()})["id"]
    door.post("messages", id=number, author="worker", text="Could you approve this?")
    return str(number)


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls that one case costs, by service, as "METHOD path"."""

    tier_1: dict[str, list[str]]
    update: dict[str, list[str]]


def calls_of_one_case() -> Calls:
    """Count the calls to tier 1 and those of a later update, where nothing comes back and nothing fails."""
    clock = MovableClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as name, Sandbox(clock) as sandbox:
        url = database_url(Path(name))
        migrate(url)
        with House(sandbox_values(sandbox, url), load_rules(None), now=clock) as house:
            set_up_account(house, "http://127.0.0.1:9")
            pace = Pace(clock, house.store, house.desk(), house.tick, lambda: 0)
            done = clock() - PENDING
            number = sandbox.workmarket.add_assignment(
                scheduled_start=done - timedelta(hours=3), scheduled_end=done, checked_out=done
            )
            sandbox.workmarket.message(number, "worker", "Could you approve this?")
            ticket = str(sandbox.zendesk.people.submit_request(assignment_id=number, **REQUEST))
            house.store.write(
                lambda tx: tx.inbox.record(
                    "1", "request.submitted", f"ticket:{ticket}", {"ticket_id": ticket}, clock()
                )
            )
            tier_1 = _made(sandbox, pace, None)
            return Calls(tier_1, _made(sandbox, pace, before_a_later_update(house, pace)))


def before_a_later_update(house: House, pace: Pace) -> datetime:
    """Live on until the next thing due is an update that tells nothing but that the case goes on; its moment."""
    for _ in range(50):
        due = house.store.read(soonest)
        if {kind for _, kind in due} == {"next_update"}:
            return due[0][0]
        pace.move_to(due[0][0])
    raise SystemExit("No update came that was due alone.")


def soonest(tx: Tx) -> list[tuple[datetime, str]]:
    (case,) = tx.cases.list()
    timers = [timer for timer in tx.timers.of_case(case.id) if not timer.fired]
    return [(timer.due, timer.kind) for timer in timers if timer.due == timers[0].due]


def _made(sandbox: Sandbox, pace: Pace, until: datetime | None) -> dict[str, list[str]]:
    sandbox.calls.clear()
    pace.move_to(until or sandbox.clock())
    asked = [call for call in sandbox.calls if "authorization" not in call.path]
    return {
        service: [f"{call.method} {call.path}" for call in asked if call.service == service]
        for service in ("zendesk", "workmarket")
    }


def report(made: Walk, calls: Calls) -> None:
    cases = made.cases
    print(
        f"walk: {cases} requests to tier 1 in {made.took:.1f} s: {made.rate:.1f} cases a second on one core "
        f"(at least {WANTED_RATE}); {made.busy / cases * 1000:.1f} ms of its processor for each"
    )
    for name, told, most in (
        ("straight to tier 1", calls.tier_1, "at most 5 and 2"),
        ("a later update", calls.update, "3"),
    ):
        print(f"      calls, {name}: Zendesk {len(told['zendesk'])}, WorkMarket {len(told['workmarket'])} ({most})")
    each = ", ".join(f"{name} {number / cases:.2f}" for name, number in sorted(made.calls.items()))
    print(f"      echoes of our own updates, for each case: {made.looks / cases:.2f} looks")
    print(f"      calls while they walked, echoes included, for each case: {each}")
    print("      repeat with: .venv/bin/python -m bench.walk")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=150)
    given = parser.parse_args()
    report(walk(given.cases), calls_of_one_case())


if __name__ == "__main__":
    main()
