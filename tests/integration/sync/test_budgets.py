"""Budgets of calls, shared by all processes: who waits, who goes first, and what a 429 leads to."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.utils import format_datetime

import pytest

from connector.calls import CALLS, UPDATES, WORKMARKET, ZENDESK
from connector.errors import Limited, Transient, retry_after
from escalation.model.audience import Public
from escalation.model.effects import CreateTicket, Look, PostMessage, Say, UpdateTicket
from store import NewOutboxRow, OutboxRow, Store
from sync.limits.breaker import PROBED
from sync.limits.bucket import RateLimit
from sync.limits.budgets import Budgets, Denied, Permit
from sync.limits.call_costs import NEW_REQUESTS
from sync.operator.backlog import backlog
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.outbox.stamps import stamp_mark
from sync.shared.codec import encode_effect
from sync.shared.priority import FIRST, INTAKE, SWEEP, USUAL, priority_of
from tests.integration.sync.desk_on_fakes import Killed
from tests.integration.sync.fakes import Clock, FakeWorkMarket, FakeZendesk, a_ticket, an_assignment
from tests.integration.sync.policy import START, policy
from tests.scale import scaled, tell

OLD = START - timedelta(hours=1)
FORMS = ("0", "1", "90", "a date", None, "garbage", "1000000000", "-5", "2.5")
LIMITS = {ZENDESK: RateLimit(90, 15), UPDATES: RateLimit(45, 8), WORKMARKET: RateLimit(40, 8)}


class Account:
    """One account, and any number of processes that deliver to it."""

    def __init__(self, url: str) -> None:
        self.url, self.clock = url, Clock()
        self.zendesk, self.workmarket = FakeZendesk(self.clock), FakeWorkMarket(self.clock)
        self.stores: list[Store] = []

    def process(self, limits: Mapping[str, RateLimit] | None = None) -> Deliverer:
        store = Store.open(self.url, now=self.clock)
        self.stores.append(store)
        budgets = Budgets(store, limits, now=self.clock)
        schedule = RetrySchedule.of(policy(), lambda: 0.0)
        return Deliverer(store, self.zendesk, self.workmarket, schedule, now=self.clock, budgets=budgets)

    def ticket(self, number: int) -> None:
        self.zendesk.add(a_ticket(str(number), updated_at=OLD))

    def update(self, number: int, name: str = "") -> None:
        self.ticket(number)
        self.stores[0].write(lambda tx: tx.marks.raise_to(*stamp_mark(str(number), OLD), self.clock()))
        effect = UpdateTicket(name or f"U-{number}", str(number))
        self.queue(effect.id, "update_ticket", f"ticket:{number}", encode_effect(effect), FIRST)

    def look(self, number: int, scope: frozenset[str] = frozenset({"ticket"}), priority: int = USUAL) -> None:
        self.ticket(number)
        body = encode_effect(Look(str(number), scope, assignment_id="880011"))
        self.queue(f"L-{number}", "look", f"look:{number}", body, priority)

    def message(self, name: str) -> None:
        self.workmarket.add(an_assignment(name))
        effect = PostMessage(f"M-{name}", name, Public(f"Hello [Ref {name}]"), name)
        self.queue(effect.id, "post_message", f"assignment:{name}", encode_effect(effect), FIRST)

    def queue(self, name: str, kind: str, lane: str, body: Mapping[str, object], priority: int) -> None:
        effect = NewOutboxRow(name, lane, kind, {**body, "home": lane}, self.clock(), None, None, priority)
        self.stores[0].write(lambda tx: tx.outbox.add([effect], self.clock()))

    def row(self, name: str) -> OutboxRow:
        found = self.stores[0].read(lambda tx: tx.outbox.get(name))
        assert found is not None
        return found

    def unfinished(self) -> list[OutboxRow]:
        return self.stores[0].read(lambda tx: tx.outbox.unfinished(10_000))


@pytest.fixture
def account(url: str) -> Iterator[Account]:
    made = Account(url)
    yield made
    for store in made.stores:
        store.close()


def step(process: Deliverer, clock: Clock) -> int:
    return sum(process.deliver(row.id, row.lane, row) for row in process.ready(clock()))


def drain(process: Deliverer, clock: Clock) -> None:
    while step(process, clock):
        pass


# The budget


def test_no_minute_sees_more_calls_than_the_limit_however_many_processes_there_are(account: Account) -> None:
    processes = [account.process({ZENDESK: RateLimit.of(60)}) for _ in range(3)]
    account.update(1)
    dice, made = random.Random(7), []  # noqa: S311  repeatable, not secret
    budgets = [Budgets(store, {ZENDESK: RateLimit.of(60)}, now=account.clock) for store in account.stores]
    for _ in range(400):
        account.clock.move(seconds=dice.uniform(0, 1))
        with dice.choice(budgets).within({ZENDESK: dice.randint(1, 3)}, ZENDESK) as permit:
            if isinstance(permit, Permit):
                made += [account.clock()] * permit.costs[ZENDESK]
    busiest = max(sum(1 for at in made if start <= at < start + timedelta(minutes=1)) for start in made)
    assert len(processes) == 3
    assert 40 < busiest <= 60 + 1


def test_what_was_called_beyond_the_estimate_is_paid_back(account: Account) -> None:
    account.process()
    budgets = Budgets(account.stores[0], {ZENDESK: RateLimit(20, 10)}, now=account.clock)
    with budgets.within({ZENDESK: 1}, ZENDESK):
        counter = CALLS.get()
        assert counter is not None
        counter[ZENDESK] += 8
    with budgets.within({ZENDESK: 2}, ZENDESK) as permit:
        assert isinstance(permit, Permit)
    with budgets.within({ZENDESK: 1}, ZENDESK) as wait:
        assert isinstance(wait, Denied)


def test_a_clock_that_was_ahead_and_is_put_right_makes_nobody_wait_for_it(account: Account) -> None:
    account.process()
    budgets = Budgets(account.stores[0], {ZENDESK: RateLimit(60, 10)}, now=account.clock)
    account.clock.move(hours=5)
    with budgets.within({ZENDESK: 10}, ZENDESK):
        pass
    budgets.refused(Limited("Too many.", 900.0), ZENDESK)
    account.clock.move(hours=-5)
    account.clock.move(seconds=30)
    with budgets.within({ZENDESK: 1}, ZENDESK) as permit:
        assert isinstance(permit, Permit)


def test_an_empty_budget_is_no_attempt_and_no_failure(account: Account) -> None:
    process = account.process({ZENDESK: RateLimit(20, 2)})
    for number in range(4):
        account.update(number)
    drain(process, account.clock)
    left = account.unfinished()
    assert len(left) == 2
    assert {(row.attempts, row.error, row.due) for row in left} == {(0, None, START)}


def test_when_the_budget_fills_again_what_waited_longest_goes_first(account: Account) -> None:
    process = account.process({ZENDESK: RateLimit(20, 1)})
    for number in (5, 3, 4):
        account.update(number)
        account.clock.move(seconds=0.001)
    for _ in range(3):
        drain(process, account.clock)
        account.clock.move(seconds=4)
    assert [update.ticket_id for update, _ in account.zendesk.written] == ["5", "3", "4"]


def test_an_update_goes_before_looks_and_those_before_what_a_sweep_looks_at(account: Account) -> None:
    process = account.process()
    account.look(1, priority=SWEEP)
    account.look(2)
    account.update(3)
    assert [row.id for row in process.ready(account.clock())] == ["U-3", "L-2", "L-1"]


def test_a_sweep_leaves_half_of_what_may_leave_at_once_to_what_people_wait_for(account: Account) -> None:
    process = account.process({ZENDESK: RateLimit(60, 20)})
    for number in range(20):
        account.look(number, priority=SWEEP)
    drain(process, account.clock)
    assert account.zendesk.calls == ["look"] * 5
    account.update(100)
    drain(process, account.clock)
    assert account.row("U-100").state == "done"


def test_updates_of_tickets_have_a_budget_of_their_own(account: Account) -> None:
    process = account.process({ZENDESK: RateLimit(1000, 500), UPDATES: RateLimit(60, 2)})
    for number in range(4):
        account.update(number)
    account.look(9)
    drain(process, account.clock)
    assert sorted(account.zendesk.calls) == ["look", "write", "write"]


# Pauses


def test_a_pause_that_one_process_heard_of_holds_for_all(account: Account) -> None:
    first, second = account.process(), account.process()
    account.update(1)
    account.update(2)
    account.zendesk.fails("write", Limited("Too many.", 90.0))
    first.deliver("U-1", "ticket:1")
    assert second.ready(account.clock()) == []
    assert not second.deliver("U-2", "ticket:2")
    account.clock.move(seconds=90)
    drain(second, account.clock)
    assert account.zendesk.calls == ["write", "write", "write"]


def test_however_often_there_were_too_many_calls_it_is_no_attempt_and_no_dead_letter(account: Account) -> None:
    process = account.process()
    account.update(1)
    account.zendesk.fails("write", *[Limited("Too many.", 1.0)] * 30)
    for _ in range(30):
        drain(process, account.clock)
        assert account.row("U-1").attempts == 0
        account.clock.move(seconds=60)
    drain(process, account.clock)
    assert account.row("U-1").state == "done"


def test_a_pause_that_a_look_heard_of_holds_for_updates(account: Account) -> None:
    process = account.process()
    account.look(1)
    account.update(2)
    account.zendesk.fails("look", Limited("Too many.", 90.0))
    process.deliver("L-1", "look:1")
    assert process.ready(account.clock()) == []


def test_after_a_pause_one_call_finds_out_and_the_others_wait_for_it(account: Account) -> None:
    first, second = account.process(), account.process()
    for number in (1, 2, 3):
        account.update(number)
    account.zendesk.fails("write", Limited("Too many.", 10.0), Limited("Too many.", 10.0))
    step(first, account.clock)
    account.clock.move(seconds=10)
    account.zendesk.at_call = lambda _: step(second, account.clock) and None
    step(first, account.clock)
    assert account.zendesk.calls == ["write", "write"]


def test_a_probe_whose_process_was_killed_is_made_by_another(account: Account) -> None:
    first, second = account.process(), account.process()
    account.update(1)
    account.update(2)
    account.zendesk.fails("write", Limited("Too many.", 10.0), Killed())  # type: ignore[arg-type]
    step(first, account.clock)
    account.clock.move(seconds=10)
    with pytest.raises(Killed):
        step(first, account.clock)
    account.clock.move(seconds=5)
    assert step(second, account.clock) == 0
    account.clock.move(seconds=PROBED.total_seconds())
    drain(second, account.clock)
    account.clock.move(seconds=policy().settle_seconds)
    drain(second, account.clock)
    assert account.unfinished() == []


def test_workmarkets_pause_holds_messages_and_no_updates(account: Account) -> None:
    process = account.process()
    account.message("1")
    account.workmarket.fails("post", Limited("Too many.", 60.0))
    drain(process, account.clock)
    account.message("2")
    account.look(1, frozenset({"ticket", "assignment"}))
    account.look(2)
    account.update(3)
    drain(process, account.clock)
    assert account.workmarket.calls == ["post"]
    assert {row.id for row in account.unfinished()} == {"M-1", "M-2", "L-1"}


def test_a_429_of_workmarket_that_a_look_heard_is_not_zendesks(account: Account) -> None:
    process = account.process()
    refusal = Limited("Too many.", 60.0)
    refusal.service = "workmarket"
    account.workmarket.add(an_assignment())
    account.workmarket.fails("read", refusal)
    account.look(1, frozenset({"ticket", "assignment"}))
    account.update(2)
    account.message("3")
    account.zendesk.tickets["1"] = a_ticket("1")
    process.deliver("L-1", "look:1")
    assert [row.id for row in process.ready(account.clock())] == ["U-2"]


def test_a_limit_of_updates_alone_leaves_looks_alone(account: Account) -> None:
    process = account.process()
    account.update(1)
    account.update(2)
    account.look(3)
    account.zendesk.fails("write", Limited("Too many.", 60.0, alone=True))
    drain(process, account.clock)
    assert sorted(account.zendesk.calls) == ["look", "write"]


def test_a_service_that_is_away_and_says_for_how_long_is_left_alone_so_long(account: Account) -> None:
    process = account.process()
    account.look(1)
    account.look(2)
    account.zendesk.fails("look", Transient("Maintenance.", 300.0))
    drain(process, account.clock)
    assert account.zendesk.calls == ["look"]
    account.clock.move(seconds=301)
    drain(process, account.clock)
    assert account.unfinished() == []


# The storm


class Storm:
    """Refuses every call for an hour, as `dice` will; other processes work while a call is on its way."""

    def __init__(self, account: Account, dice: random.Random) -> None:
        self.account, self.dice, self.clock = account, dice, account.clock
        self.over = START + timedelta(hours=1)
        self.refused: list[tuple[str, float]] = []
        self.made: list[tuple[float, str]] = []
        self.processes = [account.process(LIMITS) for _ in range(3)]
        self._inside = False
        account.zendesk.at_call = lambda _: self._called("zendesk")
        account.workmarket.at_call = lambda _: self._called("workmarket")

    def _called(self, service: str) -> None:
        self.made.append((self._seconds(), service))
        if not self._inside:
            self._inside = True
            for process in self.processes:
                step(process, self.clock)
            self._inside = False
        if self.clock() < self.over:
            form = self.dice.choice(FORMS)
            if form == "a date":
                form = format_datetime(self.clock() + timedelta(seconds=45), usegmt=True)
            error = Limited("Too many.", retry_after(form, self.clock()))
            error.service = service
            raise error

    def _seconds(self) -> float:
        return (self.clock() - START).total_seconds()

    def live(self, hours: float) -> None:
        end = START + timedelta(hours=hours)
        while self.clock() < end and self.account.unfinished():
            for process in self.dice.sample(self.processes, 3):
                drain(process, self.clock)
            moments = [at for process in self.processes if (at := process.free_at(self.clock())) is not None]
            moments += [row.due for row in self.account.unfinished() if row.due > self.clock()]
            if self.account.unfinished():
                assert moments, "something waits, and nobody knows for what"
                self.clock.at = max(min(moments), self.clock() + timedelta(milliseconds=50))

    def of(self, service: str, *, storm: bool) -> list[float]:
        return [at for at, name in self.made if name == service and (at < 3600) is storm]


@pytest.mark.parametrize("seed", range(scaled(commit=2, nightly=30)))
def test_after_an_hour_of_429_everything_drains_without_a_herd(account: Account, seed: int) -> None:
    storm = Storm(account, random.Random(seed))  # noqa: S311  repeatable, not secret
    for number in range(40):
        account.update(number) if number % 2 else account.look(number, priority=storm.dice.choice([USUAL, SWEEP]))
    for number in range(15):
        account.message(str(number))
    storm.live(hours=2)
    assert account.unfinished() == []
    assert account.stores[0].read(lambda tx: tx.outbox.dead_letters()) == []
    assert len(account.zendesk.written) == 20
    assert len(account.workmarket.posted) == 15
    for service, limit in (("zendesk", LIMITS[ZENDESK]), ("workmarket", LIMITS[WORKMARKET])):
        during, after = storm.of(service, storm=True), storm.of(service, storm=False)
        # Once the guess has grown to a minute, a probe a minute is the most.
        assert len(during) <= 3 + 60 + 7, len(during)
        assert busiest(after, 1.0) <= limit.burst + 3
        assert busiest(after, 60.0) <= limit.per_minute
    tell(
        f"storm_of_429_{seed % 2}",
        calls_in_an_hour_of_429=len(storm.of("zendesk", storm=True)) + len(storm.of("workmarket", storm=True)),
        most_calls_in_a_minute_afterwards=busiest(storm.of("zendesk", storm=False), 60.0),
        seconds_until_all_was_out=round(max(at for at, _ in storm.made) - 3600),
    )


def busiest(moments: list[float], seconds: float) -> int:
    """The most calls within so many seconds."""
    return max((sum(1 for at in moments if start <= at < start + seconds) for start in moments), default=0)


# What is told


def test_doctors_line_says_how_many_wait_and_how_long_that_takes(account: Account) -> None:
    account.process()
    for number in range(100):
        account.update(number)
    limits = {ZENDESK: RateLimit(60, 20)}
    told = account.stores[0].read(lambda tx: backlog(tx, limits, account.clock()))
    assert (told.effects, round(told.seconds)) == (100, 120)
    assert told.sentence() == "100 effects wait to leave; the budget of calls lets them out within about 2 minutes."


def test_doctors_line_says_that_a_service_asked_for_a_pause(account: Account) -> None:
    account.process()
    Budgets(account.stores[0], now=account.clock).refused(Limited("Too many.", 90.0), "post_message")
    told = account.stores[0].read(lambda tx: backlog(tx, {}, account.clock()))
    assert told.sentence() == "nothing waits to leave. WorkMarket asked for a pause until 15:01:30 UTC."


def test_doctors_line_gives_no_time_for_what_waits_for_a_service_that_does_not_take_it(account: Account) -> None:
    account.process()
    store, now = account.stores[0], account.clock()
    for number in range(3):
        account.update(number)

    def told() -> str:
        return store.read(lambda tx: backlog(tx, {}, account.clock())).sentence()

    rows = store.read(lambda tx: tx.outbox.unfinished())
    store.write(lambda tx: tx.outbox.postpone(rows[0].id, "todo", now, "Zendesk answered 503."))
    others = "and what stands behind them; the budget of calls lets the others out within about 1 s."
    assert told() == f"3 effects wait to leave: 1 as soon as Zendesk takes them, {others}"
    for row in rows[1:]:
        store.write(lambda tx, row=row: tx.outbox.mark_in_flight(row.id, account.clock()))  # type: ignore[misc]
    assert told() == f"3 effects wait to leave: 1 as soon as Zendesk takes them, {others}"
    account.clock.move(seconds=11)
    assert told() == "3 effects wait to leave: 3 as soon as Zendesk takes them."


def test_doctors_line_gives_no_time_for_what_was_not_tried_yet_where_the_service_is_away(account: Account) -> None:
    account.process()
    for number in range(3):
        account.update(number)
    away = account.stores[0].read(lambda tx: backlog(tx, {}, account.clock(), ["zendesk", "workmarket"]))
    assert away.sentence() == "3 effects wait to leave: 3 as soon as Zendesk takes them."


# New requests


ALL = {ZENDESK: RateLimit.of(60), WORKMARKET: RateLimit.of(60), NEW_REQUESTS: RateLimit.of(15)}
FLOOD = 300
TICKET = CreateTicket("T", Public("Pay"), Say(Public("Hello")))


def minute_by_minute(account: Account, process: Deliverer, minutes: int) -> Iterator[int]:
    """Each minute as it passes."""
    for minute in range(minutes):
        for _ in range(60):
            drain(process, account.clock)
            account.clock.move(seconds=1)
        yield minute


def test_a_flood_of_new_requests_holds_up_neither_the_looks_of_cases_nor_those_of_sweeps(account: Account) -> None:
    process = account.process(ALL)
    for number in range(FLOOD):
        account.look(number, priority=INTAKE)
    account.clock.move(seconds=1)
    for minute in minute_by_minute(account, process, 5):
        number = 1000 + 10 * minute
        account.look(number)
        account.look(number + 1, priority=SWEEP)
        drain(process, account.clock)
        # What sweeps look at waits until half of what may leave at once is there again.
        assert account.row(f"L-{number}").state == "done"
        assert minute == 0 or account.row(f"L-{number - 9}").state == "done"
    taken = sum(account.row(f"L-{number}").state == "done" for number in range(FLOOD))
    assert 0 < taken <= 5 * 15 + 1


def test_new_requests_are_taken_up_in_their_turn_and_none_is_forgotten(account: Account) -> None:
    process = account.process(ALL)
    for number in range(20):
        account.look(number, priority=INTAKE)
    list(minute_by_minute(account, process, 6))
    assert account.unfinished() == []


@pytest.mark.parametrize(
    ("effect", "cause", "case_id", "priority"),
    [
        (TICKET, "request.received", None, INTAKE),
        (TICKET, "observed", "C-1", FIRST),
        (Look("7", frozenset({"ticket"})), "ticket.changed", None, INTAKE),
        (Look("7", frozenset({"ticket"})), "ticket.changed", "C-1", USUAL),
        (Look("7", frozenset({"ticket"})), "reconcile.ticket", None, SWEEP),
        (UpdateTicket("U", "7"), "ticket.changed", None, FIRST),
    ],
)
def test_what_is_no_case_yet_begins_within_the_budget_of_new_requests(
    effect: Look | UpdateTicket | CreateTicket, cause: str, case_id: str | None, priority: int
) -> None:
    assert priority_of(effect, cause, case_id) == priority
