"""What comes into the inbox: the table of its kinds of rows, and the type of what a row of each kind says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Literal

from escalation.model.events import Done, Observed, Refused, Unsent, Unsettled
from escalation.model.values import KindOfOutcome, Party, Reason

EffectOutcome = Done | Refused | Unsent | Unsettled


@dataclass(frozen=True, slots=True)
class TicketHint:
    """Something may have changed on a ticket; `target_ticket_id`: what it was merged into, where that is said."""

    ticket_id: str
    target_ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationsHint:
    """Something may have changed in the side conversations of a ticket."""

    ticket_id: str


@dataclass(frozen=True, slots=True)
class AssignmentHint:
    """Something may have changed on an assignment; `company` says so, where there are several."""

    assignment_id: str
    company: str = ""


@dataclass(frozen=True, slots=True)
class WorkMarketHint:
    """A webhook of WorkMarket: `event` is its own name of what happened, in snake case; neither is believed.

    `company` is whose token it carried, where there are several.
    """

    assignment_id: str
    event: str
    status: str | None = None
    company: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentPost:
    """A trigger asks for a literal text on the assignment of a ticket."""

    ticket_id: str
    text: str


@dataclass(frozen=True, slots=True)
class IntakeRequester:
    """The person for whom the marketplace sends a request."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class IntakeRequest:
    """A request that starts outside the help center, signed by the marketplace (`POST /webhooks/requests`)."""

    assignment_id: str
    party: Party = Party.WORKER
    reason: Reason | None = None
    requester: IntakeRequester = IntakeRequester()
    description: str = ""
    contact_attempts: tuple[str, ...] = ()
    anticipated_outcome: str | None = None
    kind_of_outcome: KindOfOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookResult:
    """What a look at a ticket brought; `case_id` is None where it was asked for by no case."""

    case_id: str | None = None
    event: Observed
    ticket_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectResult:
    """What became of any other effect; `case_id` is None where it was asked for by no case."""

    case_id: str | None = None
    event: EffectOutcome


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer of a case is due; `timer` names it, and one of an old `generation` changes nothing."""

    case_id: str
    timer: str
    generation: int


@dataclass(frozen=True, slots=True)
class PauseCommand:
    """A person asks for a pause of a case."""

    case_id: str
    until: datetime
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class ResumeCommand:
    """A person asks for a pause to end."""

    case_id: str
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CloseCommand:
    """A person asks for a case to be closed."""

    case_id: str
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PagePress:
    """The requester of a case pressed a button on their page, which asks for a look."""

    case_id: str
    about: Literal["settled", "written"]


@dataclass(frozen=True, slots=True)
class UnreadableBody:
    """The beginning of a genuine body that could not be read, and its size in bytes."""

    raw: str
    bytes: int


@dataclass(frozen=True, slots=True)
class RestoreMark:
    """Stands behind the numbers that are left unused after a restore, and asks for nothing."""


InboxMessage = (
    TicketHint
    | ConversationsHint
    | AssignmentHint
    | WorkMarketHint
    | AssignmentPost
    | IntakeRequest
    | LookResult
    | EffectResult
    | TimerFired
    | PauseCommand
    | ResumeCommand
    | CloseCommand
    | PagePress
    | UnreadableBody
    | RestoreMark
)


class MessageOrigin(Enum):
    """Where a kind of row comes from."""

    TRIGGER = "Zendesk's triggers and automations, which name it as their event"
    SUBSCRIPTION = "Zendesk's event subscriptions, which name it after the dot"
    WORKMARKET = "WorkMarket's webhooks"
    INTAKE = "requests that start outside the help center"
    PAGE = "a requester's page"
    SWEEP = "the desk's own search for what webhooks missed"
    DESK = "the desk itself"


@dataclass(frozen=True, slots=True)
class InboxKind:
    """A kind of inbox row. A `name` that ends with a dot stands for every kind that begins with it.

    `begins`: it may be a ticket's first news. `once`: whatever brings it is marked in the same transaction, so that
    it can't come a second time and its key need not stay known. `brief`: it asks for a look, or is what a look
    brought, and is soon over; so is whatever has a dedupe key.
    """

    name: str
    message: type[InboxMessage]
    origin: MessageOrigin
    begins: bool = False
    once: bool = False
    brief: bool = False


_ROWS: Final = (
    InboxKind("request.submitted", TicketHint, MessageOrigin.TRIGGER, begins=True),
    InboxKind("ticket.changed", TicketHint, MessageOrigin.TRIGGER, begins=True),
    InboxKind("assignment.post", AssignmentPost, MessageOrigin.TRIGGER),
    InboxKind("side_conversation.changed", ConversationsHint, MessageOrigin.TRIGGER),
    InboxKind("ticket.merged", TicketHint, MessageOrigin.SUBSCRIPTION),
    InboxKind("ticket.soft_deleted", TicketHint, MessageOrigin.SUBSCRIPTION),
    InboxKind("ticket.permanently_deleted", TicketHint, MessageOrigin.SUBSCRIPTION),
    InboxKind("ticket.undeleted", TicketHint, MessageOrigin.SUBSCRIPTION, begins=True),
    InboxKind("ticket.marked_as_spam", TicketHint, MessageOrigin.SUBSCRIPTION),
    InboxKind("ticket.status_changed", TicketHint, MessageOrigin.SUBSCRIPTION),
    InboxKind("zendesk.unreadable", UnreadableBody, MessageOrigin.SUBSCRIPTION),
    InboxKind("workmarket.", WorkMarketHint, MessageOrigin.WORKMARKET),
    InboxKind("workmarket.unreadable", UnreadableBody, MessageOrigin.WORKMARKET),
    InboxKind("request.received", IntakeRequest, MessageOrigin.INTAKE),
    InboxKind("page.pressed", PagePress, MessageOrigin.PAGE, brief=True),
    InboxKind("reconcile.ticket", TicketHint, MessageOrigin.SWEEP, begins=True, once=True, brief=True),
    InboxKind("reconcile.conversations", ConversationsHint, MessageOrigin.SWEEP),
    InboxKind("reconcile.assignment", AssignmentHint, MessageOrigin.SWEEP),
    InboxKind("observed", LookResult, MessageOrigin.DESK, once=True, brief=True),
    InboxKind("effect.done", EffectResult, MessageOrigin.DESK, once=True),
    # Whether a case went on without an effect is asked by this one's key.
    InboxKind("effect.refused", EffectResult, MessageOrigin.DESK),
    InboxKind("effect.unsent", EffectResult, MessageOrigin.DESK, once=True),
    InboxKind("effect.unsettled", EffectResult, MessageOrigin.DESK, once=True),
    InboxKind("timer", TimerFired, MessageOrigin.DESK, once=True),
    InboxKind("command.pause", PauseCommand, MessageOrigin.DESK, once=True),
    InboxKind("command.resume", ResumeCommand, MessageOrigin.DESK, once=True),
    InboxKind("command.close", CloseCommand, MessageOrigin.DESK, once=True),
    InboxKind("restored", RestoreMark, MessageOrigin.DESK, once=True),
)
INBOX_KINDS: Final[Mapping[str, InboxKind]] = {kind.name: kind for kind in _ROWS}


def inbox_kind(name: str) -> InboxKind:
    """The row of the table for a kind of inbox row. LookupError for one that nobody knows."""
    found = INBOX_KINDS.get(name) or INBOX_KINDS.get(f"{name.partition('.')[0]}.")
    if found is None:
        raise LookupError(f"Nobody handles inbox rows of kind {name[:60]}.")
    return found


def names_from(origin: MessageOrigin) -> tuple[str, ...]:
    """The names of the kinds of rows that come from there, in the table's order."""
    return tuple(kind.name for kind in _ROWS if kind.origin is origin)


def names_of(message: type[InboxMessage]) -> tuple[str, ...]:
    """The names of the kinds of rows that bring such a message, in the table's order."""
    return tuple(kind.name for kind in _ROWS if kind.message is message)
