"""What arrives: numbers that are missing or wrong, verdicts that are told once, clients, and signed requests."""

from datetime import timedelta

import pytest

from escalation.model.values import Party
from tests.beginning import WANDA
from tests.desk import NOT_ELIGIBLE, TIER_1, Desk, OpenDesk, both_parties, ny

CASEY = {"requester_email": "casey@example.com", "name": "Casey Client", "party": "client", "reason": None}


# The assignment's number


def test_a_missing_number_is_asked_for(desk: Desk):
    ticket = desk.call()
    assert desk.status(ticket) == "Waiting on requester"
    assert "reply with the number of your WorkMarket assignment" in desk.said(ticket)[0]


@both_parties
def test_a_number_that_is_no_assignments_is_asked_for_again(desk: Desk):
    ticket = desk.escalate("4711")
    assert "We can't find an assignment with the number 4711." in desk.said(ticket)[0]


def test_a_number_that_workmarket_calls_unknown_is_asked_for_again(desk: Desk):
    desk.workmarket.unknown_answers = 400
    ticket = desk.submit("4711")
    assert desk.status(ticket) == "Waiting on requester"


@both_parties
def test_the_number_in_a_reply_becomes_the_assignment(desk: Desk):
    number = desk.assignment()
    ticket = desk.call()
    desk.reply(ticket, f"Sorry! It is {number}, from last week.")
    if desk.party is Party.CLIENT:  # whose request nobody has signed
        assert desk.state(ticket) == "needs_review"
        desk.agent(ticket, macro=TIER_1)
    assert desk.state(ticket) == "tier_1"
    assert desk.shown(ticket, "WorkMarket assignment ID") == number
    assert len(desk.messages(number)) == 1


def test_of_several_numbers_in_a_reply_the_only_assignments_one_counts(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit("4711")
    desk.reply(ticket, f"Not 4711 but {number}; you can call me at 5550100.")
    assert desk.state(ticket) == "tier_1"
    assert desk.shown(ticket, "WorkMarket assignment ID") == number


@pytest.mark.parametrize(
    "written",
    ["WM-{0}", "No.{0}", "{0}-", "{0:,}", "00{0}", "on 03/02/2026 I did {0} for $1,250.00", "#{0} [Ref 8F3K-1]"],
)
def test_the_number_in_a_reply_is_found_as_people_write_it(desk: Desk, written: str):
    number = desk.assignment()
    ticket = desk.call()
    desk.reply(ticket, written.format(int(number)))
    assert desk.state(ticket) == "tier_1"
    assert desk.shown(ticket, "WorkMarket assignment ID") == number


def test_a_number_in_other_digits_is_the_same_number(desk: Desk):
    number = desk.assignment()
    ticket = desk.call()
    desk.reply(ticket, number.translate({ord("0") + n: 0xFF10 + n for n in range(10)}))
    assert (desk.state(ticket), desk.shown(ticket, "WorkMarket assignment ID")) == ("tier_1", number)


def test_among_many_numbers_the_only_assignments_one_counts(desk: Desk):
    number = desk.assignment()
    ticket = desk.call()
    jobs = ", ".join(f"order {8000 + n}" for n in range(7))
    desk.reply(ticket, f"I did {jobs} and {number}; call me at 5550100.")
    assert (desk.state(ticket), desk.shown(ticket, "WorkMarket assignment ID")) == ("tier_1", number)


def test_a_telephone_number_that_is_also_an_assignments_gives_way_to_the_one_that_is_meant(desk: Desk):
    number = desk.assignment()
    other = desk.assignment(worker=("Otto", "Other", "otto@example.com"))
    ticket = desk.call()
    desk.reply(ticket, f"It is {number}; call me at {other}.")
    assert (desk.state(ticket), desk.shown(ticket, "WorkMarket assignment ID")) == ("tier_1", number)
    assert desk.messages(other) == []


def test_a_try_in_vain_without_a_real_candidate_leaves_the_question_open(desk: Desk):
    number = desk.assignment()
    ticket = desk.call()
    desk.reply(ticket, "Please call me at 5550100, I am out until 2027.")
    assert (desk.state(ticket), desk.status(ticket)) == ("waiting_on_requester", "Waiting on requester")
    assert "escalation_requester_waits" in desk.zendesk.ticket(ticket)["tags"]
    assert len(desk.said(ticket)) == 2  # the question, and the reply itself
    desk.reply(ticket, f"It is {number}.")
    assert desk.state(ticket) == "tier_1"


@both_parties
def test_a_number_that_is_no_assignments_uses_up_the_requesters_try(desk: Desk):
    ticket = desk.call()
    desk.reply(ticket, "It is 1234567.")
    assert desk.status(ticket) == "Needs review"


def test_the_number_on_the_form_is_read_as_people_write_it(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(f"000{number}")
    assert (desk.state(ticket), desk.case(ticket).assignment_id) == ("tier_1", number)
    assert len(desk.messages(number)) == 1


def test_two_assignments_in_a_reply_are_for_a_person(desk: Desk):
    one, two = desk.assignment(), desk.assignment()
    ticket = desk.call()
    desk.reply(ticket, f"Either {one} or {two}")
    assert desk.status(ticket) == "Needs review"
    assert desk.messages(one) == desk.messages(two) == []


@both_parties
def test_a_reply_without_a_number_is_for_a_person(desk: Desk):
    ticket = desk.call()
    desk.reply(ticket, "I don't know it.")
    assert desk.status(ticket) == "Needs review"
    assert "what you have written to us" in desk.said(ticket)[-1]


def test_a_number_in_a_second_reply_still_counts(desk: Desk):
    number = desk.assignment()
    ticket = desk.call()
    desk.reply(ticket, "Which number?")
    assert desk.status(ticket) == "Needs review"
    desk.reply(ticket, f"Ah, {number}.")
    assert desk.state(ticket) == "tier_1"


def test_an_agent_who_fills_the_number_in_lets_it_go_on(desk: Desk):
    number = desk.assignment()
    ticket = desk.call()
    desk.agent(ticket, fields={"WorkMarket assignment ID": number})
    assert desk.state(ticket) == "tier_1"


def test_a_number_in_the_reply_of_somebody_elses_assignment_is_for_a_person(desk: Desk):
    number = desk.assignment(said=False, worker=("Otto", "Other", "otto@example.com"))
    desk.past(lambda: desk.workmarket.message(number, "worker", "Hello?"), days=2)
    ticket = desk.call()
    desk.reply(ticket, number)
    assert desk.status(ticket) == "Needs review"
    assert desk.messages(number) == []


@both_parties
def test_a_signed_request_that_named_another_assignment_is_no_clients_by_right(desk: Desk):
    ticket = desk.escalate("4711")
    assert desk.status(ticket) == "Waiting on requester"
    number = desk.assignment()
    desk.reply(ticket, f"Sorry! It is {number}.")
    assert desk.case(ticket).assignment_id == number
    assert desk.state(ticket) == ("tier_1" if desk.party is Party.WORKER else "needs_review")
    assert len(desk.messages(number)) == (1 if desk.party is Party.WORKER else 0)


# The verdict, told once


@both_parties
def test_a_lasting_fail_ends_it_with_one_last_text(desk: Desk):
    end = desk.clock() - timedelta(days=300)
    number = desk.assignment(scheduled_start=end, scheduled_end=end)
    ticket = desk.escalate(number)
    assert (desk.state(ticket), desk.status(ticket)) == ("not_eligible", "Not eligible")
    desk.until(ny("2026-04-20 10:00"))
    (said,) = desk.said(ticket)
    assert "This says nothing about who is right." in said
    assert desk.messages(number) == []


def test_the_same_question_is_not_asked_twice(desk: Desk):
    ticket = desk.submit(desk.assignment(said=False))
    desk.reply(ticket, "I called them.")
    assert desk.status(ticket) == "Needs review"
    assert len([text for text in desk.said(ticket) if "we need one thing from you" in text]) == 1


def test_a_second_wait_for_the_same_date_is_not_told_again(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(days=2)))
    desk.agent(ticket, fields={"Client's average approval time": "72"})
    assert desk.status(ticket) == "Waiting for date"
    assert len(desk.said(ticket)) == 1


def test_another_date_is_told(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(days=2)))
    desk.agent(ticket, fields={"Client's average approval time": "4 d"})
    assert desk.status(ticket) == "Waiting for date"
    assert len(desk.said(ticket)) == 2
    assert "Fri 6 Mar 2026, 10:00 EST" in desk.said(ticket)[-1]


@both_parties
def test_being_eligible_is_said_with_the_text_of_tier_1(desk: Desk):
    ticket = desk.escalate(desk.assignment())
    assert len(desk.said(ticket)) == 1
    assert "the desk can take it up" in desk.said(ticket)[0]
    assert "it can't guarantee an outcome" in desk.said(ticket)[0]


# A client's request


def test_a_clients_request_that_nobody_signed_stops_at_needs_review(desk: Desk):
    number = desk.assignment(said=False)
    desk.past(lambda: desk.workmarket.message(number, "owner", "Please finish the work."), days=2)
    ticket = desk.submit(number, **CASEY, outcome="The work is finished.")
    assert desk.status(ticket) == "Needs review"
    assert "been asked to look at how you are connected with the assignment (" in desk.said(ticket)[0]
    assert desk.messages(number) == []


def test_a_clients_request_is_checked_by_the_clients_rules(desk: Desk):
    end = desk.clock() - timedelta(days=61)
    ticket = desk.submit(desk.assignment(said=False, scheduled_start=end, scheduled_end=end), **CASEY)
    assert desk.findings(ticket) == {
        "identity": "unknown",
        "recent": "fail",
        "contacted": "unknown",
        "violation": "pass",
        "reason": "unknown",
    }


def test_sixty_days_are_recent_enough_for_a_client(desk: Desk):
    end = desk.clock() - timedelta(days=60)
    ticket = desk.submit(desk.assignment(said=False, scheduled_start=end, scheduled_end=end), **CASEY)
    assert desk.findings(ticket)["recent"] == "pass"


def test_a_client_hears_every_48_business_hours_too(desk: Desk):
    ticket = desk.submit(desk.assignment(said=False), **CASEY)
    assert desk.due(ticket, "next_update") == ny("2026-03-04 10:00")
    desk.until(ny("2026-03-04 10:01"))
    assert len(desk.said(ticket)) == 2


def test_a_clients_case_that_an_agent_puts_in_a_tier_goes_its_way(desk: Desk):
    number = desk.assignment(said=False)
    ticket = desk.submit(number, **CASEY)
    desk.agent(ticket, macro=TIER_1)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert "The client of assignment" in desk.messages(number)[0]


# Requests that start outside the help center


def test_a_signed_request_becomes_a_ticket_and_a_case(desk: Desk):
    number = desk.assignment()
    assert desk.hand_in(number).status_code == 202
    (ticket,) = desk.tickets()
    assert desk.state(ticket) == "tier_1"
    assert desk.zendesk.ticket(ticket)["subject"] == f"Escalation of assignment {number}"
    assert desk.zendesk.public_comments(ticket)[0] == "Nobody answers me."


def test_the_same_signed_request_makes_one_ticket(desk: Desk):
    number = desk.assignment()
    assert [desk.hand_in(number).status_code for _ in range(3)] == [202, 202, 202]
    assert len(desk.tickets()) == 1
    assert len(desk.messages(number)) == 1


def test_a_signed_request_whose_making_got_no_answer_makes_one_ticket(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next("zendesk", "POST", r"/tickets$", drop_reply=True, apply=True)
    desk.hand_in(number)
    desk.for_(minutes=10)
    assert len(desk.tickets()) == 1
    assert desk.state(desk.tickets()[0]) == "tier_1"


def test_a_signature_stands_in_for_a_verified_address(desk: Desk):
    desk.hand_in(desk.assignment())
    (ticket,) = desk.tickets()
    assert desk.findings(ticket)["identity"] == "pass"


def test_a_signed_request_of_another_worker_is_for_a_person(desk: Desk):
    desk.hand_in(desk.assignment(), requester={"name": "Otto Other", "email": "otto@example.com"})
    (ticket,) = desk.tickets()
    assert desk.status(ticket) == "Needs review"


def test_a_signed_request_of_a_client_passes_for_the_client(desk: Desk):
    person = {"name": "Casey Client", "email": "casey@example.com"}
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "When do you come back?"), days=4)
    desk.hand_in(number, party="client", reason=None, requester=person, anticipated_outcome="Done work.")
    (ticket,) = desk.tickets()
    assert set(desk.findings(ticket).values()) == {"pass"}
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert "The client of assignment" in desk.messages(number)[0]


def test_a_signed_client_who_wrote_nothing_there_is_for_a_person(desk: Desk):
    person = {"name": "Casey Client", "email": "casey@example.com"}
    number = desk.assignment()
    desk.hand_in(number, party="client", reason=None, requester=person, anticipated_outcome="Done work.")
    (ticket,) = desk.tickets()
    assert (desk.status(ticket), desk.findings(ticket)["contacted"]) == ("Needs review", "unknown")
    assert desk.messages(number) == []


def test_a_changed_signed_request_touches_nothing(desk: Desk):
    answer = desk.http.post("/webhooks/requests", content=b"{}")
    desk.live()
    assert answer.status_code == 401
    assert desk.tickets() == []


# A person decides


def test_a_worker_who_verifies_their_e_mail_and_says_so_is_checked_again_without_a_person(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    assert "You can verify it yourself" in desk.said(ticket)[-1]
    user = desk.zendesk.account.user_by_email(WANDA)
    assert user
    user.verified = True
    desk.for_(hours=1)
    desk.reply(ticket, "Done.")
    desk.for_(hours=1)
    assert desk.state(ticket) == "tier_1"


@both_parties
def test_an_agents_macro_accepts_a_case_that_needs_review(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number, verified=False)
    desk.agent(ticket, macro=TIER_1)
    assert desk.state(ticket) == "tier_1"
    assert len(desk.messages(number)) == 1
    assert "passed by Ada Agent: identity" in desk.journal(ticket)


def test_the_macros_own_comment_was_the_update(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.agent(ticket, macro=TIER_1)
    assert len(desk.said(ticket)) == 2


@both_parties
def test_an_agents_status_accepts_a_case(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number, verified=False)
    desk.agent(ticket, status="Tier 1: assignment message")
    assert desk.state(ticket) == "tier_1"
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 2


@both_parties
def test_an_agents_tier_field_accepts_a_case_into_that_tier(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number, verified=False)
    desk.agent(ticket, tier=2)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == [desk.their_address]
    assert desk.messages(number) == []


@both_parties
def test_an_agents_not_eligible_macro_ends_a_case(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.agent(ticket, macro=NOT_ELIGIBLE)
    assert desk.state(ticket) == "not_eligible"
    assert desk.status(ticket) == "Not eligible"
    assert len(desk.said(ticket)) == 2
    assert desk.told(ticket)["deadlines"] == []


@both_parties
def test_an_agents_not_eligible_status_ends_a_case_without_a_text(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.agent(ticket, status="Not eligible")
    assert desk.state(ticket) == "not_eligible"
    assert len(desk.said(ticket)) == 1


@both_parties
def test_agents_are_reminded_of_a_review_every_two_business_days(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    reminder = "A reminder: this case is still waiting for a person."
    desk.until(ny("2026-03-04 09:59"))
    assert not [note for note in desk.notes(ticket) if note.startswith(reminder)]
    desk.until(ny("2026-03-04 10:00"))
    assert len([note for note in desk.notes(ticket) if note.startswith(reminder)]) == 1
    desk.until(ny("2026-03-06 10:00"))
    assert len([note for note in desk.notes(ticket) if note.startswith(reminder)]) == 2


def test_reminders_of_a_review_say_how_long_it_waits_never_repeat_and_go_up_to_the_lead(open_desk: OpenDesk):
    desk = open_desk(lead="Lea Lead")
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.until(ny("2026-03-12 10:00"))
    reminders = [note for note in desk.notes(ticket) if "still waiting for a person" in note]
    assert len(reminders) == len(set(reminders)) == 4
    assert [day for day in (2, 4, 6, 8) if f"{day} business days by now" in "".join(reminders)] == [2, 4, 6, 8]
    assert [note.startswith("Lea Lead: ") for note in reminders] == [False, False, True, True]


def test_the_reminder_of_a_case_that_came_back_says_that_nothing_is_sent(desk: Desk):
    ticket = desk.submit(desk.assignment(status="paid"))
    desk.reply(ticket, "I was never paid.")
    desk.until(ny("2026-03-06 10:00"))
    assert "Nothing is sent to anyone meanwhile" in desk.notes(ticket)[-1]
    assert len(desk.said(ticket)) == 3  # the refusal, the requester's own reply, and that it has come


@both_parties
def test_a_review_is_told_on_arrival_and_then_every_48_business_hours(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.until(ny("2026-03-10 09:59"))
    assert len(desk.said(ticket)) == 3
    desk.until(ny("2026-03-10 10:00"))
    assert len(desk.said(ticket)) == 4


@both_parties
def test_the_field_that_an_unknown_asks_for_lets_it_go_on(desk: Desk):
    number = desk.assignment()
    if desk.party is Party.WORKER:
        desk.past(lambda: desk.workmarket.message(number, desk.other, "We are looking into it."), days=1)
        ticket = desk.escalate(number)
        answer = {"Justification already stated": "escalation_justification_not_stated"}
    else:
        ticket = desk.escalate(number, anticipated_outcome=None, kind_of_outcome=None)
        answer = {"Kind of outcome": "escalation_outcome_redo"}
    assert desk.status(ticket) == "Needs review"
    desk.agent(ticket, fields=answer)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1


def test_a_field_that_answers_only_one_unknown_leaves_the_other_to_a_person(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = desk.submit(number, verified=False)
    desk.agent(ticket, fields={"Justification already stated": "escalation_justification_not_stated"})
    assert desk.status(ticket) == "Needs review"
    assert desk.findings(ticket)["unanswered"] == "pass"
    assert len(desk.said(ticket)) == 1


def test_a_corrected_party_is_checked_again(desk: Desk):
    ticket = desk.submit(desk.assignment(), party="client", reason="approval_overdue")
    assert desk.status(ticket) == "Needs review"
    desk.agent(ticket, fields={"I am the": "escalation_party_worker"})
    assert desk.state(ticket) == "tier_1"
