"""How large the database is and how fast it grows: noted by the clock now and then, told by `parley doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from store import Size, Store, Tx

NOTES: Final = "size.notes"
EVERY: Final = timedelta(hours=6)
MOST_NOTES: Final = 60
# From how long ago on a note says something about a day.
A_DAY: Final = timedelta(hours=23)
A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes used now, those that SQLite uses again, and those used in a year at the last day's rate where known."""

    size: Size
    in_a_year: float | None

    def sentence(self) -> str:
        """The one line for a person."""
        free = f", and {_bytes(self.size.free)} of its file free to be used again" if self.size.free else ""
        if self.in_a_year is None:
            return f"{_bytes(self.size.used)}{free}. What it will be in a year is known after a day."
        return f"{_bytes(self.size.used)}{free}; in a year about {_bytes(self.in_a_year)}, at the last day's rate."


def note_size(store: Store, now: datetime) -> None:
    """Keep the size with its moment, every few hours. Raises StoreUnavailable."""
    last = store.read(lambda tx: _notes(tx)[-1:])
    if last and timedelta(0) <= now - _at(last[0]) < EVERY:
        return

    def keep(tx: Tx) -> None:
        note = {"at": now.isoformat(), "used": tx.past.size().used}
        tx.marks.set(NOTES, [*_notes(tx), note][-MOST_NOTES:], now)

    store.write(keep)


def growth(tx: Tx, now: datetime) -> Growth:
    """How large the database is and will be."""
    size = tx.past.size()
    before = [note for note in _notes(tx) if now - _at(note) >= A_DAY]
    if not before:
        return Growth(size, None)
    grown, took = size.used - before[-1]["used"], now - _at(before[-1])
    return Growth(size, size.used + max(0.0, grown * (A_YEAR / took)))


def _notes(tx: Tx) -> list[dict[str, Any]]:
    mark = tx.marks.get(NOTES)
    return (mark.read(read_notes) or []) if mark else []


def read_notes(value: Any) -> list[dict[str, Any]]:
    """The sizes that were noted, with their moments."""
    return [{"at": _at(note).isoformat(), "used": int(note["used"])} for note in value]


def _at(note: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(note["at"])


def _bytes(number: float) -> str:
    for unit in ("kB", "MB"):
        number /= 1000
        if number < 1000:
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{number / 1000:.1f} GB"
