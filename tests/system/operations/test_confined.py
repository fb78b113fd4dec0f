"""A desk in a container's conditions: nobody's rights, no home, a root that can't be written to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import pytest

from tests.system.cli.shell import answers, wait_for
from tests.system.operations.confined import hand_over, needs_root, running, say
from tests.system.processes.spawned_desk import Forker, SpawnedDesk


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that nobody owns, outside of the runner's own."""
    needs_root()
    folder = Path(mkdtemp(prefix="data"))
    hand_over(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def desk(forker: Forker, data: Path) -> Iterator[SpawnedDesk]:
    desk = SpawnedDesk(forker, data)
    yield desk
    desk.close()


def test_what_is_not_data_can_not_be_written_to(data: Path) -> None:
    for place in ("/", "/usr", gettempdir(), str(Path(__file__).parent)):
        assert say(data, "touch", f"{place}/new").returncode != 0
    assert say(data, "touch", "/mnt/new").returncode == 0
    assert say(data, "id", "-u").stdout.strip() != "0"


def test_the_schema_is_brought_up_to_date(data: Path) -> None:
    said = say(data, "parley", "migrate")
    assert (said.returncode, said.stdout) == (0, ""), said.stderr
    assert "up to date" in said.stderr
    assert sorted(path.name for path in data.iterdir() if path.is_file()) == ["parley.db"]


def test_a_desk_takes_a_request_in_and_serves_it(desk: SpawnedDesk, data: Path) -> None:
    number = desk.assignment()
    desk.open()
    hand_over(data)
    command = ("parley", "run", "--host", "127.0.0.1", "--port", str(desk.port))
    with running(data, desk.environment(), *command) as process:
        wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/healthz"))
        ticket = desk.submit(number)
        wait_for(lambda: desk.state(ticket) == "tier_1" and desk.at_rest())
        process.terminate()
        assert process.wait(timeout=120) == 0
    assert len(desk.messages(number)) == 1
    assert '"level": "error"' not in (data / "err").read_text(encoding="utf-8")
