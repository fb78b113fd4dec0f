"""The actions of macros, triggers and automations: how they are compared, and how a change of them is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from connector.reading import Json, items
from connector.zendesk.tickets.macros import is_public
from parley.zendesk.account.model.comparison import Details, Properties, likened, plain

COMMENT: Final = "comment"
COMMENT_MODE: Final = "action comment_mode_is_public"
"""Whether a macro's comment is public."""
_NAMES: Final = ("action ", "tag ", "only tag ", "without tag ", COMMENT, "call of ", "mail to ", "text of ")
"""What begins the names of the properties that stand in the actions."""
_TAGS: Final = {"set_tags": "only tag", "current_tags": "tag", "remove_tags": "without tag"}


def actions_properties(rows: Iterable[Details]) -> Properties:
    """What rules and macros do, each by a name of its own."""
    found: Properties = {}
    for row in rows:
        for name, value in _action(str(row.get("field")), row.get("value")):
            found.setdefault(name, value)
    return found


def _action(name: str, value: Any) -> list[tuple[str, Any]]:
    if name in ("comment_value", "comment_value_html"):
        # For several channels it comes as a list of a channel and its text.
        return [(COMMENT, plain(value[-1] if isinstance(value, list) and value else value))]
    if name == "comment_mode_is_public":
        # Recorded macros have it as a boolean in some answers, in words in others.
        return [(COMMENT_MODE, "true" if is_public(value) else "false")]
    if name in _TAGS:
        tags = value if isinstance(value, list) else str(value or "").split()
        return [(f"{_TAGS[name]} {tag}", True) for tag in tags]
    if name == "notification_webhook" and isinstance(value, list) and value:
        return [(f"call of webhook {value[0]}", likened("".join(map(str, value[1:]))))]
    if name == "notification_group" and isinstance(value, list) and value:
        return [(f"mail to group {value[0]}", True), ("text of the mail", [plain(text) for text in value[1:]])]
    return [(f"action {name}", likened(value))]


def actions_change(body: Mapping[str, Any], there: Mapping[str, Any], names: Collection[str]) -> Json:
    """Our actions of these names beside those that others put there; nothing where no action changes."""
    if not any(name.startswith(_NAMES) for name in names):
        return {}
    return {"actions": _merged(items(body.get("actions")), items(there.get("actions")), names)}


def _merged(ours: list[Json], theirs: list[Json], names: Collection[str]) -> list[Json]:
    """Their actions with those of ours in place that differ; an action that is neither wanted nor theirs goes."""
    wanted = {name: row for row in ours for name in actions_properties([row])}
    found: list[Json] = []
    placed: list[Json] = []
    for row in theirs:
        about = [name for name in actions_properties([row]) if name in names]
        if not about:
            found.append(row)
            continue
        for name in about:
            if name in wanted and wanted[name] not in placed:
                placed.append(wanted[name])
                found.append(_together(wanted[name], row))
    for name, row in wanted.items():
        if name in names and row not in placed:
            placed.append(row)
            _add(found, row)
    return found


def _add(found: list[Json], ours: Json) -> None:
    """Add an action of ours; tags go to the tags that are added there already."""
    for at, theirs in enumerate(found):
        if (ours.get("field"), theirs.get("field")) == ("current_tags", "current_tags"):
            found[at] = _together(ours, theirs)
            return
    found.append(ours)


def _together(ours: Json, theirs: Json) -> Json:
    """One of our actions in the place of theirs: tags that they added to it stay."""
    if ours.get("field") != "current_tags" or theirs.get("field") != "current_tags":
        return ours
    words = [*str(theirs.get("value") or "").split(), *str(ours.get("value") or "").split()]
    return {**ours, "value": " ".join(dict.fromkeys(words))}
