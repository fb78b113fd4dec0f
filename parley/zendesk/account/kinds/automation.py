"""Automations, which Zendesk runs by itself once an hour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from config.zendesk_specs import AutomationSpec
from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.business_rules import rule_change, rule_properties
from parley.zendesk.account.model.conditions import conditions_payload
from parley.zendesk.account.model.kind import INACTIVE, AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources
from parley.zendesk.account.model.refs import THE_GROUP


def _parts(sources: Sources) -> Iterator[AccountPart]:
    for spec in sources.spec.automations:
        yield AccountPart("automation", spec.key, spec.title, _payload(spec, sources.told_by))


def _payload(spec: AutomationSpec, told_by: str) -> Payload:
    return {
        "title": spec.title,
        "active": True,
        "conditions": {
            "all": conditions_payload(spec.all, told_by),
            "any": conditions_payload(spec.any, told_by),
        },
        "actions": [
            {"field": "current_tags", "value": " ".join(spec.add_tags)},
            {"field": "notification_group", "value": [THE_GROUP, spec.subject, spec.body]},
        ],
    }


AUTOMATION: Final = AccountKind(
    Resource("automation", "automations", "automation", "title"),
    "automation",
    _parts,
    compared=("title", "active"),
    more=rule_properties,
    texts=("text of the mail",),
    takes_back=True,
    change=rule_change,
    off=INACTIVE,
    judged=True,
    by_ids=True,
)
