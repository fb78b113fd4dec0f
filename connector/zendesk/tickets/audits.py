"""Zendesk's JSON of audits, told in the process's words: who changed what, who said what, and in which order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from connector.errors import UnreadableAnswer
from connector.reading import Json, items, mapping, number, text, the_items, the_moment, the_number
from connector.zendesk.account.ids import AccountIds
from connector.zendesk.tickets.files import files_of
from connector.zendesk.tickets.parse import CATEGORIES, Users, field_value, person, state_of, tags_in
from connector.zendesk.tickets.serialize import OURS
from escalation.model.values import Role
from escalation.model.views import Comment, FieldValue, TicketView, Update

MERGED_TAG: Final = "closed_by_merge"
_COMMENTS: Final = ("Comment", "VoiceComment")
_STAFF: Final = frozenset({"agent", "admin", "owner"})
_NUMBER_SIGN: Final = re.compile(r"#(\d{1,18})\b")


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
        """Ids alone tell none (`connector.zendesk.tickets.order`)."""
        return self.at, self.id


def audits_of(body: Json, ticket_id: str) -> list[Audit]:
    found = []
    for raw in the_items(body.get("audits"), "the audits"):
        about = number(raw.get("ticket_id"))
        if about is not None and str(about) != ticket_id:
            raise UnreadableAnswer("they are another ticket's audits")
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


def updates_of(audit: Audit, ticket: TicketView | None, users: Users, ids: AccountIds) -> tuple[Update, ...]:
    """The audit as updates of the case: one, and one more for words of somebody else than made the audit.

    An integration, a bot or an agent may post for the requester: a comment's author is the event's own (recorded).
    What a rule changed inside a requester's audit is not their doing.
    """
    role = _role(audit.author_id, ticket, users)
    events = items(audit.raw.get("events"))
    changes = [event for event in events if event.get("type") == "Change"]
    added, removed = _tag_changes(changes)
    own = [event for event in changes if role is not Role.REQUESTER or not _by_rule(event)]
    said = [(comment, _speaker(event, audit)) for event in events if (comment := _comment(event)) is not None]
    update = Update(
        id=audit.id,
        at=audit.at,
        author=person(audit.author_id, users),
        role=role,
        ours=audit.ours,
        changes=_changes(own, ticket, ids),
        tags_added=added,
        tags_removed=removed,
        merged_into=_merged_into(audit.raw, said[0][0] if said else None, added),
        begins=any(event.get("type") == "Create" for event in events),
        withdrawn=_withdrawn(events),
    )
    words: list[Update] = []
    for comment, speaker in said:
        own_role = role if audit.ours else _role(speaker, ticket, users)
        if update.comment is None and own_role is role:
            update = replace(update, comment=comment)
            continue
        apart = Update(
            audit.id, audit.at, person(speaker, users), own_role, audit.ours, comment, begins=update.begins
        )
        if own_role is Role.AGENT:  # a tag that is set with an agent's words is about them, whoever set it
            apart = replace(apart, tags_added=update.tags_added, tags_removed=update.tags_removed)
            update = replace(update, tags_added=frozenset(), tags_removed=frozenset())
        words.append(apart)
    return (*words, update)


def speakers(audit: Audit) -> set[int]:
    """Who made the audit, and whose words are in it."""
    events = items(audit.raw.get("events"))
    return {audit.author_id, *(_speaker(event, audit) for event in events if event.get("type") in _COMMENTS)}


def _speaker(event: Json, audit: Audit) -> int:
    return number(event.get("author_id")) or audit.author_id


def _withdrawn(events: Iterable[Json]) -> frozenset[str]:
    """Ids of the comments that an audit made internal, or took words out of.

    https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference
    """
    return frozenset(
        text(event.get("comment_id"))
        for event in events
        if event.get("type") == "CommentRedactionEvent"
        or (event.get("type") == "CommentPrivacyChange" and event.get("public") is not True)
    ) - {""}


def _role(author_id: int, ticket: TicketView | None, users: Users) -> Role:
    if ticket is not None and str(author_id) == ticket.requester.id:
        return Role.REQUESTER
    role = text(users.get(author_id, {}).get("role"))
    return Role.AGENT if role in _STAFF else Role.COPIED if role == "end-user" else Role.OTHER


def _by_rule(event: Json) -> bool:
    return text(mapping(event.get("via")).get("channel")) in ("rule", "trigger", "automation")


def _comment(event: Json) -> Comment | None:
    if event.get("type") not in _COMMENTS:
        return None
    return Comment(
        id=text(event.get("id")),
        text=comment_text(event),
        public=event.get("public") is True,
        files=files_of(event),
    )


def comment_text(event: Json) -> str:
    return (text(event.get("plain_body")) or text(event.get("body"))).replace("\xa0", " ").strip()


def _tag_changes(changes: Iterable[Json]) -> tuple[frozenset[str], frozenset[str]]:
    """Tags that are there after the audit and were not before, and the reverse; rules of the account included."""
    before: frozenset[str] | None = None
    after: frozenset[str] = frozenset()
    for event in changes:
        if event.get("field_name") == "tags":
            before = frozenset(tags_in(event.get("previous_value"))) if before is None else before
            after = frozenset(tags_in(event.get("value")))
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
        if (state := state_of(custom, ids)) is not None:
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


def _merged_into(raw: Json, comment: Comment | None, added: frozenset[str]) -> str | None:
    """The ticket this one was merged into, from the audit's `via`, else from the number in Zendesk's comment."""
    own_id = str(number(raw.get("ticket_id")))
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
