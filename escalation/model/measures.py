"""What texts are filled with that each language writes in its own way: moments, and so many of something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Unit = Literal["hour", "day", "month"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many hours, days or months."""

    number: float
    unit: Unit

    def __str__(self) -> str:
        """In English, for what only agents and the desk itself read: `1 month`, `36.5 hours`."""
        return f"{self.number:g} {self.unit}{'' if self.number == 1 else 's'}"


Measure = datetime | Quantity


def in_no_language(value: str | Measure) -> str:
    """Return a value in words that are the same whoever reads it, to tell it from others."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
