"""The figures that a benchmark measured, beside what was promised, for the table of `python -m bench`."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LEFT_IN = "BENCH_FIGURES"
"""The variable that names the file in which a benchmark leaves its figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was measured, how much, what is promised, and whether that is kept."""

    what: str
    measured: str
    promised: str = ""
    kept: bool | None = None


def parser(prog: str, about: str | None) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"python -m {prog}", description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def leave(figures: Sequence[Figure]) -> None:
    """Leave figures for the table, where one is being made."""
    where = os.environ.get(LEFT_IN)
    if where:
        Path(where).write_text(json.dumps([asdict(figure) for figure in figures]))


def left(where: Path) -> list[Figure]:
    """What a benchmark left, if it did."""
    return [Figure(**one) for one in json.loads(where.read_text())] if where.exists() else []
