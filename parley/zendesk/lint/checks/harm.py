"""A harm, and the questions about a rule that tell whether it does harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from parley.zendesk.lint.checks.mending import Mend
from parley.zendesk.lint.checks.requester_mails import Mails
from parley.zendesk.lint.conditions.reachability import ReachableRule
from parley.zendesk.lint.conditions.region import Region
from parley.zendesk.lint.facts.business_rules import HOURS, BusinessRule, Condition, RuleAction, RuleKind
from parley.zendesk.lint.facts.our_tickets import ENDED, HOURLY, Actor, OurTickets, UpdateMoment

HarmKind = Literal[
    "loop",
    "closes",
    "wrong status",
    "mails twice",
    "tells notes",
    "tells a key",
    "posts",
    "strips tags",
    "speaks for agents",
    "moves",
    "hides",
]

When = Literal["new request", "our update", "agent's update", "requester's update", "hour"]
"""At what a rule fires: its requester's update stands for that of any end user."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What meets what: the action, why it matters, and how to avoid it. `condition` is the condition to look at.

    `moments` are those at which it does the harm.
    """

    kind: HarmKind
    action: RuleAction
    why: str
    mend: Mend
    condition: Condition | None = None
    moments: tuple[UpdateMoment, ...] = ()

    def when(self, kind: RuleKind) -> tuple[When, ...]:
        """At what a rule of this kind does the harm, in the order of a ticket's life.

        What the system does by itself is told of a trigger only where it fires on nothing else.
        """
        people = [one for one in self.moments if kind == "automation" or one.actor is not Actor.SYSTEM]
        return tuple(dict.fromkeys(sorted(map(_when, people or self.moments), key=_ORDER.index)))


_ORDER: Final[tuple[When, ...]] = ("new request", "our update", "agent's update", "requester's update", "hour")


def _when(moment: UpdateMoment) -> When:
    if moment == HOURLY:
        return "hour"
    if moment.created:
        return "new request"
    if moment.actor is Actor.US:
        return "our update"
    return "agent's update" if moment.actor in (Actor.AGENT, Actor.SYSTEM) else "requester's update"


@dataclass(frozen=True, slots=True)
class RuleContext:
    """Our tickets, who mails the requester, and the triggers that put new tickets of ours into their group."""

    tickets: OurTickets
    mails: Mails
    routing: tuple[BusinessRule, ...]


def by_us(reached: ReachableRule) -> list[Region]:
    """Where a trigger runs on updates that we make of tickets that are there; we assign only what we solve."""
    found = [
        region.at(lambda moment: moment.actor is Actor.US and not moment.created) for region in reached.regions
    ]
    if any(one.field == "assignee_id" and one.wants_change for one in reached.rule.all):
        found = [region and region.within(lambda status: status.category in ENDED) for region in found]
    return [region for region in found if region is not None]


def everywhere(reached: ReachableRule) -> tuple[UpdateMoment, ...]:
    """Each moment at which a rule may fire."""
    return tuple(dict.fromkeys(moment for region in reached.regions for moment in region.moments))


def again_and_again(rule: BusinessRule) -> bool:
    """Whether a trigger fires on each update anew: nothing keeps it to one."""
    some = not rule.any or any(not one.wants_change for one in rule.any)
    return some and not rule.fires_once and not any(one.wants_change for one in rule.all)


def endless(reached: ReachableRule) -> bool:
    rule = reached.rule
    if rule.kind == "trigger":
        return bool(by_us(reached)) and again_and_again(rule)
    return hourly(rule)


def hourly(rule: BusinessRule) -> bool:
    """Whether an automation fires every hour once it has: no exact hour, and none of its actions ends it."""
    exact = any(one.operator.startswith("is") and one.field in HOURS for one in rule.all)
    changed = {action.field for action in rule.actions} & {one.field for one in rule.all}
    return not exact and not rule.fires_once and not changed - {"current_tags"}


def about(rule: BusinessRule, fields: Sequence[str]) -> Condition | None:
    """The first condition about one of these, in this order."""
    found = (one for name in fields for one in rule.conditions if one.field == name)
    return next(found, None)
