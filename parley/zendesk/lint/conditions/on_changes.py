"""Conditions about a change in this very update: who may make it, and from which status into which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from parley.zendesk.lint.conditions.certainty import Certainty, Match
from parley.zendesk.lint.conditions.region import Region
from parley.zendesk.lint.facts.business_rules import PREFIX, Condition
from parley.zendesk.lint.facts.our_tickets import Actor, OurTickets, Status, UpdateMoment

NEGATIONS: Final = {"not_changed": "changed", "not_value": "value", "not_value_previous": "value_previous"}
TO_VALUE: Final = frozenset({"value", "changed_to", "not_value"})

BY_AGENTS: Final = frozenset(
    {"priority", "type", "requester_id", "organization_id", "brand_id", "locale_id", "ticket_form_id"}
    | {"recipient", "schedule_id"}
)
"""What neither we nor end users change of a ticket that is there."""

BY_STAFF: Final = frozenset({"assignee_id", "group_id"})


def may_change(condition: Condition, region: Region, tickets: OurTickets) -> Region | None:
    """The part in which somebody may make such a change; a new ticket counts as changed in all that it has.

    A rule may make the change within anybody's update, so what rules are known to write is not looked at.

    https://support.zendesk.com/hc/en-us/articles/4408893545882
    """
    name = condition.field
    by_rules = tickets.written.get(name, frozenset())
    if by_rules and (condition.operator not in TO_VALUE or by_rules & set(condition.values)):
        return region
    if name == "satisfaction_score":
        return region.at(_rates)
    if name in BY_AGENTS or (name.startswith(PREFIX) and name.removeprefix(PREFIX) not in tickets.fields):
        return region.at(lambda moment: moment.created or moment.actor in (Actor.AGENT, Actor.SYSTEM))
    if name in BY_STAFF or name.startswith(PREFIX):
        return region.at(lambda moment: moment.created or moment.actor not in (Actor.REQUESTER, Actor.OTHER))
    return region


def _rates(moment: UpdateMoment) -> bool:
    """A rating is an update of its requester's without a comment; it is offered by a rule."""
    by_them = moment.actor is Actor.REQUESTER and moment.comment == "none"
    return not moment.created and (by_them or moment.actor is Actor.SYSTEM)


def of_status(
    condition: Condition, region: Region, before: Status, fits: Callable[[Status], bool], by_id: bool
) -> Match:
    """Whether a status changed as asked, in one update from `before` into the region's only status.

    By id, a status may stand for several that no rule names: whether it changed is then not known.
    """
    (after,) = region.statuses
    changed = before.id != after.id if by_id else before.category != after.category
    unsure = by_id and not changed and not fits(after)
    asked = NEGATIONS.get(condition.operator, condition.operator)
    holds = {
        "changed": changed,
        "value": changed and fits(after),
        "changed_to": changed and fits(after),
        "value_previous": changed and fits(before),
        "changed_from": changed and fits(before),
    }.get(asked)
    if holds is None or (asked == "changed" and unsure):
        return Certainty.MAYBE, region
    matches = holds is (asked == condition.operator)
    return (Certainty.YES if matches else Certainty.NO), region
