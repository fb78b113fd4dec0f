"""A small world for tests of the pure process: a policy, a ticket, an assignment, and time that is moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from config.policy import load_policy, public_holidays
from config.texts import load_texts
from escalation.decide import decide
from escalation.engine.turn import Decision
from escalation.handlers.outreach import possible_readers
from escalation.model.audience import Public
from escalation.model.case import Case
from escalation.model.effects import CreateTicket, Effect, Look, PostMessage, Say, StartConversation, UpdateTicket
from escalation.model.events import Done, Event, Observed, Refused, TimerDue
from escalation.model.values import Party, Role, State, Timer
from escalation.model.views import (
    AssignmentView,
    Comment,
    Contact,
    Conversation,
    ConversationMessage,
    Message,
    TicketView,
    Update,
    ZendeskUser,
)
from escalation.opening import new_case
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts
from tests.asserting import key_of
from tests.unit.escalation.as_it_was import as_it_was

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
WORKER = ZendeskUser("501", "wanda@example.com", "Wanda Worker", verified=True)
CLIENT = ZendeskUser("601", "olaf@client.example", "Olaf Owner", verified=True)
AGENT = ZendeskUser("7", "ada@example.com", "Ada Agent", verified=True)
MANAGER = "sue@client.example"
NEW_YORK = ZoneInfo("America/New_York")


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment by the clock of New York, in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


@lru_cache(maxsize=1)
def texts() -> Texts:
    return Texts.from_mapping(load_texts())


@lru_cache(maxsize=1)
def policy() -> Policy:
    days = public_holidays("US", "", 2024, 2030)
    return Policy.from_mapping(load_policy(None), holidays=days, texts=texts())


def assignment(**changes: object) -> AssignmentView:
    """A finished assignment, overdue for approval, on which the worker has written and the client has not."""
    done = START - timedelta(days=10)
    view = AssignmentView(
        "880011",
        "complete",
        title="Swap a router",
        owner="Olaf Owner",
        support_contact=Contact("Sue Support", MANAGER),
        worker=Contact("Wanda Worker", WORKER.email),
        scheduled=done,
        checked_in=done - timedelta(hours=2),
        checked_out=done,
        messages=(Message(done + timedelta(days=5), "Wanda Worker", "Please approve."),),
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def ticket(**changes: object) -> TicketView:
    fields = {"assignment_id": "880011", "party": "worker", "reason": "approval_overdue", "outcome": "paid"}
    fields.update(changes.pop("fields", {}))  # type: ignore[call-overload]
    view = TicketView(
        "35",
        "new",
        None,
        WORKER,
        START,
        START,
        subject="Not approved",
        description="Nobody answers.",
        fields=fields,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


class CaseWorld:
    """One case, the ticket and assignment it sees, and everything it asked for, in order.

    What a decision sets on the ticket is on the ticket; a look brings back what its scope asks for.
    """

    def __init__(self, *, rules: Policy | None = None, seen: object = None, **changes: object) -> None:
        self.now = START
        self.policy = rules or policy()
        self.ticket = ticket(**changes)
        self.assignment: object = seen or assignment()
        self.case = new_case(self.ticket, "C-1", "8F3K")
        self.asked: list[Effect] = []
        self.book: list[tuple[datetime, Effect | str, str]] = []
        self.open: list[Effect] = []
        self.journal: list[str] = []
        self.audit = 1
        self.updates = [
            Update(1, START, self.ticket.requester, Role.REQUESTER, comment=Comment("c1", "Nobody answers.", True))
        ]
        self.conversations: tuple[Conversation, ...] = ()
        self.written_to: dict[str, datetime] = {}

    def tell(self, event: Event) -> Case:
        self.decided(event)
        return self.case

    def decided(self, event: Event) -> Decision:
        before = as_it_was(self.case)
        decision = decide(self.case, event, self.now, self.policy)
        assert as_it_was(self.case) == before, "The case handed in was changed."
        self.case = decision.case
        self.asked += decision.effects
        self.book += [(self.now, effect, "") for effect in decision.effects]
        self.open += decision.effects
        self.journal += [f"{e.what}: {e.why}" for e in decision.journal]
        return decision

    def update(self, role: Role = Role.AGENT, **parts: object) -> Update:
        """A further update of the ticket, which the next look finds; its fields are on the ticket."""
        self.audit += 1
        who = {Role.REQUESTER: self.ticket.requester, Role.AGENT: AGENT}.get(role, ZendeskUser("0"))
        made = Update(self.audit, self.now, who, role, **parts)  # type: ignore[arg-type]
        self.updates.append(made)
        changed = {k: v for k, v in made.changes.items() if k != "status"}
        tags = (self.ticket.tags | made.tags_added) - made.tags_removed
        self.ticket = replace(self.ticket, fields={**self.ticket.fields, **changed}, tags=tags)
        return made

    def comment(self, text: str, *, public: bool = True) -> Comment:
        return Comment(f"c{self.audit + 1}", text, public)

    def look(self, scope: Iterable[str] = ("ticket", "assignment"), **parts: object) -> Case:
        """Answer a look with everything in its scope as it is now."""
        new = tuple(u for u in self.updates if not self.case.heard.seen.has(u.id, u.at))
        read = bool(new) or set(scope) != {"ticket"}
        seen: dict[str, object] = {"ticket": replace(self.ticket, id=self.case.ticket_id) if read else None}
        seen["assignment"] = self.assignment if "assignment" in scope and self.case_number() else None
        seen["conversations"] = self.conversations if "conversations" in scope else None
        seen.update(parts)
        observed = Observed(updates=tuple(self.updates), **seen)  # type: ignore[arg-type]
        asked = possible_readers(self.case, observed, self.policy, self.case.company)
        quiet = {name: at for name, at in self.written_to.items() if name in asked and at > self.now}
        return self.tell(replace(observed, written_to=quiet))

    def case_number(self) -> str:
        return self.ticket.text("assignment_id") or self.case.assignment_id or ""

    def settle(self) -> Case:
        """Carry out everything that was asked for, and tell the case so, until nothing is left."""
        for _ in range(60):
            if not self.open:
                return self.case
            self.step()
        raise AssertionError("The case never comes to rest.")

    def step(self) -> None:
        """Carry out the first thing that was asked for."""
        effect = self.open.pop(0)
        if isinstance(effect, Look):
            self.look(effect.scope)
            return
        result: dict[str, str] = {}
        if isinstance(effect, UpdateTicket) and effect.ticket_id == self.ticket.id:
            tags = (self.ticket.tags | {*effect.add_tags}) - {*effect.remove_tags}
            self.ticket = replace(self.ticket, fields={**self.ticket.fields, **effect.fields}, tags=tags)
        elif isinstance(effect, CreateTicket):
            result = {"ticket_id": "99"}
        self.tell(Done(effect.id, self.now, result))

    def refuse(self, kind: type, code: str = "invalid", owed: str = "") -> Case:
        """Refuse the first effect of a kind that is on its way."""
        effect = next(e for e in self.open if isinstance(e, kind))
        self.open.remove(effect)
        return self.tell(Refused(effect.id, code, "It was refused.", Public(owed)))  # type: ignore[union-attr]

    def arrive(self) -> Case:
        self.look()
        return self.settle()

    def agent(self, **parts: object) -> Case:
        """An agent updates the ticket, and everything that follows from it happens."""
        self.update(Role.AGENT, **parts)
        self.look({"ticket"})
        return self.settle()

    def requester(self, text: str, **parts: object) -> Case:
        self.update(Role.REQUESTER, comment=self.comment(text), **parts)
        self.look({"ticket"})
        return self.settle()

    def message(self, author: str, text: str, **parts: object) -> Case:
        """Somebody writes on the assignment, and the case hears of it."""
        seen = self.assignment
        assert isinstance(seen, AssignmentView)
        said = Message(self.now, author, text, **parts)  # type: ignore[arg-type]
        return self.assigned(messages=(*seen.messages, said))

    def assigned(self, **changes: object) -> Case:
        """The assignment changes, and the case hears of it."""
        assert isinstance(self.assignment, AssignmentView)
        self.assignment = replace(self.assignment, **changes)  # type: ignore[arg-type]
        self.look()
        return self.settle()

    def reply(self, email: str, text: str = "We will look into it.", *, tier: int = 2) -> Case:
        """Somebody replies in the side conversation of a tier, and the case hears of it."""
        effect = next((e for e, of in self.case.heard.conversations.items() if of == tier), "")
        said = ConversationMessage(f"m{len(self.conversations) + 1}.{self.now}", self.now, email, "", text)
        self.conversations = (*self.conversations, Conversation(f"s{tier}", effect, (said,)))
        self.look({"ticket", "conversations"})
        return self.settle()

    def pass_time(self, until: datetime | timedelta) -> Case:
        """Let the clock fire what becomes due, each deadline once, one moment after the other."""
        until = until if isinstance(until, datetime) else self.now + until
        fired: set[int] = set()
        for _ in range(400):
            due = sorted(
                (d.due, t) for t, d in self.case.deadlines.items() if d.due <= until and d.generation not in fired
            )
            if not due:
                self.now = until
                return self.case
            when, timer = due[0]
            self.now = max(self.now, when)
            generation = self.case.deadlines[timer].generation
            fired.add(generation)
            self.tell(TimerDue(timer, generation))
            self.settle()
        raise AssertionError("The case never comes to rest.")

    def due(self, timer: Timer) -> datetime:
        return self.case.deadlines[timer].due

    def public(self) -> list[UpdateTicket]:
        return [e for e in self.asked if isinstance(e, UpdateTicket) and e.say and e.say.public]

    def said(self) -> list[str]:
        """What the requester was told: a macro's key, else the text."""
        return [e.say.macro or e.say.text for e in self.public() if isinstance(e.say, Say)]

    def last_said(self) -> Say:
        """The last comment to the requester, with what is told besides."""
        said = self.public()[-1].say
        assert isinstance(said, Say)
        return said

    def keys(self) -> list[str]:
        """The keys of the texts that the requester was told, as they are where no macro takes their place."""
        texts = self.policy.texts
        return [key_of(texts.of(e.say.language), e.say.text) for e in self.public() if isinstance(e.say, Say)]

    def notes(self) -> list[str]:
        return [e.say.text for e in self.asked if isinstance(e, UpdateTicket) and e.say and not e.say.public]

    def messages(self) -> list[PostMessage]:
        return [e for e in self.asked if isinstance(e, PostMessage)]

    def mails(self) -> list[StartConversation]:
        return [e for e in self.asked if isinstance(e, StartConversation)]

    def created(self) -> list[CreateTicket]:
        return [e for e in self.asked if isinstance(e, CreateTicket)]

    def looks(self) -> list[Look]:
        return [e for e in self.asked if isinstance(e, Look)]

    def ticket_updates(self) -> list[UpdateTicket]:
        return [e for e in self.asked if isinstance(e, UpdateTicket)]

    def says(self, who: str, text: str) -> None:
        """Write down what somebody is about to say, for whoever reads the case's letters."""
        self.book.append((self.now, who, text))

    def forget(self) -> None:
        """Begin a new list of what is asked for."""
        self.asked.clear()

    @property
    def state(self) -> State:
        return self.case.state


def clients_world(**changes: object) -> CaseWorld:
    """What `CaseWorld` is for a worker's request: one of the client's, signed, on a worker who does not answer."""
    fields = {"party": "client", "reason": None, "outcome": "Come back and finish.", **changes.pop("fields", {})}  # type: ignore[dict-item]
    said = Message(START - timedelta(days=5), "Olaf Owner", "When do you come back?")
    given = {"seen": assignment(messages=(said,)), "requester": CLIENT, "signed_email": CLIENT.email, **changes}
    return CaseWorld(fields=fields, **given)  # type: ignore[arg-type]


def world_of(party: Party, **changes: object) -> CaseWorld:
    return clients_world(**changes) if party is Party.CLIENT else CaseWorld(**changes)  # type: ignore[arg-type]


OTHER_SIDE = {Party.WORKER: ("Olaf Owner", MANAGER), Party.CLIENT: ("Wanda Worker", WORKER.email)}
"""Who answers on the assignment, and who by e-mail, where that party has escalated."""


def in_tier(tier: int = 1, party: Party = Party.WORKER, **changes: object) -> CaseWorld:
    """A case that has arrived in a tier by itself, with nothing on its way."""
    world = world_of(party, **changes)
    world.arrive()
    for _ in range(tier - 1):
        world.pass_time(world.due(Timer.TIER_ENDS))
    assert world.case.tier == tier, world.journal
    return world
