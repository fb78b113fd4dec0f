"""How a due moment came about, as data and as a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

# Not strftime: its names change with the machine's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
READINGS = {
    "business_days": "a business day counts whole",
    "office_hours": "only opening hours count",
    "calendar_months": "by the calendar",
}
SHOWN = 6


def aware(at: datetime) -> datetime:
    """The moment itself; raises ValueError for one without a zone."""
    if at.tzinfo is None:
        raise ValueError("A moment without a time zone can't be placed: hand in an aware datetime.")
    return at


def day_label(day: date) -> str:
    """Write a day without its year, for example `Thu 26 Nov`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def label(at: datetime, zone: str) -> str:
    """Write an aware moment in a zone, for example `Tue 24 Nov 2026, 15:00 EST`."""
    local = aware(at).astimezone(ZoneInfo(zone))
    return f"{day_label(local)} {local.year}, {local.hour:02}:{local.minute:02} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """Name an aware moment's zone as people do: `EST`, or `UTC+03` where it has no letters."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in ("+", "-") else name


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a due moment came about: shown to agents and laymen. Moments are in UTC.

    `used_up`: the moment at which the amount was used up while the office was closed; `due` is its next opening.
    """

    start: datetime
    counted_from: datetime
    amount: str
    reading: str
    skipped: tuple[tuple[date, str], ...]
    due: datetime
    zone: str
    used_up: datetime | None = None

    def sentence(self) -> str:
        """Say in one sentence where the due moment comes from."""
        said = f"Due {label(self.due, self.zone)}: {self.amount} after {label(self.start, self.zone)}"
        if self.counted_from != self.start:
            said += f", counted from the next business time, {label(self.counted_from, self.zone)}"
        said += f" ({READINGS.get(self.reading, self.reading)}"
        if self.skipped:
            said += f"; passed over: {self._passed_over()}"
        if self.used_up:
            said += f"; used up on {label(self.used_up, self.zone)}, when the office is closed"
        return said + ")."

    def _passed_over(self) -> str:
        days = [f"{day_label(day)} ({why})" for day, why in self.skipped[:SHOWN]]
        more = len(self.skipped) - SHOWN
        return ", ".join(days) + (f" and {more} more" if more > 0 else "")

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `from_json` reads them back."""
        return {
            "start": self.start.isoformat(),
            "counted_from": self.counted_from.isoformat(),
            "amount": self.amount,
            "reading": self.reading,
            "skipped": [[day.isoformat(), why] for day, why in self.skipped],
            "due": self.due.isoformat(),
            "zone": self.zone,
            **({"used_up": self.used_up.isoformat()} if self.used_up else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Derivation:
        """Read back what `to_json` wrote."""
        return cls(
            start=datetime.fromisoformat(data["start"]),
            counted_from=datetime.fromisoformat(data["counted_from"]),
            amount=data["amount"],
            reading=data["reading"],
            skipped=tuple((date.fromisoformat(day), why) for day, why in data["skipped"]),
            due=datetime.fromisoformat(data["due"]),
            zone=data["zone"],
            used_up=datetime.fromisoformat(data["used_up"]) if data.get("used_up") else None,
        )
