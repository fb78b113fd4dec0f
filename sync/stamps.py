"""The last known `updated_at` of each ticket, so that an update without trouble needs no read before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from store import Tx

PREFIX = "stamp:"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A ticket's `updated_at`."""

    at: datetime


def stamp_of(tx: Tx, ticket_id: str) -> Stamp | None:
    """What is known of a ticket."""
    mark = tx.marks.get(_name(ticket_id))
    return Stamp(datetime.fromisoformat(mark.value["at"])) if mark else None


def remember_stamp(tx: Tx, ticket_id: str, at: datetime, now: datetime) -> None:
    """Note what was read or written; a look that came back late takes nothing back."""
    # As text it sorts as time does.
    tx.marks.raise_to(_name(ticket_id), {"at": at.astimezone(UTC).isoformat(timespec="microseconds")}, now)


def _name(ticket_id: str) -> str:
    return f"{PREFIX}{ticket_id}"
