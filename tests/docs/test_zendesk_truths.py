"""The page of awkward truths says where each was learned, and names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line
    for line in (ROOT / "docs" / "zendesk-truths.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("| ---", "| what"))
]
_NAMED = re.compile(r"`((?:tests/)?[\w/]*test_\w+(?:\.py)?(?:::\w+)?|tests/[\w/]+)(?:\[[^`]*\])?`")


def _functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


TESTS = {file: _functions(file) for file in (ROOT / "tests").rglob("test_*.py")}


def _exists(name: str) -> bool:
    """A path, a function, or `file::function` where the file's folder may be left out."""
    if name.startswith("tests/") and "::" not in name:
        return (ROOT / name).exists()
    file, _, function = name.rpartition("::")
    path = f"/{file.removesuffix('.py')}.py"
    return any(function in names for at, names in TESTS.items() if not file or f"/{at.as_posix()}".endswith(path))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:50])
def test_each_truth_has_a_source_and_a_test_that_exists(row: str) -> None:
    cells = [cell.strip() for cell in row.strip().strip("|").split(" | ")]
    assert len(cells) == 3
    assert all(cells)
    names = _NAMED.findall(cells[2])
    assert names or cells[2] == "the same"
    assert [name for name in names if not _exists(name)] == []


def test_a_name_that_no_test_bears_is_noticed() -> None:
    assert not _exists("test_nobody_wrote_this_one")
    assert not _exists("tests/docs/test_readme.py::test_nobody_wrote_this_one")
    assert _exists("test_readme::test_every_link_to_a_file_leads_somewhere")
