"""What an agent reads in the internal note, and what becomes of texts that strangers wrote."""

from datetime import timedelta

import pytest

from tests.desk import TIER_1, Desk, OpenDesk, both_parties, ny

NASTY = (
    "{{ticket.id}} {% if x %} <b>bold</b> [click](http://evil.example) ![i](http://evil.example/x.png) **loud** # h"
)


def test_the_note_on_entering_tells_the_assignment(desk: Desk):
    number = desk.assignment(title="Mount a screen", price=120.0)
    note = desk.notes(desk.submit(number))[0]
    for line in (
        f"Assignment {number}",
        "- Title: Mount a screen",
        "- Status: pending approval",
        "- Scheduled: Fri 20 Feb 2026, 07:00 EST",
        "- Price: $120.00 flat",
        "- Project number: 77",
        "- Owner: Olaf Owner",
        "- Support contact: Sally Support",
        "- Worker: Wanda Worker",
        "- Client's average approval time: 72 hours (assumed",
    ):
        assert line in note


def test_the_note_tells_payment_dates_where_there_are_some(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.approve(number, terms=timedelta(days=4)), days=8)
    note = desk.notes(desk.submit(number, reason="payment_past_due"))[0]
    assert "- Payment due: Thu 26 Feb 2026, 10:00 EST" in note


def test_the_note_shows_the_last_five_public_messages(desk: Desk):
    number = desk.assignment(said=False)
    for hour in range(7):
        desk.past(lambda hour=hour: desk.workmarket.message(number, "worker", f"Message {hour}"), hours=20 - hour)
    desk.past(lambda: desk.workmarket.message(number, "owner", "Between us", private=True), hours=1)
    note = desk.notes(desk.submit(number))[0]
    assert [hour for hour in range(7) if f"Message {hour}" in note] == [2, 3, 4, 5, 6]
    assert "Between us" not in note


@both_parties
def test_the_note_says_what_happens_next_and_when(desk: Desk):
    note = desk.notes(desk.escalate(desk.assignment()))[0]
    assert "without an answer within 2 business days, about Wed 4 Mar 2026, 10:00 EST, tier 2 follows" in note


@both_parties
def test_the_note_comes_once_on_entering(desk: Desk):
    ticket = desk.escalate(desk.assignment())
    desk.until(ny("2026-03-06 10:30"))
    assert len([note for note in desk.notes(ticket) if "What we know about this escalation" in note]) == 1


@both_parties
def test_an_agent_who_accepts_a_case_gets_the_note_as_well(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.agent(ticket, macro=TIER_1)
    assert "tier 2 follows" in "".join(desk.notes(ticket))


@pytest.mark.parametrize(("hours", "hinted"), [(23, True), (24, False), (30, False)])
def test_a_short_cancellation_is_pointed_out_as_the_clients_choice(desk: Desk, hours: int, hinted: bool):
    start = desk.clock() - timedelta(days=2)
    number = desk.assignment(said=False, status="active", scheduled_start=start, scheduled_end=start)
    desk.past(lambda: desk.workmarket.cancel(number), days=2, hours=hours)
    desk.past(lambda: desk.workmarket.message(number, "worker", "Why?"), days=1)
    ticket = desk.submit(number, reason="cancelled_unexplained")
    note = "".join(desk.notes(ticket))
    assert ("cancelled less than 24 hours before its start" in note) is hinted
    assert "fee" not in "".join(desk.said(ticket)) + "".join(desk.messages(number))


@both_parties
def test_the_note_is_never_shown_to_the_requester(desk: Desk):
    ticket = desk.escalate(desk.assignment())
    assert "What we know about this escalation" not in "".join(desk.said(ticket))


# Foreign texts


def harmless(markup: str) -> bool:
    """Whether nothing of NASTY was obeyed: no link, image, bold or heading of it, and no placeholder left."""
    return not any(
        part in markup
        for part in ("<a ", "<img", "<b>", "<strong>loud", "<h2>", "{{", "{%", "}}", "%}", "<strong>bold")
    )


def test_a_foreign_title_is_shown_as_written_and_obeyed_nowhere(desk: Desk):
    number = desk.assignment(title=NASTY)
    ticket = desk.submit(number)
    desk.until(ny("2026-03-04 10:05"))
    page = desk.pages_of(ticket)
    assert "click" in page
    assert harmless(page)
    assert "{{" not in "".join(desk.messages(number))


def test_a_foreign_title_in_an_e_mail_is_no_placeholder_and_no_markup(desk: Desk):
    ticket = desk.submit(desk.assignment(title=NASTY))
    desk.until(ny("2026-03-04 10:05"))
    (conversation,) = desk.zendesk.conversations(ticket)
    assert harmless(conversation["events"][0]["message"]["html_body"])


@pytest.mark.parametrize("author", ["owner", "worker", "Somebody Else"])
def test_a_foreign_message_is_shown_as_written_and_obeyed_nowhere(desk: Desk, author: str):
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.message(number, author, NASTY)
    assert "click" in desk.pages_of(ticket)
    assert harmless(desk.pages_of(ticket))


def test_a_foreign_name_is_shown_as_written(desk: Desk):
    number = desk.assignment(owner=("<b>Olaf</b>", "[click](http://evil.example)"), project_name=NASTY)
    ticket = desk.submit(number)
    desk.message(number, "owner", "Hello")
    assert harmless(desk.pages_of(ticket))


def test_a_foreign_e_mail_is_shown_as_written(desk: Desk):
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-03-04 10:05"))
    (conversation,) = desk.zendesk.conversations(ticket)
    desk.people.conversation_reply(conversation["id"], "sally@example.com", NASTY, name="<b>Sally</b>")
    desk.live()
    assert desk.status(ticket) == "Other side responded"
    assert harmless(desk.pages_of(ticket))


def test_a_second_requests_text_is_copied_as_written(desk: Desk):
    number = desk.assignment()
    first = desk.submit(number)
    desk.submit(number, description=NASTY)
    assert "sent a second request" in desk.notes(first)[-1]
    assert harmless(desk.pages_of(first))


def test_what_a_signed_request_says_is_shown_as_written(desk: Desk):
    desk.hand_in(desk.assignment(), description=NASTY)
    (ticket,) = desk.tickets()
    assert desk.state(ticket) == "tier_1"
    first = desk.zendesk.comments(ticket)[0]
    assert harmless(first["html_body"])
    assert "[click](http://evil.example)" in first["body"]


def test_a_template_in_the_tickets_title_is_not_filled_in_twice(desk: Desk):
    desk.rewrite(TIER_1, "About {{ticket.description}}")
    ticket = desk.submit(desk.assignment(), description="{{ticket.requester.email}}")
    assert "wanda@example.com" not in desk.said(ticket)[0]


def test_a_number_that_is_none_is_shown_as_written(desk: Desk):
    field = desk.zendesk.account.fields[desk.people.field_id("WorkMarket assignment ID")]
    field["regexp_for_validation"] = ""  # an account may have loosened it
    ticket = desk.submit(NASTY)
    assert "We can't find an assignment with the number" in desk.said(ticket)[0]
    assert harmless(desk.pages_of(ticket))


def test_what_zendesk_says_of_a_refusal_is_shown_as_written(desk: Desk):
    trouble = {"error": "RecordInvalid", "description": NASTY}
    desk.sandbox.faults.next("zendesk", "POST", "side_conversations", status=422, body=trouble)
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.agent(ticket, tier=2)
    assert "could not be sent" in desk.notes(ticket)[-1]
    assert harmless(desk.pages_of(ticket))


def test_a_control_character_or_a_turned_text_is_left_out(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.message(number, "owner", "one\u202etwo\x00three\ufeff")
    assert "onetwothree" in desk.pages_of(ticket)


def test_a_very_long_message_is_cut_in_the_note(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.message(number, "owner", "word " * 20_000)
    assert desk.status(ticket) == "Other side responded"
    assert len(desk.notes(ticket)[-1]) < 10_000


def test_a_title_that_looks_like_a_reference_is_no_message_of_ours(desk: Desk):
    number = desk.assignment(title="Install [Ref AAAA-1]")
    ticket = desk.submit(number)
    assert desk.state(ticket) == "tier_1"


def test_no_text_of_ours_in_a_whole_walk_holds_a_placeholder(open_desk: OpenDesk):
    desk = open_desk()
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-04-02 10:30"))
    assert harmless(desk.pages_of(ticket))
