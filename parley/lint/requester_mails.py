"""Who mails the requester: exactly one trigger should on our public comments, and none besides it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from parley.lint.meets import surely, together
from parley.lint.ours import OUR_PUBLIC_COMMENT, Actor, Moment, Ours, Status
from parley.lint.reach import Reach
from parley.lint.rules import Action, Rule

REQUESTER: Final = frozenset({"requester_id", "requester_and_ccs", "requester"})
WRITES_TO: Final = frozenset({"notification_user", "notification_sms_user", "deflection"})
"""Actions that write to the person named first; `deflection` is the auto-reply with articles."""


@dataclass(frozen=True, slots=True)
class Mails:
    """`mailers` carry our public comments, no two of them the same one; `unheard` are statuses of ours in which
    a comment may reach nobody. `extra` mail besides on the same comment, `greeting` when a request arrives.
    """

    mailers: tuple[Rule, ...]
    extra: tuple[Rule, ...]
    greeting: tuple[Rule, ...]
    unheard: tuple[Status, ...]


def writes_to_requester(action: Action, moment: Moment) -> bool:
    """Whether an action writes to the requester at such a moment."""
    if action.field not in WRITES_TO:
        return False
    return action.value in REQUESTER or (action.value == "current_user" and moment.actor is Actor.REQUESTER)


def requester_mails(firing: Iterable[Reach], ours: Ours) -> Mails:
    """Pick the triggers that our comments need; the rest of those that could fire on them is too much."""
    triggers = [reach for reach in firing if reach.rule.kind == "trigger"]
    on_comment = [reach.rule for reach in triggers if _mails(reach, on_our_comment)]
    sure = {rule: _surely_heard(rule, ours) for rule in on_comment}
    mailers: list[Rule] = []
    for rule in sorted(on_comment, key=lambda rule: (-len(sure[rule]), not rule.default, rule.position)):
        if not any(together((rule, other), ours, OUR_PUBLIC_COMMENT) for other in mailers):
            mailers.append(rule)
    heard = frozenset[Status]().union(*(sure[rule] for rule in mailers))
    unheard = tuple(one for one in ours.statuses if one.ours and one not in heard)
    return Mails(
        mailers=tuple(mailers),
        extra=tuple(rule for rule in on_comment if rule not in mailers),
        greeting=tuple(reach.rule for reach in triggers if _mails(reach, _on_arrival)),
        unheard=unheard,
    )


def on_our_comment(moment: Moment) -> bool:
    return moment == OUR_PUBLIC_COMMENT


def _on_arrival(moment: Moment) -> bool:
    return moment.created


def _mails(reach: Reach, when: Callable[[Moment], bool]) -> bool:
    return any(
        writes_to_requester(action, moment)
        for region in reach.regions
        for moment in region.moments
        if when(moment)
        for action in reach.rule.actions
    )


def _surely_heard(rule: Rule, ours: Ours) -> frozenset[Status]:
    return frozenset(one for one in ours.statuses if one.ours and surely(rule, ours, OUR_PUBLIC_COMMENT, one))
