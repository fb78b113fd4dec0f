"""Webhooks that are missed, doubled, out of order, unreadable or forged; and echoes of the desk's own updates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from escalation.model.values import Party
from parley.health.readiness import Health
from tests.beginning import WANDA
from tests.desk import Desk, both_parties, ny
from webhooks.metrics import ReadinessGauges

JSON = {"content-type": "application/json"}
WORD = "We will look at it tomorrow."


def deaf(desk: Desk) -> None:
    """From now on no webhook arrives."""
    desk.zendesk.webhook_policy = desk.workmarket.webhook_policy = lambda _: "drop"


# Missed


@both_parties
def test_a_request_that_no_webhook_told_of_is_found_within_ten_minutes(desk: Desk):
    deaf(desk)
    number = desk.assignment()
    ticket = desk.fill_in(number)
    desk.patrol()
    # A client in the help center is known by an agent only.
    seen = {Party.WORKER: ("Tier 1: assignment message", 1), Party.CLIENT: ("Needs review", 0)}
    assert (desk.status(ticket), len(desk.messages(number))) == seen[desk.party]


def test_a_request_that_no_webhook_told_of_is_found_however_late_the_first_round_of_all_comes(desk: Desk):
    deaf(desk)
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", desk.assignment(), reason="approval_overdue")
    desk.for_(hours=3)
    desk.patrol()
    assert desk.state(ticket) == "tier_1"


def test_readiness_and_its_gauges_tell_that_no_round_ever_looked_for_what_webhooks_missed(desk: Desk):
    health = Health(desk.app.store, desk.app.queue, desk.clock, kept_s=0)
    assert "No round of reconcile has run" not in " ".join(health()["troubles"])
    desk.for_(hours=3)
    told = health()
    assert told["ready"] is True
    assert "No round of reconcile has run since." in " ".join(told["troubles"])
    assert lags_shown(told) == {"tickets": 3 * 3600.0, "assignments": 3 * 3600.0, "conversations": 3 * 3600.0}
    desk.reconcile()
    told = health()
    assert "No round of reconcile has run" not in " ".join(told["troubles"])
    assert set(lags_shown(told).values()) == {0.0}


def lags_shown(told: Mapping[str, Any]) -> dict[str, float]:
    """What /metrics shows of reconcile, by its parts."""
    samples = {one.name: one.samples for one in ReadinessGauges(lambda: told).collect()}
    return {one.labels["part"]: one.value for one in samples["parley_reconcile_lag_seconds"]}


@both_parties
def test_an_agents_move_that_no_webhook_told_of_is_found_within_ten_minutes(desk: Desk):
    _, ticket = desk.begun()
    deaf(desk)
    desk.for_(minutes=1)
    desk.people.agent_update(ticket, tier=2)
    desk.patrol()
    assert desk.mails(ticket) == [desk.their_address]


@both_parties
def test_a_message_that_no_webhook_told_of_is_found_within_ten_minutes(desk: Desk):
    number, ticket = desk.begun()
    deaf(desk)
    desk.for_(minutes=1)
    desk.workmarket.message(number, desk.other, WORD)
    desk.patrol()
    assert desk.state(ticket) == "other_side_responded"


@both_parties
def test_a_reply_by_e_mail_that_no_webhook_told_of_is_found_within_ten_minutes(desk: Desk):
    _, ticket = desk.begun(2)
    deaf(desk)
    desk.for_(minutes=1)
    desk.people.conversation_reply(desk.zendesk.conversations(ticket)[-1]["id"], desk.their_address, WORD)
    desk.patrol()
    assert desk.state(ticket) == "other_side_responded"


@pytest.mark.parametrize("end", ["solve", "delete", "spam"])
@both_parties
def test_an_end_that_no_webhook_told_of_is_found_within_ten_minutes(desk: Desk, end: str):
    _, ticket = desk.begun()
    deaf(desk)
    desk.for_(minutes=1)
    getattr(desk.people, end)(ticket)
    desk.patrol()
    assert desk.case(ticket).ended


def test_a_reply_after_solving_that_no_webhook_told_of_is_found(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    deaf(desk)
    desk.for_(minutes=1)
    desk.people.reply(ticket, "I am not done.")
    desk.patrol()
    assert desk.state(ticket) == "needs_review"


def test_a_whole_case_goes_its_way_without_any_webhook(desk: Desk):
    deaf(desk)
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    desk.patrol()
    desk.until(ny("2026-03-06 11:00"))
    assert desk.state(ticket) == "tier_3"
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 3


# Doubled and out of order


def twice(desk: Desk) -> None:
    desk.zendesk.webhook_policy = desk.workmarket.webhook_policy = lambda _: "twice"


@both_parties
def test_doubled_webhooks_do_everything_once(desk: Desk):
    twice(desk)
    number, ticket = desk.begun(2)
    assert len(desk.messages(number)) == 1
    assert desk.mails(ticket) == [desk.their_address]
    assert len(desk.said(ticket)) == 2
    desk.message(number, desk.other, WORD)
    assert [WORD in note for note in desk.notes(ticket)].count(True) == 1


def test_a_request_told_ten_times_is_one_case(desk: Desk):
    number, ticket = desk.begun()
    for _ in range(10):
        desk.hook(event="request.submitted", ticket_id=str(ticket))
    assert len(desk.app.store.read(lambda tx: tx.cases.list())) == 1
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 1


def test_webhooks_out_of_order_come_to_the_same(desk: Desk):
    number, ticket = desk.begun()
    desk.for_(minutes=1)
    desk.people.agent_update(ticket, tier=2)
    desk.people.reply(ticket, "Any news?")
    desk.workmarket.message(number, "worker", "Hello?")
    desk.people.agent_update(ticket, tier=3)
    desk.sandbox.outgoing.queue.reverse()
    desk.live()
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 3: account manager"
    assert len(desk.messages(number)) == 1
    assert [("Hello?" in note) for note in desk.notes(ticket)].count(True) == 1


def test_a_change_told_before_the_request_is_one_case(desk: Desk):
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    desk.people.agent_update(ticket, comment="I have seen it.", public=False)
    desk.sandbox.outgoing.queue.reverse()
    desk.live()
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1


def test_a_deletion_told_after_the_undeletion_is_seen_as_it_is(desk: Desk):
    _, ticket = desk.begun()
    desk.people.delete(ticket)
    desk.people.undelete(ticket)
    desk.sandbox.outgoing.queue.reverse()
    desk.live()
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert desk.state(ticket) == "tier_1"


# Unreadable and forged


@pytest.fixture
def quiet(desk: Desk) -> Iterator[Desk]:
    """A case in tier 1, which must be as it was, and about which nobody may be asked."""
    _, ticket = desk.begun()
    before = desk.told(ticket), desk.zendesk.comments(ticket)
    desk.sandbox.calls.clear()
    yield desk
    desk.live()
    desk.for_(minutes=1)
    assert (desk.told(ticket), desk.zendesk.comments(ticket)) == before
    assert desk.sandbox.calls == []


def dead_letters(desk: Desk) -> int:
    return len(desk.app.store.read(lambda tx: tx.inbox.dead(10)))


def test_an_event_that_nobody_knows_is_a_look_where_it_names_a_ticket(desk: Desk):
    _, ticket = desk.begun()
    deaf(desk)
    desk.people.reply(ticket, "Any news?")
    desk.zendesk.webhook_policy = lambda _: "deliver"
    desk.hook(event="nonsense", ticket_id=str(ticket))
    assert "the requester wrote" in desk.journal(ticket)
    assert dead_letters(desk) == 0


UNREADABLE = ('{"event": "ticket.changed"}', "{broken", '["a list"]')


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_signed_body_that_says_nothing_is_a_dead_letter_and_touches_nothing(quiet: Desk, body: str):
    webhook = next(row for row in quiet.zendesk.account.webhooks.values() if row["name"] == "Parley")
    quiet.zendesk.webhooks.from_trigger(webhook["id"], body)
    quiet.live()
    assert quiet.sandbox.outgoing.delivered[-1][1] == 202
    assert dead_letters(quiet) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {
            "x-zendesk-webhook-signature": "A" * 43 + "=",
            "x-zendesk-webhook-signature-timestamp": "2026-03-02T15:00:00Z",
        },
    ],
)
def test_a_forged_webhook_of_zendesk_touches_nothing(quiet: Desk, headers: dict[str, str]):
    body = {"event": "assignment.post", "ticket_id": "1", "text": "Pay at once!"}
    answer = quiet.http.post("/webhooks/zendesk", json=body, headers=headers)
    assert answer.status_code == 401
    assert dead_letters(quiet) == 0


def test_a_forged_webhook_of_workmarket_touches_nothing(quiet: Desk):
    number = next(iter(quiet.workmarket.assignments))
    body = {"event": "paid", "assignment_id": number, "status": "paid", "now": "1772463600"}
    wrong = {"authorization": "Bearer guessed"}
    answer = quiet.http.post("/webhooks/workmarket", json=body, headers=wrong)
    assert answer.status_code == 401


def test_a_webhook_about_somebody_elses_assignment_touches_nothing(quiet: Desk):
    other = quiet.workmarket.add_assignment()
    quiet.workmarket.pay(other)
    quiet.live()


def test_a_webhook_that_lies_about_an_assignment_is_not_believed(desk: Desk):
    number, ticket = desk.begun()
    body = {"event": "paid", "assignment_id": number, "status": "paid", "now": "1772463600"}
    token = {"authorization": f"Bearer {desk.workmarket.webhook_token}"}
    answer = desk.http.post("/webhooks/workmarket", content=json.dumps(body), headers=token | JSON)
    assert answer.status_code == 202
    desk.live()
    assert desk.state(ticket) == "tier_1"


def test_a_webhook_about_a_ticket_that_is_not_there_changes_nothing(desk: Desk):
    desk.hook(event="ticket.changed", ticket_id="999999")
    desk.hook(event="assignment.post", ticket_id="999999", text=WORD)
    assert desk.app.store.read(lambda tx: tx.cases.list()) == []


# Echoes


def test_the_echo_of_our_own_update_causes_no_further_update(desk: Desk):
    number, ticket = desk.begun()
    audits = len(desk.zendesk.audits(ticket))
    for _ in range(3):
        desk.patrol()
    assert len(desk.zendesk.audits(ticket)) == audits
    assert len(desk.workmarket.notes(number)) == 2


def test_an_echo_reads_the_audits_and_nothing_else(desk: Desk):
    _, ticket = desk.begun()
    desk.sandbox.calls.clear()
    desk.hook(event="ticket.changed", ticket_id=str(ticket))
    assert desk.calls("zendesk") == [f"GET /api/v2/tickets/{ticket}/audits"]
    assert desk.calls("workmarket") == []


def test_an_account_that_answers_our_comments_with_changes_of_its_own_makes_no_loop(desk: Desk):
    account = desk.zendesk.account
    template = next(iter(account.triggers.values()))
    account.triggers[1] = {
        **template,
        "id": 1,
        "title": "Touch what was touched",
        "actions": [{"field": "priority", "value": "high"}],
    }
    number, ticket = desk.begun(3)
    audits = len(desk.zendesk.audits(ticket))
    desk.patrol()
    assert len(desk.zendesk.audits(ticket)) == audits
    assert len(desk.said(ticket)) == 3
    assert len(desk.messages(number)) == 1
