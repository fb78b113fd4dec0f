"""The findings: what a rule could do to our tickets, why that matters, and the smallest change that avoids it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parley.zendesk.lint.checks.every_check import harms_of
from parley.zendesk.lint.checks.harm import Harm, HarmKind, RuleContext, When
from parley.zendesk.lint.checks.placeholders import shown_field
from parley.zendesk.lint.checks.requester_mails import requester_mails
from parley.zendesk.lint.checks.shown_keys import WHY
from parley.zendesk.lint.conditions.reachability import ReachableRule, reachable
from parley.zendesk.lint.facts.business_rules import BusinessRule
from parley.zendesk.lint.facts.labels import NamesById, action_words, conditions_words
from parley.zendesk.lint.facts.our_tickets import OurTickets
from parley.zendesk.lint.proposals import Proposal, proposal

NO_NAMES: Final[NamesById] = {}


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A harm that a rule could do, and when. `mended` is the rule with the change that is proposed."""

    kind: HarmKind
    rule: BusinessRule
    condition: str
    action: str
    why: str
    change: str
    proposal: Proposal
    when: tuple[When, ...] = ()

    @property
    def mended(self) -> BusinessRule:
        return next((new for old, new in self.proposal.changes if old is self.rule), self.rule)


def lint(
    rules: Iterable[BusinessRule], tickets: OurTickets, names: NamesById = NO_NAMES
) -> tuple[LintFinding, ...]:
    """Judge the active rules of an account, all of them at once, since one may let another fire.

    Our own are left out as long as they are as they should be. One finding for each rule and kind of harm, in the
    order of the rules.
    """
    tickets, firing = reachable(others(rules, tickets), tickets)
    context = RuleContext(tickets, requester_mails(firing, tickets), _routing(firing, tickets))
    return tuple(
        _finding(reached.rule, harm, context, names)
        for reached in firing
        for harm in _first_of_each(harms_of(reached, context))
    )


def lint_macros(
    macros: Iterable[BusinessRule], tickets: OurTickets, names: NamesById = NO_NAMES
) -> Iterator[LintFinding]:
    """The active macros whose texts show what opens a case to whoever has it."""
    for macro in macros:
        action = next((one for one in macro.actions if shown_field(one, tickets.secret_fields)), None)
        if action is None or not macro.active:
            continue
        title = tickets.fields[shown_field(action, tickets.secret_fields)].title
        change = f"Take the placeholder of “{title}” out of its text."
        yield LintFinding(
            kind="tells a key",
            rule=macro,
            condition="an agent applies it",
            action=action_words(action, names),
            why=WHY.format(title=title),
            change=change,
            proposal=Proposal(change, ()),
            when=("agent's update",),
        )


def others(rules: Iterable[BusinessRule], tickets: OurTickets) -> list[BusinessRule]:
    """The active rules that are not ours, or are ours no more."""
    return [rule for rule in rules if rule.active and not _is_own(rule, tickets)]


def _first_of_each(found: Iterable[Harm]) -> Iterable[Harm]:
    by_kind: dict[HarmKind, Harm] = {}
    for harm in found:
        by_kind.setdefault(harm.kind, harm)
    return by_kind.values()


def _finding(rule: BusinessRule, harm: Harm, context: RuleContext, names: NamesById) -> LintFinding:
    proposed = proposal(rule, harm, context, names)
    first = [harm.condition] if harm.condition in rule.all else []
    every = [*first, *(one for one in rule.all if one not in first)]
    return LintFinding(
        kind=harm.kind,
        rule=rule,
        condition=conditions_words(every, rule.any, names),
        action=action_words(harm.action, names),
        why=harm.why,
        change=proposed.words,
        proposal=proposed,
        when=harm.when(rule.kind),
    )


def _routing(firing: Sequence[ReachableRule], tickets: OurTickets) -> tuple[BusinessRule, ...]:
    """The triggers that put tickets of our form, and no others, into our group."""
    on_form = [reached.rule for reached in firing if reached.rule.kind == "trigger" and tickets.alone(reached.rule)]
    return tuple(rule for rule in on_form if tickets.groups and _group_set(rule) & tickets.groups)


def _group_set(rule: BusinessRule) -> frozenset[str]:
    return frozenset(action.value for action in rule.actions if action.field == "group_id")


def with_routed_groups(tickets: OurTickets, rules: Iterable[BusinessRule]) -> OurTickets:
    """Where no group of ours is known: that into which the account itself routes the tickets of our form."""
    if tickets.groups is not None:
        return tickets
    routed = [_group_set(rule) for rule in rules if rule.active and tickets.alone(rule)]
    groups = frozenset[str]().union(*routed) - {"", "current_groups"}
    return replace(tickets, groups=groups or None)


def _is_own(rule: BusinessRule, tickets: OurTickets) -> bool:
    """Whether it is a rule of ours, unaltered. An `any` of ours is looked up in the account: it may be anything."""
    return any(
        rule.kind == own.kind
        and rule.title == own.title
        and rule.category == own.category
        and set(rule.all) == set(own.all)
        and bool(rule.any) == bool(own.any)
        and rule.actions == own.actions
        for own in tickets.own
    )


def as_json(finding: LintFinding) -> Mapping[str, object]:
    """A finding for `--json`."""
    rule = finding.rule
    return {
        "kind": finding.kind,
        "rule": {"id": rule.id, "kind": rule.kind, "title": rule.title, "path": rule.path},
        "condition": finding.condition,
        "action": finding.action,
        "why": finding.why,
        "change": finding.change,
    }
