"""Zendesk's JSON of tickets, told in the process's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.errors import UnreadableAnswer
from connector.reading import (
    Json,
    items,
    mapping,
    number,
    text,
    the_items,
    the_mapping,
    the_moment,
    the_number,
)
from connector.zendesk.account.ids import LOCALES, SEVERAL, TAG_PREFIXES, TICKED, AccountIds
from connector.zendesk.tickets.serialize import signature
from escalation.language.numbers import number_typed
from escalation.model.values import State
from escalation.model.views import FieldValue, TicketView, ZendeskUser

CATEGORIES: Final = frozenset({"new", "open", "pending", "hold", "solved", "closed"})

Users = Mapping[int, Json]


def users_of(body: Json) -> dict[int, Json]:
    """The sideloaded users by id."""
    return {uid: user for user in items(body.get("users")) if (uid := number(user.get("id"))) is not None}


def person(user_id: int, users: Users) -> ZendeskUser:
    user = users.get(user_id, {})
    return ZendeskUser(
        id=str(user_id),
        email=text(user.get("email")).strip(),
        name=text(user.get("name")).strip(),
        verified=user.get("verified") is True,
        locale=_locale(user),
        zone=text(user.get("iana_time_zone")).strip(),
    )


def _locale(user: Json) -> str:
    """The language a user chose. Recorded answers have its name and its id; a name is what the API goes by:
    https://developer.zendesk.com/api-reference/ticketing/users/users/#json-format"""
    return text(user.get("locale")).strip() or LOCALES.get(number(user.get("locale_id")) or 0, "")


def ticket_view(body: Json, ticket_id: str, ids: AccountIds) -> TicketView | None:
    """The ticket of a `show` answer with its sideloaded users; None where it is deleted.

    Raises Unreadable rather than believe half: an unreadable field would look like a cleared one.
    """
    ticket = the_mapping(body.get("ticket"), "the ticket")
    if str(number(ticket.get("id"))) != ticket_id:
        raise UnreadableAnswer("it is another ticket")
    status = text(ticket.get("status")).lower()
    if status == "deleted":
        return None
    if not status:  # a new one is none of ours, and nothing is read into it
        raise UnreadableAnswer("the ticket has no status")
    requester = person(the_number(ticket.get("requester_id"), "the requester"), users_of(body))
    tags = frozenset(tags_in(ticket.get("tags")))
    brand = number(ticket.get("brand_id"))
    return TicketView(
        id=ticket_id,
        status=status,
        state=state_of(number(ticket.get("custom_status_id")), ids),
        requester=requester,
        created_at=the_moment(ticket.get("created_at"), "the ticket's creation"),
        updated_at=the_moment(ticket.get("updated_at"), "the ticket's last update"),
        subject=text(ticket.get("raw_subject")) or text(ticket.get("subject")),
        description=text(ticket.get("description")),
        assigned=number(ticket.get("assignee_id")) is not None,
        on_form=is_ours(ticket, ids),
        tags=tags,
        fields=_fields(ticket, ids),
        followup_of=_followed(ticket),
        signed_email=requester.email if requester.email and signature(requester.email) in tags else None,
        brand=text(brand) if brand is not None else "",
    )


def is_ours(ticket: Json, ids: AccountIds) -> bool:
    """Whether a ticket is an escalation: by its form, or by our field where there is one form for everything."""
    if ids.told_by:
        return bool(_fields(ticket, ids).get(ids.told_by))
    return number(ticket.get("ticket_form_id")) == ids.form


def tags_in(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.split()
    if isinstance(value, list) and all(isinstance(tag, str) for tag in value):
        return value
    raise UnreadableAnswer("the tags are not a list of words")


def state_of(status_id: int | None, ids: AccountIds) -> State | None:
    key = ids.status_keys.get(status_id) if status_id is not None else None
    return State(key) if key is not None and key in State._value2member_map_ else None


def _fields(ticket: Json, ids: AccountIds) -> dict[str, FieldValue]:
    raw = ticket.get("custom_fields")
    if raw is None:
        raw = ticket.get("fields")
    found: dict[str, FieldValue] = {}
    for entry in the_items(raw, "the ticket's fields"):
        key = ids.field_keys.get(number(entry.get("id")) or 0)
        if key is not None:
            found[key] = field_value(key, entry.get("value"))
    return found


def field_value(key: str, value: object) -> FieldValue:
    """A field's value as the process knows it: ticks as bool, option tags without their prefix, text cleaned."""
    if key in TICKED:
        return value is True or text(value).lower() in ("1", "true")
    if value is None or value == "" or value == []:
        return None
    prefix = TAG_PREFIXES.get(key)
    if key == "assignment_id":
        return number_typed(text(value)) or text(value) or None
    if prefix is None:
        return text(value) or None
    if key in SEVERAL:
        return ",".join(sorted(tag.removeprefix(prefix) for tag in tags_in(value))) or None
    return text(value).removeprefix(prefix) or None


def _followed(ticket: Json) -> str | None:
    source = mapping(mapping(ticket.get("via")).get("source"))
    if source.get("rel") not in ("follow_up", "followup"):
        return None
    return text(number(mapping(source.get("from")).get("ticket_id"))) or None
