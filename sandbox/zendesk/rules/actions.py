"""Actions of macros and triggers: checked against what the account has, and read as changes of a ticket."""

from collections.abc import Iterable
from typing import Any

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import ApiError, invalid
from sandbox.zendesk.records.fields import clean_tags
from sandbox.zendesk.records.records import Json

_SHARED = {
    "status": "Status",
    "custom_status_id": "Ticket status",
    "ticket_form_id": "Form",
    "priority": "Priority",
    "type": "Type",
    "group_id": "Group",
    "assignee_id": "Assignee",
    "set_tags": "Set tags",
    "current_tags": "Add tags",
    "remove_tags": "Remove tags",
}
MACRO_ACTIONS = {
    **_SHARED,
    "subject": "Set subject",
    "comment_value": "Comment/description",
    "comment_value_html": "Comment/description",
    "comment_mode_is_public": "Comment mode",
}
TRIGGER_ACTIONS = {
    **_SHARED,
    "notification_user": "Email user",
    "notification_group": "Email group",
    "notification_webhook": "Notify active webhook",
}
NOTIFICATIONS = frozenset({"notification_user", "notification_group", "notification_webhook"})
_TAG_ACTIONS = {"set_tags": "tags", "current_tags": "additional_tags", "remove_tags": "remove_tags"}
_PREFIX = "custom_fields_"


def offered_actions(account: Account, known: Iterable[str]) -> list[str]:
    """Those that the account's features leave."""
    features = account.features
    lacking = {"custom_status_id": features.custom_statuses, "ticket_form_id": features.several_forms}
    return [name for name in known if lacking.get(name, True)]


def check_actions(account: Account, actions: Any, known: Iterable[str]) -> list[Json]:
    """The actions as they will be kept. Raises 422 for one that the account does not know."""
    if not isinstance(actions, list) or not actions:
        raise invalid("actions", "Actions: must have at least one action", "BlankValue")
    offered = offered_actions(account, known)
    for action in actions:
        name, value = action.get("field"), action.get("value")
        if not isinstance(name, str) or (name not in offered and not name.startswith(_PREFIX)):
            raise invalid("actions", f"Actions: {name} is not a valid action", "InvalidValue")
        _check_value(account, name, value)
    return list(actions)


def _check_value(account: Account, name: str, value: Any) -> None:
    def refuse() -> ApiError:
        return invalid("actions", f"Actions: {value} is not valid for {name}", "InvalidValue")

    try:
        if name.startswith(_PREFIX) and int(name.removeprefix(_PREFIX)) not in account.fields:
            raise refuse()
        if name == "custom_status_id" and int(value) not in account.statuses:
            raise refuse()
        if name == "ticket_form_id" and int(value) not in account.forms:
            raise refuse()
    except (TypeError, ValueError):
        raise refuse() from None
    if name == "notification_group" and not _is_mail(account, value):
        raise refuse()
    if name == "notification_webhook" and _webhook_id(value) not in account.webhooks:
        raise refuse()


def _is_mail(account: Account, value: Any) -> bool:
    """A group that there is, a subject and a body."""
    shaped = isinstance(value, list) and len(value) == 3 and str(value[0]).isdigit()
    return shaped and int(value[0]) in account.groups


def _webhook_id(value: Any) -> str:
    return str(value[0]) if isinstance(value, list) and value else str(value)


def as_changes(actions: list[Json], *, actor_id: int, requester_id: int | None = None) -> Json:
    """What the actions change, in the form of a ticket update; notifications are left out."""
    changes: Json = {}
    comment: Json = {}
    chosen: list[Json] = []
    for action in actions:
        name, value = action["field"], action["value"]
        if name in NOTIFICATIONS:
            continue
        if name.startswith(_PREFIX):
            chosen.append({"id": int(name.removeprefix(_PREFIX)), "value": value})
        elif name in _TAG_ACTIONS:
            key = _TAG_ACTIONS[name]
            changes[key] = clean_tags([*changes.get(key, []), *clean_tags(value)])
        elif name in ("comment_value", "comment_value_html"):
            # A comment for several channels comes as pairs of channel and text.
            comment["html_body" if name.endswith("html") else "body"] = (
                value[-1] if isinstance(value, list) else value
            )
        elif name == "comment_mode_is_public":
            comment["public"] = is_public(value)
        else:
            changes[name] = _person(value, actor_id, requester_id)
    if chosen:
        changes["custom_fields"] = chosen
    if "body" in comment or "html_body" in comment:
        changes["comment"] = {"public": True, **comment}
    return changes


def is_public(mode: Any) -> bool:
    """A macro's comment mode, which may come as a boolean and in words."""
    return str(mode).lower() == "true"


def _person(value: Any, actor_id: int, requester_id: int | None) -> Any:
    if value in ("current_user", "current_groups"):
        return actor_id if value == "current_user" else None
    return requester_id if value == "requester_id" else value
