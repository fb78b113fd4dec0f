"""A folder in memory, where there is one: what is written there is not synced to a disk."""

from __future__ import annotations

from pathlib import Path

_SHARED = Path("/dev/shm")  # noqa: S108  folders of one's own are made in it
MEMORY = _SHARED if _SHARED.is_dir() else None
