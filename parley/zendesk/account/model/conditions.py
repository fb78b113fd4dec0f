"""The conditions of triggers, automations and views: how they are sent, and how they are compared."""

from __future__ import annotations

from collections.abc import Sequence

from config.zendesk_specs import FIELD_ID, FORM_ID, GROUP_ID, STATUS_ID, ConditionSpec
from connector.reading import items
from parley.zendesk.account.model.comparison import Details, Properties, plain
from parley.zendesk.account.model.refs import THE_FORM, THE_GROUP, Ref


def conditions_payload(specs: Sequence[ConditionSpec], told_by: str) -> list[dict[str, object]]:
    """Zendesk's JSON. `told_by`: the field (its key) that is asked for instead of our form, where there is none."""
    return [_payload(spec, told_by) for spec in specs]


def _payload(spec: ConditionSpec, told_by: str) -> dict[str, object]:
    if told_by and spec.value == FORM_ID:
        return {"field": Ref("field", told_by, "custom_fields_{}"), "operator": "present", "value": ""}
    return {"field": _subject(spec.field), "operator": spec.operator, "value": _value(spec.value)}


def _subject(name: str) -> object:
    if not name.startswith(FIELD_ID):
        return name
    return Ref("field", name.removeprefix(FIELD_ID), "custom_fields_{}")


def _value(value: str) -> object:
    if value == FORM_ID:
        return THE_FORM
    if value == GROUP_ID:
        return THE_GROUP
    return Ref("status", value.removeprefix(STATUS_ID)) if value.startswith(STATUS_ID) else value


def conditions_properties(conditions: Details) -> Properties:
    """What is compared of the two lists `all` and `any`, in which the order means nothing."""
    return {f"conditions {name}": sorted(map(_line, items(conditions.get(name)))) for name in ("all", "any")}


def _line(row: Details) -> str:
    """A condition in one line: `ticket_form_id is 360001`."""
    value = row.get("value")
    said = " ".join(sorted(str(item) for item in value)) if isinstance(value, list) else plain(value)
    said = str(said).lower() if isinstance(value, bool) else said
    return f"{row.get('field')} {row.get('operator')} {said}".strip()
