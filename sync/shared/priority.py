"""Which effects go first where calls are few."""

from __future__ import annotations

from typing import Final

from escalation.model.effect_kinds import EFFECT_KINDS
from escalation.model.effects import Effect
from escalation.model.messages import MessageOrigin, inbox_kind

FIRST: Final = 0
"""What somebody waits for: messages, mails, updates of tickets."""
USUAL: Final = 1
"""Looks at cases that something asked for: a webhook, a deadline."""
INTAKE: Final = 2
"""What a request that is no case yet begins with. Anybody may send any number of those."""
SWEEP: Final = 3
"""Looks at what webhooks may have missed."""
LEVELS: Final = (FIRST, USUAL, INTAKE, SWEEP)


def priority_of(effect: Effect, cause: str, case_id: str | None) -> int:
    """The priority of an effect of a case, or of none yet, that an inbox row of the kind `cause` brings; the lowest
    goes first."""
    kind = EFFECT_KINDS[effect.type]
    if kind.reads and inbox_kind(cause).origin is MessageOrigin.SWEEP:
        return SWEEP
    if case_id is None and kind.begins:
        return INTAKE
    return USUAL if kind.reads else FIRST


def leaves_room(priority: int) -> bool:
    """Whether it leaves the half of what may be called at once to those who wait for an answer."""
    return priority >= INTAKE
