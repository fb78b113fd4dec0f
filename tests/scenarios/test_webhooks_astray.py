"""Webhooks that are missed, doubled, out of order, unreadable or forged; and echoes of the desk's own updates."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.scenarios.town import MANAGER, WANDA, Town, ny

JSON = {"content-type": "application/json"}
WORD = "We will look at it tomorrow."


def deaf(town: Town) -> None:
    """From now on no webhook arrives."""
    town.zendesk.webhook_policy = town.workmarket.webhook_policy = lambda _: "drop"


# Missed


def test_a_request_that_no_webhook_told_of_is_found_within_ten_minutes(town: Town):
    deaf(town)
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    town.patrol()
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1


def test_a_request_that_no_webhook_told_of_is_found_however_late_the_first_round_of_all_comes(town: Town):
    deaf(town)
    ticket = town.people.submit_request(WANDA, "Wanda Worker", town.assignment(), reason="approval_overdue")
    town.for_(hours=3)
    town.patrol()
    assert town.state(ticket) == "tier_1"


def test_an_agents_move_that_no_webhook_told_of_is_found_within_ten_minutes(town: Town):
    _, ticket = town.begun()
    deaf(town)
    town.for_(minutes=1)
    town.people.agent_update(ticket, tier=2)
    town.patrol()
    assert town.mails(ticket) == [MANAGER]


def test_a_message_that_no_webhook_told_of_is_found_within_ten_minutes(town: Town):
    number, ticket = town.begun()
    deaf(town)
    town.for_(minutes=1)
    town.workmarket.message(number, "owner", WORD)
    town.patrol()
    assert town.state(ticket) == "other_side_responded"


def test_a_reply_by_e_mail_that_no_webhook_told_of_is_found_within_ten_minutes(town: Town):
    _, ticket = town.begun(2)
    deaf(town)
    town.for_(minutes=1)
    town.people.conversation_reply(town.zendesk.conversations(ticket)[-1]["id"], MANAGER, WORD)
    town.patrol()
    assert town.state(ticket) == "other_side_responded"


@pytest.mark.parametrize("end", ["solve", "delete", "spam"])
def test_an_end_that_no_webhook_told_of_is_found_within_ten_minutes(town: Town, end: str):
    _, ticket = town.begun()
    deaf(town)
    town.for_(minutes=1)
    getattr(town.people, end)(ticket)
    town.patrol()
    assert town.case(ticket).ended


def test_a_reply_after_solving_that_no_webhook_told_of_is_found(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    deaf(town)
    town.for_(minutes=1)
    town.people.reply(ticket, "I am not done.")
    town.patrol()
    assert town.state(ticket) == "needs_review"


def test_a_whole_case_goes_its_way_without_any_webhook(town: Town):
    deaf(town)
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    town.patrol()
    town.until(ny("2026-03-06 11:00"))
    assert town.state(ticket) == "tier_3"
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 3


# Doubled and out of order


def twice(town: Town) -> None:
    town.zendesk.webhook_policy = town.workmarket.webhook_policy = lambda _: "twice"


def test_doubled_webhooks_do_everything_once(town: Town):
    twice(town)
    number, ticket = town.begun(2)
    assert len(town.messages(number)) == 1
    assert town.mails(ticket) == [MANAGER]
    assert len(town.said(ticket)) == 2
    town.message(number, "owner", WORD)
    assert [WORD in note for note in town.notes(ticket)].count(True) == 1


def test_a_request_told_ten_times_is_one_case(town: Town):
    number, ticket = town.begun()
    for _ in range(10):
        town.hook(event="request.submitted", ticket_id=str(ticket))
    assert len(town.house.store.read(lambda tx: tx.cases.list())) == 1
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 1


def test_webhooks_out_of_order_come_to_the_same(town: Town):
    number, ticket = town.begun()
    town.for_(minutes=1)
    town.people.agent_update(ticket, tier=2)
    town.people.reply(ticket, "Any news?")
    town.workmarket.message(number, "worker", "Hello?")
    town.people.agent_update(ticket, tier=3)
    town.sandbox.outgoing.queue.reverse()
    town.live()
    town.for_(minutes=1)
    assert town.status(ticket) == "Tier 3: account manager"
    assert len(town.messages(number)) == 1
    assert [("Hello?" in note) for note in town.notes(ticket)].count(True) == 1


def test_a_change_told_before_the_request_is_one_case(town: Town):
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    town.people.agent_update(ticket, comment="I have seen it.", public=False)
    town.sandbox.outgoing.queue.reverse()
    town.live()
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1


def test_a_deletion_told_after_the_undeletion_is_seen_as_it_is(town: Town):
    _, ticket = town.begun()
    town.people.delete(ticket)
    town.people.undelete(ticket)
    town.sandbox.outgoing.queue.reverse()
    town.live()
    assert town.status(ticket) == "Tier 1: assignment message"
    assert town.state(ticket) == "tier_1"


# Unreadable and forged


@pytest.fixture
def quiet(town: Town) -> Iterator[Town]:
    """A case in tier 1, which must be as it was, and about which nobody may be asked."""
    _, ticket = town.begun()
    before = town.told(ticket), town.zendesk.comments(ticket)
    town.sandbox.calls.clear()
    yield town
    town.live()
    town.for_(minutes=1)
    assert (town.told(ticket), town.zendesk.comments(ticket)) == before
    assert town.sandbox.calls == []


def dead_letters(town: Town) -> int:
    return len(town.house.store.read(lambda tx: tx.inbox.dead(10)))


def test_an_event_that_nobody_knows_is_a_look_where_it_names_a_ticket(town: Town):
    _, ticket = town.begun()
    deaf(town)
    town.people.reply(ticket, "Any news?")
    town.zendesk.webhook_policy = lambda _: "deliver"
    town.hook(event="nonsense", ticket_id=str(ticket))
    assert "the requester wrote" in town.journal(ticket)
    assert dead_letters(town) == 0


UNREADABLE = ('{"event": "ticket.changed"}', "{broken", '["a list"]')


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_signed_body_that_says_nothing_is_a_dead_letter_and_touches_nothing(quiet: Town, body: str):
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
def test_a_forged_webhook_of_zendesk_touches_nothing(quiet: Town, headers: dict[str, str]):
    body = {"event": "assignment.post", "ticket_id": "1", "text": "Pay at once!"}
    answer = quiet.http.post("/webhooks/zendesk", json=body, headers=headers)
    assert answer.status_code == 401
    assert dead_letters(quiet) == 0


def test_a_forged_webhook_of_workmarket_touches_nothing(quiet: Town):
    number = next(iter(quiet.workmarket.assignments))
    body = {"event": "paid", "assignment_id": number, "status": "paid", "now": "1772463600"}
    wrong = {"authorization": "Bearer guessed"}
    answer = quiet.http.post("/webhooks/workmarket", json=body, headers=wrong)
    assert answer.status_code == 401


def test_a_webhook_about_somebody_elses_assignment_touches_nothing(quiet: Town):
    other = quiet.workmarket.add_assignment()
    quiet.workmarket.pay(other)
    quiet.live()


def test_a_webhook_that_lies_about_an_assignment_is_not_believed(town: Town):
    number, ticket = town.begun()
    body = {"event": "paid", "assignment_id": number, "status": "paid", "now": "1772463600"}
    token = {"authorization": f"Bearer {town.workmarket.webhook_token}"}
    answer = town.http.post("/webhooks/workmarket", content=json.dumps(body), headers=token | JSON)
    assert answer.status_code == 202
    town.live()
    assert town.state(ticket) == "tier_1"


def test_a_webhook_about_a_ticket_that_is_not_there_changes_nothing(town: Town):
    town.hook(event="ticket.changed", ticket_id="999999")
    town.hook(event="assignment.post", ticket_id="999999", text=WORD)
    assert town.house.store.read(lambda tx: tx.cases.list()) == []


# Echoes


def test_the_echo_of_our_own_update_causes_no_further_update(town: Town):
    number, ticket = town.begun()
    audits = len(town.zendesk.audits(ticket))
    for _ in range(3):
        town.patrol()
    assert len(town.zendesk.audits(ticket)) == audits
    assert len(town.workmarket.notes(number)) == 2


def test_an_echo_reads_the_audits_and_nothing_else(town: Town):
    _, ticket = town.begun()
    town.sandbox.calls.clear()
    town.hook(event="ticket.changed", ticket_id=str(ticket))
    assert town.calls("zendesk") == [f"GET /api/v2/tickets/{ticket}/audits"]
    assert town.calls("workmarket") == []


def test_an_account_that_answers_our_comments_with_changes_of_its_own_makes_no_loop(town: Town):
    account = town.zendesk.account
    template = next(iter(account.triggers.values()))
    account.triggers[1] = {
        **template,
        "id": 1,
        "title": "Touch what was touched",
        "actions": [{"field": "priority", "value": "high"}],
    }
    number, ticket = town.begun(3)
    audits = len(town.zendesk.audits(ticket))
    town.patrol()
    assert len(town.zendesk.audits(ticket)) == audits
    assert len(town.said(ticket)) == 3
    assert len(town.messages(number)) == 1
