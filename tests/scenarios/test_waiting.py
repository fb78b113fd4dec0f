"""Waiting: on the requester, who is reminded once, and for a date, after which the request is checked again."""

from datetime import timedelta

from tests.scenarios.town import TIER_1, OpenTown, Town, ny


def asked(town: Town) -> tuple[str, int]:
    """A worker who has not written on the assignment is asked to."""
    number = town.assignment(said=False)
    return number, town.submit(number)


def test_the_requester_is_reminded_once_after_48_business_hours(town: Town):
    number, ticket = asked(town)
    town.until(ny("2026-03-04 09:59"))
    assert len(town.said(ticket)) == 1
    town.until(ny("2026-03-04 10:00"))
    assert len(town.said(ticket)) == 2
    assert "A short reminder" in town.said(ticket)[1]
    assert f"on assignment {number}" in town.said(ticket)[1]
    town.until(ny("2026-03-16 09:59"))
    assert len(town.said(ticket)) == 2


def test_without_an_answer_the_request_is_withdrawn_after_10_business_days(town: Town):
    _, ticket = asked(town)
    town.until(ny("2026-03-16 09:59"))
    assert town.status(ticket) == "Waiting on requester"
    town.until(ny("2026-03-16 10:00"))
    assert town.status(ticket) == "Withdrawn"
    assert "We haven't heard back from you" in town.said(ticket)[-1]
    assert len(town.said(ticket)) == 3
    assert town.told(ticket)["deadlines"] == []


def test_a_new_message_on_the_assignment_is_enough(town: Town):
    number, ticket = asked(town)
    town.message(number, "worker", "Please have a look at my work.")
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 2


def test_a_message_whose_webhook_was_lost_is_found_by_reconcile(town: Town):
    number, ticket = asked(town)
    town.workmarket.webhook_url = None
    town.message(number, "worker", "Please have a look at my work.")
    town.for_(minutes=5)
    assert town.status(ticket) == "Waiting on requester"
    town.reconcile()
    assert town.status(ticket) == "Tier 1: assignment message"


def test_a_message_of_the_client_while_waiting_checks_again(town: Town):
    number, ticket = asked(town)
    town.message(number, "owner", "Is there anything open?")
    assert town.status(ticket) == "Waiting on requester"
    town.message(number, "worker", "Yes, the approval.")
    assert town.status(ticket) == "Needs review"


def test_a_reply_that_mends_nothing_is_for_a_person(town: Town):
    _, ticket = asked(town)
    town.reply(ticket, "I have phoned them.")
    assert town.status(ticket) == "Needs review"


def test_a_reply_after_the_message_goes_on_to_tier_1(town: Town):
    number, ticket = asked(town)
    town.workmarket.webhook_url = None
    town.message(number, "worker", "Please have a look at my work.")
    town.reply(ticket, "I have written there.")
    assert town.status(ticket) == "Tier 1: assignment message"


def test_an_agent_may_accept_a_case_that_waits_on_its_requester(town: Town):
    number, ticket = asked(town)
    town.agent(ticket, macro=TIER_1)
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1


def test_an_approval_meanwhile_is_for_a_person(town: Town):
    number, ticket = asked(town)
    town.workmarket.approve(number)
    town.live()
    town.message(number, "worker", "When is it paid?")
    assert town.status(ticket) == "Needs review"


def test_a_payment_meanwhile_ends_it(town: Town):
    number, ticket = asked(town)
    town.workmarket.pay(number)
    town.live()
    assert town.status(ticket) == "Not eligible"
    assert "already shows as settled" in town.said(ticket)[-1]


def test_the_note_says_when_the_reminder_and_the_withdrawal_come(town: Town):
    _, ticket = asked(town)
    note = town.notes(ticket)[0]
    assert "reminded on Wed 4 Mar 2026, 10:00 EST" in note
    assert "withdrawn on Mon 16 Mar 2026, 10:00 EDT" in note


def test_a_withdrawal_on_a_holiday_weekend_waits_for_business_days(open_town: OpenTown):
    town = open_town(ny("2026-11-16 10:00"))
    _, ticket = asked(town)
    assert town.due(ticket, "withdrawal") == ny("2026-12-01 10:00")


def test_a_wait_for_a_date_tells_the_date_once(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(days=4)))
    assert town.status(ticket) == "Waiting for date"
    assert "we will check again by ourselves on Tue 3 Mar 2026, 10:00 EST" in town.said(ticket)[0]
    town.until(ny("2026-03-03 09:59"))
    assert len(town.said(ticket)) == 1


def test_when_the_date_comes_the_request_goes_to_tier_1(town: Town):
    number = town.assignment(ago=timedelta(days=4))
    ticket = town.submit(number)
    town.until(ny("2026-03-03 09:59"))
    assert town.messages(number) == []
    town.until(ny("2026-03-03 10:00"))
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 2


def test_a_client_who_answers_before_the_date_leaves_it_to_a_person(town: Town):
    number = town.assignment(ago=timedelta(days=4))
    ticket = town.submit(number)
    town.message(number, "owner", "We need another week.")
    assert town.status(ticket) == "Needs review"


def test_what_was_paid_before_the_date_is_told_at_once(town: Town):
    number = town.assignment(ago=timedelta(days=4))
    ticket = town.submit(number)
    town.workmarket.pay(number)
    town.live()
    assert town.status(ticket) == "Not eligible"


def test_what_was_approved_unheard_before_the_date_is_seen_on_the_date(town: Town):
    number = town.assignment(ago=timedelta(days=4))
    ticket = town.submit(number)
    town.workmarket.webhook_url = None
    town.workmarket.approve(number)
    town.until(ny("2026-03-03 10:00"))
    assert town.status(ticket) == "Needs review"
    assert town.messages(number) == []


def test_a_date_on_a_weekend_is_kept_to_the_hour_of_the_clock(open_town: OpenTown):
    town = open_town(ny("2026-03-06 10:00"))
    ticket = town.submit(town.assignment(ago=timedelta(days=4)))
    assert town.due(ticket, "date_reached") == ny("2026-03-07 10:00")
    town.until(ny("2026-03-07 10:00"))
    assert town.due(ticket, "tier_ends") == ny("2026-03-11 09:00")


def test_a_reply_while_waiting_for_a_date_stays_open_for_an_agent(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(days=4)))
    town.reply(ticket, "Thank you, I wait.")
    assert town.state(ticket) == "waiting_for_date"
    assert town.zendesk.ticket(ticket)["status"] == "open"
    town.until(ny("2026-03-03 10:00"))
    assert town.status(ticket) == "Tier 1: assignment message"


def test_an_earlier_date_by_the_agents_average_is_taken(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(days=4)))
    town.agent(ticket, fields={"Client's average approval time": "10"})
    assert town.status(ticket) == "Tier 1: assignment message"


def test_waiting_is_not_updated_every_48_business_hours(town: Town):
    town.workmarket.webhook_url = None
    number = town.assignment(said=False)
    town.past(lambda: town.workmarket.approve(number, terms=timedelta(days=2)), days=8)
    town.past(lambda: town.workmarket.message(number, "worker", "Payment?"), hours=1)
    ticket = town.submit(number, reason="payment_past_due")
    town.until(ny("2026-03-04 08:59"))
    assert len(town.said(ticket)) == 1
    town.until(ny("2026-03-04 09:00"))
    assert town.status(ticket) == "Tier 1: assignment message"
