"""Each public comment that can be made on our tickets, and which triggers mail it to the requester."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from parley.zendesk.lint.conditions.certainty import Certainty
from parley.zendesk.lint.conditions.matching import match_condition
from parley.zendesk.lint.conditions.region import Region
from parley.zendesk.lint.facts.business_rules import BusinessRule, Condition, RuleAction
from parley.zendesk.lint.facts.our_tickets import ENDED, Actor, OurTickets, Status, UpdateMoment

REQUESTER: Final = frozenset({"requester_id", "requester_and_ccs", "requester"})
WRITES_TO: Final = frozenset({"notification_user", "notification_sms_user", "deflection"})
"""Actions that write to the person named first; `deflection` is the auto-reply with articles."""


@dataclass(frozen=True, slots=True)
class PublicComment:
    """A public comment of ours or of an agent, on a ticket that is there: the status before it, and with it."""

    actor: Actor
    before: Status
    after: Status

    @property
    def moment(self) -> UpdateMoment:
        return UpdateMoment(self.actor, created=False, comment="public")

    @property
    def region(self) -> Region:
        return Region((self.moment,), (self.after,), before=self.before)


def writes_to_requester(action: RuleAction, moment: UpdateMoment) -> bool:
    """Whether an action writes to the requester at such a moment.

    Zendesk sends no mail to requester and CCs on an internal note:
    https://support.zendesk.com/hc/en-us/articles/4408843347866
    """
    if action.field not in WRITES_TO:
        return False
    if action.value == "requester_and_ccs" and moment.comment == "private":
        return False
    return action.value in REQUESTER or (action.value == "current_user" and moment.actor is Actor.REQUESTER)


def public_comments(tickets: OurTickets, rules: Iterable[BusinessRule]) -> tuple[PublicComment, ...]:
    """Every comment that these rules could tell apart: of statuses that no rule names, each sort stands once."""
    named = {value for rule in rules for one in rule.conditions if _by_id(one) for value in one.values}
    found = tuple(_sorts(tickets.statuses, named))
    kept = tuple(one for one in found if one.category != "closed")
    by_us = (PublicComment(Actor.US, before, after) for before in kept for after in kept if _sets(before, after))
    by_agents = (PublicComment(Actor.AGENT, before, after) for before in kept for after in kept)
    return (*by_us, *by_agents)


def _sets(before: Status, after: Status) -> bool:
    """Whether we comment so: in a status of ours, or without a change; once a case has ended we say nothing."""
    return (after.ours or after == before) and before.category not in ENDED


def _by_id(condition: Condition) -> bool:
    return condition.field == "custom_status_id"


def _sorts(statuses: Iterable[Status], named: set[str]) -> Iterator[Status]:
    seen = set()
    for one in statuses:
        sort = (one.category, one.ours, one.id if one.id in named else "")
        if sort not in seen:
            seen.add(sort)
            yield one


def mails(rule: BusinessRule, comment: PublicComment, tickets: OurTickets) -> Certainty:
    """Whether a trigger mails a comment to the requester; a tag that keeps it off is taken to be absent."""
    if not rule.active or not any(writes_to_requester(one, comment.moment) for one in rule.actions):
        return Certainty.NO
    if comment.actor is Actor.US and comment.after.category not in ENDED and _asks_for_assignment(rule):
        return Certainty.NO
    answer, left = _every(rule.all, comment.region, tickets)
    if answer is Certainty.NO or not rule.any:
        return answer
    either = [_sure(one, left, tickets)[0] for one in rule.any]
    if all(one is Certainty.NO for one in either):
        return Certainty.NO
    return answer if Certainty.YES in either else Certainty.MAYBE


def _asks_for_assignment(rule: BusinessRule) -> bool:
    """Whether it wants an assignee who is new: we give tickets to somebody only where we solve them."""
    return any(one.field == "assignee_id" and one.wants_change for one in rule.all)


def together(rules: Sequence[BusinessRule], comment: PublicComment, tickets: OurTickets) -> bool:
    """Whether these triggers may all fire on the same comment."""
    found = [comment.region]
    for rule in rules:
        left = [part for region in found if (part := _left(rule.all, region, tickets)) is not None]
        if rule.any:
            matches = [match_condition(one, region, tickets) for region in left for one in rule.any]
            left = [region for answer, region in matches if answer is not Certainty.NO]
        found = left
    return bool(found)


def _left(conditions: Iterable[Condition], region: Region, tickets: OurTickets) -> Region | None:
    for condition in conditions:
        answer, region = match_condition(condition, region, tickets)
        if answer is Certainty.NO:
            return None
    return region


def _every(conditions: Iterable[Condition], region: Region, tickets: OurTickets) -> tuple[Certainty, Region]:
    sure = Certainty.YES
    for condition in conditions:
        answer, region = _sure(condition, region, tickets)
        if answer is Certainty.NO:
            return answer, region
        sure = answer if answer is Certainty.MAYBE else sure
    return sure, region


def _sure(condition: Condition, region: Region, tickets: OurTickets) -> tuple[Certainty, Region]:
    answer, left = match_condition(condition, region, tickets)
    excepted = condition.field == "current_tags" and condition.operator == "not_includes"
    return (Certainty.YES if answer is Certainty.MAYBE and excepted else answer), left
