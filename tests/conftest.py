"""For all tests: files go to memory where there is room, the longest begin early, examples have no deadline."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.memory import MEMORY
from tests.order import file_of, from_elsewhere, in_shares

if TYPE_CHECKING:
    from tests.system.processes.spawned_desk import Forker

ROOM = 4 * 2**30
COLLECTED_EVERY = (10_000, 20, 20)
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if settings.get_current_profile_name() == "default":
    settings.load_profile("tests")  # else a busy machine fails them
FOLDER = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    keep_files_in_memory(config)
    if config.args_source is config.ArgsSource.TESTPATHS and (worker := getattr(config, "workerinput", None)):
        files = sorted(Path(__file__).parent.rglob("test_*.py"))
        mine = from_elsewhere(files, int(worker["workerid"].removeprefix("gw")), worker["workercount"])
        config.args = [str(file) for file in mine]


def keep_files_in_memory(config: pytest.Config) -> None:
    """On a disk a fifth of the time is spent on syncing small databases. TMPDIR names another place, to look at."""
    asked_for_elsewhere = "TMPDIR" in os.environ or config.option.basetemp
    if asked_for_elsewhere or MEMORY is None or shutil.disk_usage(MEMORY).free < ROOM:
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = in_shares(sorted(items, key=file_of), workers)


def pytest_collection_finish() -> None:
    """What is there by now stays, and what tests leave is looked for less often: it took a tenth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_EVERY)


def pytest_runtest_logfinish() -> None:
    forget_apps()
    forget_closed_logs()


def forget_apps() -> None:
    """FastAPI remembers the functions of thousands of apps, and each of these a whole desk that is over."""
    models = sys.modules.get("fastapi.dependencies.models")
    for known in vars(models).values() if models is not None else ():
        if hasattr(known, "cache_clear"):
            known.cache_clear()


def forget_closed_logs() -> None:
    """A command that ran in a test logs to what that test captured, which is closed now.

    A later line would bring a traceback instead, made by whichever thread logs; making one in a thread while
    another parses Python fails in CPython 3.11 (`AST constructor recursion depth mismatch`).
    """
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, logging.StreamHandler) and getattr(handler.stream, "closed", False):
            root.removeHandler(handler)


@pytest.fixture(scope="session")
def forker() -> Iterator[Forker]:
    """What `parley` commands are forked from."""
    from tests.system.processes.spawned_desk import Forker

    forker = Forker()
    yield forker
    forker.close()
