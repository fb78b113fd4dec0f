"""Every harm that a rule could do to our tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from parley.lint.changes import field, hides, moves, tags
from parley.lint.harm import Account, Harm
from parley.lint.posting import posts
from parley.lint.reach import Reach
from parley.lint.rules import Action
from parley.lint.statuses import status
from parley.lint.telling import conversation, mails, notes, webhook

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
