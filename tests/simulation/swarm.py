"""What a seed draws: which faults there are and how often, how long it lasts, and what people do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Protocol

from escalation.model.values import POST_TAG, KindOfOutcome
from tests.simulation.scheduler import Simulation
from tests.simulation.simulated_desk import CANARY, DAY, HOUR, REQUESTERS, SimulatedDesk

# Each kind of fault with the rates that a seed may draw for it; about a third of the seeds go without.
FAULTS: dict[str, tuple[float, ...]] = {
    "kill": (0.001, 0.004, 0.02),
    "stall": (0.0005, 0.004),
    "not_sent": (0.03, 0.2),
    "lost_request": (0.03, 0.2),
    "late": (0.05, 0.3),
    "lost_reply": (0.03, 0.2, 0.5),
    "cut_reply": (0.03, 0.2),
    "too_many": (0.05, 0.4),
    "down_before": (0.03, 0.3),
    "down_after": (0.03, 0.3),
    "garbage": (0.03, 0.2),
    "slow": (0.05, 0.3),
    "store_away": (0.005, 0.05),
    "commit_unheard": (0.002, 0.02),
    "wake_lost": (0.2, 0.9),
    "webhook_lost": (0.1, 0.5),
    "webhook_doubled": (0.1, 0.7),
    "webhook_late": (0.1, 0.5),
    "answer_lost": (0.1, 0.4),
    "clog": (0.5, 1.0),
    "timely": (0.3, 1.0),
    "stale": (0.5, 1.0),
    "writes_fail": (0.2, 0.5),
    "step": (0.2, 0.8),
    "skew": (0.2, 0.8),
    "suspended": (0.3, 1.0),
    "refuses_writes": (0.3, 1.0),
}
# Drawn apart, so that the other kinds fall as they would without.
APART = frozenset({"writes_fail", "step", "skew", "suspended", "refuses_writes"})
# How long a service takes no writes while it can be read: minutes, or most of a day.
NO_WRITES_S = (600.0, 20 * HOUR)
NONE = 0.3
# How often a client escalates what its worker has escalated.
CROSSED = 0.4
# How many of the seeds have files in them, and what those hold.
WITH_FILES = 0.35
CONTENTS = (b"one" * 900, b"two" * 40_000, b"three")
# How many days a seed lasts: an hour or a few, some, until the first deadlines of a tier are over, or a month.
DAYS = ((0.02, 0.2), (0.2, 2.1), (2.1, 2.4), (36.0, 36.0))
# Days at the full rates. The longer a seed is, the rarer they strike: a month of everything
# at once would only be the same trouble for hours of computing.
FULL_DAYS = 0.2
# These strike a few times in all, or change how the desk is, so they keep their rates.
SELDOM = frozenset(
    {"clog", "writes_fail", "timely", "stale", "webhook_lost", "webhook_doubled", "webhook_late", "wake_lost"}
    | {"step", "skew", "suspended", "refuses_writes"}
)
# By how much clocks are set: mostly an hour, as by who mistakes a time zone.
STEPS_S = (-HOUR, HOUR, HOUR, -HOUR, 90.0, -90.0, DAY, -DAY)
SUSPENDED_S = (60.0, 3 * HOUR)
# How long the database only reads, as where its disk is full or its host is another.
READ_ONLY_S = (10.0, 1200.0)
# How long a client company can't be used.
COMPANY_DOWN_S = (60.0, 6 * HOUR)


def rates_of(sim: Simulation) -> dict[str, float]:
    """Draw a rate for each kind of fault."""
    found = {}
    for kind, rates in FAULTS.items():
        dice = sim.apart if kind in APART else sim.dice
        found[kind] = 0.0 if dice.random() < NONE else dice.choice(rates)
    return found


def plan(desk: SimulatedDesk) -> None:
    """Put everything that will happen into the calendar."""
    sim, dice = desk.sim, desk.sim.dice
    desk.somebody_acts = lambda ticket: somebody_acts(desk, ticket)
    desk.days = dice.uniform(*dice.choices(DAYS, (0.66, 0.16, 0.17, 0.01))[0])
    calm = min(1.0, (FULL_DAYS / desk.days) ** 0.5)
    sim.rates = {kind: rate if kind in SELDOM else rate * calm for kind, rate in sim.rates.items()}
    desk.reconciles_every = 300.0 if desk.days < 0.4 else 3600.0 if desk.days < 5 else 6 * 3600.0
    if sim.chance("stale"):
        desk.workmarket.note_lag = timedelta(seconds=dice.uniform(1, 25))
    for _ in range(dice.randint(1, 3)):
        sim.after(dice.uniform(0, HOUR), desk.submit)
    for _ in range(dice.choice((0, 0, 1, 3))):
        again = (0.01, 1.5) if dice.random() < 0.5 else ()
        sim.after(dice.uniform(0, HOUR), lambda again=again: desk.hand_in(again))  # type: ignore[misc]
    for _ in range(dice.randint(0, 5)):
        act = dice.choice(ACTS)
        sim.after(dice.uniform(0.02, 1.0) * desk.days * DAY, lambda act=act: act(desk))  # type: ignore[misc]
    for _ in range(dice.randint(0, 2)):
        sim.after(dice.uniform(0, desk.days * DAY), lambda: _clog(desk))
    _clocks(desk)
    _companies(desk)
    _clients(desk)
    _files(desk)
    if sim.chance("refuses_writes", sim.apart):
        begins = sim.apart.uniform(0, 0.9 * desk.days * DAY)
        sim.read_only_s = (begins, begins + sim.apart.uniform(*READ_ONLY_S))
    for service in sorted(desk.network.services):
        if sim.apart.random() < sim.rates.get("writes_fail", 0.0):
            begins = sim.apart.uniform(0, 0.6 * desk.days * DAY)
            desk.network.no_writes[service] = (begins, begins + sim.apart.uniform(*NO_WRITES_S))


def _companies(desk: SimulatedDesk) -> None:
    """Of several client companies one is down for a while, or refuses us, or asks to be left alone."""
    if not desk.companies:
        return
    sim, dice = desk.sim, desk.draws_companies
    company = dice.choice(desk.network.companies)
    troubles = (company.is_down, company.is_refused, lambda: company.is_limited(dice.choice((None, "5", "90"))))
    begins, trouble = dice.uniform(0, 0.8 * desk.days * DAY), dice.choice(troubles)

    def begin() -> None:
        if not sim.quiet:
            sim.mark("company in trouble")
            trouble()

    sim.after(begins, begin)
    sim.after(begins + dice.uniform(*COMPANY_DOWN_S), company.is_well)


def _clients(desk: SimulatedDesk) -> None:
    """What clients escalate, and what comes of it; the other kinds of things happen as they would without."""
    sim, dice = desk.sim, desk.sim.clients
    for _ in range(dice.choice((0, 1, 1, 2))):
        sim.after(dice.uniform(0, HOUR), lambda: _client_escalates(desk))
    for _ in range(dice.randint(0, 4)):
        act = dice.choice(ON_CLIENTS_CASES)
        sim.after(dice.uniform(0.02, 1.0) * desk.days * DAY, lambda act=act: _on_clients_case(desk, act))  # type: ignore[misc]


def _client_escalates(desk: SimulatedDesk) -> None:
    """About an assignment of its own, or about one that its worker has escalated: crossed cases."""
    dice, escalated = desk.sim.clients, [*desk.assignments.values()]
    about = dice.choice(escalated) if escalated and dice.random() < CROSSED else None
    if about:
        desk.sim.mark("crossed")
    desk.clients_request(about, dice.choice((None, *KindOfOutcome)))


def _on_clients_case(desk: SimulatedDesk, act: Callable[[SimulatedDesk, int, str], object]) -> None:
    there = [one for one in desk.clients_tickets() if desk.zendesk.status_label(one) not in ("Closed", "Deleted")]
    if there:
        ticket = desk.sim.clients.choice(there)
        desk.sim.mark(act.__name__)
        act(desk, ticket, desk.zendesk.ticket(ticket)["by_title"]["WorkMarket assignment ID"])


def worker_answers(desk: SimulatedDesk, ticket: int, number: str) -> None:
    desk.workmarket.message(number, "worker", "I come on Monday.")


def worker_mails(desk: SimulatedDesk, ticket: int, number: str) -> None:
    found, worker = desk.zendesk.conversations(ticket), desk.workmarket.assignments[number].worker
    if found and worker:
        desk.people.conversation_reply(found[-1]["id"], worker.email, "I come on Monday.")


def client_writes(desk: SimulatedDesk, ticket: int, number: str) -> None:
    desk.workmarket.message(number, "owner", "Is anybody there?")


def client_cancels(desk: SimulatedDesk, ticket: int, number: str) -> None:
    desk.workmarket.cancel(number)


def client_sends_back(desk: SimulatedDesk, ticket: int, number: str) -> None:
    desk.workmarket.send_back(number)


def agent_accepts(desk: SimulatedDesk, ticket: int, number: str) -> None:
    desk.people.agent_update(ticket, tier=desk.sim.clients.choice((1, 2, 3)))


def agent_ticks(desk: SimulatedDesk, ticket: int, number: str) -> None:
    desk.people.agent_update(
        ticket, fields={"Other side responded": True}, comment=f"Called. {CANARY}", public=False
    )


def client_replies(desk: SimulatedDesk, ticket: int, number: str) -> None:
    desk.people.reply(ticket, "Have you heard anything?")


ON_CLIENTS_CASES = (
    worker_answers,
    worker_mails,
    client_writes,
    client_cancels,
    client_sends_back,
    agent_accepts,
    agent_accepts,
    agent_ticks,
    client_replies,
)


def _clocks(desk: SimulatedDesk) -> None:
    """The clock of the database's machine is set at some moments, and all processes sleep with theirs."""
    sim, dice = desk.sim, desk.sim.apart
    for _ in range(dice.randint(0, 3)):
        if sim.chance("step", dice):
            sim.after(dice.uniform(0, desk.days * DAY), lambda: sim.step(dice.choice(STEPS_S)))
    for _ in range(dice.randint(0, 2)):
        if sim.chance("suspended", dice):
            sim.after(dice.uniform(0, desk.days * DAY), lambda: suspend(sim, dice.uniform(*SUSPENDED_S)))


def _files(desk: SimulatedDesk) -> None:
    """In a third of the seeds people attach files, some the same one twice. Drawn by dice of their own."""
    dice = Random(f"files {desk.sim.seed}")  # noqa: S311  repeatable, not secret
    desk.workmarket.takes_files = dice.choice(("base64", "multipart"))
    desk.zendesk.account.files.dead_tokens = dice.choice(("refused", "ignored"))
    for _ in range(dice.randint(1, 6) if dice.random() < WITH_FILES else 0):
        act, content = dice.choice(FILE_ACTS), dice.choice(CONTENTS)
        moment = dice.uniform(0.02, 1.0) * desk.days * DAY
        desk.sim.after(moment, lambda act=act, content=content: _attaches(desk, act, content))  # type: ignore[misc]


def _attaches(desk: SimulatedDesk, act: FileAct, content: bytes) -> None:
    open_ones = _open(desk)
    if open_ones:
        desk.sim.mark(act.__name__)
        act(desk, open_ones[len(content) % len(open_ones)], content)


def agent_posts_a_file(desk: SimulatedDesk, ticket: int, content: bytes) -> None:
    files = [("order.pdf", content)]
    desk.people.agent_update(ticket, comment="See the order.", add_tags=[POST_TAG], files=files)


def agent_keeps_a_file(desk: SimulatedDesk, ticket: int, content: bytes) -> None:
    files = [("internal.pdf", content + CANARY.encode())]
    desk.people.agent_update(ticket, comment=f"For us. {CANARY}", public=False, add_tags=[POST_TAG], files=files)


def requester_attaches_a_file(desk: SimulatedDesk, ticket: int, content: bytes) -> None:
    desk.people.reply(ticket, "My photo.", [("mine.jpg", content + REQUESTERS)])


def somebody_adds_a_file(desk: SimulatedDesk, ticket: int, content: bytes) -> None:
    desk.workmarket.attach(desk.assignments[ticket], "site.jpg", content)


def files_go_both_ways(desk: SimulatedDesk) -> None:
    """At once: one that an agent chose, twice, and one that came to the assignment."""
    for ticket in desk.tickets:
        agent_posts_a_file(desk, ticket, CONTENTS[0])
        agent_posts_a_file(desk, ticket, CONTENTS[0])
        somebody_adds_a_file(desk, ticket, CONTENTS[1])


def suspend(sim: Simulation, seconds: float) -> None:
    """Put all machines to sleep; who sleeps already wakes no sooner for it."""
    if not sim.quiet:
        sim.suspended_until = max(sim.suspended_until, sim.now_s + seconds)


def _clog(desk: SimulatedDesk) -> None:
    """All traffic of one service stops for a while, and what was under way lands in any order."""
    if desk.sim.chance("clog"):
        service = desk.sim.dice.choice(("zendesk", "workmarket"))
        desk.network.clogged_until[service] = desk.sim.now_s + desk.sim.dice.uniform(30, 3 * HOUR)


def _open(desk: SimulatedDesk) -> list[int]:
    return [one for one in desk.tickets if desk.zendesk.status_label(one) not in ("Closed", "Deleted")]


def _some(desk: SimulatedDesk) -> int | None:
    open_ones = _open(desk)
    return desk.sim.dice.choice(open_ones) if open_ones else None


FileAct = Callable[[SimulatedDesk, int, bytes], None]
FILE_ACTS: tuple[FileAct, ...] = (
    agent_posts_a_file,
    agent_posts_a_file,
    agent_keeps_a_file,
    requester_attaches_a_file,
    somebody_adds_a_file,
    somebody_adds_a_file,
)


def somebody_acts(desk: SimulatedDesk, ticket: int | None) -> None:
    """Anybody does anything, mostly what moves a deadline of this ticket."""
    desk.sim.dice.choice(ACTS if desk.sim.dice.random() < 0.4 else MOVE_DEADLINES)(desk, ticket)


class Act(Protocol):
    """What somebody does to a ticket, to any that is open where none is named."""

    __name__: str

    def __call__(self, desk: SimulatedDesk, ticket: int | None = None) -> None: ...


def _on_ticket(act: Callable[[SimulatedDesk, int], object]) -> Act:
    def done(desk: SimulatedDesk, ticket: int | None = None) -> None:
        ticket = ticket if ticket in _open(desk) else _some(desk)
        if ticket is not None:
            desk.sim.mark(act.__name__)
            act(desk, ticket)

    done.__name__ = act.__name__
    return done


def client_answers(desk: SimulatedDesk, ticket: int) -> None:
    desk.workmarket.message(desk.assignments[ticket], "owner", "We look at it this week.")


def client_approves(desk: SimulatedDesk, ticket: int) -> None:
    if desk.workmarket.assignments[desk.assignments[ticket]].status == "complete":
        desk.workmarket.approve(desk.assignments[ticket])


def worker_writes_on_the_assignment(desk: SimulatedDesk, ticket: int) -> None:
    desk.workmarket.message(desk.assignments[ticket], "worker", "Is anybody there?")


def requester_replies(desk: SimulatedDesk, ticket: int) -> None:
    desk.replies(ticket, "Have you heard anything?")


def agent_notes(desk: SimulatedDesk, ticket: int) -> None:
    desk.people.agent_update(ticket, comment=f"Called them. {CANARY}", public=False)


def agent_answers(desk: SimulatedDesk, ticket: int) -> None:
    desk.people.agent_update(ticket, comment="I am on it.")


def they_talk(desk: SimulatedDesk, ticket: int) -> None:
    """An agent and the requester write in turn, minutes apart."""
    dice, moment = desk.sim.dice, 0.0
    for act in (_note, _reply, _note, _reply):
        moment += dice.uniform(2, 400)
        desk.sim.after(moment, lambda act=act: _on_open(desk, ticket, act))  # type: ignore[misc]


def _note(desk: SimulatedDesk, ticket: int) -> None:
    desk.people.agent_update(ticket, comment=f"Asked a colleague. {CANARY}", public=False)


def _reply(desk: SimulatedDesk, ticket: int) -> None:
    reply = desk.sim.dice.choice((desk.people.reply, desk.people.reply_by_messenger))
    reply(ticket, "I have found the e-mail.")


def agent_solves(desk: SimulatedDesk, ticket: int) -> None:
    desk.people.solve(ticket)


def agent_names_the_manager(desk: SimulatedDesk, ticket: int) -> None:
    desk.people.agent_update(ticket, fields={"Account manager's e-mail": "marta@example.com"})


def other_side_mails(desk: SimulatedDesk, ticket: int) -> None:
    found = desk.zendesk.conversations(ticket)
    if found:
        desk.people.conversation_reply(found[-1]["id"], "sally@example.com", "We are on it.")


def ticket_is_deleted(desk: SimulatedDesk, ticket: int) -> None:
    desk.people.delete(ticket)


def requester_marks_solved(desk: SimulatedDesk, ticket: int) -> None:
    if desk.zendesk.ticket(ticket)["assignee_id"] is not None:
        desk.people.mark_solved(ticket)


def crowd(desk: SimulatedDesk, ticket: int) -> None:
    """Somebody edits the ticket every second for a while: the desk's stamps are old before they are used."""
    for second in range(20):
        desk.sim.after(second + desk.sim.dice.random(), lambda: _on_open(desk, ticket, _edit))


def _edit(desk: SimulatedDesk, ticket: int) -> None:
    desk.people.agent_update(ticket, comment=f"Typing. {CANARY}", public=False)


def _on_open(desk: SimulatedDesk, ticket: int, act: Callable[[SimulatedDesk, int], object]) -> None:
    if desk.zendesk.status_label(ticket) not in ("Closed", "Deleted"):
        act(desk, ticket)


ACTS = tuple(
    _on_ticket(act)
    for act in (
        client_answers,
        client_approves,
        worker_writes_on_the_assignment,
        requester_replies,
        agent_notes,
        agent_answers,
        agent_solves,
        agent_names_the_manager,
        other_side_mails,
        ticket_is_deleted,
        requester_marks_solved,
        crowd,
        they_talk,
    )
)
MOVE_DEADLINES = tuple(
    act for act in ACTS if act.__name__ in ("agent_answers", "client_answers", "requester_replies")
)
