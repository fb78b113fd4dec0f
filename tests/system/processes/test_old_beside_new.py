"""The schema is migrated under load, while an older version's process works and one of today's begins beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from tests.beginning import pending_assignment
from tests.docs.product import PRODUCT, ROOT
from tests.patience import PATIENCE_S
from tests.system.cli.shell import Shell, wait_for
from tests.system.processes.spawned_desk import START, Forker, SpawnedDesk

OLD = "4b6840fbe855359a733201263f38a3bc6e1b016a"
"""The last commit before a client company was a column of cases and moments (schema 0006)."""
REQUESTS, BEFORE = 10, 3
BETWEEN_S = 0.1


@pytest.fixture(scope="module")
def old_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product as it was, on the libraries of today."""
    folder = tmp_path_factory.mktemp("old")
    archive = subprocess.run(["git", "archive", OLD, *PRODUCT], cwd=ROOT, capture_output=True, timeout=120)
    if archive.returncode != 0:
        pytest.skip("needs the repository's history: `git fetch --unshallow`")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive.stdout, check=True, timeout=120)
    return folder


@pytest.fixture
def old(old_version: Path, tmp_path: Path) -> Iterator[OldParley]:
    """`parley` of that version."""
    typed = OldParley(old_version, tmp_path)
    yield typed
    typed.kill()


class OldParley:
    def __init__(self, tree: Path, folder: Path) -> None:
        self._tree, self._folder = tree, folder
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        given = {"PATH": os.environ.get("PATH", ""), **environment, "PYTHONPATH": str(self._tree)}
        line = [sys.executable, "-c", "from parley.cli import main; main()", *arguments]
        with (self._folder / "old.log").open("ab") as log:
            self._running = subprocess.Popen(line, cwd=self._folder, env=given, stdout=log, stderr=log)
        return self._running

    def log(self) -> str:
        return (self._folder / "old.log").read_text(encoding="utf-8")

    def kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait(timeout=PATIENCE_S)


@pytest.fixture
def desk(old: OldParley, forker: Forker, tmp_path: Path) -> Iterator[SpawnedDesk]:
    """A desk whose database the old version made, set up."""
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    assert old.start("migrate", DATABASE_URL=url).wait(timeout=PATIENCE_S) == 0, old.log()
    desk = SpawnedDesk(forker, tmp_path, url=url)
    desk.open()
    yield desk
    desk.close()


def test_what_comes_in_while_the_schema_is_migrated_is_done_once_whoever_does_it(
    desk: SpawnedDesk, old: OldParley, forker: Forker
) -> None:
    numbers = [pending_assignment(desk.workmarket, START) for _ in range(REQUESTS)]
    desk.clock.set(START)
    given = desk.environment()
    operator = Shell(forker, desk.folder, desk.environment)
    running = old.start("run", "--host", "127.0.0.1", "--port", str(desk.port), **given)
    tickets = [desk.submit(number) for number in numbers[:BEFORE]]
    wait_for(lambda: all(desk.messages(number) for number in numbers[:BEFORE]))
    migrating, pause = operator.start("migrate"), Event()
    for place, number in enumerate(numbers[BEFORE:]):
        tickets.append(desk.submit(number))
        pause.wait(BETWEEN_S)
        if place == BEFORE:
            assert operator.end(migrating).code == 0
            beside = operator.start("worker")
    assert running.poll() is None, old.log()
    wait_for(lambda: sum(len(desk.messages(number)) for number in numbers) >= REQUESTS - BEFORE)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=PATIENCE_S) in (0, 75), old.log()
    assert operator.stop(beside).code == 0
    desk.until(lambda: all(desk.state(ticket) == "tier_1" for ticket in tickets))
    assert [len(desk.messages(number)) for number in numbers] == [1] * REQUESTS
    assert [len(desk.zendesk.public_comments(ticket)) for ticket in tickets] == [2] * REQUESTS
    assert desk.store.read(lambda tx: len(tx.inbox.dead()) + len(tx.outbox.dead_letters())) == 0
    operator.close()
