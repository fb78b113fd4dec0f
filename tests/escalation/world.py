"""A small world for tests of the pure process: a policy, a ticket, an assignment, and time that is moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from config.policy import load_policy, public_holidays
from config.texts import load_texts
from escalation.case import Case
from escalation.decide import decide
from escalation.effects import CreateTicket, Effect, Look, PostMessage, StartConversation, UpdateTicket
from escalation.events import Done, Event, Observed, TimerDue
from escalation.opening import new_case
from escalation.policy import Policy
from escalation.texts import Texts
from escalation.values import Role, State, Timer
from escalation.views import AssignmentView, Comment, Contact, Message, Person, TicketView, Update

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
WORKER = Person("501", "wanda@example.com", "Wanda Worker", verified=True)
AGENT = Person("7", "ada@example.com", "Ada Agent", verified=True)


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
        support_contact=Contact("Sue Support", "sue@client.example"),
        worker=Contact("Wanda Worker", WORKER.email),
        scheduled=done,
        checked_in=done - timedelta(hours=2),
        checked_out=done,
        messages=(Message(done + timedelta(days=5), "Wanda Worker", "Please approve."),),
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def ticket(**changes: object) -> TicketView:
    fields = {"assignment_id": "880011", "party": "worker", "reason": "approval_overdue", "outcome": "paid"}
    fields.update(changes.pop("fields", {}))  # type: ignore[arg-type]
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


class World:
    """One case, the ticket and assignment it sees, and everything it asked for, in order."""

    def __init__(self, *, rules: Policy | None = None, **changes: object) -> None:
        self.now = START
        self.policy = rules or policy()
        self.ticket = ticket(**changes)
        self.assignment: object = assignment()
        self.case = new_case(self.ticket, "C-1", "8F3K")
        self.asked: list[Effect] = []
        self.open: list[Effect] = []
        self.journal: list[str] = []
        self.audit = 1
        self.conversations: tuple[object, ...] | None = None

    def tell(self, event: Event) -> Case:
        decision = decide(self.case, event, self.now, self.policy)
        self.case = decision.case
        self.asked += decision.effects
        self.open += decision.effects
        self.journal += [f"{e.what}: {e.why}" for e in decision.journal]
        return self.case

    def update(self, role: Role = Role.AGENT, **parts: object) -> Update:
        self.audit += 1
        who = WORKER if role is Role.REQUESTER else AGENT
        return Update(self.audit, self.now, who, role, **parts)  # type: ignore[arg-type]

    def comment(self, text: str, *, public: bool = True) -> Comment:
        return Comment(f"c{self.audit + 1}", text, public)

    def look(self, *updates: Update, **parts: object) -> Case:
        """Answer a look with everything as it is now."""
        first = Update(1, START, WORKER, Role.REQUESTER, comment=Comment("c1", "Nobody answers.", True))
        seen = {"ticket": self.ticket, "assignment": self.assignment, "conversations": self.conversations}
        seen.update(parts)
        return self.tell(Observed(updates=(first, *updates), **seen))  # type: ignore[arg-type]

    def settle(self) -> Case:
        """Carry out everything that was asked for, and tell the case so, until nothing is left."""
        for _ in range(50):
            if not self.open:
                return self.case
            effect = self.open.pop(0)
            if isinstance(effect, Look):
                self.look()
            else:
                self.tell(Done(effect.id, self.now))
        raise AssertionError("The case never comes to rest.")

    def arrive(self) -> Case:
        self.look()
        return self.settle()

    def pass_time(self, until: datetime) -> Case:
        """Let the clock fire what becomes due, one moment after the other."""
        for _ in range(200):
            due = sorted((d.due, t) for t, d in self.case.deadlines.items() if d.due <= until)
            if not due:
                self.now = until
                return self.case
            when, timer = due[0]
            self.now = max(self.now, when)
            before = self.case.deadlines
            self.tell(TimerDue(timer, self.case.deadlines[timer].generation))
            self.settle()
            if self.case.deadlines == before:
                raise AssertionError(f"{timer} is due for ever.")
        raise AssertionError("The case never comes to rest.")

    def due(self, timer: Timer) -> datetime:
        return self.case.deadlines[timer].due

    def public(self) -> list[UpdateTicket]:
        return [e for e in self.asked if isinstance(e, UpdateTicket) and e.say and e.say.public]

    def notes(self) -> list[str]:
        return [e.say.text for e in self.asked if isinstance(e, UpdateTicket) and e.say and not e.say.public]

    def messages(self) -> list[PostMessage]:
        return [e for e in self.asked if isinstance(e, PostMessage)]

    def mails(self) -> list[StartConversation]:
        return [e for e in self.asked if isinstance(e, StartConversation)]

    def created(self) -> list[CreateTicket]:
        return [e for e in self.asked if isinstance(e, CreateTicket)]

    @property
    def state(self) -> State:
        return self.case.state
