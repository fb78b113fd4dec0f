"""Which tickets of ours a rule could fire on, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from parley.zendesk.lint.conditions import on_changes, on_moments, on_tickets
from parley.zendesk.lint.conditions.certainty import Certainty, Match
from parley.zendesk.lint.conditions.region import Region, whole
from parley.zendesk.lint.facts.business_rules import PREFIX, BusinessRule, Condition
from parley.zendesk.lint.facts.our_tickets import OurTickets


def regions(rule: BusinessRule, tickets: OurTickets) -> tuple[Region, ...]:
    """The tickets and moments at which a rule may fire: a region for each of its `any`, or a single one."""
    every = _all(rule.all, whole(rule.kind, tickets), tickets)
    if every is None:
        return ()
    matches = [match_condition(one, every, tickets) for one in rule.any] or [(Certainty.YES, every)]
    timed = [one for one in rule.all if one.field in on_tickets.HOURS_IN_STATUS]
    return tuple(
        on_tickets.counting_hours(timed, region) for answer, region in matches if answer is not Certainty.NO
    )


def _all(conditions: Iterable[Condition], region: Region, tickets: OurTickets) -> Region | None:
    for condition in conditions:
        answer, region = match_condition(condition, region, tickets)
        if answer is Certainty.NO:
            return None
    return region


_BY_SUBJECT: Final[dict[str, Callable[[Condition, Region, OurTickets], Match]]] = {
    "update_type": on_moments.kind,
    "comment_is_public": on_moments.comment,
    "comment_includes_word": on_moments.comment_words,
    "ticket_is_public": on_moments.privacy,
    "role": on_moments.role,
    "current_via_id": on_moments.update_channel,
    "requester_id": on_tickets.requester,
    "status": on_tickets.status,
    "custom_status_id": on_tickets.custom_status,
    "current_tags": on_tickets.tags,
    **dict.fromkeys(("due_date", "until_due_date"), on_tickets.due),
    **dict.fromkeys(on_tickets.SCALARS - {"requester_id"}, on_tickets.scalar),
}


def match_condition(condition: Condition, region: Region, tickets: OurTickets) -> Match:
    """Hold one condition against a region. What is not understood may be true."""
    part = on_changes.may_change(condition, region, tickets) if _asks_for_change(condition) else region
    if condition.operator in on_changes.NEGATIONS and part is None:
        return Certainty.YES, region
    if condition.wants_change and part is None:
        return Certainty.NO, region
    if not condition.wants_change or part is None:
        return _look(condition, region, tickets)
    answer, left = _look(condition, part, tickets)
    return (Certainty.MAYBE if answer is Certainty.YES and part != region else answer), left


def _asks_for_change(condition: Condition) -> bool:
    return condition.wants_change or condition.operator in on_changes.NEGATIONS


def _look(condition: Condition, region: Region, tickets: OurTickets) -> Match:
    look = _BY_SUBJECT.get(condition.field)
    if look is None and condition.field.startswith(PREFIX):
        look = on_tickets.custom_field
    return look(condition, region, tickets) if look is not None else (Certainty.MAYBE, region)
