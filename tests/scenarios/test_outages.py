"""After lost webhooks or a long outage: nothing is missed, one update a case, no more calls than allowed."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from math import ceil
from typing import Literal

from connector.calls import UPDATES, ZENDESK
from parley.wiring.pace import Pace
from sandbox.shared.outgoing import Delivery
from sync.limits.bucket import RateLimit
from sync.limits.budgets import Budgets
from sync.outbox.gathering import MOST
from tests.beginning import WANDA
from tests.desk import MANAGER, Desk
from tests.scale import scaled, tell

CASES = scaled(commit=5, nightly=30)
COPIES = scaled(commit=10, nightly=50)
WORD = "We will look at it tomorrow."


class BadMail:
    """Webhooks are lost, copied many times and out of order, as the dice will."""

    def __init__(self, desk: Desk, dice: random.Random) -> None:
        self.desk, self.dice = desk, dice
        self.lost = self.sent = 0
        self.down = False
        desk.zendesk.webhook_policy = desk.workmarket.webhook_policy = self.policy
        desk.pace = Pace(desk.clock, desk.app.store, desk.app.desk(), desk.app.tick, self.pump)

    def policy(self, delivery: Delivery) -> Literal["drop", "deliver"]:
        self.sent += 1
        if self.down or self.dice.random() < 0.3:
            self.lost += 1
            return "drop"
        self.desk.sandbox.outgoing.queue.extend([delivery] * (COPIES - 1))
        return "deliver"

    def pump(self) -> int:
        waiting = self.desk.sandbox.outgoing.queue
        shuffled = self.dice.sample(list(waiting), len(waiting))
        waiting.clear()
        waiting.extend(shuffled)
        return self.desk.sandbox.pump()


def test_what_lost_doubled_and_shuffled_webhooks_told_of_is_done_within_ten_minutes(desk: Desk):
    mail = BadMail(desk, random.Random(14))  # noqa: S311  repeatable, not secret
    numbers = [desk.assignment() for _ in range(4 * CASES)]
    asked = [desk.people.submit_request(WANDA, "Wanda Worker", n, reason="approval_overdue") for n in numbers]
    desk.live()
    desk.patrol()
    assert {desk.state(ticket) for ticket in asked} == {"tier_1"}
    assert mail.lost >= len(asked) // 5
    # Five hours in which nothing arrives and the desk is off, while people go on.
    mail.down = True
    desk.clock.move(timedelta(hours=2))
    late = desk.assignment()
    missed = desk.people.submit_request(WANDA, "Wanda Worker", late, reason="approval_overdue")
    moved, answered, solved = asked[:CASES], numbers[CASES : 2 * CASES], asked[2 * CASES : 3 * CASES]
    for ticket in moved:
        desk.people.agent_update(ticket, tier=2)
    for number in answered:
        desk.workmarket.message(number, "owner", WORD)
    for ticket in solved:
        desk.people.solve(ticket)
    desk.clock.move(timedelta(hours=3))
    mail.down = False
    began, before = desk.clock(), len(desk.sandbox.calls)
    desk.patrol()
    assert desk.clock() - began <= timedelta(minutes=10)
    # Few letters to the manager tell of all of them: one where it may hold as many.
    letters = [str(one) for ticket in moved for one in desk.zendesk.conversations(ticket)]
    assert [mail for ticket in moved for mail in desk.mails(ticket)] == [MANAGER] * ceil(CASES / (1 + MOST))
    assert all(sum(number in letter for letter in letters) == 1 for number in numbers[:CASES])
    assert {desk.state(ticket) for ticket in moved} == {"tier_2"}
    assert {desk.state(ticket) for ticket in asked[CASES : 2 * CASES]} == {"other_side_responded"}
    assert all(desk.case(ticket).ended for ticket in solved)
    assert desk.state(missed) == "tier_1"
    assert [len(desk.messages(number)) for number in (*numbers, late)] == [1] * (4 * CASES + 1)
    calls = Counter(call.service for call in desk.sandbox.calls[before:])
    rounds = [call for call in desk.sandbox.calls[before:] if "incremental" in call.path or "list_upd" in call.path]
    assert len(rounds) <= 4
    found = 3 * CASES + 1
    assert sum(calls.values()) <= 12 * found + 4
    tell(
        "missed_webhooks",
        webhooks_sent=mail.sent,
        webhooks_lost=mail.lost,
        copies_of_each_other=COPIES,
        missed_in_the_outage=found,
        found_within_minutes=10,
        calls_of_the_rounds_themselves=len(rounds),
        calls_to_find_and_do_all=sum(calls.values()),
    )


def test_after_five_days_off_each_requester_hears_once_most_overdue_first_and_over_the_budget(desk: Desk):
    limits = {ZENDESK: RateLimit(30, 5), UPDATES: RateLimit(12, 2)}
    desk.app.budgets = Budgets(desk.app.store, limits, now=desk.clock)
    desk.pace = Pace(desk.clock, desk.app.store, desk.app.desk(), desk.app.tick, desk.sandbox.pump)
    tickets = []
    for _ in range(2 * CASES):
        tickets.append(desk.submit(desk.assignment(), verified=False))
        desk.for_(minutes=100 / CASES)  # all within office hours
    due = {ticket: desk.due(ticket, "next_update") for ticket in tickets}
    heard = {ticket: len(desk.said(ticket)) for ticket in tickets}
    desk.without_echoes()
    desk.clock.set(max(due.values()) + timedelta(days=5))
    desk.sandbox.calls.clear()
    woken = desk.clock()
    desk.app.tick()
    desk.for_(minutes=20)
    assert [len(desk.said(ticket)) - heard[ticket] for ticket in tickets] == [1] * len(tickets)
    told = [(call.at, call.path.rpartition("/")[2]) for call in desk.sandbox.calls if call.method == "PUT"]
    first = list(dict.fromkeys(int(ticket) for _, ticket in told))
    assert first == sorted(tickets, key=lambda ticket: due[ticket])
    minutes = Counter(int((at - woken).total_seconds() // 60) for at, _ in told)
    assert max(minutes.values()) <= 12
    assert len(minutes) > 1
    tell(
        "after_an_outage",
        days_off=5,
        cases_that_were_owed_updates=len(tickets),
        updates_of_tickets_made=len(told),
        minutes_until_all_were_told=len(minutes),
    )
