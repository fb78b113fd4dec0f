"""What Zendesk would refuse in an account's description, or we could not find again there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.zendesk_specs import AccountSpec

LONGEST_LABEL = 48
"""Of a custom status, for agents and end users (developer.zendesk.com, custom ticket statuses)."""


def problems(account: AccountSpec) -> list[str]:
    """Return a sentence for each thing to mend, beginning with the file's name."""
    rules = (_twice, _labels, _options, _macro_references, _trigger_references, _subscriptions)
    return [wrong for rule in rules for wrong in rule(account)]


def _doubled(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _twice(account: AccountSpec) -> Iterator[str]:
    lists: dict[str, list[str]] = {
        "fields.toml: the key": [field.key for field in account.fields],
        "fields.toml: the title": [field.title for field in account.fields],
        "fields.toml: the option tag": [option.tag for field in account.fields for option in field.options],
        "statuses.toml: the key": [status.key for status in account.statuses],
        "statuses.toml: the agent label": [status.agent_label for status in account.statuses],
        "macros.toml: the key": [macro.key for macro in account.macros],
        "macros.toml: the name": [macro.name for macro in account.macros],
        "triggers.toml: the trigger": [trigger.title for trigger in account.triggers],
        "triggers.toml: the webhook": [webhook.name for webhook in account.webhooks],
    }
    for what, names in lists.items():
        yield from (f"{what} {name} stands twice." for name in _doubled(names))


def _labels(account: AccountSpec) -> Iterator[str]:
    for status in account.statuses:
        for label in (status.agent_label, status.end_user_label):
            if len(label) > LONGEST_LABEL:
                yield f"statuses.toml: {label!r} of {status.key} has more than {LONGEST_LABEL} characters."


def _options(account: AccountSpec) -> Iterator[str]:
    for field in account.fields:
        if (field.type in ("tagger", "multiselect")) != bool(field.options):
            yield f"fields.toml: {field.key} is a {field.type}; lists, and only lists, have options."
        if (field.type == "regexp") != bool(field.regexp):
            yield f"fields.toml: {field.key} is a {field.type}; regexp fields, and only those, have a regexp."
        for option in field.options:
            if not field.prefix or not option.tag.startswith(field.prefix):
                yield f"fields.toml: the tag {option.tag} of {field.key} must begin with the field's prefix."


def _macro_references(account: AccountSpec) -> Iterator[str]:
    statuses = {"", *(status.key for status in account.statuses)}
    tiers = {"", *(option.tag for field in account.fields if field.key == "tier" for option in field.options)}
    for macro in account.macros:
        if macro.status not in statuses:
            yield f"macros.toml: {macro.key} names the status {macro.status}, which statuses.toml doesn't have."
        if macro.tier not in tiers:
            yield f"macros.toml: {macro.key} names the tier {macro.tier}, which fields.toml doesn't have."


def _trigger_references(account: AccountSpec) -> Iterator[str]:
    webhooks = {webhook.key for webhook in account.webhooks}
    for trigger in account.triggers:
        if trigger.webhook not in webhooks:
            yield f"triggers.toml: {trigger.key} names the webhook {trigger.webhook}, which is not there."
        try:
            json.loads(trigger.body)
        except ValueError:
            yield f"triggers.toml: the body of {trigger.key} is not JSON."


def _subscriptions(account: AccountSpec) -> Iterator[str]:
    for webhook in account.webhooks:
        kinds = {name == "conditional_ticket_events" for name in webhook.subscriptions}
        if len(kinds) != 1:
            yield f"triggers.toml: the webhook {webhook.key} must serve either triggers or event types."
