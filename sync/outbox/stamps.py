"""The last known `updated_at` of each ticket, so that an update without trouble needs no read before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from store import Tx

PREFIX = "stamp:"


def stamp_of(tx: Tx, ticket_id: str) -> datetime | None:
    """What is known of a ticket."""
    mark = tx.marks.get(_name(ticket_id))
    return _read(mark.value) if mark else None


def begin_stamped(
    tx: Tx, effect_id: str, ticket_id: str, now: datetime, *, attempts: int
) -> tuple[Mapping[str, Any], datetime] | None:
    """`outbox.begin` of an effect on a ticket of which something is known, and what; None where nothing is."""
    begun = tx.outbox.begin_marked(effect_id, _name(ticket_id), now, attempts=attempts)
    return None if begun is None else (begun[0], _read(begun[1]))


def stamp_mark(ticket_id: str, at: datetime) -> tuple[str, dict[str, str]]:
    """The name and value of the mark that is raised by what was read or written: a look that came back late takes
    nothing back."""
    # As text it sorts as time does.
    return _name(ticket_id), {"at": at.astimezone(UTC).isoformat(timespec="microseconds")}


def _read(value: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(value["at"])


def _name(ticket_id: str) -> str:
    return f"{PREFIX}{ticket_id}"
