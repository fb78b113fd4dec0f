"""What agents typed into their fields and nobody can read is told to them: nothing is assumed in its place."""

from __future__ import annotations

from collections.abc import Iterable

from escalation.engine.turn import Turn
from escalation.language.typed import Unread, address_typed, time_typed
from escalation.model.audience import Internal
from escalation.model.plain import inline
from escalation.model.tiers import NAMED

AVERAGE = "average_approval"
TYPED = (AVERAGE, *(recipient.field for recipient in NAMED))


def note_typed(turn: Turn, keys: Iterable[str] = TYPED) -> None:
    """Note each of these fields that can't be read, or of which only a part is gone by."""
    for key in keys:
        said = _said_of(turn, key)
        if said and said not in turn.notes:
            turn.notes.append(said)


def _said_of(turn: Turn, key: str) -> Internal | None:
    value, field = turn.case.fields.get(key), turn.internal_text(f"field.{key}")
    if key == AVERAGE:
        time = time_typed(value)
        return (
            turn.internal_text("note.unread_time", field=field, typed=inline(time.typed))
            if isinstance(time, Unread)
            else None
        )
    address = address_typed(value)
    if isinstance(address, Unread):
        return turn.internal_text("note.unread_address", field=field, typed=inline(address.typed))
    if address and address.more:
        return turn.internal_text("note.several_addresses", field=field, address=inline(address.email))
    return None
