"""What of a case waits, and why: no calls left, a service away, an attempt that nobody knows of, a dead letter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from escalation.explain import moment
from escalation.model.derivation import label
from escalation.model.effect_kinds import EFFECT_KINDS
from escalation.model.effects import StartConversation, UpdateTicket
from escalation.telling.shapes import StuckThing
from escalation.telling.stored import StoredCase, StoredEffect, Wait

REPLAY: Final = (
    "An administrator can try it again with `parley dead replay {letter}`, or let the case go on without it with "
    "`parley dead discard {letter}`."
)


def stuck_things(stored: StoredCase, zone: str) -> Iterator[StuckThing]:
    """Tell what waits, what needs a person first."""
    waiting = [(row, row.wait) for row in stored.effects if row.wait]
    for row, wait in sorted(waiting, key=lambda pair: pair[1].kind != "dead_letter"):
        yield StuckThing(
            kind=wait.kind,
            what=_what(row),
            since=moment(wait.since),
            why=_why(wait, zone),
            remedy=REPLAY.format(letter=f"out-{row.id}") if wait.kind == "dead_letter" else None,
        )
    for letter in stored.letters:
        yield StuckThing(
            kind="dead_letter",
            what=f"News for this ticket ({letter.kind})",
            since=moment(letter.at),
            why=letter.error or "It could not be handled.",
            remedy=REPLAY.format(letter=f"in-{letter.number}"),
        )


def _what(row: StoredEffect) -> str:
    effect = row.effect
    if isinstance(effect, UpdateTicket) and effect.say and effect.say.public:
        return "A comment to the requester"
    if isinstance(effect, StartConversation):
        return f"An e-mail to {effect.to_name or effect.to_email}"
    called = EFFECT_KINDS[row.kind].called if row.kind in EFFECT_KINDS else row.kind
    return f"{called[:1].upper()}{called[1:]}"


def _why(wait: Wait, zone: str) -> str:
    until = f" It goes on at {label(wait.until, zone)}." if wait.until else ""
    service = wait.service or "The service"
    if wait.kind == "budget":
        return f"{service} takes no more calls just now.{until}"
    if wait.kind == "outage":
        error = f" {wait.error.rstrip('.')}." if wait.error else ""
        return f"{service} can't be used just now.{error}{until}"
    if wait.kind == "unclear":
        return (
            f"It was attempted, and nobody heard what came of it: it is looked for before it is sent again.{until}"
        )
    return wait.error or "It was given up."
