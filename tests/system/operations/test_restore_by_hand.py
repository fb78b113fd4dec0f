"""What the page on operating says to type, on a desk in a process of its own: backed up while it runs, put back."""

from __future__ import annotations

import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from store import Store
from tests.servers.shared import Servers, servers
from tests.system.cli.shell import Shell, answers, wait_for
from tests.system.operations import backups
from tests.system.processes.spawned_desk import Forker, SpawnedDesk
from tests.unencrypted import UNENCRYPTED

__all__ = ["servers"]


def test_a_running_desk_is_backed_up_and_put_back_and_goes_on(forker: Forker, tmp_path: Path) -> None:
    desk = SpawnedDesk(forker, tmp_path)
    operator = Shell(forker, tmp_path, desk.environment)
    file, backup = str(make_url(desk.url).database), tmp_path / "backup"
    try:
        number = desk.assignment()
        desk.open()
        desk.start()
        wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/healthz"))
        ticket = desk.submit(number)
        wait_for(lambda: desk.state(ticket) == "tier_1" and desk.at_rest())
        backups.run("backup sqlite", file, backup)
        desk.workmarket.message(number, "owner", "We look into it.")
        wait_for(lambda: desk.state(ticket) == "other_side_responded" and desk.at_rest())
        heard = desk.zendesk.public_comments(ticket)
        desk.stop(signal.SIGKILL)
        backups.run("restore sqlite", file, backup)
        desk.store.close()
        desk.store = Store.open(desk.url, now=desk.clock)
        said = operator("restored")
        (case_id,) = said.out.split()
        assert said.code == 0
        assert "that pause: 1" in said.err
        desk.start()
        wait_for(lambda: not desk.left())
        assert operator("case", "resume", case_id).code == 0
        wait_for(lambda: desk.state(ticket) == "other_side_responded" and desk.at_rest())
        assert len(desk.messages(number)) == 1
        assert desk.zendesk.public_comments(ticket)[: len(heard)] == heard
        (letter,) = operator("dead", "list", "--no-header").out.splitlines()
        assert "ticket.changed" in letter
        assert desk.stop() == 0
    finally:
        operator.close()
        desk.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_desk_under_which_a_backup_is_put_back_stops_work_and_says_so(
    forker: Forker, tmp_path: Path, servers: Servers, kind: str
) -> None:
    with ExitStack() as stack:
        url = "" if kind == "sqlite" else stack.enter_context(servers.database())
        desk = SpawnedDesk(forker, tmp_path, url=url)
        stack.callback(desk.close)
        place, backup = url or str(make_url(desk.url).database), tmp_path / "backup"
        number = desk.assignment()
        desk.open()
        desk.start()
        wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/healthz"))
        backups.run(f"backup {kind}", place, backup)
        ticket = desk.submit(number)
        wait_for(lambda: desk.state(ticket) == "tier_1" and desk.at_rest())
        desk.store.close()
        put_back(kind, place, backup)
        wait_for(lambda: "it was put back or replaced meanwhile" in troubles(desk.port))
        assert len(desk.messages(number)) == 1
        assert desk.errors() == []


def put_back(kind: str, place: str, backup: Path) -> None:
    """As somebody does who has not read the page: under the desk that runs."""
    if kind == "sqlite":
        backups.run("restore sqlite", place, backup)
        return
    program = shutil.which("pg_restore")
    assert program is not None
    into = ["--no-owner", "--clean", "--if-exists", f"--dbname={place}", str(backup)]
    subprocess.run([program, *into], check=True, timeout=120)


def troubles(port: int) -> str:
    """What /readyz says is wrong, where it is not ready."""
    answer = httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False, verify=UNENCRYPTED, timeout=120)
    return " ".join(answer.json()["troubles"]) if answer.status_code == 503 else ""
