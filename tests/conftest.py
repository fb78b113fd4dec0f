"""For all tests: what they write goes to memory where there is room, and the longest begin first."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

LONGEST = ("tests/simulation/", "tests/processes/")
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30  # noqa: S108  bytes
FOLDER = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    """On a disk a fifth of the time is spent on syncing small databases. TMPDIR names another place, to look at."""
    asked_for_elsewhere = "TMPDIR" in os.environ or config.option.basetemp
    if asked_for_elsewhere or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return
    folder = tempfile.TemporaryDirectory(prefix="parley-tests-", dir=MEMORY, ignore_cleanup_errors=True)
    Path(folder.name).chmod(0o755)  # PostgreSQL runs as somebody else where we are root
    config.stash[FOLDER] = folder
    os.environ["TMPDIR"] = folder.name
    tempfile.tempdir = None


def pytest_unconfigure(config: pytest.Config) -> None:
    if FOLDER in config.stash:
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
        config.stash[FOLDER].cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """So that in the end no worker is left alone with one of them."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
