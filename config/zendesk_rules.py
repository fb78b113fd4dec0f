"""What Zendesk would refuse in an account's description, or we could not find again there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.zendesk_specs import AccountSpec, ConditionSpec

LONGEST_LABEL = 48
"""Of a custom status, for agents and end users (developer.zendesk.com, custom ticket statuses)."""
MOST_COLUMNS = 10
"""Of a view (developer.zendesk.com, views)."""
DIRECT = frozenset({"status", "type", "group_id", "assignee_id", "requester_id"})
"""One of them has to stand in `all` of a view or an automation (developer.zendesk.com, conditions reference)."""
HOURS = frozenset(
    {
        *("NEW", "OPEN", "PENDING", "HOLD", "SOLVED", "CLOSED"),
        *("assigned_at", "updated_at", "requester_updated_at", "assignee_updated_at", "due_date", "until_due_date"),
    }
)
"""Conditions on time, of which an automation needs one (developer.zendesk.com, automations)."""
NAMES = {"key": "the key", "title": "the title", "agent_label": "the agent label", "name": "the name"}
"""What tells the rows of a table apart, and what people call it."""
CALLED = {("triggers", "title"): "the trigger", ("webhooks", "name"): "the webhook"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is to be mended in a file of `config/zendesk/`, and where: `("fields", 3, "title")`."""

    file: str
    place: tuple[str | int, ...]
    said: str

    def __str__(self) -> str:
        return f"{self.file}.toml: {self.said}"


def problems(account: AccountSpec) -> list[Wrong]:
    """Return what is to be mended, in the order of the files."""
    rules = (
        _twice,
        _labels,
        _options,
        _form,
        _macro_references,
        _trigger_references,
        _subscriptions,
        _conditions,
        _statuses_asked_for,
        _automations,
        _direct,
        _columns,
    )
    return [wrong for rule in rules for wrong in rule(account)]


def _twice(account: AccountSpec) -> Iterator[Wrong]:
    options = [option.tag for field in account.fields for option in field.options]
    for file, table, rows in account.tables():
        for key, called in NAMES.items():
            names = [getattr(row, key) for row in rows if hasattr(row, key)]
            for at, name in _doubled(names):
                yield Wrong(file, (table, at, key), f"{CALLED.get((table, key), called)} {name} stands twice.")
    for _, tag in _doubled(options):
        at = max(number for number, one in enumerate(account.fields) if tag in [row.tag for row in one.options])
        yield Wrong("fields", ("fields", at, "options"), f"the option tag {tag} stands twice.")


def _doubled(names: Sequence[str]) -> list[tuple[int, str]]:
    return [(at, name) for at, name in enumerate(names) if name in names[:at]]


def _labels(account: AccountSpec) -> Iterator[Wrong]:
    for at, status in enumerate(account.statuses):
        for key, label in (("agent_label", status.agent_label), ("end_user_label", status.end_user_label)):
            if len(label) > LONGEST_LABEL:
                said = f"{label!r} of {status.key} has more than {LONGEST_LABEL} characters."
                yield Wrong("statuses", ("statuses", at, key), said)


def _options(account: AccountSpec) -> Iterator[Wrong]:
    for at, field in enumerate(account.fields):
        if (field.type in ("tagger", "multiselect")) != bool(field.options):
            said = f"{field.key} is a {field.type}; lists, and only lists, have options."
            yield Wrong("fields", ("fields", at, "options"), said)
        if (field.type == "regexp") != bool(field.regexp):
            said = f"{field.key} is a {field.type}; regexp fields, and only those, have a regexp."
            yield Wrong("fields", ("fields", at, "regexp"), said)
        for number, option in enumerate(field.options):
            if not field.prefix or not option.tag.startswith(field.prefix):
                said = f"the tag {option.tag} of {field.key} must begin with the field's prefix."
                yield Wrong("fields", ("fields", at, "options", number), said)


def _form(account: AccountSpec) -> Iterator[Wrong]:
    statuses = {status.key for status in account.statuses}
    for key in account.form.statuses:
        if key not in statuses:
            said = f"the form allows the status {key}, which statuses.toml doesn't have."
            yield Wrong("fields", ("form", "statuses"), said)
    if not any(
        one.key == account.form.told_by and one.type == "tagger" and one.requester for one in account.fields
    ):
        said = f"told_by has to name a list field that requesters fill in; {account.form.told_by} is none."
        yield Wrong("fields", ("form", "told_by"), said)


def _macro_references(account: AccountSpec) -> Iterator[Wrong]:
    statuses = {"", *(status.key for status in account.statuses)}
    tiers = {"", *(option.tag for field in account.fields if field.key == "tier" for option in field.options)}
    for at, macro in enumerate(account.macros):
        if macro.status not in statuses:
            said = f"{macro.key} names the status {macro.status}, which statuses.toml doesn't have."
            yield Wrong("macros", ("macros", at, "status"), said)
        if macro.tier not in tiers:
            said = f"{macro.key} names the tier {macro.tier}, which fields.toml doesn't have."
            yield Wrong("macros", ("macros", at, "tier"), said)


def _trigger_references(account: AccountSpec) -> Iterator[Wrong]:
    webhooks = {webhook.key for webhook in account.webhooks}
    for at, trigger in enumerate(account.triggers):
        if trigger.webhook not in webhooks:
            said = f"{trigger.key} names the webhook {trigger.webhook}, which is not there."
            yield Wrong("triggers", ("triggers", at, "webhook"), said)
        try:
            json.loads(trigger.body)
        except ValueError:
            yield Wrong("triggers", ("triggers", at, "body"), f"the body of {trigger.key} is not JSON.")


def _subscriptions(account: AccountSpec) -> Iterator[Wrong]:
    for at, webhook in enumerate(account.webhooks):
        kinds = {name == "conditional_ticket_events" for name in webhook.subscriptions}
        if len(kinds) != 1:
            said = f"the webhook {webhook.key} must serve either triggers or event types."
            yield Wrong("triggers", ("webhooks", at, "subscriptions"), said)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A list of conditions of one rule, and where it stands."""

    table: str
    at: int
    key: str
    name: str
    conditions: tuple[ConditionSpec, ...]

    def wrong(self, said: str, *place: int) -> Wrong:
        return Wrong(self.table, (self.table, self.at, self.name, *place), f"{self.key} {said}")


def _asked(account: AccountSpec) -> Iterator[_Asked]:
    """Every list of conditions in the files."""
    for at, trigger in enumerate(account.triggers):
        yield _Asked("triggers", at, trigger.key, "all", trigger.all)
    for at, automation in enumerate(account.automations):
        yield _Asked("automations", at, automation.key, "all", automation.all)
        yield _Asked("automations", at, automation.key, "any", automation.any)
    for at, view in enumerate(account.views):
        yield _Asked("views", at, view.key, "all", view.all)
        yield _Asked("views", at, view.key, "any", view.any)
        if view.without_status:
            yield _Asked("views", at, view.key, "without_status", view.without_status)


def _conditions(account: AccountSpec) -> Iterator[Wrong]:
    """Conditions name fields and statuses that there are."""
    fields = {f"@{field.key}" for field in account.fields}
    values = {"@form", "@group", *(f"@status:{status.key}" for status in account.statuses)}
    for asked in _asked(account):
        for number, condition in enumerate(asked.conditions):
            if condition.field.startswith("@") and condition.field not in fields:
                yield asked.wrong(f"asks about {condition.field}, which fields.toml doesn't have.", number)
            if condition.value.startswith("@") and condition.value not in values:
                yield asked.wrong(f"asks for {condition.value}, which stands for nothing.", number)


def _statuses_asked_for(account: AccountSpec) -> Iterator[Wrong]:
    """An account may be without custom statuses: what asks for one says what it asks for there."""
    for asked in _asked(account):
        may = (asked.table, asked.name) == ("views", "all")
        if not may and any(one.status for one in asked.conditions):
            yield asked.wrong("asks for a status, which only `all` of a view may.")
    for at, view in enumerate(account.views):
        if any(one.status for one in view.all) != bool(view.without_status):
            said = f"{view.key} needs `without_status` where, and only where, `all` asks for a status."
            yield Wrong("views", ("views", at, "all"), said)


def _direct(account: AccountSpec) -> Iterator[Wrong]:
    """`without_status` takes the place of `all`."""
    for asked in _asked(account):
        needed = asked.table != "triggers" and asked.name != "any"
        if needed and not DIRECT & {one.field for one in asked.conditions}:
            yield asked.wrong(f"needs a condition on status, type, group, assignee or requester in `{asked.name}`.")


def _automations(account: AccountSpec) -> Iterator[Wrong]:
    for at, rule in enumerate(account.automations):
        asked = {one.field for one in rule.all}
        if not asked & HOURS:
            yield Wrong(
                "automations", ("automations", at, "all"), f"{rule.key} needs a condition on hours in `all`."
            )
        looked_for = {
            one.value for one in rule.all if (one.field, one.operator) == ("current_tags", "not_includes")
        }
        if not looked_for & set(rule.add_tags):
            said = f"{rule.key} would fire every hour: it must look for a tag's absence and add that tag."
            yield Wrong("automations", ("automations", at, "add_tags"), said)


def _columns(account: AccountSpec) -> Iterator[Wrong]:
    fields = {f"@{field.key}" for field in account.fields}
    for at, view in enumerate(account.views):
        if not 0 < len(view.columns) <= MOST_COLUMNS:
            yield Wrong("views", ("views", at, "columns"), f"{view.key} needs one to {MOST_COLUMNS} columns.")
        for key, names in (("columns", view.columns), ("group_by", (view.group_by,)), ("sort_by", (view.sort_by,))):
            for name in names:
                if name.startswith("@") and name not in fields:
                    yield Wrong(
                        "views", ("views", at, key), f"{view.key} shows {name}, which fields.toml doesn't have."
                    )
