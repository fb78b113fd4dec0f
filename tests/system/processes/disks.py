"""Disks that are small, and folders that can't be written to, where this machine lets us have them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WANTED = "needs the right to mount: run the tests as root, outside of a container that forbids it"
MOST_TRIES = 50


def _mounted(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


def _mount(*arguments: str) -> None:
    if not _mounted(*arguments):
        pytest.skip(WANTED)


def _unmount(folder: Path) -> None:
    # Lazily: whatever still holds a file there keeps it until it lets go.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A folder that is a disk of its own. Skips where nothing may be mounted."""
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "parley-test", str(folder))
    try:
        yield
    finally:
        _unmount(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder in which nobody can write who opens something from now on."""
    if os.geteuid() != 0:
        with _forbidden(folder):
            yield
        return
    for _ in range(MOST_TRIES):
        _mount("--bind", str(folder), str(folder))
        if _mounted("-o", "remount,bind,ro", str(folder)):
            break
        _unmount(folder)  # somebody opened a file there just before
    else:
        raise AssertionError(f"{folder} can't be made read-only.")
    try:
        yield
    finally:
        _unmount(folder)


@contextmanager
def _forbidden(folder: Path) -> Iterator[None]:
    paths = [folder, *folder.iterdir()]
    modes = [path.stat().st_mode for path in paths]
    for path in reversed(paths):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        yield
    finally:
        for path, mode in zip(paths, modes, strict=True):
            path.chmod(mode)
