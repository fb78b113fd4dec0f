"""The files of a SQLite database, which are their owner's alone: secrets and people's words are in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

OWNERS_ALONE = 0o600
_OTHERS = 0o077
# SQLite gives the files beside a database the database's own mode: https://www.sqlite.org/wal.html
_BESIDE = ("", "-wal", "-shm", "-journal")


def make_private(file: Path) -> None:
    """Make an empty file that only its owner may read, whatever the umask; one that is there stays as it is."""
    try:
        handle = os.open(file.resolve(), os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, OWNERS_ALONE)
    except FileExistsError:
        return
    try:
        os.fchmod(handle, OWNERS_ALONE)
    finally:
        os.close(handle)


def files_of(database: Path, locks: Path) -> Iterator[Path]:
    """The files of a database that there are, and the directory of its locks."""
    beside = (database.with_name(database.name + end) for end in _BESIDE)
    return (path for path in (*beside, locks) if path.exists())


def open_to_others(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Those that others on this machine may read, write or enter."""
    return tuple(path for path in paths if path.stat().st_mode & _OTHERS)
