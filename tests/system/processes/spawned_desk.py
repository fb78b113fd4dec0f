"""A desk in processes of its own, which may be killed, beside stand-ins that live on in the test's process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from escalation.model.case import Case
from parley.demo import WORKMARKET_TOKEN, sandbox_values
from parley.wiring.app import App
from parley.wiring.load_policy import load_rules
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from sandbox.zendesk.people import People
from store import Store
from sync.reconciling.reconcile import CONVERSATIONS
from sync.shared.codec import decode_case
from tests.beginning import pending_assignment, submit_request
from tests.migrated import migrated
from tests.patience import PATIENCE_S
from tests.prepared import PUBLIC_URL, ToThisMachine, prepare_account, reaches_desk_by
from tests.scale import scaled
from tests.servers.ports import lasting_port

ROOT = Path(__file__).parents[3]
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
SETTLED_AFTER = timedelta(seconds=61)
POLLED_EVERY_S = 0.02
ROUNDS_TO_REST = 2
MOST_KILLS = scaled(commit=2, nightly=4)
MOMENT = re.compile(r"[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d [A-Z]{3,4}")
REFERENCE = re.compile(r"\[Ref [0-9A-Z]{4}")


class Forker:
    """The process that the desk's processes are forked from."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.system.processes.forker"]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **asked: Any) -> Any:
        pipes = self._process
        assert pipes.stdin is not None and pipes.stdout is not None
        pipes.stdin.write(json.dumps(asked) + "\n")
        pipes.stdin.flush()
        return json.loads(pipes.stdout.readline())

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        out: str,
        err: str,
        module: str = "parley.cli",
    ) -> int:
        """Start `parley`, or another module's `main`, and return its process id; what it writes is appended to two
        files in the folder."""
        given = {
            "module": module,
            "arguments": [*arguments],
            "environment": {**environment},
            "folder": str(folder),
            "out": str(folder / out),
            "err": str(folder / err),
        }
        pid: int = self.ask(start=given)
        return pid

    def wait(self, pid: int) -> int:
        """Its exit code, once it has left; one that does not leave is killed, and that is an AssertionError."""
        pause = threading.Event()
        for _ in range(int(PATIENCE_S / POLLED_EVERY_S)):
            code: int | None = self.ask(poll=pid)
            if code is not None:
                return code
            pause.wait(POLLED_EVERY_S)
        os.kill(pid, signal.SIGKILL)
        while self.ask(poll=pid) is None:
            pause.wait(POLLED_EVERY_S)
        raise AssertionError("It does not leave.")

    def close(self) -> None:
        self._process.communicate()


class SpawnedDesk:
    """`parley run` on a database of its own. `until` starts it as often as it is killed; time goes on meanwhile.

    `url`: a migrated database; a SQLite one in the folder where none is given.
    """

    looked_at_every_s = 0.05

    def __init__(
        self,
        forker: Forker,
        folder: Path,
        failpoint: str = "",
        *,
        url: str = "",
        broker: str = "memory://",
    ) -> None:
        self.forker = forker
        self.folder = folder
        self.failpoint = failpoint
        self.kills = 0
        self.lives = 0
        self.caught: set[str] = set()
        self._killed_before = 0
        self.clock = MovableClock(START - timedelta(days=10), ticking=True)
        self.sandbox = Sandbox(self.clock, deliver="background")
        self.sandbox.start()
        self.zendesk, self.workmarket = self.sandbox.zendesk, self.sandbox.workmarket
        self.port = lasting_port()
        reaches_desk_by(self.sandbox, ToThisMachine(self.port))
        self.url = url or migrated(folder / "parley.db")
        self.broker = broker
        self.store = Store.open(self.url, now=self.clock)
        self._pid: int | None = None
        self._pause = threading.Event()

    def open(self) -> None:
        """Set the account up, as an admin does beforehand."""
        with App(sandbox_values(self.sandbox, self.url), load_rules(None), now=self.clock) as app:
            prepare_account(self.sandbox, app)
        self.workmarket.webhook_url = f"{PUBLIC_URL}/webhooks/workmarket"
        self.workmarket.webhook_token = WORKMARKET_TOKEN

    def close(self) -> None:
        self.stop(signal.SIGKILL)
        self.store.close()
        self.sandbox.stop()
        assert not self.sandbox.unexpected, self.sandbox.unexpected

    @property
    def people(self) -> People:
        return self.zendesk.people

    # Its process

    def start(self) -> None:
        self.lives += 1
        arguments = ["run", "--host", "127.0.0.1", "--port", str(self.port)]
        self._pid = self.forker.start(arguments, self.environment(), self.folder, "out", "log")

    def environment(self) -> dict[str, str]:
        given = self.zendesk.credentials
        return {
            "PATH": os.environ.get("PATH", ""),
            "ZENDESK_URL": self.sandbox.zendesk_url,
            "ZENDESK_OAUTH_CLIENT_ID": given.oauth_client_id,
            "ZENDESK_OAUTH_CLIENT_SECRET": given.oauth_client_secret,
            "WORKMARKET_URL": self.sandbox.workmarket_url,
            "WORKMARKET_TOKEN": "sandbox-token",
            "WORKMARKET_SECRET": "sandbox-secret",
            "WORKMARKET_WEBHOOK_TOKEN": WORKMARKET_TOKEN,
            "PUBLIC_URL": PUBLIC_URL,
            "DATABASE_URL": self.url,
            "BROKER_URL": self.broker,
            "CLOCK_INTERVAL": "0.5",
            "RECONCILE_INTERVAL": "1",
            # A round every second, and nothing here waits for a budget of calls.
            "ZENDESK_CALLS_PER_MINUTE": "100000",
            "ZENDESK_UPDATES_PER_MINUTE": "100000",
            "ZENDESK_EXPORTS_PER_MINUTE": "100000",
            "WORKMARKET_CALLS_PER_MINUTE": "100000",
            "CLOCK_OFFSET": str((self.clock() - datetime.now(UTC)).total_seconds()),  # noqa: TID251
            # What is unclear may be read back at once by a desk that has just been started.
            "CLOCK_RAN_FOR": "3600",
            **({"FAILPOINT": self.failpoint} if self.failpoint and not self._spared() else {}),
        }

    def _spared(self) -> bool:
        return self.kills - self._killed_before >= MOST_KILLS

    def killed(self) -> bool:
        """Whether it has been killed since it was started."""
        if self._pid is None:
            return True
        code = self.forker.ask(poll=self._pid)
        if code is None:
            return False
        self._pid = None
        assert code == -signal.SIGKILL, f"It left with {code}:\n{self.log()}"
        self.kills += 1
        rows = self.store.read(lambda tx: tx.outbox.unfinished())
        self.caught |= {row.kind for row in rows if row.state == "in_flight"}
        return True

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self._pid is None:
            return 0
        with suppress(ProcessLookupError):
            os.kill(self._pid, number)
        code = self.forker.wait(self._pid)
        self._pid = None
        return code

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    # Time

    def until(self, there: Callable[[], bool]) -> None:
        """Let it work until it is so and nothing is left to do, starting it again whenever it was killed.

        After some kills it is spared for the rest of the way, and no longer once there is another way to go. Where
        reconcile has gone round and it rests before it is there, a webhook was lost: the last minute is read only
        after a minute.
        """
        if self._spared():
            self.stop(signal.SIGKILL)
        self._killed_before = self.kills
        before, rounds = self.rounds(), set[datetime]()
        for _ in range(int(PATIENCE_S / self.looked_at_every_s)):
            if self.killed():
                self.clock.move(SETTLED_AFTER)
                self.start()
            if self.at_rest() and there() and self.at_rest():
                return
            if self.at_rest():
                rounds |= self.rounds() - before
            if self.waits() or len(rounds) >= ROUNDS_TO_REST:
                self.stop(signal.SIGKILL)
                self.clock.move(SETTLED_AFTER)
                before, rounds = self.rounds(), set()
            self._pause.wait(self.looked_at_every_s)
        raise AssertionError(
            f"It never came to that by {self.clock()}. {self.left()}\n{self._story()}\n{self.log()}"
        )

    def _story(self) -> str:
        def tell(tx: Any) -> str:
            rows = tx.cases.list()
            lines = [f"{row.id} {row.state} {decode_case(row.body).deadlines}" for row in rows]
            lines += [
                f"{one.at} {one.actor}: {one.what}. {one.why}" for row in rows for one in tx.journal.of_case(row.id)
            ]
            return "\n".join(lines)

        return self.store.read(tell)

    def go_to(self, moment: datetime) -> None:
        """Be there, in a process that was not alive before."""
        self.stop(signal.SIGKILL)
        self.clock.set(moment)

    def left(self) -> list[tuple[str, str]]:
        """What is still to be done, by kind and state."""

        now = self.clock()

        def look(tx: Any) -> list[tuple[str, str]]:
            rows = [(row.kind, row.state) for row in tx.outbox.unfinished()]
            due = tx.timers.next_due()
            rows += [("timer", "due")] if due is not None and due <= now else []
            return rows + [
                ("inbox", state) for state, count in tx.inbox.counts().items() if state == "new" and count
            ]

        return self.store.read(look)

    def errors(self) -> list[str]:
        return [line for line in self.log().splitlines() if '"level": "error"' in line]

    def at_rest(self) -> bool:
        return not self.sandbox.outgoing.queue and not self.left()

    def rounds(self) -> set[datetime]:
        """When the last whole round of reconcile began, where there was one."""
        mark = self.store.read(lambda tx: tx.marks.get(CONVERSATIONS))
        return {mark.at} if mark is not None else set()

    def waits(self) -> bool:
        """Whether everything that is left waits for a later time, or behind what does."""
        soon = self.clock() + timedelta(seconds=5)
        rows = sorted(self.store.read(lambda tx: tx.outbox.unfinished()), key=lambda row: row.seq, reverse=True)
        first = {row.lane: row for row in rows}
        return bool(first) and all(row.due > soon for row in first.values())

    # What people do

    def assignment(self) -> str:
        """Handed in ten days ago; the worker has asked since, and nobody has answered."""
        number = pending_assignment(self.workmarket, START)
        self.clock.set(START)
        return number

    def submit(self, number: str) -> int:
        return submit_request(self.people, number)

    # What is to be seen

    def case(self, ticket: int) -> Case | None:
        row = self.store.read(lambda tx: tx.cases.by_ticket(str(ticket)))
        return decode_case(row.body) if row is not None else None

    def state(self, ticket: int) -> str:
        found = self.case(ticket)
        return found.state.value if found is not None else ""

    def due(self, ticket: int) -> datetime:
        """When the next deadline is."""
        found = self.case(ticket)
        assert found is not None
        return min(deadline.due for deadline in found.deadlines.values())

    def messages(self, number: str) -> list[str]:
        return [note.text for note in self.workmarket.notes(number) if "[Ref " in note.text]

    def picture(self, ticket: int, number: str) -> dict[str, Any]:
        """What people find in the end, without the moments, which differ from run to run, as references do."""
        shown = self.zendesk.ticket(ticket)
        seen = {
            "status": self.zendesk.status_label(ticket),
            "fields": shown["by_title"],
            "tags": sorted(shown["tags"]),
            "public": self.zendesk.public_comments(ticket),
            "notes": self.zendesk.notes(ticket),
            "assignment": [(note.author, note.text) for note in self.workmarket.notes(number)],
            "conversations": [_conversation(row) for row in self.zendesk.conversations(ticket)],
            "mails": [(mail.to, mail.subject) for mail in self.zendesk.mails],
            "tickets": len(self.zendesk.account.tickets),
            "state": self.state(ticket),
            "cases": len(self.store.read(lambda tx: tx.cases.list())),
            "dead": self.store.read(lambda tx: len(tx.inbox.dead()) + len(tx.outbox.dead_letters())),
        }
        text = REFERENCE.sub("[Ref", MOMENT.sub("a moment", json.dumps(seen, ensure_ascii=False)))
        told: dict[str, Any] = json.loads(text)
        return told


def _conversation(row: dict[str, Any]) -> Any:
    to = [person["email"] for person in row["participants"]]
    return row["subject"], to, [event["message"]["body"] for event in row["events"] if event.get("message")]


MakeDesk = Callable[[str], AbstractContextManager[SpawnedDesk]]
