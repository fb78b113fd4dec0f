"""What requesters are told is true: after an answer, where nobody was asked, and while a person has not looked."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from escalation.engine.asserted import FACTS
from escalation.model.values import Party
from escalation.policies.policy import Policy
from tests.asserting import untrue
from tests.desk import ACCOUNT_MANAGER, Addresses, Desk, OpenDesk, both_parties, ny
from tests.scenarios.test_other_side import answered

WORD = "We had word from the other side"


@both_parties
def test_after_an_answer_no_text_of_the_month_says_that_there_was_none(desk: Desk):
    _, ticket = answered(desk)
    desk.until(ny("2026-05-05 12:00"))
    assert desk.state(ticket) == "off_platform"
    told = desk.said(ticket)
    silent = ("no answer", "no news", "still without an answer")
    assert not [text for text in told if any(words in text for words in silent)]
    assert WORD in told[-1]


def test_an_answer_on_the_assignment_stays_one_where_an_agent_unticks_it(desk: Desk):
    _, ticket = answered(desk)
    desk.agent(ticket, fields={"Other side responded": False})
    desk.until(ny("2026-03-06 12:30"))
    assert desk.state(ticket) == "tier_2"
    assert "We had word from the other side, and nothing more since" in desk.said(ticket)[-1]


def test_a_tick_that_an_agent_takes_back_was_none_and_its_requester_reads_that(desk: Desk):
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-03-02 15:00"))
    desk.agent(ticket, fields={"Other side responded": True})
    desk.for_(hours=1)
    desk.agent(ticket, fields={"Other side responded": False})
    desk.for_(hours=1)
    assert "A person at the desk has looked, and it was no answer." in desk.said(ticket)[-1]
    desk.until(ny("2026-03-06 12:30"))
    assert desk.state(ticket) == "tier_2"
    assert "We have had no answer so far" in desk.said(ticket)[-1]


def test_a_desk_that_says_tier_2s_text_after_an_answer_is_caught(place: Addresses, policy: Policy):
    texts = policy.texts
    careless = replace(texts, asserts={**texts.asserts, "tier_2": ()})
    with closing(Desk(place, replace(policy, texts=careless))) as desk:
        answered(desk)
        desk.until(ny("2026-03-16 12:01"))
        [wrong] = untrue(desk.app.store.read, desk.zendesk, desk.workmarket, texts)
    assert "says tier_2, and no_answer was not so" in wrong


NOT_SO = {
    "tier_2": (
        *("answered", "answer_taken_back", "heard", "people_asked", "people_unheard"),
        *("message_unsure", "post_unsure", "not_asked"),
        *("asked_through_others", "somebody_reached", "not_taken_up"),
        *("waits_for_a_person", "looked_at", "wrote_lately", "in_contact", "passed_on", "requester_waits"),
        *("account_manager_waits", "account_manager_told", "assignment_unseen", "word_while_confirming"),
        *("contact_hidden", "number_missing", "email_unverified", "review_over", "no_news_told", "manager_told"),
        *("answer_told", "nobody_found_told", "review_told", "contact_told"),
        *("message_waits", "message_seen_to", "month_is_over", "on_assignment"),
    ),
    "update_passed_on": ("no_answer", "not_on_assignment", "not_passed_on", "asked_directly", "asked_by_email"),
    "update_review_seen": (
        *(
            "letter_out",
            "asked",
            "asked_before",
            "asked_lately",
            "asked_on_assignment",
            "taken_up",
            "not_looked_at",
        ),
    ),
    "tier_3_looking_still": ("assignment_seen",),
    "remind_after_reply": ("no_reply",),
    "resolved_after_word": ("nobody_spoke",),
    "update_manager": (
        "account_manager_silent",
        "account_manager_never_wrote",
        "one_message",
        "nobody_to_ask",
        "looked_for",
        "nobody_to_write_to",
        "not_written_to",
    ),
}
"""Facts that are not so where `told_everything` comes to these texts."""


def told_everything(desk: Desk) -> None:
    """Come to each of the texts of `NOT_SO`, in a case of its own or two."""
    silent, answering, hidden, settled = (desk.assignment() for _ in range(4))
    ticket, answered_one = desk.submit(silent), desk.submit(answering)
    desk.agent(ticket, fields={"Account manager's e-mail": ACCOUNT_MANAGER})
    desk.submit(hidden)
    desk.submit(settled)
    reviewed = desk.submit(desk.assignment(), requester_email="else@example.com", name="Eve Else")
    asked = desk.submit("4711")
    desk.workmarket.hide(hidden)
    desk.until(ny("2026-03-03 12:00"))
    desk.message(answering, "owner", "We will look at it.")
    desk.workmarket.approve(settled)
    desk.reply(asked, "Please call me at 5550100.")
    desk.agent(reviewed, comment="I ask around.", public=False)
    desk.for_(hours=1)
    desk.message(settled, "owner", "I see this otherwise.")
    desk.agent(answered_one, comment="They look at it this week.")
    desk.until(ny("2026-03-09 11:00"))
    desk.mail_back(ticket, ACCOUNT_MANAGER, "I have called them.")
    desk.until(ny("2026-03-10 10:30"))


def test_whichever_fact_a_text_asserts_without_its_being_so_is_caught(desk: Desk):
    told_everything(desk)
    texts = desk.app.policy.texts
    wrong = replace(texts, asserts={**texts.asserts, **NOT_SO})
    found = "\n".join(untrue(desk.app.store.read, desk.zendesk, desk.workmarket, wrong))
    pairs = [(key, fact) for key, facts in NOT_SO.items() for fact in facts]
    assert [pair for pair in pairs if f"says {pair[0]}, and {pair[1]} was not so" not in found] == []
    assert {fact for _, fact in pairs} == set(FACTS)


def test_a_tier_that_nobody_was_asked_in_is_not_told_as_one_in_which_somebody_was(desk: Desk):
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-03-06 10:30"))
    assert desk.state(ticket) == "tier_3"
    assert "We don't know yet whom to ask there, and our team has been asked to find out." in desk.said(ticket)[-1]


def test_a_case_that_waits_for_a_person_is_not_said_to_be_worked_on(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.until(ny("2026-03-06 12:00"))
    assert desk.state(ticket) == "needs_review"
    first, second = desk.said(ticket)[-2:]
    assert "still waits for a person at the desk to look at how you are connected" in first
    assert "has been waiting since Mon 2 Mar 2026" in second
    assert "still working" not in "".join(desk.said(ticket))


def test_a_request_that_was_taken_up_is_not_said_never_to_have_met_the_conditions(desk: Desk):
    ticket = desk.submit(desk.assignment())
    desk.agent(ticket, fields={"Violation reported": True})
    assert desk.state(ticket) == "not_eligible"
    assert "We had taken up your request" in desk.said(ticket)[-1]
    assert "Thank you for your request" not in desk.said(ticket)[-1]


def test_put_in_tier_2_at_once_a_case_says_nothing_of_an_answer(open_desk: OpenDesk):
    desk = open_desk()
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.agent(ticket, fields={"Escalation tier": "escalation_tier_2"})
    assert desk.state(ticket) == "tier_2"
    assert "We have taken up your request, and are now writing" in desk.said(ticket)[-1]


def test_a_month_whose_last_step_nobody_did_asks_a_person_before_its_end(open_desk: OpenDesk):
    desk = open_desk(ask_before_end=True)
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-04-02 10:10"))
    assert desk.state(ticket) == "needs_review"
    assert (
        "Before we close your request, a person at the desk has been asked to look at whether"
        in desk.said(ticket)[-1]
    )
    desk.until(ny("2026-04-09 10:10"))
    assert (desk.state(ticket), desk.status(ticket)) == ("off_platform", "Closed: off platform")


def test_a_message_that_nobody_answered_holds_the_months_end_for_a_person(open_desk: OpenDesk):
    desk = open_desk(ask_before_end=True)
    _, ticket = desk.begun(3)
    desk.until(ny("2026-03-30 10:00"))
    desk.reply(ticket, "Hello?")
    desk.until(ny("2026-04-02 12:10"))
    assert desk.state(ticket) == "needs_review"
    asked = "Before we close your request, a person at the desk is asked to read it and to answer you."
    assert f"has answered your message of Mon 30 Mar 2026, 10:00 EDT yet. {asked}" in desk.said(ticket)[-1]
    desk.until(ny("2026-04-09 12:10"))
    assert (desk.state(ticket), desk.status(ticket)) == ("off_platform", "Closed: off platform")
    assert "obody at the desk has answered your message of Mon 30 Mar 2026" in desk.said(ticket)[-1]


def test_an_agent_s_tick_says_that_somebody_was_reached(open_desk: OpenDesk):
    desk = open_desk(ask_before_end=True)
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-03-06 10:30"))
    assert "tick Somebody reached" in desk.notes(ticket)[-1]
    desk.agent(ticket, fields={"Somebody reached": True})
    desk.until(ny("2026-03-10 10:30"))
    assert "Our team got through to somebody about your assignment" in desk.said(ticket)[-1]
    assert "asked to find somebody" not in desk.said(ticket)[-1]
    desk.until(ny("2026-04-02 10:10"))
    assert desk.state(ticket) == "off_platform"


def test_after_the_account_manager_has_answered_nobody_says_that_there_is_no_news(desk: Desk):
    _, ticket = desk.begun(3)
    desk.until(ny("2026-03-09 11:00"))
    desk.mail_back(ticket, ACCOUNT_MANAGER, "I have called them and will hear back on Thursday.")
    desk.until(ny("2026-03-10 10:30"))
    assert "Read the side conversation" in desk.notes(ticket)[-1]
    assert "the account manager wrote to us on Mon 9 Mar 2026, 11:00 EDT." in desk.said(ticket)[-1]
    assert "no news" not in desk.said(ticket)[-1]
    assert desk.state(ticket) == "tier_3"
    desk.agent(ticket, comment="They hope to know more on Thursday.")
    desk.until(ny("2026-03-12 12:30"))
    assert "there is nothing new since we last wrote to you" in desk.said(ticket)[-1]


def test_after_an_answer_it_is_said_what_the_month_is_counted_from(desk: Desk):
    _, ticket = answered(desk)
    desk.until(ny("2026-03-16 12:01"))
    assert "That date is counted from the other side's last message, of " in desk.said(ticket)[-1]
    assert "keep trying" not in "".join(desk.said(ticket))


def test_an_assignment_that_is_hidden_is_told_as_that_in_each_tier_s_text(desk: Desk):
    assignment = desk.assignment()
    ticket = desk.submit(assignment)
    desk.workmarket.hide(assignment)
    desk.until(ny("2026-03-12 10:30"))
    told = desk.said(ticket)
    assert ["We can't see the assignment" in text for text in told] == [False, True, True, False, False]
    assert "no news" not in "".join(told)
    [note] = [one for one in desk.notes(ticket) if "Tier 2 has begun" in one]
    assert "there is nobody to write to" not in note
    assert "It last showed" in note


@pytest.mark.parametrize("party", [Party.CLIENT], ids=str, indirect=True)
def test_in_a_clients_tier_3_updates_tell_of_the_people_who_were_asked_and_agents_are_reminded(desk: Desk):
    _, ticket = desk.begun(3)
    desk.until(ny("2026-03-17 10:30"))
    assert "A person at the desk was asked on Fri 6 Mar 2026" in desk.said(ticket)[-1]
    reminders = [note for note in desk.notes(ticket) if "nobody has said yet that the worker was reached" in note]
    assert len(reminders) == len(set(reminders)) == 3
    assert "is given to the group" in reminders[-1]
    desk.agent(ticket, fields={"Somebody reached": True})
    desk.until(ny("2026-03-24 10:30"))
    assert "Our team got through to somebody about your assignment" in desk.said(ticket)[-1]
    assert len([note for note in desk.notes(ticket) if "nobody has said yet" in note]) == 3


def test_a_message_of_which_nobody_knows_whether_it_arrived_is_not_told_as_left(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next("workmarket", "POST", "add_note", drop_reply=True, apply=True)
    ticket = desk.submit(number)
    desk.workmarket.message(number, desk.workmarket.api_user, desk.messages(number)[0])
    desk.for_(minutes=3)
    assert "we can't tell yet whether it is there" in desk.said(ticket)[0]
    assert "It can't require anything of either side" in desk.said(ticket)[0]
    desk.until(ny("2026-03-04 09:30"))
    assert "We left a message" not in "".join(desk.said(ticket))


def test_where_nobody_can_be_asked_updates_say_since_when_the_team_looks(desk: Desk):
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-03-10 10:30"))
    assert "Our team was asked on Fri 6 Mar 2026" in desk.said(ticket)[-1]
