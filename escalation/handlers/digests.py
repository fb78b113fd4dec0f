"""Letters to somebody with several cases: whether the next one waits, its part in one, and whom a reply is for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from escalation.engine.turn import Turn
from escalation.handlers.letter_lines import greeting, letter
from escalation.language.quoting import unquoted
from escalation.language.same_people import address_key
from escalation.model.effects import DigestPart
from escalation.model.events import Done
from escalation.model.tiers import ByEmail, Tier
from escalation.model.values import Party
from escalation.model.views import AssignmentSeen
from escalation.policies.policy import Addressee

GATHERED: Final = timedelta(minutes=1)
"""How long letters that waited are gathered: the other cases that waited are looked at meanwhile."""


def correspondent(company: str, language: str, channel: ByEmail, to: Addressee) -> str:
    """Return the name of whom letters of one kind to one address go to; it does not tell the address.

    Letters about several client companies' assignments never go together, nor do those in several languages.
    """
    named = f"{channel.body}|{company}|{language}|{address_key(to.email)}"
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def may_go_together(turn: Turn) -> bool:
    """Whether letters of this case may go with others: those to managers, where the policy wants that."""
    return turn.policy.digest_hours > 0 and turn.case.party is not Party.CLIENT


def digest_part(turn: Turn, tier: Tier, seen: AssignmentSeen | None, to: Addressee) -> DigestPart:
    """Return what a tier's letter is in one about several cases."""
    case, name = turn.case, tier.state.value
    reference = f"Ref {case.reference}"
    return DigestPart(
        subject=turn.public_text(f"digest.{name}.subject"),
        opening=turn.public_text(f"digest.{name}.opening", greeting=greeting(turn, to.name)),
        paragraph=letter(turn, "digest.case", tier, seen, number=reference),
        closing=turn.public_text(f"digest.{name}.closing"),
        marks=tuple(filter(None, (case.assignment_id, reference))),
    )


def told_together(turn: Turn, event: Done) -> None:
    """Take in that a letter went as one with others': where it stands, and what replies may name."""
    case, told = turn.case, event.result
    digest, on = told.get("told_in", event.effect_id), told.get("told_on", case.ticket_id)
    heard, own = case.heard, event.effect_id
    case.heard = replace(
        heard,
        conversations={**heard.conversations, digest: heard.conversations[own]},
        written_to={**heard.written_to, digest: heard.written_to[own]},
        digests={**heard.digests, digest: on},
        beside={**heard.beside, digest: tuple(filter(None, told["beside"].split("\n")))},
        told_with=tuple(dict.fromkeys((*heard.told_with, *told.get("tickets", "").split()))),
    )
    if on != case.ticket_id:
        turn.note("note.told_together", ticket_id=on)
        turn.record("told in a letter with others", f"It stands on ticket {on}.")


def names_of_case(turn: Turn) -> tuple[str, ...]:
    """Return what a reply may name this case by."""
    return tuple(filter(None, (turn.case.assignment_id, f"Ref {turn.case.reference}")))


def names_any(text: str, marks: Iterable[str]) -> bool:
    """Whether one of the marks stands in what the author wrote, quotations left out: by itself, or in a link."""
    said = unquoted(text)
    return any(re.search(_by_itself(mark), said, re.IGNORECASE) for mark in marks)


def _by_itself(mark: str) -> str:
    return r"(?<!\w)" + r"\W{0,3}".join(map(re.escape, mark.split())) + r"(?!\w)"
