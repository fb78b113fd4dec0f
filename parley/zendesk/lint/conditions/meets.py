"""Which tickets of ours a rule could fire on, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from parley.zendesk.lint.conditions import on_changes, on_moments, on_tickets
from parley.zendesk.lint.conditions.answers import Answer, Met
from parley.zendesk.lint.conditions.region import Region, whole
from parley.zendesk.lint.facts.ours import Ours
from parley.zendesk.lint.facts.rules import PREFIX, Condition, Rule


def regions(rule: Rule, ours: Ours) -> tuple[Region, ...]:
    """The tickets and moments at which a rule may fire: one region for each of its `any`, or one. None: never."""
    every = _all(rule.all, whole(rule.kind, ours), ours)
    if every is None:
        return ()
    met = [meet(one, every, ours) for one in rule.any] or [(Answer.YES, every)]
    timed = [one for one in rule.all if one.field in on_tickets.HOURS_IN_STATUS]
    return tuple(on_tickets.counting_hours(timed, region) for answer, region in met if answer is not Answer.NO)


def _all(conditions: Iterable[Condition], region: Region, ours: Ours) -> Region | None:
    for condition in conditions:
        answer, region = meet(condition, region, ours)
        if answer is Answer.NO:
            return None
    return region


_BY_SUBJECT: Final[dict[str, Callable[[Condition, Region, Ours], Met]]] = {
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


def meet(condition: Condition, region: Region, ours: Ours) -> Met:
    """Hold one condition against a region. What is not understood may be true."""
    part = on_changes.may_change(condition, region, ours) if _asks_for_change(condition) else region
    if condition.operator in on_changes.NEGATIONS and part is None:
        return Answer.YES, region
    if condition.wants_change and part is None:
        return Answer.NO, region
    if not condition.wants_change or part is None:
        return _look(condition, region, ours)
    answer, left = _look(condition, part, ours)
    return (Answer.MAYBE if answer is Answer.YES and part != region else answer), left


def _asks_for_change(condition: Condition) -> bool:
    return condition.wants_change or condition.operator in on_changes.NEGATIONS


def _look(condition: Condition, region: Region, ours: Ours) -> Met:
    look = _BY_SUBJECT.get(condition.field)
    if look is None and condition.field.startswith(PREFIX):
        look = on_tickets.custom_field
    return look(condition, region, ours) if look is not None else (Answer.MAYBE, region)
