"""Harms of actions that change a ticket: its status, tags, fields, place and sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from parley.lint.harm import Account, Harm, about, by_us, endless
from parley.lint.mending import Mend
from parley.lint.ours import ENDED, RANKS, Field, Ours
from parley.lint.reach import PREFIX, Reach
from parley.lint.region import Region
from parley.lint.rules import Action, Rule

SOON_HOURS: Final = 24
"""An automation that closes what has been solved for less than this leaves no time for a reply."""

HOURS_A_BUSINESS_HOUR: Final = 3
"""A business day of eight hours is a day."""

GONE: Final = frozenset({"deleted", "suspended", "spam"})

HIDING: Final = ("delete", "spam", "suspend", "redact", "private", "restrict", "is_public", "requester_id")
"""Parts of the names of actions that take a ticket out of sight; Zendesk's list of actions grows."""


# Statuses


def status(reach: Reach, action: Action, account: Account) -> Harm | None:
    if action.field not in ("status", "custom_status_id"):
        return None
    target = action.value.lower() if action.field == "status" else account.ours.category(action.value)
    if target in ENDED:
        return _ends(reach, action, target)
    return _overrides(reach, action, target) if target in RANKS else None


def _ends(reach: Reach, action: Action, target: str) -> Harm | None:
    if any(region.live for region in reach.regions):
        why = (
            "A request waits in Pending and On-hold for weeks, and each of its steps is planned. Solved or closed "
            "by a rule, the case ends there and then, and its requester hears nothing more from us."
        )
        return Harm(
            "closes", action, why, Mend.NOT_ON_FORM, about(reach.rule, ("PENDING", "HOLD", "OPEN", "status"))
        )
    if target == "closed" and any(one.category == "solved" for region in reach.regions for one in region.statuses):
        if reach.rule.kind == "automation" and _solved_for(reach.rule) >= SOON_HOURS:
            return None
        why = (
            "A closed ticket can't be opened again. Our last text invites a reply; closed within a day of solving, "
            "that reply begins another ticket instead of bringing the case back."
        )
        return Harm("closes", action, why, Mend.NOT_ON_FORM, about(reach.rule, ("SOLVED", "status")))
    return None


def _solved_for(rule: Rule) -> float:
    """The hours for which a ticket has to have been solved, or untouched, before an automation fires."""
    hours = [
        float(one.values[0]) * (HOURS_A_BUSINESS_HOUR if one.operator.endswith("_business_hours") else 1)
        for one in rule.all
        if one.field in ("SOLVED", "updated_at") and one.operator.startswith(("is", "greater_than"))
        if one.values and one.values[0].replace(".", "", 1).isdigit()
    ]
    return max(hours, default=0.0)


def _overrides(reach: Reach, action: Action, target: str) -> Harm | None:
    """A trigger on our own updates that sets another status than the one which the update itself sets."""
    if reach.rule.kind != "trigger":
        return None
    lost = sorted(
        status.label
        for region in by_us(reach.regions)
        for status in region.statuses
        if status.ours and (status.category != target if action.field == "status" else status.id != action.value)
    )
    if not lost:
        return None
    why = (
        f"Our own update sets a status such as “{lost[0]}”, and this trigger replaces it within that update; our "
        "next one sets it again, and so on. Until then requester and agents read a status that isn't true."
    )
    return Harm(
        "loop", action, why, Mend.NOT_BY_US, about(reach.rule, ("comment_is_public", "role", "update_type"))
    )


# Tags and fields


def tags(reach: Reach, action: Action, account: Account) -> Harm | None:
    ours = account.ours
    if action.field == "set_tags":
        why = (
            "Setting the tags takes off every other one, and with the options' tags go the answers of the form: "
            "party, reason and tier."
        )
        return Harm("strips tags", action, why, Mend.NOT_ON_FORM)
    if action.field == "remove_tags" and (hit := [tag for tag in action.values if ours.relies_on(tag)]):
        why = (
            f"The desk relies on {hit[0]}: taking the tag off undoes what the requester, an agent or the desk said."
        )
        return Harm("strips tags", action, why, Mend.TAKE_TAGS_OUT)
    if action.field != "current_tags":
        return None
    if any(tag in ours.taken_off for tag in action.values) and endless(reach):
        why = (
            "Parley takes this tag off again in an update of its own, after which the rule adds it again: "
            "an update, and what it asks for, without end."
        )
        return Harm("loop", action, why, Mend.NOT_BY_US)
    set_by_tag = [ours.option_fields[tag] for tag in action.values if tag in ours.option_fields]
    return _overwritten(reach, action, ours, set_by_tag)


def field(reach: Reach, action: Action, account: Account) -> Harm | None:
    found = account.ours.fields.get(action.field.removeprefix(PREFIX)) if action.field.startswith(PREFIX) else None
    return _overwritten(reach, action, account.ours, [found] if found else [])


def _overwritten(reach: Reach, action: Action, ours: Ours, fields: Sequence[Field]) -> Harm | None:
    for field in fields:
        if field.filler == "requester" and any(_filled(region, field, ours) for region in reach.regions):
            why = f"“{field.title}” is the requester's own answer, by which the case is judged; a rule replaces it."
            return Harm("strips tags", action, why, Mend.TAKE_OUT)
        if field.filler == "desk" and reach.rule.kind == "trigger" and by_us(reach.regions):
            why = f"Parley sets “{field.title}” in its own updates, and this trigger replaces it within them."
            return Harm("strips tags", action, why, Mend.NOT_BY_US)
    return None


def _filled(region: Region, field: Field, ours: Ours) -> bool:
    known = region.value(f"{PREFIX}{field.id}", ours)
    return known.allowed is None or bool(known.allowed - {""})


# Where a ticket is, and who sees it


def moves(reach: Reach, action: Action, account: Account) -> Harm | None:
    ours, value = account.ours, action.value
    if action.field == "ticket_form_id" and value != ours.form:
        why = "Parley knows its requests by their form: on another one nobody follows the case any more."
        return Harm("moves", action, why, Mend.NOT_ON_FORM)
    if action.field == "brand_id" and ours.brands is not None and value not in ours.brands:
        why = (
            "Our form isn't offered in that brand, so the requester no longer finds the request where it was made."
        )
        return Harm("moves", action, why, Mend.NOT_ON_FORM)
    if action.field == "group_id" and _leaves_group(reach, value, account):
        why = "The people who answer for escalations work in another group: they no longer see the ticket."
        return Harm("moves", action, why, Mend.NOT_ON_FORM)
    if action.field == "assignee_id" and value == "current_user" and by_us(reach.regions):
        why = (
            "It fires on Parley's updates as on an agent's, and gives the ticket to Parley's own user: it counts "
            "as taken, and leaves the views in which agents look for work."
        )
        return Harm("moves", action, why, Mend.NOT_BY_US, about(reach.rule, ("assignee_id", "role", "update_type")))
    return None


def _leaves_group(reach: Reach, group: str, account: Account) -> bool:
    """Whether a ticket of ours ends in another group. Routing on arrival is the account's own business."""
    ours = account.ours
    arrival = all(moment.created for region in reach.regions for moment in region.moments)
    if ours.groups is None:
        unrouted = all(_ungrouped(region, ours) for region in reach.regions)
        return not (arrival or unrouted or group == "current_groups")
    if group in ours.groups or group == "current_groups":
        return False
    ungrouped = all(_ungrouped(region, ours) for region in reach.regions)
    overruled = any(ungrouped or reach.rule.position < routing.position for routing in account.routing)
    return not (arrival and reach.rule.kind == "trigger" and overruled)


def _ungrouped(region: Region, ours: Ours) -> bool:
    return region.value("group_id", ours).allowed == frozenset({""})


def hides(_: Reach, action: Action, __: Account) -> Harm | None:
    hiding = any(part in action.field for part in HIDING) and not action.field.startswith(("notification_", PREFIX))
    if hiding or (action.field == "status" and action.value.lower() in GONE):
        why = "What the requester or the desk no longer sees can be neither answered nor ended."
        return Harm("hides", action, why, Mend.NOT_ON_FORM)
    return None
