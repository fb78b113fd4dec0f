"""What triggers and automations have in common: conditions and actions."""

from __future__ import annotations

from collections.abc import Collection

from connector.reading import Json, items, mapping
from parley.zendesk.account.model.actions import actions_change, actions_properties
from parley.zendesk.account.model.comparison import Details, Properties
from parley.zendesk.account.model.conditions import conditions_properties


def rule_properties(details: Details) -> Properties:
    """What is compared of a rule with conditions and actions."""
    conditions = conditions_properties(mapping(details.get("conditions")))
    return {**conditions, **actions_properties(items(details.get("actions")))}


def rule_change(body: Details, there: Details, names: Collection[str]) -> Json:
    """What is sent where conditions or actions of a rule change: conditions are ours alone."""
    changed = any(name.startswith("conditions ") for name in names)
    conditions = {"conditions": body["conditions"]} if changed else {}
    return {**conditions, **actions_change(body, there, names)}
