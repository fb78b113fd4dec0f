"""Ticket fields, and the options of those that are lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from config.zendesk_specs import FieldSpec, OptionSpec
from connector.reading import Json, items
from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.comparison import Details, Properties, plain
from parley.zendesk.account.model.kind import INACTIVE, AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources
from parley.zendesk.account.model.raw_texts import changed_texts, with_placeholders, written

TRANSLATED: Final = ("title_in_portal", "description")


def _parts(sources: Sources) -> Iterator[AccountPart]:
    for spec in sources.spec.fields:
        yield AccountPart("field", spec.key, spec.title, _payload(spec, sources))


def _payload(spec: FieldSpec, sources: Sources) -> Payload:
    """On a form that others use too, nothing is required, since other requests don't fill it in. What requesters
    read may be dynamic content; the title, which agents read, is in English as all that they read."""
    shared = bool(sources.missing.shared_form)
    made: Payload = {
        "type": spec.type,
        "title": spec.title,
        **_read_by_requesters(spec, sources, shared=shared),
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
        made["custom_field_options"] = [
            {"name": _label(option, spec, sources), "value": option.tag} for option in spec.options
        ]
    return with_placeholders(made)


def _read_by_requesters(spec: FieldSpec, sources: Sources, *, shared: bool) -> Payload:
    about = "shared_description" if shared and spec.shared_description else "description"
    english = {"title_in_portal": ("title", spec.title), "description": (about, getattr(spec, about))}
    if not spec.requester:
        return {key: said for key, (_, said) in english.items()}
    return {key: sources.read_as(f"field.{spec.key}.{name}", said) for key, (name, said) in english.items()}


def _label(option: OptionSpec, spec: FieldSpec, sources: Sources) -> object:
    return sources.read_as(f"option.{option.tag}", option.label) if spec.requester else option.label


def _options(details: Details) -> Properties:
    found: Properties = {}
    for option in items(details.get("custom_field_options")):
        found[f"option {option.get('value')}"] = True
        found[f"label of {option.get('value')}"] = plain(written(option, "name"))
    return found


def _change(body: Details, there: Details, names: Collection[str]) -> Json:
    """Options that are not sent are dropped, so those that are there go along."""
    texts = changed_texts(body, there, names, TRANSLATED)
    if not any(name.startswith(("option ", "label of ")) for name in names):
        return texts
    ours = {str(option["value"]): option for option in items(body.get("custom_field_options"))}
    found: list[Json] = []
    for had in items(there.get("custom_field_options")):
        tag = str(had.get("value"))
        kept: Json = {key: had[key] for key in ("id", "value") if key in had} | {"name": written(had, "name")}
        if f"label of {tag}" in names:
            kept["name"] = ours[tag]["name"]
        found.append(kept)
    added = (option for tag, option in ours.items() if f"option {tag}" in names)
    return {**texts, "custom_field_options": [*found, *added]}


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
    translated=TRANSLATED,
    more=_options,
    texts=("title_in_portal", "description", "agent_description", "required_in_portal", "label of"),
    fixed=("type",),
    change=_change,
    off=INACTIVE,
    holds_values=True,
    shown_by_name=True,
)
