"""Machines answer too: on the ticket, after its end, in side conversations; mail systems report what bounced."""

import pytest

from tests.desk import MANAGER, Desk, both_parties, ny

AWAY = "Ich bin bis Montag nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Frau Sommer."
IN_GERMAN = "Automatische Antwort:"
BOUNCED = "Delivery has failed to these recipients or groups:\n\npat@client.example"


def automatic(desk: Desk, ticket: int, text: str = AWAY) -> int:
    """The requester's machine answers, in a language in which Zendesk does not know it: a comment on the ticket."""
    written = desk.people.mail(ticket, desk.case(ticket).requester.email, text, prefix=IN_GERMAN)
    assert written is not None
    desk.live()
    return written


@pytest.mark.parametrize(
    "mail", [{"prefix": "Automatic reply:"}, {"prefix": IN_GERMAN, "headers": {"Auto-Submitted": "auto-replied"}}]
)
def test_what_zendesk_knows_as_automatic_is_suspended_and_comes_to_nobody(desk: Desk, mail: dict):
    _, ticket = desk.begun()
    before = len(desk.said(ticket))
    assert desk.people.mail(ticket, desk.case(ticket).requester.email, AWAY, **mail) is None
    desk.live()
    assert (desk.status(ticket), len(desk.said(ticket))) == ("Tier 1: assignment message", before)


@both_parties
def test_the_requesters_automatic_reply_gives_the_ticket_its_status_back(desk: Desk):
    _, ticket = desk.begun()
    automatic(desk, ticket)
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert "doesn't count as an answer" in desk.notes(ticket)[-1]


@both_parties
def test_the_requesters_automatic_reply_is_no_objection(desk: Desk):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.workmarket.approve(number)
    desk.live()
    automatic(desk, ticket)
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.status(ticket)) == ("confirming_outcome", "Confirming outcome")
    desk.until(ny("2026-03-05 12:01"))
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Resolved")


@both_parties
def test_the_requesters_automatic_reply_brings_nothing_back_after_the_end(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket, status="Withdrawn")
    desk.live()
    automatic(desk, ticket)
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.status(ticket)) == ("withdrawn", "Withdrawn")


def closed(desk: Desk) -> int:
    _, ticket = desk.begun()
    desk.people.solve(ticket, status="Withdrawn")
    desk.live()
    desk.people.close(ticket)
    desk.live()
    return ticket


def test_a_follow_up_by_an_automatic_reply_ends_as_its_case_has_ended(desk: Desk):
    ticket = closed(desk)
    follow_up = automatic(desk, ticket)
    desk.for_(minutes=1)
    assert follow_up != ticket
    assert (desk.state(follow_up), desk.status(follow_up)) == ("withdrawn", "Withdrawn")
    assert "doesn't count as an answer" in desk.notes(follow_up)[-1]


def test_what_the_requester_writes_on_that_follow_up_brings_the_case_back(desk: Desk):
    follow_up = automatic(desk, closed(desk))
    desk.for_(minutes=1)
    desk.reply(follow_up, "It is not settled.")
    assert (desk.state(follow_up), desk.status(follow_up)) == ("needs_review", "Needs review")


def test_a_bounce_that_comes_as_the_requesters_comment_moves_nothing(desk: Desk):
    _, ticket = desk.begun()
    automatic(desk, ticket, BOUNCED)
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert "could not be delivered" in desk.notes(ticket)[-1]


@both_parties
def test_in_a_side_conversation_the_subject_tells_an_automatic_reply(desk: Desk):
    _, ticket = desk.begun(2)
    desk.mail_back(ticket, desk.their_address, "Gone hiking. Back on the 12th.", prefix=IN_GERMAN)
    assert desk.state(ticket) == "tier_2"
    assert "doesn't count as an answer" in desk.notes(ticket)[-1]


def test_under_the_subject_of_a_reply_the_same_words_are_heard(desk: Desk):
    _, ticket = desk.begun(2)
    desk.mail_back(ticket, MANAGER, "Gone hiking. Back on the 12th.")
    assert desk.state(ticket) == "other_side_responded"


@pytest.mark.parametrize(("sender", "prefix"), [("mailer-daemon@mx.example", "Re:"), (MANAGER, "Undeliverable:")])
def test_a_bounce_in_a_side_conversation_is_no_answer(desk: Desk, sender: str, prefix: str):
    _, ticket = desk.begun(2)
    desk.mail_back(ticket, sender, "550 5.1.1 No such user here.", prefix=prefix)
    assert desk.state(ticket) == "tier_2"
    assert "could not be delivered" in desk.notes(ticket)[-1]


def test_an_automatic_reply_that_says_something_else_is_an_answer_and_agents_are_asked_to_look(
    desk: Desk,
):
    _, ticket = desk.begun(2)
    desk.mail_back(ticket, MANAGER, "I am out of the office until Monday. Kim has the sheet.")
    assert desk.state(ticket) == "other_side_responded"
    assert any("may be an automatic reply" in note for note in desk.notes(ticket))
