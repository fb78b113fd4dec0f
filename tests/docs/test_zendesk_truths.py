"""The page of awkward truths says where each was learned, and names tests that exist."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line
    for line in (ROOT / "docs" / "zendesk-truths.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("|") and not line.startswith(("| ---", "| what"))
]
_NAMED = re.compile(r"`((?:tests/)?[\w/]*test_\w+(?:\.py)?(?:::\w+)?|tests/[\w/]+)(?:\[[^`]*\])?`")


_DEFINED = re.compile(r"^ *(?:async )?def (\w+)", re.MULTILINE)


@cache
def _functions() -> dict[str, set[str]]:
    """The functions of each file of tests."""
    files = (ROOT / "tests").rglob("test_*.py")
    return {f"/{file.as_posix()}": {*_DEFINED.findall(file.read_text(encoding="utf-8"))} for file in files}


def _exists(name: str) -> bool:
    """A path, a function, or `file::function` where the file's folder may be left out."""
    if name.startswith("tests/") and "::" not in name:
        return (ROOT / name).exists()
    file, _, function = name.rpartition("::")
    path = f"/{file.removesuffix('.py')}.py"
    return any(function in names for at, names in _functions().items() if not file or at.endswith(path))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:50])
def test_each_truth_has_a_source_and_a_test_that_exists(row: str) -> None:
    cells = [cell.strip() for cell in row.strip().strip("|").split(" | ")]
    assert len(cells) == 3
    assert all(cells)
    names = _NAMED.findall(cells[2])
    assert names or cells[2] == "the same"
    assert [name for name in names if not _exists(name)] == []


def test_each_test_that_is_said_to_hold_true_words_exists() -> None:
    names = _NAMED.findall((ROOT / "docs" / "true-words-held.md").read_text(encoding="utf-8"))
    assert len(names) > 40
    assert [name for name in names if not _exists(name)] == []


def test_a_name_that_no_test_bears_is_noticed() -> None:
    assert not _exists("test_nobody_wrote_this_one")
    assert not _exists("tests/docs/test_readme.py::test_nobody_wrote_this_one")
    assert _exists("test_readme::test_every_link_to_a_file_leads_somewhere")
