"""Why Zendesk refused a change of a ticket: by what the refusal names, and then by reading; never by its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connector.errors import ConnectorError, Misconfigured, Permanent, RefusedPart
from connector.reading import Json, items, mapping, number, text
from connector.zendesk.access.channel import Channel, body_of, reading
from connector.zendesk.account.ids import AccountIds
from escalation.model.values import State

_ASSIGNEE: Final = "FieldAssignee"
_SYSTEM: Final = {"tickettype": "type", "priority": "priority"}
"""Zendesk's own fields that may be required, and where a ticket has them."""


class Diagnosis:
    """Reads only. What can't be read now raises Transient: the change surely was not made, so it is tried again."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def of_update(self, refusal: Permanent, ticket: Json, status: State | None, ids: AccountIds) -> ConnectorError:
        """What the refusal of an update means. `ticket`: as it is; `status`: what it was to become."""
        if ticket.get("status") == "closed":
            return _as(refusal, Permanent("closed", refusal.reason))
        if lacking := self._lacking(refusal.named, ticket, status):
            return _as(refusal, Permanent("required", _required(lacking), refusal.named, lacking))
        return self._of_any(refusal, status, number(ticket.get("requester_id")), ids)

    def of_creation(
        self, refusal: Permanent, status: State | None, requester: int | None, ids: AccountIds
    ) -> ConnectorError:
        """What the refusal of a new ticket means; `requester` where that is a known user."""
        return self._of_any(refusal, status, requester, ids)

    def _of_any(
        self, refusal: Permanent, status: State | None, requester: int | None, ids: AccountIds
    ) -> ConnectorError:
        if status is not None and self._is_lost(status, refusal.named, ids):
            # It may come back: `apply` shows the state otherwise, or makes the status again.
            return _as(refusal, Misconfigured(f"{refusal.reason} Run `parley zendesk apply`."))
        if requester is not None and self._is_suspended(requester):
            return _as(refusal, Permanent("suspended", f"{refusal.reason} The requester is suspended."))
        return refusal

    def _is_lost(self, status: State, named: tuple[RefusedPart, ...], ids: AccountIds) -> bool:
        """Whether the account does not take this status any more."""
        wanted = ids.statuses.get(status.value)
        if any(one.key == ("status" if wanted is None else "custom_status_id") for one in named):
            return True
        if wanted is not None:
            return not any(_is_active(one, wanted) for one in self._custom_statuses())
        return ids.plain.get(status.value) == "hold" and not self._has_hold()

    def _custom_statuses(self) -> list[Json]:
        """None where the account has none any more.

        https://developer.zendesk.com/api-reference/ticketing/tickets/custom_ticket_statuses/
        """
        return items(self._read("custom_statuses").get("custom_statuses"))

    def _has_hold(self) -> bool:
        settings = mapping(self._read("account/settings").get("settings"))
        said = (
            mapping(settings.get("active_features")).get("on_hold_status"),
            mapping(settings.get("tickets")).get("status_hold"),
        )
        return next((one for one in said if isinstance(one, bool)), True)

    def _is_suspended(self, user_id: int) -> bool:
        users = items(self._read("users/show_many", ids=str(user_id)).get("users"))
        return any(number(one.get("id")) == user_id and one.get("suspended") is True for one in users)

    def _lacking(self, named: tuple[RefusedPart, ...], ticket: Json, status: State | None) -> tuple[str, ...]:
        """The titles of the fields that the ticket's new status needs, the assignee left out.

        Recorded: `details.base[]` has `ticket_field_id` and `ticket_field_type` for each.
        """
        told = {one.field_id for one in named if one.field_id is not None and one.field_type != _ASSIGNEE}
        if told:
            rows = self._fields()
            known = {number(row.get("id")): text(row.get("title")).strip() for row in rows}
            return tuple(known.get(one) or str(one) for one in sorted(told))
        if status is None or not status.ended or any(one.field_type == _ASSIGNEE for one in named):
            return ()
        return tuple(text(row.get("title")).strip() for row in self._required_and_empty(ticket))

    def _required_and_empty(self, ticket: Json) -> Iterator[Json]:
        """The form's fields that are required for solving and that the ticket does not have."""
        form = mapping(self._read(f"ticket_forms/{ticket.get('ticket_form_id')}").get("ticket_form"))
        listed = form.get("ticket_field_ids")
        on_form = {number(one) for one in listed} if isinstance(listed, list) else set()
        has = {number(one.get("id")): one.get("value") for one in items(ticket.get("custom_fields"))}
        for row in self._fields():
            field_id, kind = number(row.get("id")), text(row.get("type"))
            if row.get("required") is not True or row.get("active") is False or field_id not in on_form:
                continue
            value = ticket.get(_SYSTEM[kind]) if kind in _SYSTEM else has.get(field_id, row)
            if value in (None, "", [], False):
                yield row

    def _fields(self) -> list[Json]:
        try:
            with reading():
                pages = [body for body, _ in self._channel.pages("ticket_fields", {"page[size]": 100})]
                return [row for body in pages for row in items(body.get("ticket_fields"))]
        except Permanent:
            return []

    def _read(self, path: str, **parameters: object) -> Json:
        """Nothing of what is not there, or not ours to read: that explains nothing."""
        try:
            with reading():
                return body_of(self._channel.get(path, **parameters))
        except Permanent:
            return {}


def lacks_assignee(ticket: Json, status: State | None) -> bool:
    """Whether the ticket is to be solved and nobody has it."""
    nobody = number(ticket.get("assignee_id")) is None
    return nobody and (status is not None and status.ended)


def _is_active(status: Json, wanted: int) -> bool:
    return number(status.get("id")) == wanted and status.get("active") is not False


def _required(lacking: tuple[str, ...]) -> str:
    names = ", ".join(f"“{one}”" for one in lacking)
    return f"Zendesk does not take the ticket's new status without a value in {names}."


def _as(refusal: Permanent, meant: ConnectorError) -> ConnectorError:
    meant.service = refusal.service
    return meant
