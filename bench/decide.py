"""How many decisions one core makes in a second, over what a day of the desk is made of.

    python -m bench.decide [--seconds 3]

The mix is a case's life as the loops see it: hints and looks that bring nothing new, timers, results of effects,
and now and then a look that moves a case: arriving, a tier, an answer, an update, a reply, an end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import process_time

from bench.figures import Figure, leave, parser
from config.policy import load_policy, public_holidays
from config.texts import load_texts
from escalation.decide import decide
from escalation.model.case import Case
from escalation.model.effects import Look
from escalation.model.events import Done, Event, Hint, Observed, TimerDue
from escalation.model.values import Role, Timer
from escalation.model.views import AssignmentView, Comment, Contact, Message, TicketView, Update, ZendeskUser
from escalation.opening import new_case
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
WORKER = ZendeskUser("501", "wanda@example.com", "Wanda Worker", verified=True)
AGENT = ZendeskUser("7", "ada@example.com", "Ada Agent", verified=True)
Step = tuple[Case, Event, datetime]


def _policy() -> Policy:
    days: dict[date, str] = public_holidays("US", "", 2024, 2030)
    return Policy.from_mapping(load_policy(None), holidays=days, texts=Texts.from_mapping(load_texts()))


class Life:
    """One case lived through once; every decision it took is a step to repeat."""

    def __init__(self, number: int, policy: Policy) -> None:
        self.policy = policy
        self.now = START + timedelta(minutes=37 * number)
        fields = {"assignment_id": str(880_000 + number), "party": "worker", "reason": "approval_overdue"}
        self.ticket = TicketView(
            str(number), "new", None, WORKER, self.now, self.now, description="Nobody answers.", fields=fields
        )
        done = self.now - timedelta(days=10)
        self.assignment = AssignmentView(
            str(880_000 + number),
            "complete",
            title="Swap a router",
            owner="Olaf Owner",
            support_contact=Contact("Sue Support", "sue@client.example"),
            worker=Contact("Wanda Worker", WORKER.email),
            scheduled=done,
            checked_out=done,
            messages=(Message(done + timedelta(days=5), "Wanda Worker", "Please approve."),),
        )
        self.case = new_case(self.ticket, f"C-{number}", f"R{number:03}")
        self.steps: list[Step] = []
        self.updates = [Update(1, self.now, WORKER, Role.REQUESTER, comment=Comment("1", "Nobody answers.", True))]

    def tell(self, event: Event) -> None:
        """Decide, note the step, and answer what was asked for."""
        self.steps.append((self.case, event, self.now))
        decision = decide(self.case, event, self.now, self.policy)
        self.case = decision.case
        for effect in decision.effects:
            if isinstance(effect, Look):
                whole = effect.scope != {"ticket"}
                self.look(whole=whole)
            else:
                self.now += timedelta(seconds=1)
                self.tell(Done(effect.id, self.now))
                self.tell(Hint())

    def look(self, *, whole: bool) -> None:
        """Bring back what is there: an echo of our own update brings no ticket."""
        new = tuple(u for u in self.updates if not self.case.heard.seen.has(u.id, u.at))
        ticket = self.ticket if new or whole else None
        assignment = self.assignment if whole else None
        self.tell(Observed(ticket, updates=new, assignment=assignment, conversations=()))

    def update(self, role: Role, text: str) -> None:
        """Somebody comments on the ticket."""
        number = len(self.updates) + 1
        who = AGENT if role is Role.AGENT else WORKER
        self.updates.append(Update(number, self.now, who, role, comment=Comment(str(number), text, True)))
        self.tell(Hint())

    def fire(self, timer: Timer) -> None:
        """Let a deadline pass."""
        deadline = self.case.deadlines.get(timer)
        if deadline:
            self.now = max(self.now, deadline.due)
            self.tell(TimerDue(timer, deadline.generation))

    def live(self) -> list[Step]:
        """From the request to the end of the reason."""
        self.tell(Hint(about="assignment"))
        self.update(Role.REQUESTER, "Any news?")
        self.update(Role.AGENT, "We are on it.")
        for timer in (Timer.TIER_ENDS, Timer.NEXT_UPDATE, Timer.TIER_ENDS, Timer.NEXT_UPDATE):
            self.fire(timer)
        for _ in range(10):
            self.now += timedelta(hours=1)
            self.tell(Hint())
        said = Message(self.now, "Sue Support", "We will look into it.")
        self.assignment = replace(self.assignment, messages=(*self.assignment.messages, said))
        self.tell(Hint(about="assignment"))
        self.fire(Timer.NEXT_UPDATE)
        self.assignment = replace(self.assignment, status="paymentpending")
        self.tell(Hint(about="assignment"))
        self.fire(Timer.CONFIRMATION)
        return self.steps


def steps(policy: Policy, lives: int) -> Iterator[Step]:
    """The decisions of so many cases."""
    for number in range(1, lives + 1):
        yield from Life(number, policy).live()


def measure(every: list[Step], policy: Policy, seconds: float) -> float:
    """Decisions a second of processor time, repeating the steps for so long."""
    count, begun = 0, process_time()
    while (elapsed := process_time() - begun) < seconds:
        for case, event, now in every:
            decide(case, event, now, policy)
        count += len(every)
    return count / elapsed


def main() -> None:
    """Print the figure and how to repeat it."""
    options = parser("bench.decide", "Decisions a second on one core.")
    options.add_argument("--seconds", type=float, default=3.0)
    chosen = options.parse_args()
    policy = _policy()
    every = list(steps(policy, 40))
    kinds = sorted({event.type for _, event, _ in every})
    mix = ", ".join(f"{sum(e.type == kind for _, e, _ in every) / len(every):.0%} {kind}" for kind in kinds)
    rate = max(measure(every, policy, chosen.seconds / 3) for _ in range(3))
    print(f"{rate:,.0f} decisions a second on one core ({len(every)} decisions of 40 cases: {mix})")
    print("Again: python -m bench.decide")
    leave([Figure("decisions a second", f"{rate:,.0f}", "at least 20,000", rate >= 20_000)])


if __name__ == "__main__":
    main()
