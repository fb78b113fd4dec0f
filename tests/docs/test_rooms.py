"""The house stays one that can be walked through: few modules in a room, and each room says what it is."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.product import ROOT, modules

MOST = 20


def rooms() -> list[Path]:
    """Every folder of the product that holds modules."""
    return sorted({module.parent for module in modules()})


@pytest.mark.parametrize("room", rooms(), ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_holds_few_modules(room: Path) -> None:
    held = [module.name for module in room.glob("*.py") if module.name != "__init__.py"]
    assert len(held) <= MOST, f"{len(held)} modules in {room.relative_to(ROOT)}: {', '.join(sorted(held))}"


@pytest.mark.parametrize("room", rooms(), ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_says_what_its_modules_have_in_common(room: Path) -> None:
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert said, f"{room.relative_to(ROOT)}/__init__.py has no docstring."


IMPORTED = """
import importlib, pkgutil, sys
import sync
for found in pkgutil.walk_packages(sync.__path__, "sync."):
    importlib.import_module(found.name)
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"zenpy", "requests", "h11", "kombu"}))
"""


def test_the_loops_load_no_vendors_library() -> None:
    run = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
