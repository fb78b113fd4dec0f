"""Machines answer too: on the ticket, after its end, in side conversations; mail systems report what bounced."""

import pytest

from tests.scenarios.town import MANAGER, Town, ny

AWAY = "Ich bin bis Montag nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Frau Sommer."
IN_GERMAN = "Automatische Antwort:"
BOUNCED = "Delivery has failed to these recipients or groups:\n\npat@client.example"


def automatic(town: Town, ticket: int, text: str = AWAY) -> int:
    """The requester's machine answers, in a language in which Zendesk does not know it: a comment on the ticket."""
    written = town.people.mail(ticket, town.case(ticket).requester.email, text, prefix=IN_GERMAN)
    assert written is not None
    town.live()
    return written


@pytest.mark.parametrize(
    "mail", [{"prefix": "Automatic reply:"}, {"prefix": IN_GERMAN, "headers": {"Auto-Submitted": "auto-replied"}}]
)
def test_what_zendesk_knows_as_automatic_is_suspended_and_comes_to_nobody(town: Town, mail: dict):
    _, ticket = town.begun()
    before = len(town.said(ticket))
    assert town.people.mail(ticket, town.case(ticket).requester.email, AWAY, **mail) is None
    town.live()
    assert (town.status(ticket), len(town.said(ticket))) == ("Tier 1: assignment message", before)


def test_the_requesters_automatic_reply_gives_the_ticket_its_status_back(town: Town):
    _, ticket = town.begun()
    automatic(town, ticket)
    town.for_(minutes=1)
    assert town.status(ticket) == "Tier 1: assignment message"
    assert "doesn't count as an answer" in town.notes(ticket)[-1]


def test_the_requesters_automatic_reply_is_no_objection(town: Town):
    number, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.workmarket.approve(number)
    town.live()
    automatic(town, ticket)
    town.for_(minutes=1)
    assert (town.state(ticket), town.status(ticket)) == ("confirming_outcome", "Confirming outcome")
    town.until(ny("2026-03-05 12:01"))
    assert (town.state(ticket), town.status(ticket)) == ("resolved", "Resolved")


def test_the_requesters_automatic_reply_brings_nothing_back_after_the_end(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket, status="Withdrawn")
    town.live()
    automatic(town, ticket)
    town.for_(minutes=1)
    assert (town.state(ticket), town.status(ticket)) == ("withdrawn", "Withdrawn")


def closed(town: Town) -> int:
    _, ticket = town.begun()
    town.people.solve(ticket, status="Withdrawn")
    town.live()
    town.people.close(ticket)
    town.live()
    return ticket


def test_a_follow_up_by_an_automatic_reply_ends_as_its_case_has_ended(town: Town):
    ticket = closed(town)
    follow_up = automatic(town, ticket)
    town.for_(minutes=1)
    assert follow_up != ticket
    assert (town.state(follow_up), town.status(follow_up)) == ("withdrawn", "Withdrawn")
    assert "doesn't count as an answer" in town.notes(follow_up)[-1]


def test_what_the_requester_writes_on_that_follow_up_brings_the_case_back(town: Town):
    follow_up = automatic(town, closed(town))
    town.for_(minutes=1)
    town.reply(follow_up, "It is not settled.")
    assert (town.state(follow_up), town.status(follow_up)) == ("needs_review", "Needs review")


def test_a_bounce_that_comes_as_the_requesters_comment_moves_nothing(town: Town):
    _, ticket = town.begun()
    automatic(town, ticket, BOUNCED)
    town.for_(minutes=1)
    assert town.status(ticket) == "Tier 1: assignment message"
    assert "could not be delivered" in town.notes(ticket)[-1]


def test_in_a_side_conversation_the_subject_tells_an_automatic_reply(town: Town):
    _, ticket = town.begun(2)
    town.mail_back(ticket, MANAGER, "Gone hiking. Back on the 12th.", prefix=IN_GERMAN)
    assert town.state(ticket) == "tier_2"
    assert "doesn't count as an answer" in town.notes(ticket)[-1]


def test_under_the_subject_of_a_reply_the_same_words_are_heard(town: Town):
    _, ticket = town.begun(2)
    town.mail_back(ticket, MANAGER, "Gone hiking. Back on the 12th.")
    assert town.state(ticket) == "other_side_responded"


@pytest.mark.parametrize(("sender", "prefix"), [("mailer-daemon@mx.example", "Re:"), (MANAGER, "Undeliverable:")])
def test_a_bounce_in_a_side_conversation_is_no_answer(town: Town, sender: str, prefix: str):
    _, ticket = town.begun(2)
    town.mail_back(ticket, sender, "550 5.1.1 No such user here.", prefix=prefix)
    assert town.state(ticket) == "tier_2"
    assert "could not be delivered" in town.notes(ticket)[-1]


def test_an_automatic_reply_that_says_something_else_is_an_answer_and_agents_are_asked_to_look(town: Town):
    _, ticket = town.begun(2)
    town.mail_back(ticket, MANAGER, "I am out of the office until Monday. Kim has the sheet.")
    assert town.state(ticket) == "other_side_responded"
    assert any("may be an automatic reply" in note for note in town.notes(ticket))
