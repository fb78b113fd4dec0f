"""Who mails the requester: exactly one trigger should on each public comment, and none besides it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from parley.zendesk.lint.checks.comments import PublicComment, mails, public_comments, together, writes_to_requester
from parley.zendesk.lint.conditions.certainty import Certainty
from parley.zendesk.lint.conditions.reachability import ReachableRule
from parley.zendesk.lint.facts.business_rules import BusinessRule
from parley.zendesk.lint.facts.our_tickets import ENDED, Actor, OurTickets, Status

HeardComments = Mapping[PublicComment, Certainty]


@dataclass(frozen=True, slots=True)
class Mails:
    """`mailers` carry our public comments, no two of them the same one; `unheard` are statuses of ours in which
    a comment may reach nobody. `extra` mail besides on the same comment, `greeting` when a request arrives.

    `heard` says for each trigger that mails public comments, agents' ones included, which it does; `sure` by how
    many a comment is surely mailed.
    """

    mailers: tuple[BusinessRule, ...]
    extra: tuple[BusinessRule, ...]
    greeting: tuple[BusinessRule, ...]
    unheard: tuple[Status, ...]
    heard: Mapping[BusinessRule, HeardComments] = field(default_factory=dict, compare=False)
    sure: Mapping[PublicComment, int] = field(default_factory=dict, compare=False)

    def carried(self, comment: PublicComment, but: BusinessRule) -> bool:
        """Whether some trigger, other than this one, surely mails a comment."""
        return self.sure[comment] > (self.heard[but][comment] is Certainty.YES)


def requester_mails(firing: Iterable[ReachableRule], tickets: OurTickets) -> Mails:
    """Pick the triggers that our comments need; the rest of those that could fire on them is too much."""
    triggers = [reached for reached in firing if reached.rule.kind == "trigger"]
    writing = [reached.rule for reached in triggers if _writes(reached, created=False)]
    comments = public_comments(tickets, writing)
    heard = {rule: {one: mails(rule, one, tickets) for one in comments} for rule in writing}
    heard = {rule: by for rule, by in heard.items() if any(one is not Certainty.NO for one in by.values())}
    on_ours = [rule for rule, by in heard.items() if _any_of_ours(by)]
    mailers = _picked(on_ours, heard, tickets)
    return Mails(
        mailers=mailers,
        extra=tuple(rule for rule in on_ours if rule not in mailers),
        greeting=tuple(reached.rule for reached in triggers if _writes(reached, created=True)),
        unheard=tuple(_unheard(mailers, tickets)),
        heard=heard,
        sure=Counter(one for by in heard.values() for one, answer in by.items() if answer is Certainty.YES),
    )


def _picked(
    on_ours: Sequence[BusinessRule], heard: Mapping[BusinessRule, HeardComments], tickets: OurTickets
) -> tuple[BusinessRule, ...]:
    """The most reliable first, and besides it only what never mails a comment that it mails."""
    mailers: list[BusinessRule] = []
    for rule in sorted(on_ours, key=lambda rule: (-_sure_of(heard[rule]), not rule.default, rule.position)):
        if not any(overlapping(rule, other, heard, tickets) for other in mailers):
            mailers.append(rule)
    return tuple(mailers)


def overlapping(
    rule: BusinessRule, other: BusinessRule, heard: Mapping[BusinessRule, HeardComments], tickets: OurTickets
) -> bool:
    """Whether there is a comment of ours that both may mail."""
    both = (one for one, answer in heard[rule].items() if one.actor is Actor.US and answer is not Certainty.NO)
    return any(heard[other][one] is not Certainty.NO and together((rule, other), one, tickets) for one in both)


def _sure_of(heard: HeardComments) -> int:
    return sum(answer is Certainty.YES for answer in heard.values())


def _any_of_ours(heard: HeardComments) -> bool:
    return any(answer is not Certainty.NO for one, answer in heard.items() if one.actor is Actor.US)


def _writes(reached: ReachableRule, *, created: bool) -> bool:
    """Whether it mails the requester of a new request, or on a public comment."""
    return any(
        writes_to_requester(action, moment)
        for region in reached.regions
        if not created or any(one.category not in ENDED for one in region.statuses)
        for moment in region.moments
        if moment.created is created and (created or moment.comment == "public")
        for action in reached.rule.actions
    )


def _unheard(mailers: Sequence[BusinessRule], tickets: OurTickets) -> Iterable[Status]:
    """The statuses of ours in which a comment may be carried by none of these."""
    comments = [one for one in public_comments(tickets, ()) if one.actor is Actor.US]
    for status in tickets.statuses:
        if status.ours:
            ended = status.category in ENDED
            asked = [
                PublicComment(Actor.US, one.before, status)
                for one in comments
                if not (ended and one.before.category in ENDED)
            ]
            if not all(any(mails(rule, one, tickets) is Certainty.YES for rule in mailers) for one in asked):
                yield status
