"""Views, the lists in which agents look for work."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from config.zendesk_specs import FIELD_ID, ConditionSpec, ViewSpec
from connector.reading import Json, mapping
from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.comparison import Details, Properties
from parley.zendesk.account.model.conditions import conditions_payload, conditions_properties
from parley.zendesk.account.model.kind import INACTIVE, AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources
from parley.zendesk.account.model.refs import Ref


def _parts(sources: Sources) -> Iterator[AccountPart]:
    for spec in sources.spec.views:
        lacks = any(condition.status in sources.missing.plain for condition in spec.all)
        asked = spec.without_status if lacks else spec.all
        yield AccountPart("view", spec.key, spec.title, _payload(spec, asked, sources.told_by))


def _payload(spec: ViewSpec, asked: tuple[ConditionSpec, ...], told_by: str) -> Payload:
    """`all` and `any` without a wrapper: https://developer.zendesk.com/api-reference/ticketing/business-rules/views/#create-view."""
    output: Payload = {"columns": [_column(name) for name in spec.columns]}
    if spec.group_by:
        output |= {"group_by": _column(spec.group_by), "group_order": "asc"}
    if spec.sort_by:
        output |= {"sort_by": _column(spec.sort_by), "sort_order": spec.sort_order}
    return {
        "title": spec.title,
        "description": spec.description,
        "active": True,
        "all": conditions_payload(asked, told_by),
        "any": conditions_payload(spec.any, told_by),
        "output": output,
    }


def _column(name: str) -> object:
    return Ref("field", name.removeprefix(FIELD_ID)) if name.startswith(FIELD_ID) else name


def _conditions_and_output(details: Details) -> Properties:
    """Sent as `all`, `any` and `output`; answered as `conditions` and `execution`."""
    output = mapping(details.get("output"))
    conditions = details if "all" in details else mapping(details.get("conditions"))
    return {
        **conditions_properties(conditions),
        "output": _output(output or mapping(details.get("execution"))),
    }


def _output(output: Details) -> dict[str, Any]:
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


def _change(body: Details, _: Details, names: Collection[str]) -> Json:
    found: Json = {}
    if any(name.startswith("conditions ") for name in names):
        found |= {"all": body["all"], "any": body["any"]}
    if "output" in names:
        found["output"] = _output(body["output"])
    return found


VIEW: Final = AccountKind(
    Resource("view", "views", "view", "title"),
    "view",
    _parts,
    compared=("title", "active", "description"),
    more=_conditions_and_output,
    texts=("description", "output"),
    change=_change,
    off=INACTIVE,
    by_ids=True,
)
