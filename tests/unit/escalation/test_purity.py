"""The process calls nobody and reads no clock."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import escalation

MODULES = sorted(Path(escalation.__file__).parent.rglob("*.py"))
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "sleep", "getenv", "urandom", "uuid4"}
UNWANTED = {"os", "random", "uuid", "time", "logging", "threading", "asyncio", "socket", "subprocess", "pathlib"}


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_module_imports_the_standard_library_and_its_own_room_only(path: Path) -> None:
    names = imported(ast.parse(path.read_text()))
    assert names <= set(sys.stdlib_module_names) | {"escalation"}
    assert not names & UNWANTED


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_module_asks_no_clock_and_prints_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            owner = getattr(getattr(node.func, "value", None), "id", "")
            assert name not in {"print", "open", "input"}
            assert not (name in CLOCKS and owner in {"datetime", "date", "time", "os", "uuid"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_module_is_small_enough_to_be_held_in_the_head(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") < 300
    tree = ast.parse(text)
    doc = ast.get_docstring(tree) or ""
    assert doc.splitlines()[0].endswith(".")


def test_nine_of_ten_functions_are_short() -> None:
    sizes = [
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    assert sum(size <= 30 for size in sizes) >= 0.9 * len(sizes)
