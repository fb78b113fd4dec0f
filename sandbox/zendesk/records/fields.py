"""Values of custom fields, and how drop-downs, check boxes and tags mirror each other."""

import re
from collections.abc import Iterable
from typing import Any

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import ApiError, invalid
from sandbox.zendesk.records.records import Json, Ticket

_TRUE = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "": False, "no": False}


def option_tags(field: Json) -> list[str]:
    return [option["value"] for option in field.get("custom_field_options", ())]


def clean_tags(given: Any) -> list[str]:
    """Tags come as a list or one string; Zendesk lower-cases them and keeps each once, sorted."""
    words: list[str] = []
    for item in [given] if isinstance(given, str) else (given or []):
        words.extend(str(item).lower().replace(",", " ").split())
    return sorted(set(words))


def set_field(account: Account, ticket: Ticket, field_id: Any, value: Any) -> None:
    """Set one custom field, and the tags that go with it. Raises 422 naming the field or the option."""
    field = _find(account, field_id)
    found = _checked(field, value)
    ticket.fields[int(field["id"])] = found
    if field["type"] in ("tagger", "multiselect"):
        chosen = found if isinstance(found, list) else [found] if found else []
        others = set(option_tags(field)) - set(chosen)
        ticket.tags = clean_tags([tag for tag in ticket.tags if tag not in others] + chosen)
    elif field["type"] == "checkbox" and field.get("tag"):
        rest = [tag for tag in ticket.tags if tag != field["tag"]]
        ticket.tags = clean_tags([*rest, field["tag"]] if found else rest)


def set_tags(account: Account, ticket: Ticket, tags: Iterable[str]) -> None:
    """Replace the tags; fields whose tag goes are cleared, fields whose tag comes are set."""
    before = set(ticket.tags)
    ticket.tags = clean_tags(list(tags))
    now = set(ticket.tags)
    if now == before:
        return
    for field in account.custom_fields():
        if field["type"] in ("tagger", "multiselect"):
            _follow_tags(ticket, field, now, before)
        elif field["type"] == "checkbox" and field.get("tag") in now ^ before:
            ticket.fields[int(field["id"])] = field["tag"] in now


def _follow_tags(ticket: Ticket, field: Json, now: set[str], before: set[str]) -> None:
    options = option_tags(field)
    present = [tag for tag in options if tag in now]
    field_id = int(field["id"])
    if field["type"] == "multiselect":
        if present or ticket.fields.get(field_id):
            ticket.fields[field_id] = present or None
        return
    fresh = [tag for tag in present if tag not in before]
    chosen = [*present, *fresh][-1] if present else None
    if chosen is None and ticket.fields.get(field_id) is None:
        return
    ticket.fields[field_id] = chosen
    ticket.tags = [tag for tag in ticket.tags if tag == chosen or tag not in options]


def shown(account: Account, ticket: Ticket) -> list[Json]:
    """Every active custom field with its value, as the API lists them."""
    rows = []
    for field in account.custom_fields():
        if field["active"]:
            empty = False if field["type"] == "checkbox" else None
            rows.append({"id": field["id"], "value": ticket.fields.get(field["id"], empty)})
    return rows


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value == [] or value is False


def _find(account: Account, field_id: Any) -> Json:
    try:
        field = account.fields.get(int(field_id))
    except (TypeError, ValueError):
        field = None
    if field is None or not field["removable"] or not field["active"]:
        raise invalid("custom_fields", f"Custom field {field_id} does not exist", "InvalidValue")
    return field


def _checked(field: Json, value: Any) -> Any:
    kind = field["type"]
    if kind == "checkbox":
        return _checkbox(field, value)
    if kind == "multiselect":
        wanted = [value] if isinstance(value, str) and value else list(value or [])
        for tag in wanted:
            _known_option(field, tag)
        return [tag for tag in option_tags(field) if tag in wanted] or None
    if value is None or value == "":
        return None
    if kind == "tagger":
        return _known_option(field, value)
    text = str(value)
    if kind == "integer" and not re.fullmatch(r"-?\d+", text):
        raise _wrong(field, f"'{text}' is not a number")
    if not has_format(field, text):
        raise _wrong(field, f"'{text}' does not match the expected format")
    return text


def has_format(field: Json, text: str) -> bool:
    """Whether a text has the format that a field asks for, where it asks for one."""
    pattern = field.get("regexp_for_validation")
    return not pattern or bool(re.search(pattern.replace(r"\A", "^").replace(r"\z", "$"), text))


def _checkbox(field: Json, value: Any) -> bool:
    found = _TRUE.get(str("" if value is None else value).lower())
    if found is None:
        raise _wrong(field, f"'{value}' is neither true nor false")
    return found


def _known_option(field: Json, tag: Any) -> str:
    if tag not in option_tags(field):
        raise _wrong(field, f"'{tag}' is not an option")
    return str(tag)


def _wrong(field: Json, why: str) -> ApiError:
    return invalid(str(field["id"]), f"{field['title']}: {why}", "InvalidValue")
