"""What agents typed into their fields and nobody can read is told to them: nothing is assumed in its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from escalation.engine.turn import Turn
from escalation.language.typed import Unread, address_typed, time_typed
from escalation.model.audience import Internal
from escalation.model.plain import inline
from escalation.model.tiers import NAMED
from escalation.model.views import FieldValue, Update

AVERAGE = "average_approval"
TYPED = (AVERAGE, *(recipient.field for recipient in NAMED))


IDENTITY: Final = ("assignment_id", "party", "reason")
"""The fields that say what a case is about."""


def what_changed(turn: Turn, update: Update, keys: Iterable[str]) -> Internal:
    """What an update changes of these fields, for agents: of what the case is about also from what to what."""
    return Internal("; ".join([_change(turn, key, update.changes[key]) for key in keys]))


def _change(turn: Turn, key: str, value: FieldValue) -> Internal:
    what = turn.internal_text(f"changed.{key}")
    if key not in IDENTITY:
        return what
    old, new = (_in_words(turn, key, one) for one in (turn.was_about[key], value))
    turn.was_about[key] = value
    if old and new:
        return turn.internal_text("change.from_to", what=what, old=old, new=new)
    if new:
        return turn.internal_text("change.filled_in", what=what, new=new)
    return turn.internal_text("change.emptied", what=what, old=old)


def _in_words(turn: Turn, key: str, value: FieldValue) -> str:
    """A field's value as agents know it: a choice as it stands in the form."""
    known = f"value.{key}.{value}"
    return turn.internal_text(known) if known in turn.policy.texts.templates else inline(str(value or ""))


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
