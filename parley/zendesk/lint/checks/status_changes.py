"""Harms of actions that set a status: what ends a case, and what shows another state than the case has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from parley.zendesk.lint.checks.harm import Harm, RuleContext, about, by_us, everywhere
from parley.zendesk.lint.checks.mending import Mend
from parley.zendesk.lint.conditions.reachability import RATING, ReachableRule
from parley.zendesk.lint.conditions.region import Region
from parley.zendesk.lint.facts.business_rules import BusinessRule, RuleAction
from parley.zendesk.lint.facts.our_tickets import ENDED, RANKS, Actor, Status, UpdateMoment

SOON_HOURS: Final = 24
"""An automation that closes what has been solved for less than this leaves no time for a reply."""

HOURS_A_BUSINESS_HOUR: Final = 3
"""A business day of eight hours is a day."""

HOURS: Final = ("HOLD", "PENDING", "OPEN", "SOLVED")


def status(reached: ReachableRule, action: RuleAction, context: RuleContext) -> Harm | None:
    if action.field not in ("status", "custom_status_id"):
        return None
    target = action.value.lower() if action.field == "status" else context.tickets.category(action.value)
    if target in ENDED:
        return _ends(reached, action, target)
    return _overrides(reached, action, target, context.tickets.statuses) if target in RANKS else None


# What ends


def _ends(reached: ReachableRule, action: RuleAction, target: str) -> Harm | None:
    live = tuple(moment for region in reached.regions if region.live for moment in region.moments)
    if live:
        why = (
            "A request waits in Pending and On-hold for weeks, and each of its steps is planned. Solved or closed "
            "by a rule, the case ends there and then, and its requester hears nothing more from us."
        )
        asked = about(reached.rule, ("PENDING", "HOLD", "OPEN", "status"))
        return Harm("closes", action, why, Mend.NOT_ON_FORM, asked, live)
    if target == "closed" and any(
        one.category == "solved" for region in reached.regions for one in region.statuses
    ):
        if reached.rule.kind == "automation" and _solved_for(reached.rule) >= SOON_HOURS:
            return None
        why = (
            "A closed ticket can't be opened again. Our last text invites a reply; closed within a day of solving, "
            "that reply begins another ticket instead of bringing the case back."
        )
        asked = about(reached.rule, ("SOLVED", "status"))
        return Harm("closes", action, why, Mend.NOT_ON_FORM, asked, everywhere(reached))
    return None


def _solved_for(rule: BusinessRule) -> float:
    """The hours for which a ticket has to have been solved, or untouched, before an automation fires."""
    hours = [
        float(one.values[0]) * (HOURS_A_BUSINESS_HOUR if one.operator.endswith("_business_hours") else 1)
        for one in rule.all
        if one.field in ("SOLVED", "updated_at") and one.operator.startswith(("is", "greater_than"))
        if one.values and one.values[0].replace(".", "", 1).isdigit()
    ]
    return max(hours, default=0.0)


# What shows another state


def _overrides(reached: ReachableRule, action: RuleAction, target: str, statuses: Sequence[Status]) -> Harm | None:
    """A status of ours that is replaced, in our own update, another's or by the clock; or that is set."""
    states = action.field == "custom_status_id" and any(one.ours and one.id == action.value for one in statuses)
    in_ours = [(moment, one) for region in by_us(reached) for moment, one in _replaced(region, action, target)]
    in_others = [
        (moment, one)
        for region in reached.regions
        for moment, one in (_said(region, action) if states else _replaced(region, action, target))
        if (states or _counts(moment, reached.rule)) and not _by_itself(moment, reached.rule, target)
    ]
    lost = in_ours or in_others
    if not lost:
        return None
    label = min(one.label for _, one in lost)
    moments = tuple(dict.fromkeys(moment for moment, _ in (*in_ours, *in_others)))
    asked = about(reached.rule, (*HOURS, "comment_is_public", "role", "update_type"))
    if in_ours:
        why = (
            f"Our own update sets a status such as “{label}”, and this trigger replaces it within that update; our "
            "next one sets it again, and so on. Until then requester and agents read a status that isn't true."
        )
        return Harm("loop", action, why, Mend.NOT_ON_FORM, asked, moments)
    why = (
        f"Where a case is shows in its status, such as “{label}”, and only the desk or an agent is to change it. "
        "Replaced by a rule, requester and agents read a status that isn't true, and views miss the ticket."
    )
    return Harm("wrong status", action, why, Mend.NOT_ON_FORM, asked, moments)


def _said(region: Region, action: RuleAction) -> Iterator[tuple[UpdateMoment, Status]]:
    """Where a rule sets a state of the desk's: that moves a case, or takes one up, as an agent's word does."""
    others = [one for one in region.moments if one.actor is not Actor.US]
    yield from ((moment, one) for one in region.statuses if one.id != action.value for moment in others)


def _counts(moment: UpdateMoment, rule: BusinessRule) -> bool:
    """Whether it is another's update, or the clock's; what Zendesk does by itself has no status of ours to lose."""
    others = moment.actor not in (Actor.US, Actor.SYSTEM) and not moment.created
    return rule.kind == "automation" or others


def _replaced(region: Region, action: RuleAction, target: str) -> Iterator[tuple[UpdateMoment, Status]]:
    for one in region.statuses:
        differs = one.category != target if action.field == "status" else one.id != action.value
        if one.ours and differs:
            yield from ((moment, one) for moment in region.moments)


def _by_itself(moment: UpdateMoment, rule: BusinessRule, target: str) -> bool:
    """Whether Zendesk does the same: a reply of the requester, or of a copied person, opens the ticket.

    Without a comment a requester says that it is solved, or how it was: only a rule that asks for that is meant
    for it.
    """
    if moment.actor not in (Actor.REQUESTER, Actor.OTHER):
        return False
    if moment.comment == "none":
        return not any(one.wants_change and one.field in ("status", RATING) for one in rule.conditions)
    return target == "open"
