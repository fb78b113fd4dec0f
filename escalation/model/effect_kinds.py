"""The table of the kinds of effects: all that is known of a kind but how it is sent (`sync.outbox.senders`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from escalation.model.effects import (
    CopyFile,
    CreateTicket,
    Effect,
    Look,
    PostFile,
    PostMessage,
    StartConversation,
    UpdateTicket,
)


@dataclass(frozen=True, slots=True)
class EffectKind:
    """A kind of effect; agents' notes call it as `called` says.

    Those of one `lane` for one `by`, a field of the effect, leave one after the other. `zendesk` and `workmarket`
    are the calls that it mostly takes, `updates` those of them that Zendesk limits as updates of tickets. `reads`:
    it changes nothing, so that it may be made any number of times. `begins`: a request that is no case yet begins
    with it. `ends_with_case`: an ended case does not send it any more, even where an attempt was made.
    `goes_with_ticket`: once its ticket is gone it can't be any more. `waits_unread`: while nobody can read whether
    it arrived it goes on waiting, and a person is told; all else is given up.
    """

    effect: type[Effect]
    called: str
    lane: str
    by: str
    zendesk: int = 0
    updates: int = 0
    workmarket: int = 0
    reads: bool = False
    begins: bool = False
    ends_with_case: bool = False
    goes_with_ticket: bool = False
    waits_unread: bool = False

    @property
    def name(self) -> str:
        """The effect's own `type`, by which the outbox knows it."""
        return str(self.effect.__dataclass_fields__["type"].default)


_ROWS: Final = (
    EffectKind(
        Look, "a look at this ticket", "look:ticket", "ticket_id", zendesk=2, workmarket=1, reads=True, begins=True
    ),
    EffectKind(
        UpdateTicket, "an update of this ticket", "ticket", "ticket_id", zendesk=1, updates=1, goes_with_ticket=True
    ),
    EffectKind(
        StartConversation, "an e-mail to the other side", "conversation", "correspondent", zendesk=1,
        ends_with_case=True, goes_with_ticket=True,
    ),
    EffectKind(CreateTicket, "a follow-up of this ticket", "request", "id", zendesk=1, begins=True),
    EffectKind(
        PostMessage, "a message on the assignment", "assignment", "assignment_id", workmarket=1,
        ends_with_case=True, waits_unread=True,
    ),
    # A file waits for scans and takes its time: it holds up no update, and no message.
    EffectKind(
        CopyFile, "a file of the assignment", "file:ticket", "ticket_id", zendesk=2, updates=1, workmarket=1,
        goes_with_ticket=True,
    ),
    EffectKind(
        PostFile, "a file for the assignment", "file:case", "case_id", zendesk=1, workmarket=1,
        ends_with_case=True, waits_unread=True,
    ),
)  # fmt: skip
EFFECT_KINDS: Final[Mapping[str, EffectKind]] = {kind.name: kind for kind in _ROWS}
(UPDATE,) = (kind.name for kind in _ROWS if kind.effect is UpdateTicket)
(LOOK,) = (kind.name for kind in _ROWS if kind.reads)
"""The one kind that only reads."""
ENDS_WITH_CASE: Final = tuple(kind.name for kind in _ROWS if kind.ends_with_case)
