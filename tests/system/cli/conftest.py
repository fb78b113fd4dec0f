"""A shell to type `parley` into, and a desk with a case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.cli.shell import Shell
from tests.system.processes.spawned_desk import Forker, SpawnedDesk


@pytest.fixture
def shell(forker: Forker, tmp_path: Path) -> Iterator[Shell]:
    """No setting is set, and the folder is empty."""
    shell = Shell(forker, tmp_path, dict)
    yield shell
    shell.close()


@pytest.fixture
def desk(forker: Forker, tmp_path: Path) -> Iterator[SpawnedDesk]:
    """Stand-ins and an empty database; the account is not set up yet."""
    (tmp_path / "desk").mkdir()
    desk = SpawnedDesk(forker, tmp_path / "desk")
    yield desk
    desk.close()


@pytest.fixture
def operator(desk: SpawnedDesk) -> Iterator[Shell]:
    """A shell with the settings of the desk."""
    shell = Shell(desk.forker, desk.folder, desk.environment)
    yield shell
    shell.close()
