"""What is sent to change a part: no more than what differs, and what others put beside it goes along unharmed.

Zendesk replaces lists as a whole: options that are not sent are dropped, and so are actions and conditions.
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_fields/#updating-drop-down-field-options
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from connector.reading import Json, items
from connector.zendesk.account.setup import Kind
from parley.zendesk.account.properties import actions, output_of

_OPTION: Final = ("option ", "label of ")
_ACTION: Final = ("action ", "tag ", "only tag ", "without tag ", "comment", "call of ", "mail to ", "text of ")


_ALWAYS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "macro": ("title", "actions"),
    "trigger": ("title", "actions", "conditions"),
}
"""What the documented request asks for in every change of such a part."""


def switched_off(kind: Kind, there: Mapping[str, Any], off: Mapping[str, object]) -> Json:
    """The payload that switches a part off and leaves the rest of it as it is."""
    return {**{name: there[name] for name in _ALWAYS.get(kind, ()) if name in there}, **off}


def change_of(kind: Kind, body: Mapping[str, Any], there: Mapping[str, Any], names: Collection[str]) -> Json:
    """The payload that brings these properties to what `body` says. `there` is the part as Zendesk has it."""
    found: Json = {name: there[name] for name in _ALWAYS.get(kind, ()) if name in there}
    found |= {name: body[name] for name in names if name in body}
    if any(name.startswith(_OPTION) for name in names):
        found["custom_field_options"] = _options(body, there, names)
    if any(name.startswith("field ") for name in names):
        had = [int(one) for one in there.get("ticket_field_ids") or ()]
        ours = [int(one) for one in body["ticket_field_ids"] if f"field {one}" in names]
        found["ticket_field_ids"] = [*had, *(one for one in ours if one not in had)]
    if any(name.startswith("conditions ") for name in names):
        found |= {"all": body["all"], "any": body["any"]} if kind == "view" else {"conditions": body["conditions"]}
    if any(name.startswith(_ACTION) for name in names):
        found["actions"] = _actions(items(body.get("actions")), items(there.get("actions")), names)
    if kind == "view" and "output" in names:
        found["output"] = output_of(body["output"])
    return found


def _options(body: Mapping[str, Any], there: Mapping[str, Any], names: Collection[str]) -> list[Json]:
    ours = {str(one["value"]): one for one in items(body.get("custom_field_options"))}
    found: list[Json] = []
    for had in items(there.get("custom_field_options")):
        tag = str(had.get("value"))
        kept: Json = {key: had[key] for key in ("id", "name", "value") if key in had}
        if f"label of {tag}" in names:
            kept["name"] = ours[tag]["name"]
        found.append(kept)
    return [*found, *(one for tag, one in ours.items() if f"option {tag}" in names)]


def _actions(ours: list[Json], theirs: list[Json], names: Collection[str]) -> list[Json]:
    """Their actions with those of ours in place that differ; an action that is neither wanted nor theirs goes."""
    wanted = {name: row for row in ours for name in actions([row])}
    found: list[Json] = []
    placed: list[Json] = []
    for row in theirs:
        about = [name for name in actions([row]) if name in names]
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
