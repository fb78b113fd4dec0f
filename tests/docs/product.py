"""The packages of the product, as import-linter knows them, and their modules."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_SETTLED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PRODUCT: Final = tuple(_SETTLED["tool"]["importlinter"]["root_packages"])


def modules() -> list[Path]:
    """Every module of the product, in the order of their paths."""
    return sorted(module for top in PRODUCT for module in (ROOT / top).rglob("*.py"))
