"""Names that must come out the same however often they are made: lanes, ids, references."""

from __future__ import annotations

from escalation.model.effect_kinds import EFFECT_KINDS
from escalation.model.effects import Effect

# Crockford's digits: no I, L, O and U, so that nothing is misread or spells a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REFERENCES = 32**4
_SPREAD = 694_847


def ticket_lane(ticket_id: str) -> str:
    """The lane of a ticket, in the inbox as in the outbox."""
    return f"ticket:{ticket_id}"


def lanes_of_ticket(ticket_id: str) -> tuple[str, ...]:
    """Every lane that is known by a ticket's number."""
    return tuple(f"{kind.lane}:{ticket_id}" for kind in EFFECT_KINDS.values() if kind.by == "ticket_id")


def ticket_of_lane(lane: str) -> str | None:
    """The ticket whose number a lane is known by."""
    ticket_id = lane.rpartition(":")[2]
    return ticket_id if lane in lanes_of_ticket(ticket_id) else None


def effect_lane(effect: Effect, case_id: str | None) -> str:
    """Where an effect waits its turn: one lane per destination, so that none holds up the others."""
    kind = EFFECT_KINDS[effect.type]
    if kind.reads and case_id:
        return f"{effect.type}:{case_id}"
    return f"{kind.lane}:{getattr(effect, kind.by)}"


def case_id_of(row_id: int) -> str:
    """The id of the case that an inbox row begins, e.g. `C-00001B`; later rows sort later."""
    return f"C-{_digits(row_id, 6)}"


def reference_of(row_id: int) -> str:
    """The four signs that end a case's messages; no two among a million rows in a row are alike."""
    return _digits(row_id * _SPREAD % _REFERENCES, 4)


def row_ids_of(reference: str) -> tuple[int, ...]:
    """The inbox rows whose case may have this reference, the first four million of them."""
    number = 0
    for digit in reference:
        number = number * 32 + ALPHABET.find(digit)
    first = number * pow(_SPREAD, -1, _REFERENCES) % _REFERENCES
    return tuple(range(first, 4 * _REFERENCES, _REFERENCES)) if set(reference) <= set(ALPHABET) else ()


def _digits(number: int, width: int) -> str:
    found = ""
    while number:
        number, digit = divmod(number, 32)
        found = ALPHABET[digit] + found
    return found.rjust(width, "0")
