"""Snapshots of a ticket and the audit events that tell what changed between two of them."""

from typing import Any

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.records import Json, Ticket

_PLAIN = (
    "subject",
    "status",
    "custom_status_id",
    "requester_id",
    "assignee_id",
    "group_id",
    "priority",
    "type",
    "external_id",
)

Snapshot = dict[str, Any]


def snapshot(ticket: Ticket) -> Snapshot:
    """The values that can change, under the names that audits and trigger conditions use."""
    values: Snapshot = {name: getattr(ticket, name) for name in _PLAIN}
    values["ticket_form_id"] = ticket.form_id
    values["tags"] = list(ticket.tags)
    for field_id, value in ticket.fields.items():
        values[str(field_id)] = value
    return values


def changed(before: Snapshot, after: Snapshot) -> list[str]:
    names = list(dict.fromkeys([*after, *before]))
    return [name for name in names if _blank(before.get(name)) != _blank(after.get(name))]


def events(account: Account, before: Snapshot | None, after: Snapshot, via: Json | None = None) -> list[Json]:
    """Create or Change events, one a value; custom fields go by their id as a string."""
    found: list[Json] = []
    for name in changed(before or {}, after):
        if name == "custom_status_id" and not account.features.custom_statuses:
            continue
        event: Json = {"id": account.next_id(), "field_name": name, "value": _shown(after.get(name))}
        if before is None:
            event["type"] = "Create"
        else:
            event["type"] = "Change"
            event["previous_value"] = _shown(before.get(name))
        if via is not None:
            event["via"] = via
        found.append(event)
    return found


def _blank(value: Any) -> Any:
    return None if value in ("", [], False) else value


def _shown(value: Any) -> Any:
    return ("1" if value else "0") if isinstance(value, bool) else value
