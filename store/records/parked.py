"""What waits for a moment, of both boxes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select

from store.schema.tables import inbox, is_unhandled, outbox, waits
from store.sql import prepared

_BEGUN_LATER = select(1).where(waits(outbox, bindparam("begun", type_=outbox.c.waits_since.type)))
_DUE_LATER = select(1).where(is_unhandled(inbox), inbox.c.due > bindparam("due"))
_PARKED = select(1).where(or_(_BEGUN_LATER.exists(), _DUE_LATER.exists()))


def is_anything_parked(connection: Connection, begun_after: datetime, due_after: datetime) -> bool:
    """Whether an effect waits since a moment later than the one, or an event is to be handled after the other."""
    return prepared.first(connection, _PARKED, {"begun": begun_after, "due": due_after}) is not None
