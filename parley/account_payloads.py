"""What each part of the account is made of, in Zendesk's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from config.zendesk import FORM_ID, FieldSpec, MacroSpec, StatusSpec, TriggerSpec, WebhookSpec
from connector.zendesk.setup import Subject, Thing

Payload = dict[str, object]


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


def form(name: str, system: Iterable[str], present: Iterable[Thing], ours: Iterable[str]) -> Payload:
    """The form's fields are the system's, found by their type, then ours."""
    by_type = {str(thing.details.get("type")): thing.id for thing in reversed(tuple(present))}
    first = [by_type[kind] for kind in system if kind in by_type]
    return {
        "name": name,
        "display_name": name,
        "end_user_visible": True,
        "in_all_brands": True,
        "active": True,
        "ticket_field_ids": [int(one) for one in (*first, *ours)],
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


def macro(spec: MacroSpec, comment: str, fields: Mapping[str, str], statuses: Mapping[str, str]) -> Payload:
    actions: list[dict[str, str]] = []
    if comment:
        actions.append({"field": "comment_value", "value": comment})
        actions.append({"field": "comment_mode_is_public", "value": "true"})
    if spec.status:
        actions.append({"field": "custom_status_id", "value": statuses[spec.status]})
    if spec.tier:
        actions.append({"field": f"custom_fields_{fields['tier']}", "value": spec.tier})
    if spec.add_tags:
        actions.append({"field": "current_tags", "value": " ".join(spec.add_tags)})
    return {"title": spec.name, "description": spec.description, "actions": actions, "active": True}


def webhook(spec: WebhookSpec, public_url: str) -> Payload:
    return {
        "name": spec.name,
        "status": "active",
        "endpoint": endpoint(spec, public_url),
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": list(spec.subscriptions),
    }


def endpoint(spec: WebhookSpec, public_url: str) -> str:
    return public_url.rstrip("/") + spec.path


def trigger(
    spec: TriggerSpec, form_id: str, category_id: str, webhook_id: str, discovered: Sequence[Mapping[str, str]]
) -> Payload:
    every = [
        {"field": one.field, "operator": one.operator, "value": form_id if one.value == FORM_ID else one.value}
        for one in spec.all
    ]
    return {
        "title": spec.title,
        "description": spec.description,
        "category_id": category_id,
        "active": True,
        "conditions": {"all": every, "any": list(discovered)},
        "actions": [{"field": "notification_webhook", "value": [webhook_id, spec.body]}],
    }


def discovered(spec: TriggerSpec, subjects: Iterable[Subject]) -> list[dict[str, str]]:
    """The conditions that are known by their titles only; empty where this account does not have them."""
    wanted = spec.discovered
    if wanted is None:
        return []
    for subject in subjects:
        operator = subject.operators.get(wanted.operator.lower())
        if subject.title.strip().lower() == wanted.title.lower() and operator:
            values = (subject.values.get(value.lower()) for value in wanted.values)
            return [{"field": subject.name, "operator": operator, "value": value} for value in values if value]
    return []
