"""What the texts ask of a language: the port behind which a library knows how each one writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol
from zoneinfo import ZoneInfo

from escalation.model.derivation import aware, zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from escalation.model.measures import Unit

List = Literal["sentences", "clauses", "causes"]


class Locale(Protocol):
    """How one language writes what its texts are filled with. Built in `config/`, and handed in with the texts."""

    @property
    def direction(self) -> str:
        """`ltr` where it is written from the left, `rtl` where from the right."""

    def format_moment(self, local: datetime, zone: str) -> str:
        """Write a moment that is in the reader's zone; `zone` is the zone's name where the language has none."""

    def format_count(self, number: float, unit: Unit) -> str:
        """Write so many of a unit."""

    def format_list(self, parts: Iterable[str], kind: List) -> str:
        """Write several parts as one."""


def moment_in(locale: Locale, at: datetime, zone: str) -> str:
    """Write an aware moment in a zone, in English for example `Tue 24 Nov 2026, 15:00 EST`."""
    local = aware(at).astimezone(ZoneInfo(zone))
    return locale.format_moment(local, zone_name(local))
