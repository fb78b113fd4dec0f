"""A clock that is moved, and two services that do as they are told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from connector.errors import Conflict, Unclear
from connector.ports import Changed, ChangedTicket, ReadBack, TicketPart, Uploaded, Written
from connector.spool import Spool
from escalation.model.effects import CreateTicket, Look, PostFile, PostMessage, StartConversation, UpdateTicket
from escalation.model.files import AssignmentFile, Scan, TicketFile
from escalation.model.values import Role
from escalation.model.views import (
    Absent,
    AssignmentView,
    Comment,
    Contact,
    Conversation,
    Message,
    TicketView,
    Update,
    ZendeskUser,
)
from tests.integration.sync.policy import START

WANDA = ZendeskUser("501", "wanda@example.com", "Wanda Worker", verified=True)
ADA = ZendeskUser("7", "ada@example.com", "Ada Agent", verified=True)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Service:
    """Fails as scripted: `fails` before anything is done, `swallows` the answer of what was done."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls: list[str] = []
        self._before: dict[str, list[Exception]] = {}
        self._after: dict[str, list[Exception]] = {}
        self._delayed: dict[str, list[float]] = {}
        self._on_its_way: list[tuple[datetime, Callable[[], object]]] = []
        self.at_call: Callable[[str], None] = lambda _: None

    def fails(self, verb: str, *errors: Exception) -> None:
        self._before.setdefault(verb, []).extend(errors)

    def swallows(self, verb: str, *errors: Exception) -> None:
        self._after.setdefault(verb, []).extend(errors)

    def delays(self, verb: str, seconds: float) -> None:
        """The next such request lands only when its sender has long given up."""
        self._delayed.setdefault(verb, []).append(seconds)

    def is_scripted(self, verb: str) -> bool:
        return any(script.get(verb) for script in (self._before, self._after, self._delayed))

    def heal(self) -> None:
        for script in (self._before, self._after, self._delayed):
            script.clear()

    def _late(self, verb: str, land: Callable[[], object]) -> None:
        if self._delayed.get(verb):
            at = self.clock() + timedelta(seconds=self._delayed[verb].pop(0))
            self._on_its_way.append((at, land))
            raise Unclear("No answer.")

    def _begin(self, verb: str) -> None:
        for at, land in list(self._on_its_way):
            if at <= self.clock():
                self._on_its_way.remove((at, land))
                with suppress(Conflict):
                    land()
        self.calls.append(verb)
        self.at_call(verb)
        if self._before.get(verb):
            raise self._before[verb].pop(0)

    def _end(self, verb: str) -> None:
        if self._after.get(verb):
            raise self._after[verb].pop(0)


class FakeZendesk(Service):
    """Tickets with audits and a stamp of one second's resolution."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.tickets: dict[str, TicketView] = {}
        self.audits: dict[str, list[Update]] = {}
        self.written: list[tuple[UpdateTicket, datetime | None]] = []
        self.conversations: dict[str, str] = {}
        self.letters: list[StartConversation] = []
        self.replies: tuple[Conversation, ...] = ()
        self.created: dict[str, CreateTicket] = {}
        self.files: dict[str, TicketFile] = {}
        self.uploads: list[str] = []
        self.changed = Changed((), "cursor-1", True)
        self.asked_since: list[str | None] = []
        self.listed: list[Changed] = [Changed((), None, True)]
        self.pages: list[int] = []
        self.lock = threading.RLock()

    def add(self, ticket: TicketView, *updates: Update) -> None:
        self.tickets[ticket.id] = ticket
        first = Update(1, ticket.created_at, ticket.requester, Role.REQUESTER, comment=Comment("c1", "Help", True))
        self.audits[ticket.id] = [first, *updates]

    def touch(self, ticket_id: str, **changes: object) -> None:
        now = self.clock().replace(microsecond=0)
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], updated_at=now, **changes)  # type: ignore[arg-type]

    def update(self, ticket_id: str, who: ZendeskUser = ADA, role: Role = Role.AGENT, **parts: object) -> None:
        with self.lock:
            number = 1 + max(update.id for update in self.audits[ticket_id])
            self.audits[ticket_id].append(Update(number, self.clock(), who, role, **parts))  # type: ignore[arg-type]
            self.touch(ticket_id)

    def look(self, look: Look) -> TicketPart:
        self._begin("look")
        with self.lock:
            ticket = self.tickets.get(look.ticket_id)
            if ticket is None:
                return TicketPart(None, True, (), None, self.clock())
            new = tuple(update for update in self.audits[ticket.id] if not look.seen.has(update.id, update.at))
            held = self.replies if "conversations" in look.scope else None
            if look.seen.until and look.scope == {"ticket"} and all(update.ours for update in new):
                return TicketPart(None, False, new, None, self.clock())
            return TicketPart(ticket, False, new, held, self.clock())

    def read_ticket(self, ticket_id: str) -> TicketView | None:
        self._begin("read_ticket")
        return self.tickets.get(ticket_id)

    def file_now(self, file_id: str) -> TicketFile:
        self._begin("file_now")
        return self.files[file_id]

    def fetch_file(self, url: str, into: Spool) -> None:
        self._begin("fetch_file")
        into.put(url.encode())

    def upload_file(self, name: str, content: Spool) -> Uploaded:  # noqa: ARG002
        self._begin("upload_file")
        self.uploads.append(content.sha256)
        return Uploaded(content.sha256, self.clock() + timedelta(minutes=50), Scan.NOT_YET)

    def drop_upload(self, token: str) -> None:
        self._begin("drop_upload")
        self.uploads.remove(token)

    def write(
        self,
        update: UpdateTicket,
        *,
        stamp: datetime | None,
        first: bool = True,  # noqa: ARG002
        uploads: Sequence[str] = (),  # noqa: ARG002
    ) -> Written:
        self._begin("write")
        self._late("write", lambda: self._apply(update, stamp))
        done = self._apply(update, stamp)
        self._end("write")
        return done

    def _apply(self, update: UpdateTicket, stamp: datetime | None) -> Written:
        with self.lock:
            if stamp is not None and stamp != self.tickets[update.ticket_id].updated_at:
                raise Conflict("The ticket changed meanwhile.")
            text = update.say.text if update.say else ""
            comment = Comment(f"c-{update.id}", text, update.say.public) if update.say else None
            self.update(update.ticket_id, ours=update.id, comment=comment)
            self.written.append((update, stamp))
            done = self._written(update)
        assert done is not None
        return done

    def settle(self, update: UpdateTicket) -> ReadBack:
        self._begin("settle")
        with self.lock:
            return ReadBack(self._written(update), self.tickets[update.ticket_id].updated_at, self.clock())

    def _written(self, update: UpdateTicket) -> Written | None:
        ours = [audit for audit in self.audits[update.ticket_id] if audit.ours == update.id]
        ticket = self.tickets[update.ticket_id]
        text = update.say.text if update.say else ""
        return Written(ours[0].id, ours[0].at, ticket.updated_at, text) if ours else None

    def start_conversation(self, effect: StartConversation) -> str:
        self._begin("start_conversation")
        self._late("start_conversation", lambda: self._start(effect))
        self._start(effect)
        self._end("start_conversation")
        return self.conversations[effect.id]

    def _start(self, effect: StartConversation) -> None:
        self.conversations[effect.id] = f"side-{len(self.conversations) + 1}"
        self.letters.append(effect)

    def find_conversation(self, ticket_id: str, effect_id: str) -> str | None:  # noqa: ARG002
        self._begin("find_conversation")
        return self.conversations.get(effect_id)

    def create_ticket(self, effect: CreateTicket) -> str:
        self._begin("create_ticket")
        self.created[effect.id] = effect
        self._end("create_ticket")
        return "900"

    def find_ticket(self, effect_id: str) -> str | None:
        self._begin("find_ticket")
        return "900" if effect_id in self.created else None

    def changed_tickets(self, cursor: str | None, start: datetime) -> Changed:  # noqa: ARG002
        self._begin("changed_tickets")
        self.asked_since.append(cursor)
        return self.changed

    def listed_tickets(self, page: int) -> Changed:
        self._begin("listed_tickets")
        self.pages.append(page)
        return self.listed[page - 1]

    def tickets_now(self, ticket_ids: Sequence[str]) -> tuple[ChangedTicket, ...]:
        self._begin("tickets_now")
        there = [self.tickets[one] for one in ticket_ids if one in self.tickets]
        return tuple(ChangedTicket(one.id, True, one.updated_at) for one in there)

    def public(self) -> list[str]:
        return [u.say.text for u, _ in self.written if u.say and u.say.public]

    def notes(self) -> list[str]:
        return [u.say.text for u, _ in self.written if u.say and not u.say.public]


class FakeWorkMarket(Service):
    """Assignments with messages that cannot be taken back."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.assignments: dict[str, AssignmentView] = {}
        self.posted: list[PostMessage] = []
        self.added: list[AssignmentFile] = []
        self.updated: tuple[str, ...] = ()
        self.asked_since: list[datetime] = []
        self.lock = threading.RLock()

    def add(self, assignment: AssignmentView) -> None:
        self.assignments[assignment.id] = assignment

    def message(self, assignment_id: str, author: str, text: str, *, private: bool = False) -> None:
        with self.lock:
            known = self.assignments[assignment_id]
            messages = (*known.messages, Message(self.clock(), author, text, private))
            self.assignments[assignment_id] = replace(known, messages=messages)

    def read(self, assignment_id: str) -> AssignmentView | Absent:
        self._begin("read")
        return self.assignments.get(assignment_id) or Absent(assignment_id)

    def post(self, effect: PostMessage) -> None:
        self._begin("post")
        self._late("post", lambda: self._apply(effect))
        self._apply(effect)
        self._end("post")

    def _apply(self, effect: PostMessage) -> None:
        self.posted.append(effect)
        self.message(effect.assignment_id, "Api User", effect.text)

    def fetch_file(self, uuid: str, into: Spool) -> None:
        self._begin("fetch_file")
        into.put(uuid.encode())

    def add_file(self, effect: PostFile, content: Spool) -> None:
        self._begin("add_file")
        self._late("add_file", lambda: self._add(effect, content.size))
        self._add(effect, content.size)
        self._end("add_file")

    def _add(self, effect: PostFile, size: int) -> None:
        self.added.append(AssignmentFile(f"f-{effect.id}", effect.file.name, effect.description, size))

    def find_files(self, assignment_id: str, reference: str) -> tuple[AssignmentFile, ...]:  # noqa: ARG002
        self._begin("find_files")
        return tuple(one for one in self.added if f"[Ref {reference}]" in one.description)

    def find(self, assignment_id: str, reference: str) -> tuple[Message, ...]:
        self._begin("find")
        messages = self.assignments[assignment_id].messages
        return tuple(message for message in messages if f"[Ref {reference}]" in message.text)

    def updated_since(self, since: datetime) -> tuple[str, ...]:
        self._begin("updated_since")
        self.asked_since.append(since)
        return self.updated


def a_ticket(ticket_id: str = "35", **changes: object) -> TicketView:
    fields = {"assignment_id": "880011", "party": "worker", "reason": "approval_overdue", "outcome": "paid"}
    view = TicketView(
        ticket_id, "new", None, WANDA, START, START, subject="Not approved", description="Help", fields=fields
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def an_assignment(number: str = "880011", **changes: object) -> AssignmentView:
    """Finished and overdue for approval; the worker has written, the client has not."""
    done = START - timedelta(days=10)
    view = AssignmentView(
        number,
        "complete",
        title="Swap a router",
        owner="Olaf Owner",
        support_contact=Contact("Sue Support", "sue@client.example"),
        worker=Contact("Wanda Worker", WANDA.email),
        scheduled=done,
        checked_out=done,
        messages=(Message(done + timedelta(days=5), "Wanda Worker", "Please approve."),),
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def changed(*tickets: tuple[str, datetime], cursor: str = "cursor-1", on_form: bool = True) -> Changed:
    return Changed(tuple(ChangedTicket(number, on_form, at) for number, at in tickets), cursor, True)
