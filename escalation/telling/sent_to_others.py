"""What has gone to somebody outside, as agents are told of it."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.explain import moment
from escalation.model.effects import CopyFile, CreateTicket, PostFile, PostMessage, StartConversation, UpdateTicket
from escalation.telling.done_so_far import AGENTS_COMMENT, agents_words, says_to_requester
from escalation.telling.shapes import AgentsSent
from escalation.telling.stored import StoredCase, StoredEffect


def sent_of(stored: StoredCase) -> list[AgentsSent]:
    """What has gone to somebody outside, the latest first: by the desk, and from agents to the requester."""
    words = [
        AgentsSent(
            at=moment(one.at) or "", kind=AGENTS_COMMENT, what=f"A public comment of {one.by}", to=None, text=None
        )
        for one in agents_words(stored)
    ]
    return sorted((*_by_the_desk(stored.effects), *words), key=lambda one: one.at, reverse=True)


def _by_the_desk(effects: tuple[StoredEffect, ...]) -> Iterator[AgentsSent]:
    for row in reversed(effects):
        told = _told(row) if row.state == "done" else None
        if told:
            what, to, text = told
            at = moment(row.done_at or row.attempted_at or row.created_at) or ""
            yield AgentsSent(at=at, kind=row.kind, what=what, to=to, text=text)


def _told(row: StoredEffect) -> tuple[str, str | None, str | None] | None:
    effect = row.effect
    if isinstance(effect, UpdateTicket) and effect.say and says_to_requester(row):
        return "A comment to the requester", None, row.text or str(effect.say.text)
    if isinstance(effect, PostMessage):
        return "A message on the assignment", None, str(effect.text)
    if isinstance(effect, StartConversation):
        to = f"{effect.to_name} <{effect.to_email}>" if effect.to_name else effect.to_email
        return "An e-mail to the other side", to, str(effect.letter[1])
    if isinstance(effect, CreateTicket):
        return "A new ticket", None, str(effect.say.text)
    if isinstance(effect, CopyFile):
        return f"A file for agents: {effect.file.name}", None, None
    if isinstance(effect, PostFile):
        return f"A file on the assignment: {effect.file.name}", None, None
    return None
