"""How the loops tell the metrics what became of things, without knowing them."""

from __future__ import annotations

from collections.abc import Callable

Count = Callable[[str, str], None]
"""Counts an outcome: what happened (`handled`, `failed`, `dead`, `delivered`, …), and to which kind."""


def no_count(what: str, kind: str) -> None:
    """Count nothing."""
