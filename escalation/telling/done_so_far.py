"""What a requester is told was done for them, and what they and the desk wrote: what is told often as one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from escalation.engine.journaled import AGENT_TOLD, OTHER_REQUESTER, WROTE
from escalation.engine.progress import asked_by
from escalation.explain import moment
from escalation.model.case import Case
from escalation.model.effects import PostMessage, UpdateTicket
from escalation.model.spoken import AgentsWord
from escalation.model.tiers import ByAgents, OnAssignment, tier_at
from escalation.policies.readers import Reader
from escalation.telling.shapes import ShownSent
from escalation.telling.stored import StoredCase, StoredEffect

AGENTS_COMMENT: Final = "agents_comment"
"""The kind of what an agent wrote, which no effect of the desk's is."""
REQUESTERS_COMMENT: Final = "requesters_comment"
"""The kind of what the requester wrote."""


def done_so_far(stored: StoredCase, reader: Reader) -> tuple[ShownSent, ...]:
    """Return what was done for them and what was written, the latest first. Each step has its line; updates have
    one together, and so have their own messages."""
    found = [
        *_outreach(stored.case, reader),
        *_posts(stored.effects, reader),
        *_agents_words(stored, reader),
        *_together(_updates(stored.effects), "sent.update", "sent.updates", "update_ticket", reader),
        *_together(_their_messages(stored), "sent.reply", "sent.replies", REQUESTERS_COMMENT, reader),
    ]
    return tuple(one for _, one in sorted(found, key=lambda item: item[0], reverse=True))


DoneLine = tuple[datetime, ShownSent]


def _line(at: datetime, kind: str, what: str) -> DoneLine:
    return at, ShownSent(at=moment(at) or "", kind=kind, what=what)


def _together(moments: Iterable[datetime], once: str, often: str, kind: str, reader: Reader) -> Iterator[DoneLine]:
    """One line for all of a kind, with the last one's moment."""
    at = sorted(moments)
    if len(at) == 1:
        yield _line(at[0], kind, reader.text(once, date=at[0]))
    elif at:
        yield _line(at[-1], kind, reader.text(often, count=len(at), date=at[-1]))


def _outreach(case: Case, reader: Reader) -> Iterator[DoneLine]:
    messaged_at = case.delivery.messaged_at
    sent = {number: messaged_at[number] for number in case.delivery.messaged if number in messaged_at}
    for number, at in {**sent, **case.delivery.people_asked}.items():
        channel = tier_at(number).way_of(case.party).channel
        on_assignment = "post_message" if isinstance(channel, OnAssignment) else "start_conversation"
        said = asked_by(case, number, at)
        kind = "update_ticket" if isinstance(channel, ByAgents) else on_assignment
        yield _line(at, kind, reader.text(said.key, **said.values))
    for at in case.delivery.reached.values():
        yield _line(at, "update_ticket", reader.text("done.reached", date=at))


def _posts(effects: tuple[StoredEffect, ...], reader: Reader) -> Iterator[DoneLine]:
    """What agents had posted on the assignment: it was a public comment, which its requester has read."""
    for row in effects:
        if isinstance(row.effect, PostMessage) and row.effect.comment_id and row.state == "done" and row.done_at:
            yield _line(row.done_at, row.kind, reader.text("sent.posted", date=row.done_at))


def _updates(effects: tuple[StoredEffect, ...]) -> Iterator[datetime]:
    for row in effects:
        if isinstance(row.effect, UpdateTicket) and says_to_requester(row) and row.done_at:
            yield row.done_at


def _their_messages(stored: StoredCase) -> Iterator[datetime]:
    """When messages of theirs came in; of whoever was the requester before them nothing is told."""
    lines = [(line.at, line.what) for line in stored.journal]
    since = max((at for at, what in lines if what == OTHER_REQUESTER), default=None)
    yield from (at for at, what in lines if what == WROTE and (since is None or at > since))


def _agents_words(stored: StoredCase, reader: Reader) -> Iterator[DoneLine]:
    for word in agents_words(stored):
        yield _line(word.at, AGENTS_COMMENT, reader.text("sent.agent", date=word.at))


def agents_words(stored: StoredCase) -> list[AgentsWord]:
    """When agents wrote to the requester; what a case of before has not kept is read off its journal."""
    kept = stored.case.heard.agents_told
    before = [
        AgentsWord(line.at, line.actor)
        for line in stored.journal
        if line.what == AGENT_TOLD and (not kept or line.at < kept[0].at)
    ]
    return [*before, *kept]


def says_to_requester(row: StoredEffect) -> bool:
    """Whether the requester has heard something by an effect; one that gave way to later news said nothing."""
    effect = row.effect
    if row.state != "done" or not isinstance(effect, UpdateTicket) or effect.say is None:
        return False
    return effect.say.public and row.text != ""
