"""Every harm that a rule could do to our tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from parley.zendesk.lint.checks.changes import field, hides, moves, tags
from parley.zendesk.lint.checks.harm import Harm, RuleContext
from parley.zendesk.lint.checks.notifications import conversation, mails, notes, webhook
from parley.zendesk.lint.checks.posts import posts
from parley.zendesk.lint.checks.shown_keys import key
from parley.zendesk.lint.checks.status_changes import status
from parley.zendesk.lint.conditions.reachability import ReachableRule
from parley.zendesk.lint.facts.business_rules import RuleAction

_CHECKS: Final[tuple[Callable[[ReachableRule, RuleAction, RuleContext], Harm | None], ...]] = (
    status,
    tags,
    field,
    moves,
    hides,
    key,
    notes,
    mails,
    posts,
    webhook,
    conversation,
)


def harms_of(reached: ReachableRule, context: RuleContext) -> Iterator[Harm]:
    """What the actions of a rule could do, in their order."""
    for action in reached.rule.actions:
        for check in _CHECKS:
            found = check(reached, action, context)
            if found is not None:
                yield found
