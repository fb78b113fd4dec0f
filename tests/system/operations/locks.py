"""Reads the lock files and what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
EVERYTHING, RUNTIME = "requirements.lock", "requirements.runtime.lock"
TRACED = "requirements.otel.lock"
"""What runs, with what shows traces."""
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)")
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Version and hashes of each package that a lock file pins."""
    found: dict[str, tuple[str, set[str]]] = {}
    name = ""
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        pinned = PINNED.match(line)
        if pinned:
            name = plain(pinned[1])
            found[name] = (pinned[2], set())
        found[name][1].update(re.findall(r"sha256:[0-9a-f]{64}", line))
    return {name: (version, frozenset(hashes)) for name, (version, hashes) in found.items()}


def asked() -> set[str]:
    """The packages that pyproject.toml names for running, on this kind of machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {plain(match[0]) for line in project["dependencies"] if (match := NAME.match(line))}
