"""How much a test of many tries, and the figures it leaves for `docs/reliability.md`."""

from __future__ import annotations

import json
import os
from pathlib import Path

NIGHTLY = os.environ.get("PARLEY_SCALE") == "nightly"
# Which of the nights that share the seeds among them: `make nightly` says so by PARLEY_NIGHT.
NIGHT = int(os.environ.get("PARLEY_NIGHT", "0"))


def scaled(commit: int, nightly: int) -> int:
    """So many in `make test`, so many in `make nightly`."""
    return nightly if NIGHTLY else commit


def tell(name: str, **figures: float | str) -> None:
    """Leave figures under a name, where `make nightly` asks for them by PARLEY_FIGURES, a folder.

    Each test has a name of its own; the words of a figure are its name with spaces: `signature_mutants=10`.
    """
    folder = os.environ.get("PARLEY_FIGURES")
    if folder:
        Path(folder, f"{name}.json").write_text(json.dumps(figures), encoding="utf-8")
