"""A harm, and what is asked about a rule to know whether it does one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from parley.lint.mending import Mend
from parley.lint.ours import Actor, Ours
from parley.lint.reach import Reach
from parley.lint.region import Region
from parley.lint.requester_mails import Mails
from parley.lint.rules import Action, Condition, Rule

Kind = Literal["loop", "closes", "mails twice", "strips tags", "moves", "hides"]

HOURS: Final = frozenset(
    {"NEW", "OPEN", "PENDING", "HOLD", "SOLVED", "CLOSED", "assigned_at", "updated_at"}
    | {"requester_updated_at", "assignee_updated_at", "due_date", "until_due_date"}
)
"""Conditions about the time since something happened."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What meets what: the action, why it matters, and how to avoid it. `condition` is the one to look at."""

    kind: Kind
    action: Action
    why: str
    mend: Mend
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Our tickets, who mails the requester, and the triggers that put new tickets of ours into their group."""

    ours: Ours
    mails: Mails
    routing: tuple[Rule, ...]


def by_us(regions: Sequence[Region]) -> list[Region]:
    """Where a trigger runs on updates that we make of tickets that are there."""
    found = (region.at(lambda moment: moment.actor is Actor.US and not moment.created) for region in regions)
    return [region for region in found if region is not None]


def again_and_again(rule: Rule) -> bool:
    """Whether a trigger fires on each update anew: nothing keeps it to one."""
    some = not rule.any or any(not one.wants_change for one in rule.any)
    return some and not rule.fires_once and not any(one.wants_change for one in rule.all)


def endless(reach: Reach) -> bool:
    rule = reach.rule
    if rule.kind == "trigger":
        return bool(by_us(reach.regions)) and again_and_again(rule)
    return hourly(rule)


def hourly(rule: Rule) -> bool:
    """Whether an automation fires every hour once it has: no exact hour, and none of its actions ends it."""
    exact = any(one.operator.startswith("is") and one.field in HOURS for one in rule.all)
    changed = {action.field for action in rule.actions} & {one.field for one in rule.all}
    return not exact and not rule.fires_once and not changed - {"current_tags"}


def about(rule: Rule, fields: Sequence[str]) -> Condition | None:
    """The first condition about one of these, in this order."""
    found = (one for name in fields for one in rule.conditions if one.field == name)
    return next(found, None)
