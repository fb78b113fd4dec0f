"""Triggers, which tell the desk to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from config.zendesk_specs import TriggerSpec
from connector.zendesk.account.setup import Resource, RuleSubject
from escalation.model.tiers import BY_EMAIL_SAID
from parley.zendesk.account.model.business_rules import rule_change, rule_properties
from parley.zendesk.account.model.conditions import conditions_payload
from parley.zendesk.account.model.kind import INACTIVE, AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources
from parley.zendesk.account.model.refs import THE_CATEGORY, Ref

UNKNOWN_CONDITION: Final = (
    "This account's triggers have no condition “{title}”, so the trigger “{name}” is left out. What it would tell "
    "is read every few minutes instead. Where the plan has no side conversations at all, agents write the direct "
    f"messages of tiers {BY_EMAIL_SAID} themselves; everything else works."
)


def _parts(sources: Sources) -> Iterator[AccountPart]:
    for spec in sources.spec.triggers:
        found = _discovered(spec, sources.subjects)
        unsure = ""
        if spec.discovered is not None and not found:
            unsure = UNKNOWN_CONDITION.format(title=spec.discovered.title, name=spec.title)
        payload = trigger_payload(spec, found, sources.told_by)
        yield AccountPart("trigger", spec.key, spec.title, payload, unsure=unsure)


def trigger_payload(spec: TriggerSpec, discovered: Sequence[Mapping[str, str]], told_by: str) -> Payload:
    """Zendesk's JSON; `told_by` is the field that is asked for instead of our form, where there is none."""
    return {
        "title": spec.title,
        "description": spec.description,
        "category_id": THE_CATEGORY,
        "active": True,
        "conditions": {
            "all": conditions_payload(spec.all, told_by),
            "any": [dict(condition) for condition in discovered],
        },
        "actions": [{"field": "notification_webhook", "value": [Ref("webhook", spec.webhook), spec.body]}],
    }


def _discovered(spec: TriggerSpec, subjects: Iterable[RuleSubject]) -> list[dict[str, str]]:
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


TRIGGER: Final = AccountKind(
    Resource("trigger", "triggers", "trigger", "title"),
    "trigger",
    _parts,
    compared=("title", "active", "description", "category_id"),
    more=rule_properties,
    texts=("description", "category_id"),
    takes_back=True,
    always=("title", "actions", "conditions"),
    change=rule_change,
    off=INACTIVE,
    judged=True,
    by_ids=True,
)
