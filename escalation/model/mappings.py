"""Changes of a mapping that is a value: each makes another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def without(mapping: Mapping[K, V], key: K) -> dict[K, V]:
    """The same without a key, whether that was in it or not."""
    return {one: value for one, value in mapping.items() if one != key}
