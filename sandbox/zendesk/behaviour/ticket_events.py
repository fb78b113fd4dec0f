"""Event types that a ticket update publishes to webhooks subscribed to them."""

from typing import Any

from sandbox.zendesk.records.audits import snapshot
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.records.update import TicketUpdate

PREFIX = "zen:event-type:ticket."
_SIMPLE = {
    "status": "status_changed",
    "custom_status_id": "custom_status_changed",
    "priority": "priority_changed",
    "type": "type_changed",
    "subject": "subject_changed",
    "external_id": "external_id_changed",
    "ticket_form_id": "form_changed",
    "requester_id": "requester_changed",
    "assignee_id": "agent_assignment_changed",
    "group_id": "group_assignment_changed",
}


def of_update(update: TicketUpdate) -> list[tuple[str, Json]]:
    """Type and event of everything the update did, triggers' doings included."""
    found: list[tuple[str, Json]] = []
    if update.kind == "Create":
        found.append((PREFIX + "created", {}))
    if update.comment is not None:
        found.append((PREFIX + "comment_added", {"comment": _comment(update)}))
    if update.before is None:
        return found
    now = snapshot(update.ticket)
    for name in update.changed():
        current, previous = now.get(name), update.before.get(name)
        if name == "tags":
            added, removed = set(current or ()) - set(previous or ()), set(previous or ()) - set(current or ())
            found.append((PREFIX + "tags_changed", {"tags_added": sorted(added), "tags_removed": sorted(removed)}))
        elif name in _SIMPLE:
            found.append((PREFIX + _SIMPLE[name], {"current": _enum(current), "previous": _enum(previous)}))
        else:
            found.append((PREFIX + "custom_field_changed", _field(update, name, current, previous)))
    return found


def _comment(update: TicketUpdate) -> Json:
    comment = update.comment or {}
    author = update.account.users[comment["author_id"]]
    return {
        "id": str(comment["id"]),
        "body": comment["body"],
        "is_public": comment["public"],
        "author": {"id": str(author.id), "is_staff": author.is_agent, "name": author.name},
    }


def _field(update: TicketUpdate, name: str, current: Any, previous: Any) -> Json:
    field = update.account.fields.get(int(name), {})
    about = {"id": name, "title": field.get("title"), "type": field.get("type")}
    return {"current": {"value": current}, "previous": {"value": previous}, "custom_field": about}


def _enum(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else None if value is None else str(value)
