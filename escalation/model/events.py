"""What can happen to a case: the only values that move it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from escalation.model.audience import NOTHING, Public
from escalation.model.effects import UpdateTicket
from escalation.model.values import Timer
from escalation.model.views import (
    AssignmentEvent,
    AssignmentSeen,
    Conversation,
    CrossedCase,
    MergeTarget,
    Rival,
    TicketView,
    Update,
)


@dataclass(frozen=True, slots=True)
class Hint:
    """Somebody says: look. `about` is `ticket`, `conversations` or `assignment`; what it claims is not believed."""

    about: Literal["ticket", "conversations", "assignment"] = "ticket"
    merged_into: str | None = None
    type: Literal["hint"] = "hint"


@dataclass(frozen=True, slots=True)
class Observed:
    """What one look brought back. A part that was not looked at is None.

    `updates` are the ticket's audits that the case had not seen, oldest first, our own included.
    `candidates` are the numbers of a reply that were tried as assignment ids. `posted` are the texts that other
    cases of this desk posted under the references that stand on the assignment. `written_to` says until when
    correspondents are left alone who were written to lately; it is there where a tier's end turns on it.
    """

    ticket: TicketView | None = None
    gone: bool = False
    updates: tuple[Update, ...] = ()
    conversations: tuple[Conversation, ...] | None = None
    assignment: AssignmentSeen | None = None
    candidates: tuple[AssignmentSeen, ...] = ()
    moments: tuple[AssignmentEvent, ...] = ()
    rival: Rival | None = None
    crossed: CrossedCase | None = None
    merge_target: MergeTarget | None = None
    posted: Mapping[str, str] = field(default_factory=dict)
    written_to: Mapping[str, datetime] = field(default_factory=dict)
    type: Literal["observed"] = "observed"


@dataclass(frozen=True, slots=True)
class TimerDue:
    timer: Timer
    generation: int
    type: Literal["timer"] = "timer"


@dataclass(frozen=True, slots=True)
class Done:
    """An effect is proved done. `at` is the vendor's moment of it; `result` holds `text` of a comment sent,
    `audit_id`, `updated_at`, `conversation_id` or `ticket_id`, as the effect has them, and in `withheld` the title
    of a macro whose words were not said, because its comment is internal. Of a letter about several cases it has
    `beside`, what the others are named by, a line each; and `tickets`, those of the others, or else `told_in` and
    `told_on`, the letter that left and its ticket."""

    effect_id: str
    at: datetime
    result: Mapping[str, str] = field(default_factory=dict)
    type: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Refused:
    """An effect will never be done as asked. `code`: `closed`, `gone`, `invisible`, `invalid`, `forbidden`,
    `suspended`, `missing`, `required`. `owed` is the public text that the requester did not get. `lacking` are the
    titles of fields that Zendesk asks for first; `update` is what was refused where its words may be taken without
    its changes."""

    effect_id: str
    code: str
    reason: str
    owed: Public = NOTHING
    lacking: tuple[str, ...] = ()
    update: UpdateTicket | None = None
    type: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Unsent:
    """For days an effect could not be sent; it surely was not. It is a dead letter now, which a person may replay.

    `kind` is the effect's type and `text` the words that nobody got, public or not; `shows`: it would have set the
    ticket's status or fields.
    """

    effect_id: str
    reason: str
    kind: str
    text: str = ""
    shows: bool = False
    type: Literal["unsent"] = "unsent"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Reading could not tell whether a message was posted; a person has it now, with both texts.
    `waiting` is true while it only could not be read for too long and is still being tried."""

    effect_id: str
    reason: str
    found: str = ""
    waiting: bool = False
    type: Literal["unsettled"] = "unsettled"


@dataclass(frozen=True, slots=True)
class LookAsked:
    """The requester asks for a look from their page, since something is `settled` or they have `written` on the
    assignment. They say so; it is not believed."""

    about: Literal["settled", "written"]
    type: Literal["look_asked"] = "look_asked"


@dataclass(frozen=True, slots=True)
class PostAsked:
    """An automation asks for a literal text on the assignment (`assignment.post`)."""

    text: str
    type: Literal["post_asked"] = "post_asked"


@dataclass(frozen=True, slots=True)
class PauseAsked:
    until: datetime
    reason: str
    actor: str
    type: Literal["pause_asked"] = "pause_asked"


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    actor: str
    reason: str = ""
    type: Literal["resume_asked"] = "resume_asked"


@dataclass(frozen=True, slots=True)
class CloseAsked:
    actor: str
    reason: str = ""
    type: Literal["close_asked"] = "close_asked"


Event = (
    Hint
    | Observed
    | TimerDue
    | Done
    | Refused
    | Unsent
    | Unsettled
    | LookAsked
    | PostAsked
    | PauseAsked
    | ResumeAsked
    | CloseAsked
)
