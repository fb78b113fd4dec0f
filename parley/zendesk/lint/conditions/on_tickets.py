"""Conditions about the ticket: its status, tags, fields and other values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Final

from parley.zendesk.lint.conditions import on_changes
from parley.zendesk.lint.conditions.certainty import Certainty, Match, decided, maybe
from parley.zendesk.lint.conditions.on_moments import requester_is_current
from parley.zendesk.lint.conditions.region import PossibleValues, Region
from parley.zendesk.lint.facts.business_rules import Condition
from parley.zendesk.lint.facts.our_tickets import RANKS, OurTickets, Status

SCALARS: Final = frozenset(
    {"ticket_form_id", "brand_id", "group_id", "assignee_id", "requester_id", "organization_id", "via_id"}
    | {"priority", "type", "locale_id", "schedule_id", "recipient", "satisfaction_score"}
)
SPECIAL: Final = frozenset({"current_user", "requester_id", "assignee_id", "current_groups"})
"""Values that stand for whoever it is at that moment."""


PRIORITIES: Final = ("", "low", "normal", "high", "urgent")

HOURS_IN_STATUS: Final = {"OPEN": "open", "PENDING": "pending", "HOLD": "hold", "SOLVED": "solved"}
"""Hours since the ticket came into a status category; NEW is hours since it was made."""


def status(condition: Condition, region: Region, _: OurTickets) -> Match:
    fits = _by_category(condition)
    if region.before is not None and _of_change(condition):
        return on_changes.of_status(condition, region, region.before, fits, by_id=False)
    return _statuses(condition, region, fits, lambda one: not fits(one))


def custom_status(condition: Condition, region: Region, _: OurTickets) -> Match:
    """A status without an id may be any of its category's."""
    wanted = condition.values

    def fits(one: Status) -> bool:
        return not one.id or one.id in wanted

    if region.before is not None and _of_change(condition) and all(one.id for one in region.statuses):
        return on_changes.of_status(condition, region, region.before, fits, by_id=True)
    return _statuses(condition, region, fits, lambda one: not one.id or one.id not in wanted)


def _of_change(condition: Condition) -> bool:
    return condition.wants_change or condition.operator in on_changes.NEGATIONS


def _by_category(condition: Condition) -> Callable[[Status], bool]:
    wanted = [value.lower() for value in condition.values]
    if condition.operator in ("less_than", "greater_than") and wanted and wanted[0] in RANKS:
        limit, sign = RANKS.index(wanted[0]), -1 if condition.operator == "less_than" else 1
        return lambda one: (RANKS.index(one.category) - limit) * sign > 0
    return lambda one: one.category in wanted


def _statuses(
    condition: Condition, region: Region, fits: Callable[[Status], bool], unfit: Callable[[Status], bool]
) -> Match:
    operator = condition.operator
    if operator in ("is", "includes", "less_than", "greater_than"):
        return decided(region, region.within(fits))
    if operator in ("is_not", "not_includes"):
        return decided(region, region.within(unfit))
    if operator in ("value", "changed_to"):
        return maybe(region, region.within(fits))
    return Certainty.MAYBE, region


def tags(condition: Condition, region: Region, tickets: OurTickets) -> Match:
    tags = frozenset(tag for value in condition.values for tag in value.lower().split())
    if condition.operator == "includes":
        found = frozenset(tag for tag in tags - region.lacks if tickets.may_wear(tag))
        return maybe(region, _wearing(region, found) if found else None)
    if condition.operator == "not_includes":
        if not any(tickets.may_wear(tag) for tag in tags):
            return Certainty.YES, region
        lacks = region.lacks | tags
        torn = any(one <= lacks for one in region.wears)
        return maybe(region, None if torn else _lacking(region, lacks))
    return Certainty.MAYBE, region


def _wearing(region: Region, tags: frozenset[str]) -> Region:
    return replace(region, wears=(*region.wears, tags))


def _lacking(region: Region, tags: frozenset[str]) -> Region:
    return replace(region, lacks=tags)


def scalar(condition: Condition, region: Region, tickets: OurTickets) -> Match:
    if SPECIAL & set(condition.values):
        return Certainty.MAYBE, region
    return valued(condition, condition.values, region, tickets)


def custom_field(condition: Condition, region: Region, tickets: OurTickets) -> Match:
    field_id = condition.field.removeprefix("custom_fields_")
    field = tickets.fields.get(field_id)
    if field is not None and field.type == "checkbox":
        ticks = tuple("true" if value in ("true", "1") else "false" for value in condition.values)
        return valued(condition, ticks, region, tickets)
    if field is not None and field.type == "multiselect":
        return _options(condition, field.options, region)
    if field_id in tickets.blank_fields:
        return _blank(condition, region)
    listed = field is not None and field.type == "tagger"
    if listed or condition.operator in ("is", "is_not", "present", "not_present"):
        return valued(condition, condition.values, region, tickets)
    return Certainty.MAYBE, region


def _options(condition: Condition, options: Collection[str], region: Region) -> Match:
    """A field with several options, of which nothing is kept."""
    none = not set(condition.values) & set(options)
    if none and condition.operator in ("includes", "not_includes"):
        return (Certainty.NO if condition.operator == "includes" else Certainty.YES), region
    return Certainty.MAYBE, region


_BLANK_MATCHES: Final = {
    "not_present": True,
    "not_changed": True,
    **dict.fromkeys(("present", "changed", "less_than", "less_than_equal", "greater_than"), False),
    **dict.fromkeys(("greater_than_equal", "within_previous_n_days", "within_next_n_days"), False),
    **dict.fromkeys(("includes_words", "includes_string"), False),
    **dict.fromkeys(("not_includes_words", "not_includes_string"), True),
}
"""Nothing lies before or after a date, and nothing holds no word.

https://developer.zendesk.com/documentation/ticketing/reference-guides/conditions-reference/
"""


def _blank(condition: Condition, region: Region) -> Match:
    """A field that our form does not have: it is empty, a box in it is not ticked, and neither changes."""
    operator, nothing = condition.operator, any(value in ("", "false", "0") for value in condition.values)
    matches = _BLANK_MATCHES.get(operator)
    if matches is None and operator in ("is", "includes"):
        matches = nothing
    elif matches is None and operator in ("is_not", "not_includes"):
        matches = not nothing
    elif matches is None and operator in ("value", "value_previous", "not_value", "not_value_previous"):
        matches = operator.startswith("not_")
    if matches is None:
        return Certainty.MAYBE, region
    return (Certainty.YES if matches else Certainty.NO), region


def valued(condition: Condition, values: tuple[str, ...], region: Region, tickets: OurTickets) -> Match:
    """A value, kept so that two conditions about it can be held against each other."""
    name, operator = condition.field, condition.operator
    known = region.value(name, tickets)
    if operator in ("is", "includes"):
        left = known.only(values)
        sure = known.allowed is not None and known.allowed <= set(values)
        return (Certainty.YES, region) if sure else maybe(region, region.holding(name, left))
    if operator in ("is_not", "not_includes"):
        left = known.without(values)
        sure = known.allowed is not None and not known.allowed & set(values)
        return (Certainty.YES, region) if sure else maybe(region, region.holding(name, left))
    if operator in ("less_than", "greater_than") and name == "priority":
        return _ranked(condition, known, region)
    if operator in ("value", "changed_to"):
        return maybe(region, region.holding(name, known.only(values)))
    if operator in ("value_previous", "changed_from") and known.only(values) is None:
        return Certainty.NO, region
    if operator in ("changed", "not_changed") and known.allowed == frozenset({""}):
        return (Certainty.NO if operator == "changed" else Certainty.YES), region
    if operator == "present":
        return maybe(region, region.holding(name, known.without(("",))))
    if operator == "not_present":
        return maybe(region, region.holding(name, known.only(("",))))
    return Certainty.MAYBE, region


def _ranked(condition: Condition, known: PossibleValues, region: Region) -> Match:
    """Priorities have an order; a priority that is not set comes before all."""
    if known.allowed is None or not set(condition.values) <= set(PRIORITIES):
        return Certainty.MAYBE, region
    limit, sign = PRIORITIES.index(condition.values[0]), -1 if condition.operator == "less_than" else 1
    left = {one for one in known.allowed if one in PRIORITIES and (PRIORITIES.index(one) - limit) * sign > 0}
    return decided(region, region.holding("priority", known.only(left)))


def due(_: Condition, region: Region, tickets: OurTickets) -> Match:
    """Only tasks have a date that they are due on."""
    types = region.value("type", tickets).allowed
    return (Certainty.NO if types is not None and "task" not in types else Certainty.MAYBE), region


def requester(condition: Condition, region: Region, tickets: OurTickets) -> Match:
    """Either a certain person, or whoever makes the update."""
    matches = requester_is_current(condition, region)
    return scalar(condition, region, tickets) if matches is None else matches


def counting_hours(conditions: Iterable[Condition], region: Region) -> Region:
    """Hours in a status count while a ticket is in it; where that leaves nothing, they may count otherwise."""
    for wanted in {HOURS_IN_STATUS[condition.field] for condition in conditions}:
        left = [one for one in region.statuses if one.category == wanted]
        region = replace(region, statuses=tuple(left)) if left else region
    return region
