"""The ticket form: ours, or the only one of an account that can't have several."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from config.zendesk_specs import FormSpec
from connector.reading import Json
from connector.zendesk.account.setup import Resource, Thing
from parley.zendesk.account.model.comparison import Details, Properties
from parley.zendesk.account.model.kind import INACTIVE, AccountKind, SentApart
from parley.zendesk.account.model.part import AccountPart, Payload, Sources
from parley.zendesk.account.model.port import AccountPort
from parley.zendesk.account.model.raw_texts import changed_texts, with_placeholders
from parley.zendesk.account.model.refs import ONE, SHARED, Ref

TRANSLATED: Final = ("display_name",)
ALLOWED: Final = "_allowed_statuses"
"""The key under which `with_statuses` puts the statuses that a form allows; it is no key of Zendesk's."""


def _parts(sources: Sources) -> Iterator[AccountPart]:
    spec, missing = sources.spec, sources.missing
    ours = {
        "ticket_field_ids": [Ref("field", one.key) for one in spec.fields],
        ALLOWED: [Ref("status", key) for key in spec.form.statuses if key not in missing.plain],
    }
    added = [Ref("field", one.key, number=True) for one in spec.fields]
    if missing.shared_form:
        yield AccountPart("form", SHARED, missing.shared_form, {"ticket_field_ids": added}, ours)
    else:
        yield AccountPart("form", ONE, spec.form.name, _payload(spec.form, sources, added), ours)


def _payload(spec: FormSpec, sources: Sources, ours: Iterable[Ref]) -> Payload:
    """The form's fields are the system's, found by their type, then ours."""
    by_type = {str(thing.details.get("type")): thing.id for thing in reversed(tuple(sources.fields))}
    first = [int(by_type[kind]) for kind in spec.system_fields if kind in by_type]
    return with_placeholders(
        {
            "name": spec.name,
            "display_name": sources.read_as("form", spec.name),
            "end_user_visible": True,
            "in_all_brands": True,
            "active": True,
            "ticket_field_ids": [*first, *ours],
        }
    )


def with_statuses(calls: AccountPort, form: Thing) -> Thing:
    """Ask which statuses a form allows. A form without such a list takes every status, and stays without it."""
    allowed = calls.form_statuses(form.id)
    return replace(form, details={**form.details, ALLOWED: sorted(allowed)}) if allowed else form


def _fields_and_statuses(details: Details) -> Properties:
    fields = {f"field {one}": True for one in details.get("ticket_field_ids") or ()}
    return {**fields, **{f"status {one}": True for one in details.get(ALLOWED) or ()}}


def _takes_any_status(name: str, there: Details) -> bool:
    """To list our statuses on a form that takes every status would take the others away."""
    return name.startswith("status ") and ALLOWED not in there


def _change(body: Details, there: Details, names: Collection[str]) -> Json:
    texts = changed_texts(body, there, names, TRANSLATED)
    if not any(name.startswith("field ") for name in names):
        return texts
    had = [int(one) for one in there.get("ticket_field_ids") or ()]
    ours = [int(one) for one in body["ticket_field_ids"] if f"field {one}" in names]
    return {**texts, "ticket_field_ids": [*had, *(one for one in ours if one not in had)]}


def _allow(
    calls: AccountPort, form_id: str, names: Sequence[str], _body: Details, _there: Details
) -> Iterator[Callable[[], object]]:
    yield partial(calls.add_form_statuses, form_id, [name.removeprefix("status ") for name in names])


FORM: Final = AccountKind(
    Resource("form", "ticket_forms", "ticket_form", "name", paged=False),
    "form",
    _parts,
    compared=("name", "active", "display_name", "end_user_visible", "in_all_brands"),
    translated=TRANSLATED,
    more=_fields_and_statuses,
    implied=_takes_any_status,
    texts=("display_name", "in_all_brands"),
    change=_change,
    apart=SentApart("status ", _allow),
    off=INACTIVE,
    shown_by_name=True,
)
