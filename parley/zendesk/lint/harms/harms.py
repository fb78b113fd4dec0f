"""Every harm that a rule could do to our tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from parley.zendesk.lint.conditions.reach import Reach
from parley.zendesk.lint.facts.rules import Action
from parley.zendesk.lint.harms.changes import field, hides, moves, tags
from parley.zendesk.lint.harms.harm import Account, Harm
from parley.zendesk.lint.harms.posting import posts
from parley.zendesk.lint.harms.statuses import status
from parley.zendesk.lint.harms.telling import conversation, mails, notes, webhook

_LOOKS: Final[tuple[Callable[[Reach, Action, Account], Harm | None], ...]] = (
    status,
    tags,
    field,
    moves,
    hides,
    notes,
    mails,
    posts,
    webhook,
    conversation,
)


def harms(reach: Reach, account: Account) -> Iterator[Harm]:
    """What the actions of a rule could do, in their order."""
    for action in reach.rule.actions:
        for look in _LOOKS:
            found = look(reach, action, account)
            if found is not None:
                yield found
