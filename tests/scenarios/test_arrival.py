"""What arrives: numbers that are missing or wrong, verdicts that are told once, clients, and signed requests."""

from datetime import timedelta

import pytest

from tests.scenarios.town import NOT_ELIGIBLE, TIER_1, Town, ny

CASEY = {"requester_email": "casey@example.com", "name": "Casey Client", "party": "client", "reason": None}


# The assignment's number


def test_a_missing_number_is_asked_for(town: Town):
    ticket = town.call()
    assert town.status(ticket) == "Waiting on requester"
    assert "reply with the number of your WorkMarket assignment" in town.said(ticket)[0]


def test_a_number_that_is_no_assignments_is_asked_for_again(town: Town):
    ticket = town.submit("4711")
    assert "We can't find an assignment with the number 4711." in town.said(ticket)[0]


def test_a_number_that_workmarket_calls_unknown_is_asked_for_again(town: Town):
    town.workmarket.unknown_answers = 400
    ticket = town.submit("4711")
    assert town.status(ticket) == "Waiting on requester"


def test_the_number_in_a_reply_becomes_the_assignment(town: Town):
    number = town.assignment()
    ticket = town.call()
    town.reply(ticket, f"Sorry! It is {number}, from last week.")
    assert town.state(ticket) == "tier_1"
    assert town.shown(ticket, "WorkMarket assignment ID") == number
    assert len(town.messages(number)) == 1


def test_of_several_numbers_in_a_reply_the_only_assignments_one_counts(town: Town):
    number = town.assignment()
    ticket = town.submit("4711")
    town.reply(ticket, f"Not 4711 but {number}; you can call me at 5550100.")
    assert town.state(ticket) == "tier_1"
    assert town.shown(ticket, "WorkMarket assignment ID") == number


@pytest.mark.parametrize(
    "written",
    ["WM-{0}", "No.{0}", "{0}-", "{0:,}", "00{0}", "on 03/02/2026 I did {0} for $1,250.00", "#{0} [Ref 8F3K-1]"],
)
def test_the_number_in_a_reply_is_found_as_people_write_it(town: Town, written: str):
    number = town.assignment()
    ticket = town.call()
    town.reply(ticket, written.format(int(number)))
    assert town.state(ticket) == "tier_1"
    assert town.shown(ticket, "WorkMarket assignment ID") == number


def test_a_number_in_other_digits_is_the_same_number(town: Town):
    number = town.assignment()
    ticket = town.call()
    town.reply(ticket, number.translate({ord("0") + n: 0xFF10 + n for n in range(10)}))
    assert (town.state(ticket), town.shown(ticket, "WorkMarket assignment ID")) == ("tier_1", number)


def test_among_many_numbers_the_only_assignments_one_counts(town: Town):
    number = town.assignment()
    ticket = town.call()
    jobs = ", ".join(f"order {8000 + n}" for n in range(7))
    town.reply(ticket, f"I did {jobs} and {number}; call me at 5550100.")
    assert (town.state(ticket), town.shown(ticket, "WorkMarket assignment ID")) == ("tier_1", number)


def test_a_telephone_number_that_is_also_an_assignments_gives_way_to_the_one_that_is_meant(town: Town):
    number = town.assignment()
    other = town.assignment(worker=("Otto", "Other", "otto@example.com"))
    ticket = town.call()
    town.reply(ticket, f"It is {number}; call me at {other}.")
    assert (town.state(ticket), town.shown(ticket, "WorkMarket assignment ID")) == ("tier_1", number)
    assert town.messages(other) == []


def test_a_try_in_vain_without_a_real_candidate_leaves_the_question_open(town: Town):
    number = town.assignment()
    ticket = town.call()
    town.reply(ticket, "Please call me at 5550100, I am out until 2027.")
    assert (town.state(ticket), town.status(ticket)) == ("waiting_on_requester", "Open")
    assert len(town.said(ticket)) == 2  # the question, and the reply itself
    town.reply(ticket, f"It is {number}.")
    assert town.state(ticket) == "tier_1"


def test_a_number_that_is_no_assignments_uses_up_the_requesters_try(town: Town):
    ticket = town.call()
    town.reply(ticket, "It is 1234567.")
    assert town.status(ticket) == "Needs review"


def test_the_number_on_the_form_is_read_as_people_write_it(town: Town):
    number = town.assignment()
    ticket = town.submit(f"000{number}")
    assert (town.state(ticket), town.case(ticket).assignment_id) == ("tier_1", number)
    assert len(town.messages(number)) == 1


def test_two_assignments_in_a_reply_are_for_a_person(town: Town):
    one, two = town.assignment(), town.assignment()
    ticket = town.call()
    town.reply(ticket, f"Either {one} or {two}")
    assert town.status(ticket) == "Needs review"
    assert town.messages(one) == town.messages(two) == []


def test_a_reply_without_a_number_is_for_a_person(town: Town):
    ticket = town.call()
    town.reply(ticket, "I don't know it.")
    assert town.status(ticket) == "Needs review"
    assert "what you have written to us" in town.said(ticket)[-1]


def test_a_number_in_a_second_reply_still_counts(town: Town):
    number = town.assignment()
    ticket = town.call()
    town.reply(ticket, "Which number?")
    assert town.status(ticket) == "Needs review"
    town.reply(ticket, f"Ah, {number}.")
    assert town.state(ticket) == "tier_1"


def test_an_agent_who_fills_the_number_in_lets_it_go_on(town: Town):
    number = town.assignment()
    ticket = town.call()
    town.agent(ticket, fields={"WorkMarket assignment ID": number})
    assert town.state(ticket) == "tier_1"


def test_a_number_in_the_reply_of_somebody_elses_assignment_is_for_a_person(town: Town):
    number = town.assignment(said=False, worker=("Otto", "Other", "otto@example.com"))
    town.past(lambda: town.workmarket.message(number, "worker", "Hello?"), days=2)
    ticket = town.call()
    town.reply(ticket, number)
    assert town.status(ticket) == "Needs review"
    assert town.messages(number) == []


# The verdict, told once


def test_the_same_question_is_not_asked_twice(town: Town):
    ticket = town.submit(town.assignment(said=False))
    town.reply(ticket, "I called them.")
    assert town.status(ticket) == "Needs review"
    assert len([text for text in town.said(ticket) if "we need one thing from you" in text]) == 1


def test_a_second_wait_for_the_same_date_is_not_told_again(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(days=2)))
    town.agent(ticket, fields={"Client's average approval time": "72"})
    assert town.status(ticket) == "Waiting for date"
    assert len(town.said(ticket)) == 1


def test_another_date_is_told(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(days=2)))
    town.agent(ticket, fields={"Client's average approval time": "4 d"})
    assert town.status(ticket) == "Waiting for date"
    assert len(town.said(ticket)) == 2
    assert "Fri 6 Mar 2026, 10:00 EST" in town.said(ticket)[-1]


def test_being_eligible_is_said_with_the_text_of_tier_1(town: Town):
    ticket = town.submit(town.assignment())
    assert len(town.said(ticket)) == 1
    assert "it meets the conditions for an escalation" in town.said(ticket)[0]
    assert "it can't guarantee an outcome" in town.said(ticket)[0]


# A client's request


def test_a_clients_request_stops_at_needs_review(town: Town):
    number = town.assignment(said=False)
    town.past(lambda: town.workmarket.message(number, "owner", "Please finish the work."), days=2)
    ticket = town.submit(number, **CASEY, outcome="The work is finished.")
    assert town.status(ticket) == "Needs review"
    assert "A person at the desk is now looking at your request." in town.said(ticket)[0]
    assert town.messages(number) == []


def test_a_clients_request_is_checked_by_the_clients_rules(town: Town):
    end = town.clock() - timedelta(days=61)
    ticket = town.submit(town.assignment(said=False, scheduled_start=end, scheduled_end=end), **CASEY)
    assert town.findings(ticket) == {
        "identity": "unknown",
        "recent": "fail",
        "contacted": "unknown",
        "violation": "pass",
        "reason": "unknown",
    }


def test_sixty_days_are_recent_enough_for_a_client(town: Town):
    end = town.clock() - timedelta(days=60)
    ticket = town.submit(town.assignment(said=False, scheduled_start=end, scheduled_end=end), **CASEY)
    assert town.findings(ticket)["recent"] == "pass"


def test_a_client_hears_every_48_business_hours_too(town: Town):
    ticket = town.submit(town.assignment(said=False), **CASEY)
    assert town.due(ticket, "next_update") == ny("2026-03-04 10:00")
    town.until(ny("2026-03-04 10:01"))
    assert len(town.said(ticket)) == 2


def test_a_clients_case_put_in_a_tier_goes_back_to_a_person_who_is_told_why(town: Town):
    number = town.assignment(said=False)
    ticket = town.submit(number, **CASEY)
    town.agent(ticket, macro=TIER_1)
    assert town.status(ticket) == "Needs review"
    assert town.shown(ticket, "Escalation tier") is None
    assert town.notes(ticket)[-1].startswith("Nothing was sent to the worker")
    assert town.messages(number) == []


# Requests that start outside the help center


def test_a_signed_request_becomes_a_ticket_and_a_case(town: Town):
    number = town.assignment()
    assert town.hand_in(number).status_code == 202
    (ticket,) = town.tickets()
    assert town.state(ticket) == "tier_1"
    assert town.zendesk.ticket(ticket)["subject"] == f"Escalation of assignment {number}"
    assert town.zendesk.public_comments(ticket)[0] == "Nobody answers me."


def test_the_same_signed_request_makes_one_ticket(town: Town):
    number = town.assignment()
    assert [town.hand_in(number).status_code for _ in range(3)] == [202, 202, 202]
    assert len(town.tickets()) == 1
    assert len(town.messages(number)) == 1


def test_a_signed_request_whose_making_got_no_answer_makes_one_ticket(town: Town):
    number = town.assignment()
    town.sandbox.faults.next("zendesk", "POST", r"/tickets$", drop_reply=True, apply=True)
    town.hand_in(number)
    town.for_(minutes=10)
    assert len(town.tickets()) == 1
    assert town.state(town.tickets()[0]) == "tier_1"


def test_a_signature_stands_in_for_a_verified_address(town: Town):
    town.hand_in(town.assignment())
    (ticket,) = town.tickets()
    assert town.findings(ticket)["identity"] == "pass"


def test_a_signed_request_of_another_worker_is_for_a_person(town: Town):
    town.hand_in(town.assignment(), requester={"name": "Otto Other", "email": "otto@example.com"})
    (ticket,) = town.tickets()
    assert town.status(ticket) == "Needs review"


def test_a_signed_request_of_a_client_passes_for_the_client(town: Town):
    person = {"name": "Casey Client", "email": "casey@example.com"}
    town.hand_in(town.assignment(), party="client", reason=None, requester=person, anticipated_outcome="Done work.")
    (ticket,) = town.tickets()
    assert town.findings(ticket)["identity"] == "pass"
    assert town.findings(ticket)["reason"] == "pass"
    assert town.status(ticket) == "Needs review"


def test_a_changed_signed_request_touches_nothing(town: Town):
    answer = town.http.post("/webhooks/requests", content=b"{}")
    town.live()
    assert answer.status_code == 401
    assert town.tickets() == []


# A person decides


def test_an_agents_macro_accepts_a_case_that_needs_review(town: Town):
    number = town.assignment()
    ticket = town.submit(number, verified=False)
    town.agent(ticket, macro=TIER_1)
    assert town.state(ticket) == "tier_1"
    assert len(town.messages(number)) == 1
    assert "passed by Ada Agent: identity" in town.journal(ticket)


def test_the_macros_own_comment_was_the_update(town: Town):
    ticket = town.submit(town.assignment(), verified=False)
    town.agent(ticket, macro=TIER_1)
    assert len(town.said(ticket)) == 2


def test_an_agents_status_accepts_a_case(town: Town):
    number = town.assignment()
    ticket = town.submit(number, verified=False)
    town.agent(ticket, status="Tier 1: assignment message")
    assert town.state(ticket) == "tier_1"
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 2


def test_an_agents_tier_field_accepts_a_case_into_that_tier(town: Town):
    number = town.assignment()
    ticket = town.submit(number, verified=False)
    town.agent(ticket, tier=2)
    assert town.status(ticket) == "Tier 2: direct contact"
    assert town.mails(ticket) == ["sally@example.com"]
    assert town.messages(number) == []


def test_an_agents_not_eligible_macro_ends_a_case(town: Town):
    ticket = town.submit(town.assignment(), verified=False)
    town.agent(ticket, macro=NOT_ELIGIBLE)
    assert town.state(ticket) == "not_eligible"
    assert town.status(ticket) == "Not eligible"
    assert len(town.said(ticket)) == 2
    assert town.told(ticket)["deadlines"] == []


def test_an_agents_not_eligible_status_ends_a_case_without_a_text(town: Town):
    ticket = town.submit(town.assignment(), verified=False)
    town.agent(ticket, status="Not eligible")
    assert town.state(ticket) == "not_eligible"
    assert len(town.said(ticket)) == 1


def test_agents_are_reminded_of_a_review_every_two_business_days(town: Town):
    ticket = town.submit(town.assignment(), verified=False)
    reminder = "A reminder: this case is still waiting for a person."
    town.until(ny("2026-03-04 09:59"))
    assert not [note for note in town.notes(ticket) if note.startswith(reminder)]
    town.until(ny("2026-03-04 10:00"))
    assert len([note for note in town.notes(ticket) if note.startswith(reminder)]) == 1
    town.until(ny("2026-03-06 10:00"))
    assert len([note for note in town.notes(ticket) if note.startswith(reminder)]) == 2


def test_the_reminder_of_a_case_that_came_back_says_that_nothing_is_sent(town: Town):
    ticket = town.submit(town.assignment(status="paid"))
    town.reply(ticket, "I was never paid.")
    town.until(ny("2026-03-06 10:00"))
    assert "Nothing is sent to anyone meanwhile" in town.notes(ticket)[-1]
    assert len(town.said(ticket)) == 2  # the refusal, and the requester's own reply


def test_a_review_is_told_on_arrival_and_then_every_48_business_hours(town: Town):
    ticket = town.submit(town.assignment(), verified=False)
    town.until(ny("2026-03-10 09:59"))
    assert len(town.said(ticket)) == 3
    town.until(ny("2026-03-10 10:00"))
    assert len(town.said(ticket)) == 4


def test_a_field_that_answers_only_one_unknown_leaves_the_other_to_a_person(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = town.submit(number, verified=False)
    town.agent(ticket, fields={"Justification already stated": "escalation_justification_not_stated"})
    assert town.status(ticket) == "Needs review"
    assert town.findings(ticket)["unanswered"] == "pass"
    assert len(town.said(ticket)) == 1


def test_a_corrected_party_is_checked_again(town: Town):
    ticket = town.submit(town.assignment(), party="client", reason="approval_overdue")
    assert town.status(ticket) == "Needs review"
    town.agent(ticket, fields={"I am the": "escalation_party_worker"})
    assert town.state(ticket) == "tier_1"
