"""What a genuine body says: the inbox row it becomes, or a dead letter with a sentence."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from escalation.model.messages import (
    INBOX_KINDS,
    AssignmentPost,
    ConversationsHint,
    InboxMessage,
    MessageOrigin,
    TicketHint,
    UnreadableBody,
    WorkMarketHint,
    names_from,
)
from webhooks.bodies import UnreadableJson, read_object

# How much of an unreadable body a dead letter shows.
_SHOWN = 4000
_LONGEST_TEXT = 60_000
# What a trigger or a subscription tells otherwise than by these names is a change of its ticket.
_TRIGGER_EVENTS = frozenset(names_from(MessageOrigin.TRIGGER))
_SUBSCRIBED = frozenset(names_from(MessageOrigin.SUBSCRIPTION))
_CHANGED = "ticket.changed"
_EVENT_TYPE = "zen:event-type:ticket."
# What a webhook of WorkMarket says of an assignment where its event has no name that we can read.
_UNNAMED = "changed"
_ID = re.compile(r"[1-9][0-9]{0,19}")
_EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SUBJECT = re.compile(r"zen:ticket:([1-9][0-9]{0,19})")


@dataclass(frozen=True, slots=True)
class NewInboxRow:
    """An inbox row to be. `dedupe_key` makes it a hint; `dead` a dead letter."""

    key: str
    kind: str
    lane: str
    message: InboxMessage
    dedupe_key: str | None = None
    dead: str | None = None


def read_zendesk(raw: bytes, signature: str) -> NewInboxRow:
    """What Zendesk's trigger, automation or event subscription says in a body it signed with `signature`.

    Event subscriptions: https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/
    """
    try:
        body = read_object(raw)
        return _envelope(body) if "type" in body and "ticket_id" not in body else _trigger(body, signature)
    except UnreadableJson as why:
        return _dead_letter("zendesk", signature, raw, why)


def _trigger(body: Mapping[str, Any], signature: str) -> NewInboxRow:
    """What names a ticket asks for a look at it, whatever else it lacks or calls itself."""
    event, ticket = body.get("event"), _id(body, "ticket_id")
    lane = f"ticket:{ticket}"
    kind = event if isinstance(event, str) and event in _TRIGGER_EVENTS else _CHANGED
    message = INBOX_KINDS[kind].message
    if message is AssignmentPost:
        return NewInboxRow(f"zendesk:post:{signature}", kind, lane, AssignmentPost(ticket, _text_of(body)))
    hint = ConversationsHint(ticket) if message is ConversationsHint else TicketHint(ticket)
    return _hint(f"zendesk:{kind}:{ticket}", kind, lane, hint)


def _text_of(body: Mapping[str, Any]) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise UnreadableJson("The body has no `text` to post.")
    if len(text) > _LONGEST_TEXT:
        raise UnreadableJson(f"The `text` is longer than {_LONGEST_TEXT} characters.")
    return text


def _hint(dedupe_key: str, kind: str, lane: str, hint: InboxMessage) -> NewInboxRow:
    """A row that asks for a look.

    Ids only, signed to the second: two real changes may be the very same bytes, and so may a retry and a
    replay. So nothing is read into a repetition. While an equal hint is unhandled, its look still lies
    ahead and will see this change too, and it is not kept; once that one is handled, it is a row of its own.
    """
    return NewInboxRow(f"{dedupe_key}:{secrets.token_hex(8)}", kind, lane, hint, dedupe_key=dedupe_key)


def _envelope(body: Mapping[str, Any]) -> NewInboxRow:
    """An event of a ticket. Without an id of its own it is a hint like a trigger's; a merge without its target is
    found out by the look."""
    event_type, event_id = body["type"], body.get("id")
    of_ticket = isinstance(event_type, str) and event_type.startswith(_EVENT_TYPE)
    ticket = _ticket_of(body, of_ticket=of_ticket)
    named = f"ticket.{str(event_type).removeprefix(_EVENT_TYPE)}"
    kind = named if of_ticket and named in _SUBSCRIBED else _CHANGED
    lane, hint = f"ticket:{ticket}", TicketHint(ticket, _target(body) if kind == "ticket.merged" else None)
    if not isinstance(event_id, str) or not 0 < len(event_id) <= 200:
        return _hint(f"zendesk:{kind}:{ticket}", kind, lane, hint)
    return NewInboxRow(f"zendesk:event:{event_id}", kind, lane, hint)


def _target(body: Mapping[str, Any]) -> str | None:
    event = body.get("event")
    try:
        return _id(event if isinstance(event, dict) else {}, "target_ticket_id")
    except UnreadableJson:
        return None


def _ticket_of(body: Mapping[str, Any], *, of_ticket: bool) -> str:
    """The ticket by the subject or, in an event of a ticket, by the detail: elsewhere that may be anything's."""
    detail, subject = body.get("detail"), body.get("subject")
    named = _SUBJECT.fullmatch(subject) if isinstance(subject, str) else None
    if of_ticket and isinstance(detail, dict) and _ID.fullmatch(str(detail.get("id"))):
        ticket = _id(detail, "id")
        if named and named.group(1) != ticket:
            raise UnreadableJson("The body's `subject` and `detail` name different tickets.")
        return ticket
    if named is None:
        raise UnreadableJson(
            "The body names no ticket." if of_ticket else "The body's `type` is no event of a ticket."
        )
    return named.group(1)


def read_workmarket(raw: bytes, company: str = "") -> NewInboxRow:
    """What a webhook of WorkMarket says, in the template of the README: a hint, never a fact. `company`: whose
    token it carried, where there are several."""
    try:
        body = read_object(raw)
        event, status = body.get("event"), body.get("status")
        name = event.strip().lower().replace(" ", "_") if isinstance(event, str) else ""
        # A kind that the table has by its full name is none of WorkMarket's events.
        own = f"workmarket.{name}" in INBOX_KINDS
        name = name if _EVENT_NAME.fullmatch(name) and not own else _UNNAMED
        assignment = _id(body, "assignment_id")
    except UnreadableJson as why:
        return _dead_letter("workmarket", hashlib.sha256(raw).hexdigest(), raw, why)
    hint = WorkMarketHint(assignment, name, status if _is_short(status) else None, company)
    dedupe_key = f"workmarket:{name}:{assignment}:{hint.status}" + (f":{company}" if company else "")
    return _hint(dedupe_key, f"workmarket.{name}", f"assignment:{assignment}", hint)


def _is_short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 64


def _id(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    # bool is an int to Python, not to anybody else.
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise UnreadableJson(f"The body has no `{name}` that is a number.")
    return text


def _dead_letter(sender: str, mark: str, raw: bytes, why: UnreadableJson) -> NewInboxRow:
    shown = raw[:_SHOWN].decode("utf-8", "replace")
    return NewInboxRow(
        f"{sender}:unreadable:{mark}",
        f"{sender}.unreadable",
        f"unreadable:{sender}",
        UnreadableBody(shown, len(raw)),
        dead=str(why),
    )
