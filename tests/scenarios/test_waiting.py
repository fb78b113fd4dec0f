"""Waiting: on the requester, who is reminded once, and for a date, after which the request is checked again."""

from datetime import timedelta

from tests.desk import TIER_1, Desk, OpenDesk, both_parties, ny


def asked(desk: Desk) -> tuple[str, int]:
    """A worker who has not written on the assignment is asked to."""
    number = desk.assignment(said=False)
    return number, desk.submit(number)


def asked_again(desk: Desk) -> int:
    """Whoever it is, named an assignment that is not there: they are asked for its number."""
    return desk.escalate("4711")


def asked_by_an_agent(desk: Desk) -> tuple[str, int]:
    """In tier 1, an agent asks the requester something, on Tuesday 3 March at noon."""
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.agent(ticket, status="Waiting on requester", comment="Which router was it?")
    assert desk.state(ticket) == "waiting_on_requester"
    return number, ticket


@both_parties
def test_whoever_is_asked_is_reminded_once_and_after_10_business_days_it_is_withdrawn(desk: Desk):
    ticket = asked_again(desk)
    desk.until(ny("2026-03-04 09:59"))
    assert len(desk.said(ticket)) == 1
    desk.until(ny("2026-03-04 10:00"))
    assert "A short reminder" in desk.said(ticket)[1]
    desk.until(ny("2026-03-16 09:59"))
    assert (len(desk.said(ticket)), desk.status(ticket)) == (2, "Waiting on requester")
    desk.until(ny("2026-03-16 10:00"))
    assert (desk.state(ticket), desk.status(ticket)) == ("withdrawn", "Withdrawn")
    assert "We have not found it, so we are closing" in desk.said(ticket)[-1]
    desk.until(ny("2026-04-20 10:00"))
    assert len(desk.said(ticket)) == 3


@both_parties
def test_an_agent_who_puts_the_number_right_and_chooses_a_tier_accepts_it(desk: Desk):
    ticket, number = asked_again(desk), desk.assignment()
    desk.agent(ticket, fields={"WorkMarket assignment ID": number}, macro=TIER_1)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1


@both_parties
def test_an_agents_question_is_reminded_of_once_and_then_it_is_withdrawn(desk: Desk):
    _, ticket = asked_by_an_agent(desk)
    desk.until(ny("2026-03-05 12:00"))
    assert len(desk.said(ticket)) == 3
    desk.until(ny("2026-03-17 11:59"))
    assert (len(desk.said(ticket)), desk.state(ticket)) == (3, "waiting_on_requester")
    desk.until(ny("2026-03-17 12:00"))
    assert desk.status(ticket) == "Withdrawn"


@both_parties
def test_an_answer_of_the_other_side_is_heard_while_an_agents_question_waits(desk: Desk):
    number, ticket = asked_by_an_agent(desk)
    desk.message(number, desk.other, "It was the grey one.")
    assert desk.state(ticket) == "other_side_responded"


@both_parties
def test_the_end_of_the_reason_is_seen_while_an_agents_question_waits(desk: Desk):
    number, ticket = asked_by_an_agent(desk)
    desk.workmarket.approve(number)
    desk.live()
    assert desk.status(ticket) == "Confirming outcome"


@both_parties
def test_a_message_of_the_requester_on_the_assignment_answers_an_agents_question(desk: Desk):
    number, ticket = asked_by_an_agent(desk)
    desk.message(number, desk.own, "It was the grey one.")
    assert any("It was the grey one." in note for note in desk.notes(ticket))
    assert desk.status(ticket) == "Needs review"


def test_the_requester_is_reminded_once_after_48_business_hours(desk: Desk):
    number, ticket = asked(desk)
    desk.until(ny("2026-03-04 09:59"))
    assert len(desk.said(ticket)) == 1
    desk.until(ny("2026-03-04 10:00"))
    assert len(desk.said(ticket)) == 2
    assert "A short reminder" in desk.said(ticket)[1]
    assert f"on assignment {number}" in desk.said(ticket)[1]
    desk.until(ny("2026-03-16 09:59"))
    assert len(desk.said(ticket)) == 2


def test_without_an_answer_the_request_is_withdrawn_after_10_business_days(desk: Desk):
    _, ticket = asked(desk)
    desk.until(ny("2026-03-16 09:59"))
    assert desk.status(ticket) == "Waiting on requester"
    desk.until(ny("2026-03-16 10:00"))
    assert desk.status(ticket) == "Withdrawn"
    assert "We have not found it, so we are closing" in desk.said(ticket)[-1]
    assert len(desk.said(ticket)) == 3
    assert desk.told(ticket)["deadlines"] == []


def test_a_new_message_on_the_assignment_is_enough(desk: Desk):
    number, ticket = asked(desk)
    desk.message(number, "worker", "Please have a look at my work.")
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 2


def test_a_message_whose_webhook_was_lost_is_found_by_reconcile(desk: Desk):
    number, ticket = asked(desk)
    desk.workmarket.webhook_url = None
    desk.message(number, "worker", "Please have a look at my work.")
    desk.for_(minutes=5)
    assert desk.status(ticket) == "Waiting on requester"
    desk.reconcile()
    assert desk.status(ticket) == "Tier 1: assignment message"


def test_a_message_of_the_client_while_waiting_checks_again(desk: Desk):
    number, ticket = asked(desk)
    desk.message(number, "owner", "Is there anything open?")
    assert desk.status(ticket) == "Waiting on requester"
    desk.message(number, "worker", "Yes, the approval.")
    assert desk.status(ticket) == "Needs review"


def test_a_reply_that_mends_nothing_is_for_a_person(desk: Desk):
    _, ticket = asked(desk)
    desk.reply(ticket, "I have phoned them.")
    assert desk.status(ticket) == "Needs review"


def test_a_reply_after_the_message_goes_on_to_tier_1(desk: Desk):
    number, ticket = asked(desk)
    desk.workmarket.webhook_url = None
    desk.message(number, "worker", "Please have a look at my work.")
    desk.reply(ticket, "I have written there.")
    assert desk.status(ticket) == "Tier 1: assignment message"


def test_an_agent_may_accept_a_case_that_waits_on_its_requester(desk: Desk):
    number, ticket = asked(desk)
    desk.agent(ticket, macro=TIER_1)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1


def test_an_approval_meanwhile_is_for_a_person(desk: Desk):
    number, ticket = asked(desk)
    desk.workmarket.approve(number)
    desk.live()
    desk.message(number, "worker", "When is it paid?")
    assert desk.status(ticket) == "Needs review"


def test_a_payment_meanwhile_asks_whether_that_settles_it(desk: Desk):
    number, ticket = asked(desk)
    desk.workmarket.pay(number)
    desk.live()
    assert desk.status(ticket) == "Confirming outcome"
    assert "Your assignment now shows as paid" in desk.said(ticket)[-1]


def test_the_note_says_when_the_reminder_and_the_withdrawal_come(desk: Desk):
    _, ticket = asked(desk)
    note = desk.notes(ticket)[0]
    assert "reminded on Wed 4 Mar 2026, 10:00 EST" in note
    assert "withdrawn on Mon 16 Mar 2026, 10:00 EDT" in note


def test_a_withdrawal_on_a_holiday_weekend_waits_for_business_days(open_desk: OpenDesk):
    desk = open_desk(ny("2026-11-16 10:00"))
    _, ticket = asked(desk)
    assert desk.due(ticket, "withdrawal") == ny("2026-12-01 10:00")


def test_a_wait_for_a_date_tells_the_date_once(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(days=4)))
    assert desk.status(ticket) == "Waiting for date"
    assert "we will check again by ourselves on Tue 3 Mar 2026, 10:00 EST" in desk.said(ticket)[0]
    desk.until(ny("2026-03-03 09:59"))
    assert len(desk.said(ticket)) == 1


def test_when_the_date_comes_the_request_goes_to_tier_1(desk: Desk):
    number = desk.assignment(ago=timedelta(days=4))
    ticket = desk.submit(number)
    desk.until(ny("2026-03-03 09:59"))
    assert desk.messages(number) == []
    desk.until(ny("2026-03-03 10:00"))
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 2


def test_a_client_who_answers_before_the_date_leaves_it_to_a_person(desk: Desk):
    number = desk.assignment(ago=timedelta(days=4))
    ticket = desk.submit(number)
    desk.message(number, "owner", "We need another week.")
    assert desk.status(ticket) == "Needs review"


def test_what_was_paid_before_the_date_is_told_at_once(desk: Desk):
    number = desk.assignment(ago=timedelta(days=4))
    ticket = desk.submit(number)
    desk.workmarket.pay(number)
    desk.live()
    assert desk.status(ticket) == "Confirming outcome"


def test_what_was_approved_unheard_before_the_date_is_seen_on_the_date(desk: Desk):
    number = desk.assignment(ago=timedelta(days=4))
    ticket = desk.submit(number)
    desk.workmarket.webhook_url = None
    desk.workmarket.approve(number)
    desk.until(ny("2026-03-03 10:00"))
    assert desk.status(ticket) == "Confirming outcome"
    assert desk.messages(number) == []


def test_a_date_on_a_weekend_is_looked_at_when_the_office_opens(open_desk: OpenDesk):
    desk = open_desk(ny("2026-03-06 10:00"))
    ticket = desk.submit(desk.assignment(ago=timedelta(days=4)))
    assert desk.due(ticket, "date_reached") == ny("2026-03-09 09:00")
    desk.until(ny("2026-03-09 09:00"))
    assert desk.due(ticket, "tier_ends") == ny("2026-03-11 09:00")


def test_a_reply_while_waiting_for_a_date_waits_for_an_agent(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(days=4)))
    desk.reply(ticket, "Thank you, I wait.")
    assert (desk.state(ticket), desk.status(ticket)) == ("waiting_for_date", "Waiting for date")
    assert "escalation_requester_waits" in desk.zendesk.ticket(ticket)["tags"]
    desk.until(ny("2026-03-03 10:00"))
    assert desk.status(ticket) == "Tier 1: assignment message"


def test_an_earlier_date_by_the_agents_average_is_taken(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(days=4)))
    desk.agent(ticket, fields={"Client's average approval time": "10"})
    assert desk.status(ticket) == "Tier 1: assignment message"


def test_waiting_is_not_updated_every_48_business_hours(desk: Desk):
    desk.workmarket.webhook_url = None
    number = desk.assignment(said=False)
    desk.past(lambda: desk.workmarket.approve(number, terms=timedelta(days=2)), days=8)
    desk.past(lambda: desk.workmarket.message(number, "worker", "Payment?"), hours=1)
    ticket = desk.submit(number, reason="payment_past_due")
    desk.until(ny("2026-03-04 08:59"))
    assert len(desk.said(ticket)) == 1
    desk.until(ny("2026-03-04 09:00"))
    assert desk.status(ticket) == "Tier 1: assignment message"
