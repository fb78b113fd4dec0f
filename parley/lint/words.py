"""Conditions and actions in the words of the Admin Center."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from parley.lint.rules import UNREAD, Action, Condition

Names = Mapping[str, Mapping[str, str]]
"""What ids are called, by the name of the condition that they stand in: `{"group_id": {"7": "Support"}}`.

Under `custom_fields` stand the titles of the custom fields.
"""

SUBJECTS: Final = {
    "status": "Status category",
    "custom_status_id": "Ticket status",
    "ticket_form_id": "Form",
    "update_type": "Ticket",
    "current_tags": "Tags",
    "set_tags": "Set tags",
    "remove_tags": "Remove tags",
    "comment_is_public": "Comment",
    "comment_includes_word": "Comment text",
    "subject_includes_word": "Subject text",
    "ticket_is_public": "Privacy",
    "role": "Current user",
    "requester_id": "Requester",
    "assignee_id": "Assignee",
    "group_id": "Group",
    "brand_id": "Brand",
    "organization_id": "Organization",
    "via_id": "Channel",
    "current_via_id": "Update via",
    "priority": "Priority",
    "type": "Type",
    "NEW": "Hours since created",
    "OPEN": "Hours since open",
    "PENDING": "Hours since pending",
    "HOLD": "Hours since on-hold",
    "SOLVED": "Hours since solved",
    "CLOSED": "Hours since closed",
    "assigned_at": "Hours since assigned",
    "updated_at": "Hours since update",
    "requester_updated_at": "Hours since requester update",
    "assignee_updated_at": "Hours since assignee update",
    "notification_user": "Email user",
    "notification_group": "Email group",
    "notification_webhook": "Notify active webhook",
    "reply_public": "Public reply",
    UNREAD: "Something that could not be read",
}
OPERATORS: Final = {
    "is": "is",
    "is_not": "is not",
    "less_than": "is less than",
    "greater_than": "is greater than",
    "includes": "contains at least one of",
    "not_includes": "contains none of",
    "changed": "changed",
    "not_changed": "not changed",
    "value": "changed to",
    "changed_to": "changed to",
    "value_previous": "changed from",
    "not_value": "not changed to",
    "not_value_previous": "not changed from",
    "present": "is present",
    "not_present": "is not present",
    "is_business_hours": "is, in business hours,",
    "less_than_business_hours": "is less than, in business hours,",
    "greater_than_business_hours": "is greater than, in business hours,",
}
VALUES: Final[Names] = {
    "update_type": {"Create": "Created", "Change": "Updated"},
    "comment_is_public": {
        "true": "Public",
        "false": "Private",
        "not_relevant": "Present (public or private)",
        "requester_can_see_comment": "Present, and requester can see the comment",
    },
    "role": {"agent": "(agent)", "end_user": "(end user)"},
    "via_id": {"0": "Web form", "4": "Email", "5": "Web service (API)"},
    "current_via_id": {"0": "Web form", "4": "Email", "5": "Web service (API)"},
}
PEOPLE: Final = {
    "current_user": "(current user)",
    "requester_id": "(requester)",
    "requester_and_ccs": "(requester and CCs)",
    "assignee_id": "(assignee)",
    "current_groups": "(current user's groups)",
    "": "–",
}
STATUSES: Final = {"hold": "On-hold"}
SHOWN: Final = 3
LONGEST: Final = 60


def condition_words(condition: Condition, names: Names) -> str:
    """One condition as people read it: `Status category is less than Solved`."""
    operator = OPERATORS.get(condition.operator, condition.operator)
    parts = [_subject(condition.field, names), operator]
    if condition.operator not in ("changed", "not_changed", "present", "not_present"):
        parts.append(_values(condition.field, condition.values, names))
    return " ".join(part for part in parts if part)


def conditions_words(every: Iterable[Condition], some: Iterable[Condition], names: Names) -> str:
    """The conditions of a rule in one line, the first few of them."""
    told = [condition_words(one, names) for one in every]
    either = [condition_words(one, names) for one in some]
    if either:
        told.append("any of: " + _few(either, "; "))
    return _few(told, ", and ") or "none: it fires on every ticket"


def action_words(action: Action, names: Names) -> str:
    """One action as people read it; of a notification the recipient only."""
    values = action.values[:1] if action.field.startswith(("notification_", "side_conversation")) else action.values
    return f"{_subject(action.field, names)}: {_values(action.field, values, names)}"


def _few(parts: list[str], between: str) -> str:
    shown = between.join(parts[:SHOWN])
    return f"{shown}, and {len(parts) - SHOWN} more" if len(parts) > SHOWN else shown


def _subject(name: str, names: Names) -> str:
    if name.startswith("custom_fields_"):
        title = names.get("custom_fields", {}).get(name.removeprefix("custom_fields_"))
        return f"“{title}”" if title else f"Field {name.removeprefix('custom_fields_')}"
    return SUBJECTS.get(name, name.replace("_", " "))


def _values(name: str, values: tuple[str, ...], names: Names) -> str:
    shown = [_value(name, value, names) for value in values[:SHOWN]]
    return ", ".join(shown) + (", …" if len(values) > SHOWN else "")


def _value(name: str, value: str, names: Names) -> str:
    found = names.get(name, {}).get(value) or VALUES.get(name, {}).get(value)
    if found is None and name == "status":
        found = STATUSES.get(value, value.capitalize())
    found = found or PEOPLE.get(value, value)
    return found if len(found) <= LONGEST else f"{found[:LONGEST]}…"
