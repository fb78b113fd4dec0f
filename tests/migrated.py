"""Migrated, empty SQLite databases, each a copy of one that was made when it was first asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store import migrate


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        migrate(f"sqlite:///{file}")
        return file.read_bytes()


def migrated(file: Path) -> str:
    """The URL of a new database in this file, which nobody else may read, as `parley migrate` makes it."""
    file.touch(0o600)
    file.write_bytes(_empty())
    return f"sqlite:///{file}"
