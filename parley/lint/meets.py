"""Which tickets of ours a rule could fire on, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from parley.lint import on_moments, on_tickets
from parley.lint.answers import Answer, Met
from parley.lint.ours import Moment, Ours, Status
from parley.lint.region import Region, whole
from parley.lint.rules import Condition, Rule


def regions(rule: Rule, ours: Ours) -> tuple[Region, ...]:
    """The tickets and moments at which a rule may fire: one region for each of its `any`, or one. None: never."""
    every = _all(rule.all, whole(rule.kind, ours), ours)
    if every is None:
        return ()
    met = [meet(one, every, ours) for one in rule.any] or [(Answer.YES, every)]
    timed = [one for one in rule.all if one.field in on_tickets.HOURS_IN_STATUS]
    return tuple(on_tickets.counting_hours(timed, region) for answer, region in met if answer is not Answer.NO)


def surely(rule: Rule, ours: Ours, moment: Moment, status: Status) -> bool:
    """Whether it fires at every such moment of an update that sets this status, but for tags that keep it off."""
    start = Region((moment,), (status,))
    every = all(_is_sure(one, start, ours) for one in rule.all)
    return every and (not rule.any or any(_is_sure(one, start, ours) for one in rule.any))


def _is_sure(condition: Condition, region: Region, ours: Ours) -> bool:
    answer, _ = meet(condition, region, ours)
    excepted = condition.field == "current_tags" and condition.operator == "not_includes"
    set_now = condition.field in ("status", "custom_status_id") and condition.operator in ("value", "changed_to")
    return answer is Answer.YES or (answer is Answer.MAYBE and (excepted or set_now))


def together(rules: Iterable[Rule], ours: Ours, moment: Moment) -> bool:
    """Whether these triggers may all fire at one such moment."""
    left = whole("trigger", ours).at(lambda one: one == moment)
    found = [left] if left else []
    for rule in rules:
        every = [part for part in (_all(rule.all, region, ours) for region in found) if part is not None]
        if rule.any:
            met = [meet(one, region, ours) for region in every for one in rule.any]
            every = [region for answer, region in met if answer is not Answer.NO]
        found = every
    return bool(found)


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
    **dict.fromkeys(on_tickets.SCALARS - {"requester_id"}, on_tickets.scalar),
}


def meet(condition: Condition, region: Region, ours: Ours) -> Met:
    """Hold one condition against a region. What is not understood may be true."""
    look = _BY_SUBJECT.get(condition.field)
    if look is None and condition.field.startswith("custom_fields_"):
        look = on_tickets.custom_field
    return look(condition, region, ours) if look is not None else (Answer.MAYBE, region)
