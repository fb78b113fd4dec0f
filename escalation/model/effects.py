"""What a case may ask of the world: each is one outbox row with an id of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from escalation.model.audience import NOTHING, Internal, Public, require_public
from escalation.model.files import AssignmentFile, TicketFile
from escalation.model.seen import UNSEEN, Seen
from escalation.model.values import State
from escalation.model.views import FieldValue


@dataclass(frozen=True, slots=True)
class Look:
    """Read the ticket's audits but those in `seen` and, as far as `scope` asks, conversations and assignment.

    Scope `ticket` alone reads the audits first and stops there when all of them are ours or none is new.
    `assignment_id` is the one the case has; the ticket's field wins where the case has none yet. Where there are
    several client companies, `named` is what agents typed for whose it is, and `company` where it was seen last.
    `elsewhere` are side conversations on other tickets that concern the case too: by effect, the ticket of each.
    """

    ticket_id: str
    scope: frozenset[str]
    seen: Seen = UNSEEN
    assignment_id: str | None = None
    candidates: tuple[str, ...] = ()
    merged_into: str | None = None
    named: str | None = None
    company: str | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    type: Literal["look"] = "look"


Tells = Literal["", "next", "all"]


@dataclass(frozen=True, slots=True)
class PageLink:
    """Leads a case's requester, a user of Zendesk, to their own page: `said` has a place for its address.

    The address is a secret between the desk and them. Nobody knows it until the text leaves, and no row holds it.
    """

    case_id: str
    person: str
    said: Public

    def __post_init__(self) -> None:
        require_public(self.said)


@dataclass(frozen=True, slots=True)
class Say:
    """A public comment. With `macro` (its key) the support team's text is asked from Zendesk and `text` is what
    is said where the macro is gone; an account that has not been given that one yet is asked for `or_macro`.
    `after` is told besides either, in front of its closing, but for its `leading` paragraphs, which stand behind
    its greeting. All is in `language`; of none, in the policy's.

    One that `tells` is an update: besides, it is told what was done and what comes next, or the `next` alone. That
    is `progress`, which holds until a moment and while the case is in a state: what leaves later says it no more.
    `page` follows where its requester has not been given the address of their page yet. `asserts` names the facts
    that the text asserts: what is not so any more when it comes to be sent is not said.
    """

    text: Public
    public: Literal[True] = True
    macro: str | None = None
    or_macro: str | None = None
    after: Public = NOTHING
    tells: Tells = ""
    progress: Public = NOTHING
    progress_until: datetime | None = None
    progress_in: State | None = None
    language: str = ""
    page: PageLink | None = None
    asserts: tuple[str, ...] = ()
    leading: int = 0

    def __post_init__(self) -> None:
        for text in (self.text, self.after, self.progress):
            require_public(text)

    def told_besides(self, first: Public, after: Public) -> Say:
        """The same, which tells these besides: `first` behind its greeting, `after` in front of its closing."""
        leading = len(first.split("\n\n")) if first else 0
        return replace(self, after=Public.joined(filter(None, (first, after)), "\n\n"), leading=leading)

    @property
    def leads(self) -> Public:
        """What is told besides the text or the macro's, and comes first."""
        return self.after.parted(self.leading)[0]

    @property
    def follows(self) -> Public:
        """All else that is told besides the text or the macro's."""
        return Public.joined(filter(None, (self.after.parted(self.leading)[1], self.progress)), "\n\n")


@dataclass(frozen=True, slots=True)
class Note:
    """An internal comment, for agents only."""

    text: Internal
    public: Literal[False] = False


@dataclass(frozen=True, slots=True)
class UpdateTicket:
    """One update of a ticket: one comment at most, and the state's status, fields and tags.

    `assign` sets the policy's `solve_as` as assignee, which Zendesk requires when solving; `to_group` gives the
    ticket to the agents' group. With `not_before` the
    ticket has had its share of updates, and this one waits until then. One that `yields` has no news, and
    gives way to a later text that is on its way too when it is sent.
    """

    id: str
    ticket_id: str
    say: Say | Note | None = None
    status: State | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    assign: bool = False
    not_before: datetime | None = None
    yields: bool = False
    to_group: bool = False
    type: Literal["update_ticket"] = "update_ticket"


@dataclass(frozen=True, slots=True)
class PostMessage:
    """A public message on the assignment; `text` ends with `[Ref {reference}]`.

    It may have to wait, as an update may. `comment_id` is the agent's comment that it repeats: it is not sent any
    more once that was withdrawn. `company` is where the assignment was seen, where there are several.
    """

    id: str
    assignment_id: str
    text: Public
    reference: str
    not_before: datetime | None = None
    comment_id: str = ""
    company: str | None = None
    type: Literal["post_message"] = "post_message"

    def __post_init__(self) -> None:
        require_public(self.text)


@dataclass(frozen=True, slots=True)
class DigestPart:
    """A letter as a part of one about several cases: of the first one all is taken, of the others the paragraph.

    `marks` are what a reply may name this case by.
    """

    subject: Public
    opening: Public
    paragraph: Public
    closing: Public
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartConversation:
    """A side conversation by e-mail.

    Letters to one `correspondent` leave one after the other, and for `quiet_hours` after each the next ones wait.
    Those with a `part` may go as one, a digest: the first has its text, `together`, and the ids of the others whose
    letters it `tells`; each of these has the id and the ticket of the letter that it is told in.
    """

    id: str
    ticket_id: str
    to_email: str
    to_name: str
    subject: Public
    body: Public
    correspondent: str = ""
    quiet_hours: float = 0
    part: DigestPart | None = None
    not_before: datetime | None = None
    together: Public = NOTHING
    tells: tuple[str, ...] = ()
    told_in: str = ""
    told_on: str = ""
    type: Literal["start_conversation"] = "start_conversation"

    def __post_init__(self) -> None:
        parts = (self.part.subject, self.part.opening, self.part.paragraph, self.part.closing) if self.part else ()
        for text in (self.subject, self.body, self.together, *parts):
            require_public(text)

    @property
    def letter(self) -> tuple[Public, Public]:
        """The subject and the text that leave."""
        return (self.part.subject, self.together) if self.part and self.together else (self.subject, self.body)


@dataclass(frozen=True, slots=True)
class CreateTicket:
    """A ticket on the form: for a request that starts outside the help center, or a follow-up that is owed."""

    id: str
    subject: Public
    say: Say
    requester_email: str = ""
    requester_name: str = ""
    requester_id: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    status: State | None = None
    followup_of: str | None = None
    type: Literal["create_ticket"] = "create_ticket"

    def __post_init__(self) -> None:
        require_public(self.subject)


@dataclass(frozen=True, slots=True)
class CopyFile:
    """A file of the assignment, for agents: a note of its own on the ticket, with the file attached.

    `largest` in bytes. It may have to wait, as an update may.
    """

    id: str
    case_id: str
    ticket_id: str
    assignment_id: str
    file: AssignmentFile
    note: Internal
    largest: int
    not_before: datetime | None = None
    company: str | None = None
    type: Literal["copy_file"] = "copy_file"

    @property
    def update(self) -> UpdateTicket:
        """The update that attaches it."""
        return UpdateTicket(self.id, self.ticket_id, Note(self.note))


@dataclass(frozen=True, slots=True)
class PostFile:
    """A file of a public comment, for the assignment; `description` ends with `[Ref {reference}]`.

    One that was not looked at for malware yet waits until `scan_by`; then, and where the look failed, it goes only
    where `unscanned` ones may. It is not sent any more once its comment was withdrawn.
    """

    id: str
    case_id: str
    ticket_id: str
    assignment_id: str
    comment_id: str
    file: TicketFile
    description: Public
    reference: str
    largest: int
    scan_by: datetime
    unscanned: bool = False
    company: str | None = None
    type: Literal["post_file"] = "post_file"

    def __post_init__(self) -> None:
        require_public(self.description)


Effect = Look | UpdateTicket | PostMessage | StartConversation | CreateTicket | CopyFile | PostFile
