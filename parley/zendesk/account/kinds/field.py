"""Ticket fields, and the options of those that are lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from config.zendesk_specs import FieldSpec
from connector.reading import Json, items
from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.comparison import Details, Properties, plain
from parley.zendesk.account.model.kind import INACTIVE, AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources


def _parts(sources: Sources) -> Iterator[AccountPart]:
    for spec in sources.spec.fields:
        yield AccountPart("field", spec.key, spec.title, _payload(spec, shared=bool(sources.missing.shared_form)))


def _payload(spec: FieldSpec, *, shared: bool) -> Payload:
    """On a form that others use too (`shared`), nothing is required, since other requests don't fill it in."""
    made: Payload = {
        "type": spec.type,
        "title": spec.title,
        "title_in_portal": spec.title,
        "description": (spec.shared_description if shared else "") or spec.description,
        "agent_description": spec.agent_description,
        "visible_in_portal": spec.requester,
        "editable_in_portal": spec.requester,
        "required_in_portal": spec.required and not shared,
        "required": False,
        "active": True,
    }
    if spec.regexp:
        made["regexp_for_validation"] = spec.regexp
    if spec.options:
        made["custom_field_options"] = [{"name": option.label, "value": option.tag} for option in spec.options]
    return made


def _options(details: Details) -> Properties:
    found: Properties = {}
    for option in items(details.get("custom_field_options")):
        found[f"option {option.get('value')}"] = True
        found[f"label of {option.get('value')}"] = plain(option.get("name"))
    return found


def _change(body: Details, there: Details, names: Collection[str]) -> Json:
    """Options that are not sent are dropped, so those that are there go along."""
    if not any(name.startswith(("option ", "label of ")) for name in names):
        return {}
    ours = {str(option["value"]): option for option in items(body.get("custom_field_options"))}
    found: list[Json] = []
    for had in items(there.get("custom_field_options")):
        tag = str(had.get("value"))
        kept: Json = {key: had[key] for key in ("id", "name", "value") if key in had}
        if f"label of {tag}" in names:
            kept["name"] = ours[tag]["name"]
        found.append(kept)
    added = (option for tag, option in ours.items() if f"option {tag}" in names)
    return {"custom_field_options": [*found, *added]}


FIELD: Final = AccountKind(
    Resource("field", "ticket_fields", "ticket_field", "title"),
    "ticket field",
    _parts,
    compared=(
        "title",
        "type",
        "active",
        "title_in_portal",
        "description",
        "agent_description",
        "visible_in_portal",
        "editable_in_portal",
        "required_in_portal",
        "required",
        "regexp_for_validation",
    ),
    more=_options,
    texts=("title_in_portal", "description", "agent_description", "required_in_portal", "label of"),
    fixed=("type",),
    change=_change,
    off=INACTIVE,
    holds_values=True,
    shown_by_name=True,
)
