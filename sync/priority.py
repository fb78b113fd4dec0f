"""Which effects go first where calls are few."""

from __future__ import annotations

from typing import Final

from escalation.effects import Effect, Look

FIRST: Final = 0
"""What somebody waits for: messages, mails, updates of tickets."""
USUAL: Final = 1
"""Looks that something asked for: a request, a webhook, a deadline."""
SWEEP: Final = 2
"""Looks at what webhooks may have missed."""


def priority_of(effect: Effect, cause: str) -> int:
    """The priority of an effect that an inbox row of the kind `cause` brings; the lowest goes first."""
    if not isinstance(effect, Look):
        return FIRST
    return SWEEP if cause.startswith("reconcile.") else USUAL
