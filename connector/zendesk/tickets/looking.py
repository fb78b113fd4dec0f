"""One look at a ticket: its new audits first, the ticket only where something is new that is not ours."""

from __future__ import annotations

from typing import Final

from connector.errors import ApiAnswer, Permanent, UnreadableAnswer
from connector.ports import TicketPart
from connector.reading import Json, mapping, number
from connector.zendesk.access.channel import Channel, body_of, reading
from connector.zendesk.account.ids import AccountIds
from connector.zendesk.tickets.audits import Audit, audits_of, speakers, updates_of
from connector.zendesk.tickets.conversations import conversations
from connector.zendesk.tickets.order import in_order
from connector.zendesk.tickets.parse import ticket_view, users_of
from escalation.model.effects import Look
from escalation.model.seen import UNSEEN, Seen
from escalation.model.views import Conversation

SYSTEM: Final = -1
"""The author of what Zendesk does by itself."""


def look_at(channel: Channel, look: Look, ids: AccountIds) -> TicketPart:
    try:
        with reading():
            return _look(channel, look, ids)
    except Permanent as refusal:
        if refusal.code != "gone":
            raise
        return TicketPart(None, True, (), None, channel.now())


def _look(channel: Channel, look: Look, ids: AccountIds) -> TicketPart:
    audits, users, answer = new_audits(channel, look.ticket_id, look.seen)
    server_now = channel.server_now(answer)
    held = _conversations(channel, look) if "conversations" in look.scope else None
    if look.seen.until is not None and all(audit.ours for audit in audits):
        echoes = tuple(update for audit in audits for update in updates_of(audit, None, users, ids))
        return TicketPart(None, False, echoes, held, server_now)
    answer = show(channel, look.ticket_id)
    ticket_body = body_of(answer)
    users |= users_of(ticket_body)
    users |= _unknown_users(channel, ticket_body, audits, users)
    ticket = ticket_view({**ticket_body, "users": list(users.values())}, look.ticket_id, ids)
    if ticket is None:
        return TicketPart(None, True, (), None, server_now)
    updates = tuple(update for audit in audits for update in updates_of(audit, ticket, users, ids))
    return TicketPart(ticket, False, updates, held, server_now)


def _conversations(channel: Channel, look: Look) -> tuple[Conversation, ...]:
    """Those of the ticket, and those on other tickets that tell this case too."""
    there = {on: conversations(channel, on) for on in dict.fromkeys(look.elsewhere.values())}
    told = (one for effect, on in look.elsewhere.items() for one in there[on] if one.effect_id == effect)
    return (*conversations(channel, look.ticket_id), *told)


def show(channel: Channel, ticket_id: str) -> ApiAnswer:
    return channel.get(f"tickets/{ticket_id}", include="users")


def new_audits(
    channel: Channel, ticket_id: str, seen: Seen = UNSEEN
) -> tuple[list[Audit], dict[int, Json], ApiAnswer]:
    """The audits but those seen, oldest first, with their users and the first answer.

    The newest are asked for first. That `sort` is honoured here is not documented, so only a page that ends with
    older ones than it begins with, and with what was seen, is the last one wanted; else all pages are read.
    """
    parameters = {"sort": "-created_at", "include": "users", "page[size]": 25 if seen.until else 100}
    found: dict[int, Audit] = {}
    users: dict[int, Json] = {}
    first: ApiAnswer | None = None
    for body, answer in channel.pages(f"tickets/{ticket_id}/audits", parameters):
        first = first or answer
        page = audits_of(body, ticket_id)
        users |= users_of(body)
        found.update((audit.id, audit) for audit in page if not seen.has(audit.id, audit.at))
        if seen.since and page and page[0].at > page[-1].at <= seen.since:
            break
    if first is None:
        raise UnreadableAnswer("there was no page of audits")
    return in_order(found.values()), users, first


def _unknown_users(
    channel: Channel, ticket_body: Json, audits: list[Audit], users: dict[int, Json]
) -> dict[int, Json]:
    """The people whom no sideload told of."""
    requester = number(mapping(ticket_body.get("ticket")).get("requester_id"))
    wanted = set().union(*map(speakers, audits)) | ({requester} if requester is not None else set())
    lacking = sorted(uid for uid in wanted - users.keys() if uid is not None and uid != SYSTEM)
    if not lacking:
        return {}
    try:
        return users_of(body_of(channel.get("users/show_many", ids=",".join(map(str, lacking[:100])))))
    except Permanent:  # they are gone, not the ticket
        return {}
