"""Copies of the tree in which one module may be wrong, and the tests that look at it there."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TREE = Path(__file__).parents[2]
PARTS = ("config", "connector", "escalation", "parley", "sandbox", "store", "sync", "tests", "webhooks")
PATIENCE_S, PATIENCE_TIMES = 5.0, 5.0
# What pytest ends with.
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Target:
    """Functions of a file that are looked at by tests: arguments of pytest in stages, the quickest first."""

    name: str
    file: str
    stages: tuple[tuple[str, ...], ...]
    within: tuple[str, ...] = ()


class Overlay:
    """One copy of the tree, for one mutant at a time."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            # None of them is needed here, and one of them takes longer than the tests.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            **(environment or {}),
        }
        self._environment.pop("PARLEY_FIGURES", None)
        self._environment.pop("PARLEY_SCALE", None)
        for part in PARTS:
            shutil.copytree(TREE / part, folder / part, ignore=shutil.ignore_patterns("*.db*"))
        shutil.copy(TREE / "pyproject.toml", folder)

    def measure(self, target: Target) -> list[float]:
        """How many seconds each stage may take; RuntimeError when the tests fail without a mutant."""
        bounds = []
        for stage in target.stages:
            begun = time.monotonic()
            if self._pytest(stage, None) != PASSED:
                raise RuntimeError(f"Without any mutant this fails: pytest {' '.join(stage)}")
            bounds.append(PATIENCE_S + PATIENCE_TIMES * (time.monotonic() - begun))
        return bounds

    def kills(self, target: Target, source: str, bounds_s: Sequence[float]) -> bool:
        """Whether a test fails, or takes too long, with this source in the target's file."""
        file = self.folder / target.file
        right = file.read_bytes()
        for stale in file.parent.glob(f"__pycache__/{file.stem}.*"):
            stale.unlink()
        file.write_text(source, encoding="utf-8")
        try:
            stages = zip(target.stages, bounds_s, strict=True)
            return any(self._pytest(stage, bound_s) != PASSED for stage, bound_s in stages)
        finally:
            file.write_bytes(right)

    def _pytest(self, stage: Sequence[str], patience_s: float | None) -> int:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no"]
        command += ["-p", "no:cacheprovider", "-p", "tests.mutation.quiet", *stage]
        run = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            ended = run.wait(patience_s)
        except subprocess.TimeoutExpired:
            return FAILED
        finally:
            if run.returncode is None:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()
        # Below 0: a signal ended it. Conftests that can't be imported, as with a broken store, are a 4.
        return ended
