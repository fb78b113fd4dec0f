"""What the desk keeps is its owner's alone, whatever the umask of whoever starts it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from store import Store, migrate
from store.database.sqlite_files import make_private
from tests.integration.store.conftest import NOW
from tests.servers.ports import lasting_port
from tests.system.cli.shell import Shell, answers, wait_for
from tests.system.operations import backups
from tests.system.processes.spawned_desk import Forker, SpawnedDesk

PARLEY = Path(sys.executable).with_name("parley")
KEPT = {"parley.db", "parley.db-wal", "parley.db-shm", "parley.db.locks"}


def open_to_others(folder: Path) -> list[str]:
    """What others may read, write or enter, of what stands in a folder."""
    return [str(path) for path in folder.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]


@contextmanager
def started_carelessly(folder: Path, environment: Mapping[str, str], *arguments: str) -> Iterator[None]:
    """`parley` under umask 0, until the block ends."""
    process = subprocess.Popen(
        [PARLEY, *arguments], env={**environment}, cwd=folder, umask=0, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=120)


def test_a_running_desk_leaves_nothing_that_others_may_read(forker: Forker, tmp_path: Path) -> None:
    desk = SpawnedDesk(forker, tmp_path)
    desk.open()
    folder = tmp_path / "new"
    folder.mkdir(mode=0o700)
    given = {**desk.environment(), "DATABASE_URL": f"sqlite:///{folder / 'parley.db'}"}
    with started_carelessly(folder, given, "run", "--host", "127.0.0.1", "--port", str(desk.port)):
        wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/healthz"))
        wait_for(lambda: {path.name for path in folder.iterdir()} >= KEPT)
        assert open_to_others(folder) == []
    desk.close()


def test_neither_does_the_demo(tmp_path: Path) -> None:
    port = lasting_port()
    given = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    with started_carelessly(tmp_path, given, "demo", "--port", str(port)):
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/readyz"))
        assert list(tmp_path.rglob("demo.db-wal"))
        assert open_to_others(tmp_path) == []


@pytest.mark.parametrize("umask", [0, 0o777])
def test_a_new_file_is_its_owners_before_anything_is_in_it(tmp_path: Path, umask: int) -> None:
    file = tmp_path / "new"
    before = os.umask(umask)
    try:
        make_private(file)
    finally:
        os.umask(before)
    assert (stat.S_IMODE(file.stat().st_mode), file.stat().st_size) == (0o600, 0)


def test_a_database_that_is_a_link_to_a_place_of_its_own_is_private_there(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "parley.db").symlink_to(tmp_path / "disk" / "parley.db")
    migrate(f"sqlite:///{tmp_path / 'parley.db'}")
    assert stat.S_IMODE((tmp_path / "disk" / "parley.db").stat().st_mode) == 0o600


def test_a_backup_is_as_private_though_a_wider_one_stood_there(tmp_path: Path) -> None:
    database, backup = tmp_path / "parley.db", tmp_path / "backup"
    migrate(f"sqlite:///{database}")
    backup.write_bytes(b"")
    for path in (database, backup):
        path.chmod(0o644)
    backups.run("backup sqlite", str(database), backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    backup.chmod(0o644)
    backups.run("restore sqlite", str(database), backup)
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    with Store.open(f"sqlite:///{database}", now=lambda: NOW) as store:
        store.check()


def test_there_is_no_backup_of_a_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        backups.run("backup sqlite", str(tmp_path / "parley.db"), tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_names_what_is_wider_and_changes_nothing(forker: Forker, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    migrate(url)
    desk = SpawnedDesk(forker, tmp_path, url=url)
    desk.open()
    operator = Shell(forker, tmp_path, desk.environment)
    (tmp_path / ".env").touch(mode=0o640)
    desk.store.write(lambda tx: tx.marks.set("here", None, NOW))
    wide = [tmp_path / "parley.db", tmp_path / "parley.db-wal", tmp_path / "parley.db.locks"]
    for path in wide:
        path.chmod(0o755)
    told = {row["what"]: row for row in operator("doctor", "--json").json()}
    for path in (*wide, tmp_path / ".env"):
        assert told[f"file {path.name}"]["grade"] == "warning"
        assert "`chmod " in told[f"file {path.name}"]["said"] and str(path) in told[f"file {path.name}"]["said"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in wide} == {0o755}
    desk.close()
