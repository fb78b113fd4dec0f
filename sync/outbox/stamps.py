"""The last known `updated_at` of each ticket, so that an update without trouble needs no read before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from store import Mark, Tx

PREFIX = "stamp:"


class StampDamaged(Exception):
    """The stamp of a ticket can't be read: nothing that was done beside reading it may be kept."""


def stamp_of(tx: Tx, ticket_id: str) -> datetime | None:
    """What is known of a ticket."""
    mark = tx.marks.get(_name(ticket_id))
    return mark.read(read_stamp) if mark else None


def forget_stamp(tx: Tx, ticket_id: str) -> None:
    """Nothing is known of a ticket any more."""
    tx.marks.forget(_name(ticket_id))


def begin_stamped(
    tx: Tx, effect_id: str, ticket_id: str, now: datetime, *, attempts: int
) -> tuple[Mapping[str, Any], datetime] | None:
    """`outbox.begin` of an effect on a ticket of which something is known, and what; None where nothing is. Raises
    StampDamaged."""
    begun = tx.outbox.begin_marked(effect_id, _name(ticket_id), now, attempts=attempts)
    if begun is None:
        return None
    stamp = Mark(begun[1], now).read(read_stamp)
    if stamp is None:
        raise StampDamaged
    return begun[0], stamp


def stamp_mark(ticket_id: str, at: datetime) -> tuple[str, dict[str, str]]:
    """The name and value of the mark that is raised by what was read or written: a look that came back late takes
    nothing back."""
    # As text it sorts as time does.
    return _name(ticket_id), {"at": at.astimezone(UTC).isoformat(timespec="microseconds")}


def read_stamp(value: Mapping[str, str]) -> datetime:
    """The moment that the value of a stamp's mark says."""
    return datetime.fromisoformat(value["at"])


def _name(ticket_id: str) -> str:
    return f"{PREFIX}{ticket_id}"
