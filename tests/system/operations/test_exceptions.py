"""Nothing that a security linter says is waved away without a reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
WAVED = re.compile(r"#\s*(?:noqa:\s*S\d+|nosec)")
MARKS = re.compile(r"noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|nosec(?:\s+B\d+)*|[#\s,()-]+")


def waved() -> Iterator[tuple[Path, int, list[str]]]:
    """Each line that waves a finding away: its file, its number, and all lines of the file."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for package in [*rules["tool"]["mypy"]["packages"], "tests"]:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path == Path(__file__):
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            yield from ((path, place, lines) for place, line in enumerate(lines) if WAVED.search(line))


def has_reason(place: int, lines: list[str]) -> bool:
    """Some words behind the marks, or a comment of its own just above."""
    mark = WAVED.search(lines[place])
    assert mark is not None
    said = MARKS.sub("", lines[place][mark.start() :])
    return len(said) > 5 or lines[place - 1].lstrip().startswith("# ")


def test_every_finding_that_is_waved_away_has_a_reason() -> None:
    bare = [f"{path.name}:{place + 1}" for path, place, lines in waved() if not has_reason(place, lines)]
    assert bare == []


def test_a_bare_mark_is_no_reason() -> None:
    assert not has_reason(1, ["x = 1", 'query = f"SELECT {name}"  # noqa: S608  # nosec B608'])
    assert has_reason(1, ["x = 1", 'query = f"SELECT {name}"  # noqa: S608  # nosec B608 # a constant of ours'])
