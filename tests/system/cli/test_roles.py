"""The roles as processes: they begin, share one database, and end when they are asked to."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from config.settings import Settings
from parley.commands.common import migrate_database
from store import StoreUnavailable
from tests.patience import PATIENCE_S
from tests.system.cli.shell import Running, Shell, answers, wait_for
from tests.system.processes.spawned_desk import SpawnedDesk
from tests.unencrypted import UNENCRYPTED


@pytest.fixture
def number(desk: SpawnedDesk) -> str:
    return desk.assignment()


@pytest.fixture
def roles(desk: SpawnedDesk, operator: Shell, number: str) -> list[Running]:
    """Two of each role but the doors, on one database."""
    desk.open()
    web = operator.start("web", "--host", "127.0.0.1", "--port", str(desk.port))
    started = [web, *(operator.start(role) for role in ("worker", "worker", "clock", "clock"))]
    wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/readyz"))
    return started


def ended(operator: Shell, running: Running) -> None:
    said = operator.stop(running)
    assert (said.code, said.out) == (0, ""), said.err
    assert '"level": "error"' not in said.err


def test_several_of_each_role_share_one_database_and_end_cleanly(
    desk: SpawnedDesk, operator: Shell, roles: list[Running], number: str
) -> None:
    ticket = desk.submit(number)
    wait_for(lambda: desk.state(ticket) == "tier_1" and desk.at_rest())
    assert len(desk.messages(number)) == 1
    assert len(desk.zendesk.public_comments(ticket)) == 2
    ready = httpx.get(
        f"http://127.0.0.1:{desk.port}/readyz", trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S
    ).json()
    assert ready["clock_lag_s"] is not None
    for running in roles:
        ended(operator, running)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_finishes_what_was_begun_and_leaves_with_0(
    desk: SpawnedDesk, operator: Shell, number: signal.Signals
) -> None:
    assignment = desk.assignment()
    desk.open()
    running = operator.start("run", "--host", "127.0.0.1", "--port", str(desk.port))
    wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/readyz"))
    slow = desk.sandbox.faults.next("workmarket", "POST", "assignments/add_note", delay=1.0)
    desk.submit(assignment)
    wait_for(lambda: desk.messages(assignment) or ("post_message", "in_flight") in desk.left())
    said = operator.stop(running, number)
    assert (said.code, said.out) == (0, "")
    assert slow.times == 0
    assert len(desk.messages(assignment)) == 1
    assert ("post_message", "in_flight") not in desk.left()


def test_a_desk_whose_file_is_locked_starts_and_takes_webhooks_once_it_is_not(
    desk: SpawnedDesk, operator: Shell
) -> None:
    desk.open()
    here = f"http://127.0.0.1:{desk.port}"
    with locked(Path(desk.url.removeprefix("sqlite:///"))):
        operator.start("run", "--host", "127.0.0.1", "--port", str(desk.port))
        wait_for(lambda: answers(f"{here}/healthz"))
        assert not answers(f"{here}/readyz")
    wait_for(lambda: answers(f"{here}/readyz"))


@pytest.mark.parametrize("command", [("run", "--host", "127.0.0.1"), ("migrate",)])
def test_a_schema_that_is_to_be_changed_waits_for_who_has_the_file_locked_and_says_so(
    operator: Shell, tmp_path: Path, command: tuple[str, ...]
) -> None:
    file = tmp_path / "new.db"
    with locked(file):
        running = operator.start(*command, DATABASE_URL=f"sqlite:///{file}")
        said = wait_for(lambda: operator.errors(running)).splitlines()
        assert said[0].startswith("The database is locked by somebody else") and len(said) == 1
        assert said[0].endswith("This waits 15 minutes for it at most.")
    if command == ("migrate",):
        assert operator.end(running).code == 0
    else:
        wait_for(lambda: has_schema(file))


def test_a_command_does_not_say_that_it_tries_again(desk: SpawnedDesk, operator: Shell) -> None:
    assert operator("migrate").code == 0
    with locked(Path(desk.url.removeprefix("sqlite:///"))):
        said = operator("restored")
    assert (said.code, said.out) == (1, "")
    assert "see what has it open" in said.err and "again" not in said.err


def test_who_has_the_file_locked_is_not_waited_for_without_an_end(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    settings = Settings(database_url=SecretStr(f"sqlite:///{file}"))
    with locked(file), pytest.raises(StoreUnavailable, match="locked by somebody else"):
        migrate_database(settings, within_s=0.1)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """A SQLite file with somebody else's write transaction open."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def has_schema(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as tables:
        return bool(tables.execute("SELECT 1 FROM sqlite_master WHERE name = 'inbox'").fetchone())


def test_a_port_that_is_taken_stops_the_start(desk: SpawnedDesk, operator: Shell) -> None:
    desk.open()
    first = operator.start("run", "--host", "127.0.0.1", "--port", str(desk.port))
    wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/healthz"))
    second = operator("run", "--host", "127.0.0.1", "--port", str(desk.port))
    assert second.code == 1
    assert "address already in use" in second.err
    assert "choose another by PORT or --port" in second.err.splitlines()[-1]
    ended(operator, first)


def test_the_installed_command_is_the_same(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("parley")
    done = subprocess.run(
        [command, "migrate"], cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "up to date" in done.stderr
