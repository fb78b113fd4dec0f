"""What a part is compared by: Zendesk's JSON, ours or answered, read as named values in which equal means equal.

The names are told to people: `conditions all`, `option escalation_party_worker`, `tag escalation_overdue`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from connector.reading import items, mapping
from connector.zendesk.account.setup import Kind
from connector.zendesk.tickets.macros import is_public
from parley.zendesk.account.kinds import COMMENT_MODE, KINDS

Properties = dict[str, Any]
Details = Mapping[str, Any]
ALLOWED: Final = "_allowed_statuses"
"""The key under which the reader puts the statuses that a form allows; it is no key of Zendesk's."""
_SEVERAL: Final = ("set_tags", "current_tags", "remove_tags")


def properties(kind: Kind, details: Details) -> Properties:
    """The properties of a part as it stands in Zendesk's JSON."""
    plain = {key: likened(details.get(key)) for key in _PLAIN[kind] if key in details}
    return {**plain, **_MORE.get(kind, _nothing)(details)}


_PLAIN: Final[Mapping[Kind, tuple[str, ...]]] = {
    "group": ("name", "description"),
    "status": (
        "agent_label", "status_category", "active", "end_user_label", "description", "end_user_description",
    ),
    "field": (
        "title", "type", "active", "title_in_portal", "description", "agent_description", "visible_in_portal",
        "editable_in_portal", "required_in_portal", "required", "regexp_for_validation",
    ),
    "form": ("name", "active", "display_name", "end_user_visible", "in_all_brands"),
    "macro": ("title", "active", "description"),
    "webhook": ("name", "status", "endpoint", "http_method", "request_format"),
    "category": ("name",),
    "trigger": ("title", "active", "description", "category_id"),
    "automation": ("title", "active"),
    "view": ("title", "active", "description"),
}  # fmt: skip


def _plain(value: Any) -> Any:
    """Line ends and blanks around a text are nobody's; null is an empty text; ids may come as numbers."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "\n".join(line.rstrip() for line in value.replace("\r\n", "\n").strip().split("\n"))
    return value if isinstance(value, bool) else str(value)


def likened(value: Any) -> Any:
    """A value such that what Zendesk treats as equal is: `"true"` and true, numbers in words, JSON's blanks."""
    if isinstance(value, list):
        return [likened(one) for one in value]
    if isinstance(value, dict):
        return value
    found = _plain(value)
    if found in ("true", "false"):
        return found == "true"
    if isinstance(found, str) and found.startswith(("{", "[")):
        try:
            return json.dumps(json.loads(found), sort_keys=True, ensure_ascii=False)
        except ValueError:
            return found  # placeholders that are no JSON until they are filled in
    return found


def _nothing(_: Details) -> Properties:
    return {}


def _field(details: Details) -> Properties:
    found: Properties = {}
    for option in items(details.get("custom_field_options")):
        found[f"option {option.get('value')}"] = True
        found[f"label of {option.get('value')}"] = _plain(option.get("name"))
    return found


def _form(details: Details) -> Properties:
    fields = {f"field {one}": True for one in details.get("ticket_field_ids") or ()}
    return {**fields, **{f"status {one}": True for one in details.get(ALLOWED) or ()}}


def _webhook(details: Details) -> Properties:
    subscriptions = sorted(str(one) for one in details.get("subscriptions") or ())
    serves = "triggers" if "conditional_ticket_events" in subscriptions else "event types"
    return {"serves": serves, "subscriptions": subscriptions}


def _macro(details: Details) -> Properties:
    return actions(items(details.get("actions")))


def _rule(details: Details) -> Properties:
    conditions = mapping(details.get("conditions"))
    return {**_both(conditions), **actions(items(details.get("actions")))}


def _view(details: Details) -> Properties:
    """Sent as `all`, `any` and `output`; answered as `conditions` and `execution`."""
    output = mapping(details.get("output"))
    conditions = details if "all" in details else mapping(details.get("conditions"))
    return {**_both(conditions), "output": output_of(output or mapping(details.get("execution")))}


def output_of(output: Details) -> dict[str, Any]:
    """A view's columns and order, whichever way they come: a column as its name, or as an object with an id."""
    columns = output.get("columns") or ()
    found: dict[str, Any] = {
        "columns": [str(one.get("id")) if isinstance(one, dict) else str(one) for one in columns]
    }
    for key in ("group_by", "group_order", "sort_by", "sort_order"):
        if output.get(key):
            found[key] = str(output[key])
    if "group_by" not in found:
        found.pop("group_order", None)
    return found


def _both(conditions: Details) -> Properties:
    return {f"conditions {name}": sorted(map(condition, items(conditions.get(name)))) for name in ("all", "any")}


def condition(row: Details) -> str:
    """A condition in one line: `ticket_form_id is 360001`."""
    value = row.get("value")
    said = " ".join(sorted(str(one) for one in value)) if isinstance(value, list) else _plain(value)
    said = str(said).lower() if isinstance(value, bool) else said
    return f"{row.get('field')} {row.get('operator')} {said}".strip()


def actions(rows: Iterable[Details]) -> Properties:
    """What rules and macros do, each by a name of its own."""
    found: Properties = {}
    for row in rows:
        for name, value in _action(str(row.get("field")), row.get("value")):
            found.setdefault(name, value)
    return found


def _action(name: str, value: Any) -> list[tuple[str, Any]]:
    if name in ("comment_value", "comment_value_html"):
        # For several channels it comes as a list of a channel and its text.
        return [("comment", _plain(value[-1] if isinstance(value, list) and value else value))]
    if name == "comment_mode_is_public":
        # Recorded macros have it as a boolean in some answers, in words in others.
        return [(COMMENT_MODE, "true" if is_public(value) else "false")]
    if name in _SEVERAL:
        words = value if isinstance(value, list) else str(value or "").split()
        return [(f"{_TAGS[name]} {word}", True) for word in words]
    if name == "notification_webhook" and isinstance(value, list) and value:
        return [(f"call of webhook {value[0]}", likened("".join(map(str, value[1:]))))]
    if name == "notification_group" and isinstance(value, list) and value:
        return [(f"mail to group {value[0]}", True), ("text of the mail", [_plain(one) for one in value[1:]])]
    return [(f"action {name}", likened(value))]


_TAGS: Final = {"set_tags": "only tag", "current_tags": "tag", "remove_tags": "without tag"}

_MORE: Final[Mapping[Kind, Callable[[Details], Properties]]] = {
    "field": _field,
    "form": _form,
    "macro": _macro,
    "webhook": _webhook,
    "trigger": _rule,
    "automation": _rule,
    "view": _view,
}


def active(kind: Kind, details: Details) -> bool:
    """Whether it is switched on."""
    return details.get("status") != "inactive" if kind == "webhook" else details.get("active", True) is not False


def name_of(kind: Kind, details: Details) -> str:
    return str(_plain(details.get(KINDS[kind].name)))
