"""What was seen of a ticket, its conversations and an assignment, in the process's own words.

The connectors translate the vendors' ids into these words; nothing here is asked of anyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from escalation.model.files import AssignmentFile, TicketFile
from escalation.model.values import Role, State

FieldValue = str | bool | None


def text_of(fields: Mapping[str, FieldValue], key: str) -> str:
    """What stands in a field of a ticket; empty where it holds no text."""
    value = fields.get(key)
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class ZendeskUser:
    """A Zendesk user as far as a case needs one. `locale` is the language they chose, as Zendesk names it
    (`es-419`, `en-US`, `en-us-x-12`), `zone` their time zone; both are empty where Zendesk does not say."""

    id: str
    email: str = ""
    name: str = ""
    verified: bool = False
    locale: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    id: str
    text: str
    public: bool
    files: tuple[TicketFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """One audit of a ticket that the case has not seen yet.

    `ours` is the effect id found in the audit's `metadata.custom`; it alone makes an update ours.
    `changes` maps a field's key (`status`, `tier`, `violation_reported`, …) to its new value; a status
    is a state's name where it is one of ours, otherwise `new`, `open`, `pending`, `hold`, `solved` or `closed`.
    `begins` says that it made the ticket. `withdrawn` are the comments, by id, that it made internal or took words
    out of. One audit may be two updates: what was changed, and words of somebody else than changed it.
    """

    id: int
    at: datetime
    author: ZendeskUser
    role: Role
    ours: str | None = None
    comment: Comment | None = None
    changes: Mapping[str, FieldValue] = field(default_factory=dict)
    tags_added: frozenset[str] = frozenset()
    tags_removed: frozenset[str] = frozenset()
    merged_into: str | None = None
    begins: bool = False
    withdrawn: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket as it is now. `fields` has the keys of config/zendesk: `assignment_id`, `party`, `reason`,
    `attempts`, `kind_of_outcome`, `outcome`, `tier`, `other_side_responded`, `violation_reported`, `justification`,
    `average_approval`, `project_manager_email`, `account_manager_email`, `client_company`, `next_update_due`;
    option tags come without their common prefix (`worker`, `approval_overdue`, `tier_1` → `1`, `stated`)."""

    id: str
    status: str
    state: State | None
    requester: ZendeskUser
    created_at: datetime
    updated_at: datetime
    subject: str = ""
    description: str = ""
    assigned: bool = False
    on_form: bool = True
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    followup_of: str | None = None
    signed_email: str | None = None
    brand: str = ""

    def text(self, key: str) -> str:
        return text_of(self.fields, key)

    def ticked(self, key: str) -> bool:
        return self.fields.get(key) is True


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    id: str
    at: datetime
    author_email: str
    author_name: str
    text: str
    ours: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A side conversation; `effect_id` is what we wrote into its `external_ids`, empty for an agent's own."""

    id: str
    effect_id: str
    messages: tuple[ConversationMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A note on an assignment. WorkMarket names its author as "First Last" and gives no id."""

    at: datetime
    author: str
    text: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """An assignment as it is now. `company` is the client company that it was seen at, where there are several.
    `status` is lower case without underscores: `complete`, `paymentpending`,
    `paid`, `cancelled`, `void`, `inprogress`, `active`, `sent`, `refunded`, `declined`, `draft`, `exception`."""

    id: str
    status: str
    title: str = ""
    project: str = ""
    place: str = ""
    price: str = ""
    owner: str = ""
    support_contact: Contact = Contact()
    worker: Contact = Contact()
    scheduled: datetime | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    checked_in: datetime | None = None
    checked_out: datetime | None = None
    payment_due: datetime | None = None
    paid_on: datetime | None = None
    labels: tuple[str, ...] = ()
    history: tuple[tuple[datetime, str], ...] = ()
    messages: tuple[Message, ...] = ()
    company: str = ""
    files: tuple[AssignmentFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """An assignment that does not exist or that our credentials may not see: WorkMarket does not tell which.

    `why` is a sentence for agents where it may be a company's that could not be asked; empty where all were.
    """

    id: str
    why: str = ""


AssignmentSeen = AssignmentView | Absent


@dataclass(frozen=True, slots=True)
class AssignmentEvent:
    """Our record of one of WorkMarket's webhooks: `completed`, `approved`, `paid`, `cancel`, `voided`."""

    event: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rival:
    """The open case of the same assignment and side, when this one was looked at."""

    case_id: str
    ticket_id: str
    requester_id: str


@dataclass(frozen=True, slots=True)
class CrossedCase:
    """The open case of the assignment's other side. `so_far` are its moves until now, oldest first; none where this
    case has seen it before."""

    ticket_id: str
    submitted: datetime
    so_far: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MergeTarget:
    """The ticket that this one was merged into."""

    ticket_id: str
    requester_id: str
    has_case: bool
