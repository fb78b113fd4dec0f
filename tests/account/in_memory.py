"""The state of an account that ends with the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class StateInMemory:
    """What `apply` keeps, by the keys that it has in the database."""

    values: dict[str, Any] = field(default_factory=dict)

    def read(self) -> Mapping[str, Any]:
        return self.values

    def save(self, key: str, value: Any) -> None:
        self.values[key] = value

    def forget(self, key: str) -> None:
        self.values.pop(key, None)
