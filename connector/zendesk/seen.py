"""Zendesk's JSON of tickets, audits and side conversations, told in the process's words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.errors import Unreadable
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
from connector.zendesk.asked import OURS, signature
from connector.zendesk.ids import SEVERAL, TAG_PREFIXES, TICKED, AccountIds
from escalation.numbers import number_typed
from escalation.values import Role, State
from escalation.views import Comment, FieldValue, Person, TicketView, Update

CATEGORIES: Final = frozenset({"new", "open", "pending", "hold", "solved", "closed"})
MERGED_TAG: Final = "closed_by_merge"
_STAFF: Final = frozenset({"agent", "admin", "owner"})
_NUMBER_SIGN: Final = re.compile(r"#(\d{1,18})\b")

Users = Mapping[int, Json]


def users_of(body: Json) -> dict[int, Json]:
    """The sideloaded users by id."""
    return {uid: user for user in items(body.get("users")) if (uid := number(user.get("id"))) is not None}


def person(user_id: int, users: Users) -> Person:
    user = users.get(user_id, {})
    return Person(
        id=str(user_id),
        email=text(user.get("email")).strip(),
        name=text(user.get("name")).strip(),
        verified=user.get("verified") is True,
    )


def ticket_view(body: Json, ticket_id: str, ids: AccountIds) -> TicketView | None:
    """The ticket of a `show` answer with its sideloaded users; None where it is deleted.

    Raises Unreadable rather than believe half: an unreadable field would look like a cleared one.
    """
    ticket = the_mapping(body.get("ticket"), "the ticket")
    if str(number(ticket.get("id"))) != ticket_id:
        raise Unreadable("it is another ticket")
    status = text(ticket.get("status")).lower()
    if status == "deleted":
        return None
    if status not in CATEGORIES:
        raise Unreadable("the ticket's status is unknown")
    requester = person(the_number(ticket.get("requester_id"), "the requester"), users_of(body))
    tags = frozenset(_tags(ticket.get("tags")))
    return TicketView(
        id=ticket_id,
        status=status,
        state=_state(number(ticket.get("custom_status_id")), ids),
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
    )


def is_ours(ticket: Json, ids: AccountIds) -> bool:
    """Whether a ticket is an escalation: by its form, or by our field where there is one form for everything."""
    if ids.told_by:
        return bool(_fields(ticket, ids).get(ids.told_by))
    return number(ticket.get("ticket_form_id")) == ids.form


def _tags(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.split()
    if isinstance(value, list) and all(isinstance(tag, str) for tag in value):
        return value
    raise Unreadable("the tags are not a list of words")


def _state(status_id: int | None, ids: AccountIds) -> State | None:
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
        return ",".join(sorted(tag.removeprefix(prefix) for tag in _tags(value))) or None
    return text(value).removeprefix(prefix) or None


def _followed(ticket: Json) -> str | None:
    source = mapping(mapping(ticket.get("via")).get("source"))
    if source.get("rel") not in ("follow_up", "followup"):
        return None
    return text(number(mapping(source.get("from")).get("ticket_id"))) or None


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit as it was read, before it is known who its author is to the case."""

    id: int
    at: datetime
    author_id: int
    ours: str | None
    raw: Json

    @property
    def order(self) -> tuple[datetime, int]:
        """Ids alone tell none (`connector.zendesk.order`)."""
        return self.at, self.id


def audits_of(body: Json, ticket_id: str) -> list[Audit]:
    found = []
    for raw in the_items(body.get("audits"), "the audits"):
        about = number(raw.get("ticket_id"))
        if about is not None and str(about) != ticket_id:
            raise Unreadable("they are another ticket's audits")
        the_items(raw.get("events"), "an audit's events")
        found.append(
            Audit(
                id=the_number(raw.get("id"), "an audit's id"),
                at=the_moment(raw.get("created_at"), "an audit's time"),
                author_id=number(raw.get("author_id")) or -1,
                ours=effect_of(raw),
                raw=raw,
            )
        )
    return found


def effect_of(audit: Json) -> str | None:
    """The effect id that we wrote into the audit's `metadata.custom`; an end user cannot write there."""
    return text(mapping(mapping(audit.get("metadata")).get("custom")).get(OURS)) or None


def update_of(audit: Audit, ticket: TicketView | None, users: Users, ids: AccountIds) -> Update:
    """The audit as an update of the case. What a rule changed inside a requester's audit is not their doing."""
    role = _role(audit.author_id, ticket, users)
    events = items(audit.raw.get("events"))
    changes = [event for event in events if event.get("type") == "Change"]
    added, removed = _tag_changes(changes)
    own = [event for event in changes if role is not Role.REQUESTER or not _by_rule(event)]
    comment = next((found for event in events if (found := _comment(event)) is not None), None)
    return Update(
        id=audit.id,
        at=audit.at,
        author=person(audit.author_id, users),
        role=role,
        ours=audit.ours,
        comment=comment,
        changes=_changes(own, ticket, ids),
        tags_added=added,
        tags_removed=removed,
        merged_into=_merged_into(audit.raw, str(number(audit.raw.get("ticket_id"))), comment, added),
        begins=any(event.get("type") == "Create" for event in events),
    )


def _role(author_id: int, ticket: TicketView | None, users: Users) -> Role:
    if ticket is not None and str(author_id) == ticket.requester.id:
        return Role.REQUESTER
    role = text(users.get(author_id, {}).get("role"))
    return Role.AGENT if role in _STAFF else Role.COPIED if role == "end-user" else Role.OTHER


def _by_rule(event: Json) -> bool:
    return text(mapping(event.get("via")).get("channel")) in ("rule", "trigger", "automation")


def _comment(event: Json) -> Comment | None:
    if event.get("type") not in ("Comment", "VoiceComment"):
        return None
    return Comment(id=text(event.get("id")), text=comment_text(event), public=event.get("public") is True)


def comment_text(event: Json) -> str:
    return (text(event.get("plain_body")) or text(event.get("body"))).replace("\xa0", " ").strip()


def _tag_changes(changes: Iterable[Json]) -> tuple[frozenset[str], frozenset[str]]:
    """Tags that are there after the audit and were not before, and the reverse; rules of the account included."""
    before: frozenset[str] | None = None
    after: frozenset[str] = frozenset()
    for event in changes:
        if event.get("field_name") == "tags":
            before = frozenset(_tags(event.get("previous_value"))) if before is None else before
            after = frozenset(_tags(event.get("value")))
    return after - (before or frozenset()), (before or frozenset()) - after


def _changes(events: Sequence[Json], ticket: TicketView | None, ids: AccountIds) -> dict[str, FieldValue]:
    changes: dict[str, FieldValue] = {}
    status: str | None = None
    custom: int | None = None
    for event in events:
        name = text(event.get("field_name"))
        value = event.get("value")
        if name == "status":
            status = text(value).lower() or None
        elif name == "custom_status_id":
            custom = number(value)
        elif name in ("requester_id", "assignee_id"):
            changes[name.removesuffix("_id")] = text(value) or None
        elif (key := _field_key(name, ids)) is not None:
            changes[key] = field_value(key, value)
    told = _status(status, custom, ticket, ids)
    if ids.state_tags and (told is None or told in CATEGORIES):
        moved = status is not None or custom is not None
        told = _tagged(_tag_changes(events)[0], status, ids, moved=moved) or told
    return changes if told is None else {**changes, "status": told}


def _field_key(name: str, ids: AccountIds) -> str | None:
    digits = name.removeprefix("custom_fields_").removeprefix("fields_")
    return ids.field_keys.get(int(digits)) if digits.isdecimal() and len(digits) <= 20 else None


def _status(status: str | None, custom: int | None, ticket: TicketView | None, ids: AccountIds) -> str | None:
    """The state's name where the new status is ours, else its category."""
    if custom is not None:
        if (state := _state(custom, ids)) is not None:
            return state.value
        if status is None:
            status = ids.categories.get(str(custom)) or (ticket.status if ticket else None)
    return status if status in CATEGORIES else None


def _tagged(added: Collection[str], status: str | None, ids: AccountIds, *, moved: bool) -> str | None:
    """The state that a macro's tag says, unless its agent chose another status in the same update.

    Where the ticket did not move it was in that state already. Only an account with neither custom statuses nor
    the on-hold status can't tell: waiting is open there, as everything else is.
    """
    said = [ids.state_tags[tag] for tag in added if tag in ids.state_tags]
    if len(said) != 1 or status not in (None, plain := ids.plain[said[0]]):
        return None
    return said[0] if moved or (plain == "open" and not ids.statuses) else None


def _merged_into(raw: Json, own_id: str, comment: Comment | None, added: frozenset[str]) -> str | None:
    """The ticket this one was merged into, from the audit's `via`, else from the number in Zendesk's comment."""
    source = mapping(mapping(raw.get("via")).get("source"))
    if source.get("rel") == "merge":
        target = text(number(mapping(source.get("to")).get("ticket_id")))
        if target and target != own_id:
            return target
    for event in items(raw.get("events")):
        if text(event.get("type")).lower() in ("merge", "ticketmerge", "ticket_merge"):
            target = text(number(event.get("target_ticket_id") or event.get("value")))
            if target and target != own_id:
                return target
    if MERGED_TAG in added and comment is not None:
        numbers = {found for found in _NUMBER_SIGN.findall(comment.text) if found != own_id}
        return numbers.pop() if len(numbers) == 1 else None
    return None
