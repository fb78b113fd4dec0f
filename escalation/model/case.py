"""A case: everything the process remembers about one escalation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from escalation.model.audience import Public
from escalation.model.derivation import Derivation
from escalation.model.effects import Say
from escalation.model.files import CaseFile, HeldFile
from escalation.model.judgement import Judgement, stored
from escalation.model.review import WaitingWord
from escalation.model.seen import UNSEEN, Seen
from escalation.model.spoken import AgentsWord, LastWord, ToldUpdate
from escalation.model.values import EndedBy, Party, Reason, State, Timer
from escalation.model.views import AssignmentEvent, FieldValue, ZendeskUser


@dataclass(frozen=True, slots=True)
class DeadlineMove:
    """A deadline was moved while its case stayed where it was: what was due before, by whose doing, and why."""

    at: datetime
    was: datetime
    actor: str
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a timer is due and why; a timer row with another generation is stale."""

    due: datetime
    generation: int
    why: str
    derivation: Derivation | None = None
    moved: tuple[DeadlineMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Entering:
    """A tier on the way in: its message to the other side is sent first, `message` is that effect."""

    tier: int
    message: str
    actor: str
    why: str
    silent: bool = False


@dataclass(frozen=True, slots=True)
class WantedTier:
    """A tier that an agent put the case in, until the assignment has been read for it.

    `says`: the key of what its requester is told then, where the tier's own text is left out.
    """

    tier: int
    actor: str
    silent: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    until: datetime
    reason: str
    actor: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal."""

    at: datetime
    actor: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class CaseDelivery:
    """What is on its way to the other side and to the requester.

    `messaged` has the tiers whose message is out, with that effect, and `messaged_at` when it was proved sent;
    `unsent` those whose message nobody got, `unreached` the recipient for whom that failed. `late_messages` are
    on their way for a tier that the case is not waiting to enter any more. `letter_waited`: the next tier's
    letter was left for later. `counted_from` has, for each public comment on its way, the generations of the
    deadlines that count from it. A pause keeps `held_back` from being said; `on_hold` is one that is over, until
    it is told, `held_plans` whether a tier's end fell into it. `other_messaged` and `other_late` went to the side
    that is the other one when the case counts as the other's. `told_names` has, by tier, whom its letter went to,
    where the requester may know them by name.
    `asking`: the notes on their way that ask agents to act in a tier; `people_asked`: when one was there.
    `unsure`: the tiers of whose message nobody could find out whether it arrived. `shown_contacts`: whom the
    assignment last showed for a tier's letter, with the address. `looking_for`: tiers whose letter has nobody to
    go to, and since when; `handed_up` those of which the lead was told, `reached` when an agent says that they
    reached somebody, `known_for` those that would have somebody now, `known_names` whom, as `told_names` has it.
    `telling_update` is on its way, `told_update` the last one that is on the ticket; neither where anything
    else was told since, or the case has moved.
    """

    entering: Entering | None = None
    messaged: Mapping[int, str] = field(default_factory=dict)
    messaged_at: Mapping[int, datetime] = field(default_factory=dict)
    unsent: tuple[int, ...] = ()
    unreached: Mapping[int, str] = field(default_factory=dict, metadata=stored("tried"))
    late_messages: Mapping[str, int] = field(default_factory=dict, metadata=stored("late"))
    wanted: WantedTier | None = None
    answer_waiting: bool = False
    letter_waited: bool = False
    counted_from: Mapping[str, tuple[int, ...]] = field(default_factory=dict, metadata=stored("said"))
    held_back: Say | None = field(default=None, metadata=stored("owed"))
    other_messaged: Mapping[int, str] = field(default_factory=dict)
    other_late: Mapping[str, int] = field(default_factory=dict)
    looking_for: Mapping[int, datetime] = field(default_factory=dict)
    reached: Mapping[int, datetime] = field(default_factory=dict)
    handed_up: tuple[int, ...] = ()
    known_for: tuple[int, ...] | None = None
    known_names: Mapping[int, str] = field(default_factory=dict)
    told_names: Mapping[int, str] = field(default_factory=dict)
    on_hold: tuple[datetime, datetime] | None = None
    held_plans: bool = False
    shown_contacts: Mapping[int, str] = field(default_factory=dict)
    asking: Mapping[str, int] = field(default_factory=dict)
    people_asked: Mapping[int, datetime] = field(default_factory=dict)
    unsure: tuple[int, ...] = ()
    telling_update: ToldUpdate | None = None
    told_update: ToldUpdate | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What was taken in of the ticket, the assignment and the side conversations, and when somebody last spoke.

    `seen` are the ticket's updates that were followed; `seen_update` is the highest id of one, by which a case of
    the version before went. `digests`: letters about several cases that told this one, with their tickets,
    `beside` what a reply may name the others by, `told_with` the tickets of those told in this case's letters.
    `answered_at`: the last answer that no agent took back, `unticked_at`: when one unticked it though it stands,
    `on_assignment_at`: when the other side last wrote on the assignment; `agent_spoke_at`: an agent's last word to
    the requester, `agents_told`: those words' moments, the latest. `account_manager_at`: when the account manager
    replied last, `manager_word`: that reply as what waits for an agent, `through_manager_at`: when anybody last
    replied to that letter. `unseen_since`: since when the assignment is unseen, `told_unseen`: that this was told.
    """

    seen: Seen = UNSEEN
    seen_update: int = 0
    seen_messages: tuple[str, ...] | None = None
    seen_replies: tuple[str, ...] = ()
    conversations: Mapping[str, int] = field(default_factory=dict)
    written_to: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told_with: tuple[str, ...] = ()
    other_side_at: datetime | None = field(default=None, metadata=stored("heard"))
    requester_at: datetime | None = field(default=None, metadata=stored("spoken"))
    last_word: LastWord | None = None
    answered_at: datetime | None = None
    agent_spoke_at: datetime | None = None
    agents_told: tuple[AgentsWord, ...] = ()
    question: WaitingWord | None = field(default=None, metadata=stored("open_question"))
    account_manager_at: datetime | None = None
    told_unseen: bool = False
    unseen_since: datetime | None = None
    manager_word: WaitingWord | None = None
    on_assignment_at: datetime | None = None
    unticked_at: datetime | None = None
    through_manager_at: datetime | None = None

    @property
    def either_side_at(self) -> datetime | None:
        """When one of the two sides spoke last."""
        return max(filter(None, (self.other_side_at, self.requester_at)), default=None)


@dataclass(frozen=True, slots=True)
class AgentPosts:
    """Agents' words on their way to the assignment.

    `held` wait for the assignment; `held_of` has, for each, the id of the comment that it was, empty where an
    automation asked. `withdrawn` has the comments that were made internal or redacted, `on_way` those being posted,
    by effect, empty as well where an automation asked.
    """

    posted: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, datetime] = field(default_factory=dict, metadata=stored("asked_posts"))
    comments: tuple[str, ...] = field(default=(), metadata=stored("posted_comments"))
    held: tuple[Public, ...] = field(default=(), metadata=stored("held_posts"))
    held_of: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    on_way: Mapping[str, str] = field(default_factory=dict, metadata=stored("comments_on_way"))
    tagged: bool = field(default=False, metadata=stored("post_tagged"))


@dataclass(frozen=True, slots=True)
class Pacing:
    """When the last hour's updates of the ticket, messages on the assignment and files that came into the ticket
    left or will, and each note."""

    updates: tuple[datetime, ...] = field(default=(), metadata=stored("updated"))
    messages: tuple[datetime, ...] = ()
    copies: tuple[datetime, ...] = ()
    notes: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict, metadata=stored("noted"))


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """The files that a case moves, by the effect that moves each.

    `seen` are those of the assignment that are known, `posted` those of the ticket that were taken up for it.
    """

    moved: Mapping[str, CaseFile] = field(default_factory=dict, metadata=stored("files_moved"))
    seen: tuple[str, ...] | None = field(default=None, metadata=stored("seen_files"))
    posted: tuple[str, ...] = field(default=(), metadata=stored("posted_files"))
    held: tuple[HeldFile, ...] = field(default=(), metadata=stored("held_files"))


PARTS = {
    "judgement": Judgement,
    "delivery": CaseDelivery,
    "heard": Heard,
    "posts": AgentPosts,
    "pacing": Pacing,
    "files": CaseFiles,
}
"""The parts of a case, by the fields that hold them. A stored body has their fields only."""


@dataclass(slots=True)
class Case:
    """The process works on a copy: a Case handed in is never changed.

    `company` is the client company that the assignment was seen at last; empty where there is one only.
    `tagged` has the tags about the desk itself that were seen on the ticket. `crossed_with` is the ticket of the
    other side's case of the assignment, `crossed_open` whether that was open when it was last looked at.
    `language` and `zone` are the requester's; empty, as in old bodies, the policy's.
    `shown_due` is the moment that the ticket's field tells, `shown_held` whether it tells it as a pause's end.
    `first_assignment_id` is the assignment that the request named, once another one has taken its place.
    """

    id: str
    ticket_id: str
    submitted: datetime
    reference: str
    party: Party | None = None
    reason: Reason | None = None
    assignment_id: str | None = None
    first_assignment_id: str = ""
    requester: ZendeskUser = field(default_factory=lambda: ZendeskUser(""))
    language: str = ""
    zone: str = ""
    signed_email: str | None = None
    state: State = State.CHECKING
    tier: int | None = None
    opened: datetime | None = None
    paused: Pause | None = None
    ended_by: EndedBy = EndedBy.NOTHING
    judgement: Judgement = field(default_factory=Judgement)
    fields: dict[str, FieldValue] = field(default_factory=dict)
    assigned: bool = False
    description: str = ""
    moments: tuple[AssignmentEvent, ...] = ()
    invisible: bool = False
    deadlines: dict[Timer, Deadline] = field(default_factory=dict)
    generation: int = 0
    last_public: datetime | None = None
    month_from: datetime | None = None
    shown_due: datetime | None = None
    shown_held: bool = False

    delivery: CaseDelivery = field(default_factory=CaseDelivery)
    heard: Heard = field(default_factory=Heard)
    requester_open: bool = False
    muted: bool = False
    labelled: bool = False
    adopting: bool = False
    followup: str = ""
    crossed_with: str = ""
    crossed_open: bool = False
    next_effect: int = 1
    next_reference: int = 1
    posts: AgentPosts = field(default_factory=AgentPosts)
    pacing: Pacing = field(default_factory=Pacing)
    files: CaseFiles = field(default_factory=CaseFiles)
    tagged: tuple[str, ...] = ()
    company: str = ""

    @property
    def ended(self) -> bool:
        return self.state.ended

    @property
    def begun(self) -> bool:
        """Whether tier 1 was entered: from then on eligibility is no longer judged."""
        return self.opened is not None
