"""Harms of actions that change a ticket: its tags, fields, place and sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from parley.zendesk.lint.checks.harm import Harm, RuleContext, about, by_us, endless, everywhere
from parley.zendesk.lint.checks.mending import Mend
from parley.zendesk.lint.conditions.reachability import ReachableRule
from parley.zendesk.lint.conditions.region import Region
from parley.zendesk.lint.facts.business_rules import PREFIX, RuleAction
from parley.zendesk.lint.facts.our_tickets import Actor, Field, OurTickets, UpdateMoment

LISTS: Final = frozenset({"tagger", "multiselect"})

GONE: Final = frozenset({"deleted", "suspended", "spam"})

HIDING: Final = ("delete", "spam", "suspend", "redact", "private", "restrict", "is_public", "requester_id")
"""Parts of the names of actions that take a ticket out of sight; Zendesk's list of actions grows."""


# Tags and fields


def tags(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    tickets = context.tickets
    if action.field == "set_tags":
        why = (
            "Setting the tags takes off every other one, and with the options' tags go the answers of the form: "
            "party, reason and tier."
        )
        return Harm("strips tags", action, why, Mend.NOT_ON_FORM, moments=everywhere(reached))
    if action.field == "remove_tags" and (hit := [tag for tag in action.values if tickets.relies_on(tag)]):
        why = (
            f"The desk relies on {hit[0]}: taking the tag off undoes what the requester, an agent or the desk said."
        )
        return Harm("strips tags", action, why, Mend.TAKE_TAGS_OUT, moments=everywhere(reached))
    if action.field != "current_tags":
        return None
    if any(tag in tickets.taken_off for tag in action.values) and endless(reached):
        why = (
            "Parley takes this tag off again in an update of its own, after which the rule adds it again: "
            "an update, and what it asks for, without end."
        )
        return Harm("loop", action, why, Mend.NOT_BY_US, moments=_ours_of(reached))
    set_by_tag = [(tickets.option_fields[tag], tag) for tag in action.values if tag in tickets.option_fields]
    return _overwritten(reached, action, tickets, set_by_tag)


def field(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    found = (
        context.tickets.fields.get(action.field.removeprefix(PREFIX)) if action.field.startswith(PREFIX) else None
    )
    return _overwritten(reached, action, context.tickets, [(found, action.value)] if found else [])


def _overwritten(
    reached: ReachableRule, action: RuleAction, tickets: OurTickets, written: Sequence[tuple[Field, str]]
) -> Harm | None:
    checks = {"requester": _requesters, "desk": _desks, "agents": _agents}
    for field, value in written:
        found = checks[field.filler](reached, action, tickets, field, value)
        if found is not None:
            return found
    return None


def _requesters(
    reached: ReachableRule, action: RuleAction, tickets: OurTickets, field: Field, _: str
) -> Harm | None:
    filled = [region for region in reached.regions if _filled(region, field, tickets)]
    if not filled:
        return None
    why = f"“{field.title}” is the requester's own answer, by which the case is judged; a rule replaces it."
    return Harm("strips tags", action, why, Mend.TAKE_OUT, moments=everywhere(reached))


def _desks(reached: ReachableRule, action: RuleAction, _: OurTickets, field: Field, __: str) -> Harm | None:
    if reached.rule.kind == "trigger" and by_us(reached):
        why = f"Parley sets “{field.title}” in its own updates, and this trigger replaces it within them."
        return Harm("strips tags", action, why, Mend.NOT_ON_FORM, moments=_ours_of(reached))
    why = (
        f"“{field.title}” is what Parley has set, and what an agent changes to move a case. A rule would move it "
        "without anybody having looked, and whatever the case was waiting for."
    )
    return Harm("speaks for agents", action, why, Mend.NOT_ON_FORM, moments=everywhere(reached))


def _agents(
    reached: ReachableRule, action: RuleAction, tickets: OurTickets, field: Field, value: str
) -> Harm | None:
    """An agent's word is believed. A rule may fill in a text that is empty, and untick what is not ticked."""
    moments = tuple(
        moment
        for region in reached.regions
        for moment in region.moments
        if _says_more(region, moment, field, value, tickets)
    )
    if not moments:
        return None
    why = (
        f"“{field.title}” is an agent's word, and believed: it decides how the case goes on, or whom the desk "
        "writes to. A rule says it in their place, and replaces what they have said."
    )
    return Harm("speaks for agents", action, why, Mend.NOT_ON_FORM, moments=tuple(dict.fromkeys(moments)))


def _says_more(region: Region, moment: UpdateMoment, field: Field, value: str, tickets: OurTickets) -> bool:
    known = region.value(f"{PREFIX}{field.id}", tickets).allowed
    if field.type == "checkbox":
        return known != frozenset({_tick(value)})
    empty = known == frozenset({""}) or (moment.created and moment.actor is Actor.REQUESTER)
    return not (empty and (field.type not in LISTS or not value))


def _tick(value: str) -> str:
    return "true" if value in ("true", "1") else "false"


def _ours_of(reached: ReachableRule) -> tuple[UpdateMoment, ...]:
    """Our own updates among the moments at which it fires; the clock's for an automation."""
    found = tuple(dict.fromkeys(moment for region in by_us(reached) for moment in region.moments))
    return found or everywhere(reached)


def _filled(region: Region, field: Field, tickets: OurTickets) -> bool:
    known = region.value(f"{PREFIX}{field.id}", tickets)
    return known.allowed is None or bool(known.allowed - {""})


# Where a ticket is, and who sees it


def moves(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    tickets, value, when = context.tickets, action.value, everywhere(reached)
    if action.field == "ticket_form_id" and value != tickets.form:
        why = "Parley knows its requests by their form: on another one nobody follows the case any more."
        return Harm("moves", action, why, Mend.NOT_ON_FORM, moments=when)
    if action.field == "brand_id" and tickets.brands is not None and value not in tickets.brands:
        why = (
            "Our form isn't offered in that brand, so the requester no longer finds the request where it was made."
        )
        return Harm("moves", action, why, Mend.NOT_ON_FORM, moments=when)
    if action.field == "group_id" and _leaves_group(reached, value, context):
        why = "The people who answer for escalations work in another group: they no longer see the ticket."
        return Harm("moves", action, why, Mend.NOT_ON_FORM, moments=when)
    if action.field == "assignee_id" and value == "current_user" and by_us(reached):
        why = (
            "It fires on Parley's updates as on an agent's, and gives the ticket to Parley's own user: it counts "
            "as taken, and leaves the views in which agents look for work."
        )
        asked = about(reached.rule, ("assignee_id", "role", "update_type"))
        return Harm("moves", action, why, Mend.NOT_BY_US, asked, _ours_of(reached))
    return None


def _leaves_group(reached: ReachableRule, group: str, context: RuleContext) -> bool:
    """Whether a ticket of ours ends in another group. Routing on arrival is the account's own business."""
    tickets = context.tickets
    arrival = all(moment.created for region in reached.regions for moment in region.moments)
    if tickets.groups is None:
        unrouted = all(_ungrouped(region, tickets) for region in reached.regions)
        return not (arrival or unrouted or group == "current_groups")
    if group in tickets.groups or group == "current_groups":
        return False
    ungrouped = all(_ungrouped(region, tickets) for region in reached.regions)
    overruled = any(ungrouped or reached.rule.position < routing.position for routing in context.routing)
    return not (arrival and reached.rule.kind == "trigger" and overruled)


def _ungrouped(region: Region, tickets: OurTickets) -> bool:
    return region.value("group_id", tickets).allowed == frozenset({""})


def hides(reached: ReachableRule, action: RuleAction, __: RuleContext) -> Harm | None:
    hiding = any(part in action.field for part in HIDING) and not action.field.startswith(("notification_", PREFIX))
    if hiding or (action.field == "status" and action.value.lower() in GONE):
        why = "What the requester or the desk no longer sees can be neither answered nor ended."
        return Harm("hides", action, why, Mend.NOT_ON_FORM, moments=everywhere(reached))
    return None
