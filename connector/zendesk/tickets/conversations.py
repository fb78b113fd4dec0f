"""Side conversations: read with their events, started by e-mail, found again by our mark."""

from __future__ import annotations

from collections.abc import Iterable

from connector.errors import Permanent, UnreadableAnswer
from connector.reading import Json, items, mapping, moment, text, the_items
from connector.text import plain
from connector.zendesk.access.channel import Channel, body_of, reading, writing
from connector.zendesk.tickets.serialize import OURS, conversation_body
from escalation.language.same_people import address_key
from escalation.model.effects import StartConversation
from escalation.model.views import Conversation, ConversationMessage

LACKING = ("missing", "forbidden", "gone")
"""How an account without the Collaboration add-on may answer; which of them is not documented."""


def conversations(channel: Channel, ticket_id: str, lacking: tuple[str, ...] = LACKING) -> tuple[Conversation, ...]:
    """All side conversations of a ticket with their messages, oldest first; none where the account lacks them."""
    path = f"tickets/{ticket_id}/side_conversations"
    found: list[Json] = []
    events: list[Json] = []
    sideloaded = True
    with reading():
        try:
            for body, _ in channel.pages(path, {"include": "events"}):
                found += the_items(body.get("side_conversations"), "the side conversations")
                sideloaded = sideloaded and isinstance(body.get("events"), list)
                events += items(body.get("events"))
        except Permanent as refusal:
            if refusal.code in lacking:
                return ()
            raise
        if not sideloaded:
            events = [event for one in found for event in _events(channel, path, text(one.get("id")))]
        return tuple(_conversation(one, events) for one in found)


def _events(channel: Channel, path: str, conversation_id: str) -> list[Json]:
    try:
        return [
            {**event, "side_conversation_id": conversation_id}
            for body, _ in channel.pages(f"{path}/{conversation_id}/events", {})
            for event in the_items(body.get("events"), "the events")
        ]
    except Permanent as refusal:  # it was listed a moment ago, and the ticket is there
        raise UnreadableAnswer("a side conversation could not be read") from refusal


def _conversation(one: Json, events: Iterable[Json]) -> Conversation:
    own_id = text(one.get("id"))
    own = [event for event in events if text(event.get("side_conversation_id")) == own_id]
    effect_id = _mark(one) or next((mark for event in own if (mark := _mark(_message(event)))), "")
    messages = [message for event in own if (message := _read(event, effect_id)) is not None]
    return Conversation(id=own_id, effect_id=effect_id, messages=tuple(sorted(messages, key=lambda one: one.at)))


def _mark(holder: Json) -> str:
    return text(mapping(holder.get("external_ids")).get(OURS))


def _message(event: Json) -> Json:
    return mapping(event.get("message"))


def _read(event: Json, effect_id: str) -> ConversationMessage | None:
    kind, at = event.get("type"), moment(event.get("created_at"))
    if kind not in ("create", "reply") or at is None:
        return None
    message = _message(event)
    author = mapping(message.get("from")) or mapping(event.get("actor"))
    said = text(message.get("body")) or plain(text(message.get("html_body"))) or text(message.get("preview_text"))
    return ConversationMessage(
        id=text(event.get("id")),
        at=at,
        author_email=address_key(text(author.get("email"))),
        author_name=text(author.get("name")).strip(),
        text=said.strip(),
        subject=text(message.get("subject")).strip(),
        ours=bool(effect_id) and (_mark(message) == effect_id or kind == "create"),
    )


def start_conversation(channel: Channel, effect: StartConversation) -> str:
    """Starts it and gives its id: one attempt, and the same effect must be looked for before a second."""
    path = f"tickets/{effect.ticket_id}/side_conversations"
    try:
        answer = channel.send("POST", path, conversation_body(effect))
    except Permanent as refusal:
        if refusal.code in ("missing", "forbidden"):
            raise Permanent("missing", f"This account has no side conversations. {refusal.reason}") from refusal
        raise
    with writing():
        found = text(mapping(body_of(answer).get("side_conversation")).get("id"))
        if not found:
            raise ValueError("no id")
        return found


def find_conversation(channel: Channel, ticket_id: str, effect_id: str) -> str | None:
    """The one with our mark; None where it is not there. Of a ticket that is gone nobody can tell: Permanent."""
    found = conversations(channel, ticket_id, ("missing", "forbidden"))
    return next((one.id for one in found if one.effect_id == effect_id), None)
