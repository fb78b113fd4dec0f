"""Which rules could fire on our tickets, given what the others do to them before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from parley.zendesk.lint.conditions.matching import regions
from parley.zendesk.lint.conditions.region import Region
from parley.zendesk.lint.facts.business_rules import PREFIX, BusinessRule, RuleAction
from parley.zendesk.lint.facts.our_tickets import OurTickets

RATING: Final = "satisfaction_score"


@dataclass(frozen=True, slots=True)
class ReachableRule:
    """A rule that could fire, and where."""

    rule: BusinessRule
    regions: tuple[Region, ...]


def reachable(rules: Sequence[BusinessRule], tickets: OurTickets) -> tuple[OurTickets, tuple[ReachableRule, ...]]:
    """What our tickets can be like once these rules have worked on them, and those of them that could fire.

    Tags and fields that a rule sets may let another one fire. That a rule moves a ticket out of its form, brand
    or group is not followed: it is a finding itself, and to be mended first.
    """
    added = frozenset(tag for rule in rules for tag in rule.tags_added)
    tickets = replace(tickets, machine_tags=(tickets.machine_tags | added) - tickets.tags - tickets.hand_tags)
    while True:
        firing = tuple(ReachableRule(rule, found) for rule in rules if (found := regions(rule, tickets)))
        wider = _widened(tickets, [reached.rule for reached in firing])
        if wider == tickets:
            return tickets, firing
        tickets = wider


def _widened(tickets: OurTickets, firing: Sequence[BusinessRule]) -> OurTickets:
    tags = frozenset(tag for rule in firing for tag in rule.tags_added)
    done = [action for rule in firing for action in rule.actions]
    written = frozenset(action.field for action in done)
    fields = frozenset(name.removeprefix(PREFIX) for name in written)
    return replace(
        tickets,
        machine_tags=tickets.machine_tags - tags,
        blank_fields=tickets.blank_fields - fields,
        values=_wider_values(tickets.values, done),
        written={name: frozenset(one.value for one in done if one.field == name) for name in written},
    )


def _wider_values(values: Mapping[str, frozenset[str]], done: Sequence[RuleAction]) -> Mapping[str, frozenset[str]]:
    """Once something offers a rating, it may be any; a list of values grows by those that rules set."""
    if any(offers_rating(action) for action in done):
        values = {name: known for name, known in values.items() if name != RATING}
    added = {name: {action.value for action in done if action.field == name} for name in values}
    return {name: known | added[name] for name, known in values.items()}


def offers_rating(action: RuleAction) -> bool:
    return action.field == RATING or any("satisfaction." in text for text in action.values[1:])
