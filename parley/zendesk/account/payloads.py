"""What each part of the account is made of, in Zendesk's JSON, with references where ids are not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from config.zendesk import (
    FIELD_ID,
    FORM_ID,
    GROUP_ID,
    STATUS_ID,
    AutomationSpec,
    ConditionSpec,
    FieldSpec,
    FormSpec,
    MacroSpec,
    StatusSpec,
    TriggerSpec,
    ViewSpec,
    WebhookSpec,
)
from connector.zendesk.account.ids import state_tag
from connector.zendesk.account.setup import Subject, Thing
from parley.zendesk.account.refs import Ref

Payload = dict[str, object]
ONE = "it"
"""The key of a part of which there is one only: form, group, category."""
SHARED = "shared"
"""The key of a form that is not ours: what is remembered of it must not be taken for what ours was."""
FORM, GROUP, CATEGORY = Ref("form", ONE), Ref("group", ONE), Ref("category", ONE)


def field(spec: FieldSpec) -> Payload:
    made: Payload = {
        "type": spec.type,
        "title": spec.title,
        "title_in_portal": spec.title,
        "description": spec.description,
        "agent_description": spec.agent_description,
        "visible_in_portal": spec.requester,
        "editable_in_portal": spec.requester,
        "required_in_portal": spec.required,
        "required": False,
        "active": True,
    }
    if spec.regexp:
        made["regexp_for_validation"] = spec.regexp
    if spec.options:
        made["custom_field_options"] = [{"name": option.label, "value": option.tag} for option in spec.options]
    return made


def form(spec: FormSpec, present: Iterable[Thing], ours: Iterable[str]) -> Payload:
    """The form's fields are the system's, found by their type, then ours."""
    by_type = {str(thing.details.get("type")): thing.id for thing in reversed(tuple(present))}
    first = [int(by_type[kind]) for kind in spec.system_fields if kind in by_type]
    return {
        "name": spec.name,
        "display_name": spec.name,
        "end_user_visible": True,
        "in_all_brands": True,
        "active": True,
        "ticket_field_ids": [*first, *(Ref("field", key, number=True) for key in ours)],
    }


def status(spec: StatusSpec) -> Payload:
    return {
        "status_category": spec.category,
        "agent_label": spec.agent_label,
        "end_user_label": spec.end_user_label,
        "description": spec.description,
        "end_user_description": spec.end_user_description,
        "active": True,
    }


def macro(spec: MacroSpec, comment: str, plain: Mapping[str, str]) -> Payload:
    """`plain`: by state the standard status of those without a custom one; a tag says then which state is meant."""
    tags = list(spec.add_tags)
    actions: list[Payload] = []
    if comment:
        actions.append({"field": "comment_value", "value": comment})
        actions.append({"field": "comment_mode_is_public", "value": "true"})
    if spec.status in plain:
        actions.append({"field": "status", "value": plain[spec.status]})
        tags.append(state_tag(spec.status))
    elif spec.status:
        actions.append({"field": "custom_status_id", "value": Ref("status", spec.status)})
    if spec.tier:
        actions.append({"field": Ref("field", "tier", "custom_fields_{}"), "value": spec.tier})
    if tags:
        actions.append({"field": "current_tags", "value": " ".join(tags)})
    return {"title": spec.name, "description": spec.description, "actions": actions, "active": True}


def webhook(spec: WebhookSpec, public_url: str) -> Payload:
    return {
        "name": spec.name,
        "status": "active",
        "endpoint": public_url.rstrip("/") + spec.path,
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": list(spec.subscriptions),
    }


def trigger(spec: TriggerSpec, discovered: Sequence[Mapping[str, str]]) -> Payload:
    return {
        "title": spec.title,
        "description": spec.description,
        "category_id": CATEGORY,
        "active": True,
        "conditions": {"all": _conditions(spec.all), "any": [dict(one) for one in discovered]},
        "actions": [{"field": "notification_webhook", "value": [Ref("webhook", spec.webhook), spec.body]}],
    }


def automation(spec: AutomationSpec) -> Payload:
    return {
        "title": spec.title,
        "active": True,
        "conditions": {"all": _conditions(spec.all), "any": _conditions(spec.any)},
        "actions": [
            {"field": "current_tags", "value": " ".join(spec.add_tags)},
            {"field": "notification_group", "value": [GROUP, spec.subject, spec.body]},
        ],
    }


def view(spec: ViewSpec) -> Payload:
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
        "all": _conditions(spec.all),
        "any": _conditions(spec.any),
        "output": output,
    }


def _column(name: str) -> object:
    return Ref("field", name.removeprefix(FIELD_ID)) if name.startswith(FIELD_ID) else name


def _conditions(specs: Sequence[ConditionSpec]) -> list[Payload]:
    return [{"field": _asked(one.field), "operator": one.operator, "value": _value(one.value)} for one in specs]


def _asked(name: str) -> object:
    if not name.startswith(FIELD_ID):
        return name
    return Ref("field", name.removeprefix(FIELD_ID), "custom_fields_{}")


def _value(value: str) -> object:
    if value == FORM_ID:
        return FORM
    if value == GROUP_ID:
        return GROUP
    return Ref("status", value.removeprefix(STATUS_ID)) if value.startswith(STATUS_ID) else value


def discovered(spec: TriggerSpec, subjects: Iterable[Subject]) -> list[dict[str, str]]:
    """The conditions whose API names are looked up; empty where this account does not have them."""
    wanted = spec.discovered
    if wanted is None:
        return []
    return [
        {"field": subject.name, "operator": wanted.operator, "value": value}
        for subject in subjects
        if wanted.about in subject.name and wanted.operator in subject.operators.values()
        for value in subject.values.values()
        if value
    ]
