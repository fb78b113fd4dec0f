"""Reading an account's rules, and what of the account is ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from config.zendesk import load_account
from config.zendesk_specs import AccountSpec
from connector.reading import Json
from connector.zendesk import AccountIds
from connector.zendesk.access.channel import Calls
from connector.zendesk.account.business_rules import BusinessRules
from connector.zendesk.account.ids import CASE_KEY
from connector.zendesk.account.setup import Setup, Thing
from parley.inspection.inspected import InspectedDesk
from parley.zendesk.account.applying.account_reading import list_things
from parley.zendesk.account.kinds import FIELD, FORM, MACRO, STATUS, WEBHOOK
from parley.zendesk.account.kinds.trigger import trigger_payload
from parley.zendesk.account.model.refs import THE_CATEGORY, THE_FORM, PartIds, resolved
from parley.zendesk.lint import BusinessRule, LintFinding, OurTickets, lint, read_rule
from parley.zendesk.lint.checks.requester_mails import Mails, requester_mails
from parley.zendesk.lint.conditions.reachability import reachable
from parley.zendesk.lint.described import Described, describe_tickets
from parley.zendesk.lint.facts.business_rules import PREFIX
from parley.zendesk.lint.facts.labels import USERS, NamesById
from parley.zendesk.lint.facts.our_tickets import Filler
from parley.zendesk.lint.findings import lint_macros, others, with_routed_groups

SECRET_FIELDS: Final = frozenset({CASE_KEY})
SET_BY_THE_DESK: Final = frozenset({"tier", "next_update_due", CASE_KEY})


@dataclass(frozen=True)
class JudgedAccount:
    """What was read of an account, and what is judged from it."""

    account: Described
    rules: tuple[BusinessRule, ...]
    names: NamesById
    macros: tuple[BusinessRule, ...] = ()

    @cached_property
    def our_tickets(self) -> OurTickets:
        return with_routed_groups(describe_tickets(self.account), self.rules)

    def findings(self) -> tuple[LintFinding, ...]:
        found = lint(self.rules, self.our_tickets, self.names)
        return (*found, *lint_macros(self.macros, self.our_tickets, self.names))

    def mails(self) -> Mails:
        our_tickets, firing = reachable(others(self.rules, self.our_tickets), self.our_tickets)
        return requester_mails(firing, our_tickets)


def read_account(parts: InspectedDesk, calls: Calls | None = None) -> JudgedAccount:
    """Read the active rules and what they are judged by, one call a page. Raises the connector's errors."""
    spec, ids, calls = load_account(), parts.account.ids(), calls or parts.zendesk.channel
    setup, rules = Setup(calls), BusinessRules(calls)
    forms, fields, webhooks = (setup.all(kind.resource) for kind in (FORM, FIELD, WEBHOOK))
    statuses, groups, me = list_things(setup, STATUS) or (), rules.groups(), rules.own_user()
    macros = [read_rule("macro", one.details) for one in setup.all(MACRO.resource) if one.active]
    home = _home(groups, ids, parts.policy.agents_group)
    account = Described(
        form=next((one.details for one in forms if one.id == str(ids.form)), {"id": ids.form}),
        fields=[one.details for one in fields],
        statuses=[one.details for one in statuses],
        form_statuses=setup.form_statuses(str(ids.form)),
        our_statuses=frozenset(str(one) for one in ids.statuses.values()),
        fillers=_fillers(spec, ids),
        taken_off=frozenset({spec.tags.post, spec.tags.pause, *ids.state_tags}),
        macro_tags=frozenset(tag for macro in macros for tag in macro.tags_added),
        user=str(me.get("id")),
        groups=home,
        passing=_passing(groups, me),
        webhooks=_webhooks(webhooks, ids, spec),
        own=tuple(_own(spec, ids)),
        plain=frozenset(ids.plain.values()),
        told_by=str(ids.fields.get(ids.told_by, "")),
        macro_values=_macro_values(macros),
        posting_tags=frozenset({spec.tags.post}),
        secret_fields=frozenset(str(ids.fields[key]) for key in SECRET_FIELDS & ids.fields.keys()),
    )
    read = (
        *(read_rule("trigger", one) for one in rules.triggers()),
        *(read_rule("automation", one) for one in rules.automations()),
    )
    names = {**_names(forms, fields, statuses, webhooks, groups), **_looked_up(rules, read, me)}
    return JudgedAccount(account, read, names, tuple(macros))


def _home(groups: Sequence[Json], ids: AccountIds, name: str) -> frozenset[str] | None:
    """The agents' group: the one that is known, else the one of the name that the policy uses."""
    if ids.agents_group is not None:
        return frozenset({str(ids.agents_group)})
    return frozenset(str(one.get("id")) for one in groups if one.get("name") == name) or None


def _passing(groups: Sequence[Json], me: Json) -> frozenset[str]:
    """Where tickets get by themselves: the account's default group, and with its assignee into that one's."""
    found = [one.get("id") for one in groups if one.get("default")] + [me.get("default_group_id")]
    return frozenset(str(one) for one in found if one is not None)


def _macro_values(macros: Iterable[BusinessRule]) -> dict[str, frozenset[str]]:
    """What agents may set by a macro, by the name of the action."""
    found: dict[str, frozenset[str]] = {}
    for action in (action for macro in macros for action in macro.actions):
        found[action.field] = found.get(action.field, frozenset()) | {action.value}
    return found


def _fillers(spec: AccountSpec, ids: AccountIds) -> dict[str, Filler]:
    found: dict[str, Filler] = {}
    for field in spec.fields:
        if field.key in ids.fields:
            staff: Filler = "desk" if field.key in SET_BY_THE_DESK else "agents"
            found[str(ids.fields[field.key])] = "requester" if field.requester else staff
    return found


def _webhooks(webhooks: Iterable[Thing], ids: AccountIds, spec: AccountSpec) -> frozenset[str]:
    """Ours, and any other that leads to the same place."""
    ours = set(ids.webhooks.values())
    endpoints = {str(one.details.get("endpoint")) for one in webhooks if one.id in ours}
    names = {one.name for one in spec.webhooks}
    same = (one.id for one in webhooks if one.name in names or str(one.details.get("endpoint")) in endpoints)
    return frozenset({*ours, *same})


def _own(spec: AccountSpec, ids: AccountIds) -> Iterator[BusinessRule]:
    """Our triggers as they should be; an `any` that is looked up in the account stands for itself."""
    known = _known(ids)
    for trigger in spec.triggers:
        made = trigger_payload(trigger, [{}] if trigger.discovered else [], ids.told_by)
        yield read_rule("trigger", resolved(made, known))


def _known(ids: AccountIds) -> PartIds:
    return {
        THE_FORM.part_key: str(ids.form),
        THE_CATEGORY.part_key: ids.category,
        **{("field", key): str(one) for key, one in ids.fields.items()},
        **{("webhook", key): one for key, one in ids.webhooks.items()},
    }


def _names(
    forms: Iterable[Thing],
    fields: Iterable[Thing],
    statuses: Iterable[Thing],
    webhooks: Iterable[Thing],
    groups: Iterable[Json],
) -> dict[str, Mapping[str, str]]:
    def names(things: Iterable[Thing]) -> dict[str, str]:
        return {one.id: one.name for one in things}

    return {
        "ticket_form_id": names(forms),
        "custom_fields": names(fields),
        "custom_status_id": names(statuses),
        "notification_webhook": names(webhooks),
        "group_id": {str(one.get("id")): str(one.get("name")) for one in groups},
        **{f"{PREFIX}{one.id}": _options(one) for one in fields},
    }


def _options(field: Thing) -> dict[str, str]:
    """What a list field's options are called, by their tags."""
    options = field.details.get("custom_field_options")
    rows = [one for one in options if isinstance(one, dict)] if isinstance(options, list) else []
    return {str(one.get("value")): str(one.get("name")) for one in rows}


def _looked_up(rules: BusinessRules, read: Iterable[BusinessRule], me: Json) -> dict[str, Mapping[str, str]]:
    """The names of the people, organizations and brands that the rules are about."""
    asked: dict[str, set[str]] = {}
    for name, value in (pair for rule in read for pair in _values(rule)):
        if value.isdecimal():
            asked.setdefault("users" if name in USERS else name, set()).add(value)
    ours = {str(me.get("id")): str(me.get("name"))}
    people = asked.get("users", set()) - set(ours)
    found: dict[str, Mapping[str, str]] = {"users": {**rules.named("users", people), **ours}}
    if "organization_id" in asked:
        found["organization_id"] = rules.named("organizations", asked["organization_id"])
    if "brand_id" in asked:
        found["brand_id"] = rules.brands()
    return found


def _values(rule: BusinessRule) -> Iterator[tuple[str, str]]:
    """Each value of a rule's conditions, and each first one of its actions, by what it is a value of."""
    yield from ((one.field, value) for one in rule.conditions for value in one.values)
    yield from ((one.field, one.value) for one in rule.actions)
