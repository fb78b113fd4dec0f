"""What an agent reads in the internal note, and what becomes of texts that strangers wrote."""

from datetime import timedelta

import pytest

from tests.scenarios.town import TIER_1, OpenTown, Town, ny

NASTY = (
    "{{ticket.id}} {% if x %} <b>bold</b> [click](http://evil.example) ![i](http://evil.example/x.png) **loud** # h"
)


def test_the_note_on_entering_tells_the_assignment(town: Town):
    number = town.assignment(title="Mount a screen", price=120.0)
    note = town.notes(town.submit(number))[0]
    for line in (
        f"Assignment {number}",
        "- Title: Mount a screen",
        "- Status: complete",
        "- Scheduled: Fri 20 Feb 2026, 07:00 EST",
        "- Price: $120.00 flat",
        "- Project: 77",
        "- Owner: Olaf Owner",
        "- Support contact: Sally Support",
        "- Worker: Wanda Worker",
        "- Client's average approval time: 72 hours (assumed",
    ):
        assert line in note


def test_the_note_tells_payment_dates_where_there_are_some(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.approve(number, terms=timedelta(days=4)), days=8)
    note = town.notes(town.submit(number, reason="payment_past_due"))[0]
    assert "- Payment due: Thu 26 Feb 2026, 10:00 EST" in note


def test_the_note_shows_the_last_five_public_messages(town: Town):
    number = town.assignment(said=False)
    for hour in range(7):
        town.past(lambda hour=hour: town.workmarket.message(number, "worker", f"Message {hour}"), hours=20 - hour)
    town.past(lambda: town.workmarket.message(number, "owner", "Between us", private=True), hours=1)
    note = town.notes(town.submit(number))[0]
    assert [hour for hour in range(7) if f"Message {hour}" in note] == [2, 3, 4, 5, 6]
    assert "Between us" not in note


def test_the_note_says_what_happens_next_and_when(town: Town):
    note = town.notes(town.submit(town.assignment()))[0]
    assert "without an answer within 48 business hours, about Wed 4 Mar 2026, 10:00 EST, tier 2 follows" in note


def test_the_note_comes_once_on_entering(town: Town):
    ticket = town.submit(town.assignment())
    town.until(ny("2026-03-06 10:30"))
    assert len([note for note in town.notes(ticket) if "What we know about this escalation" in note]) == 1


def test_an_agent_who_accepts_a_case_gets_the_note_as_well(town: Town):
    ticket = town.submit(town.assignment(), verified=False)
    town.agent(ticket, macro=TIER_1)
    assert "tier 2 follows" in "".join(town.notes(ticket))


@pytest.mark.parametrize(("hours", "hinted"), [(23, True), (24, False), (30, False)])
def test_a_short_cancellation_is_pointed_out_as_the_clients_choice(town: Town, hours: int, hinted: bool):
    start = town.clock() - timedelta(days=2)
    number = town.assignment(said=False, status="active", scheduled_start=start, scheduled_end=start)
    town.past(lambda: town.workmarket.cancel(number), days=2, hours=hours)
    town.past(lambda: town.workmarket.message(number, "worker", "Why?"), days=1)
    ticket = town.submit(number, reason="cancelled_unexplained")
    note = "".join(town.notes(ticket))
    assert ("cancelled less than 24 hours before its start" in note) is hinted
    assert "fee" not in "".join(town.said(ticket)) + "".join(town.messages(number))


def test_the_note_is_never_shown_to_the_requester(town: Town):
    ticket = town.submit(town.assignment())
    assert "What we know about this escalation" not in "".join(town.said(ticket))


# Foreign texts


def harmless(markup: str) -> bool:
    """Whether nothing of NASTY was obeyed: no link, image, bold or heading of it, and no placeholder left."""
    return not any(
        part in markup
        for part in ("<a ", "<img", "<b>", "<strong>loud", "<h2>", "{{", "{%", "}}", "%}", "<strong>bold")
    )


def test_a_foreign_title_is_shown_as_written_and_obeyed_nowhere(town: Town):
    number = town.assignment(title=NASTY)
    ticket = town.submit(number)
    town.until(ny("2026-03-04 10:05"))
    page = town.pages_of(ticket)
    assert "click" in page
    assert harmless(page)
    assert "{{" not in "".join(town.messages(number))


def test_a_foreign_title_in_an_e_mail_is_no_placeholder_and_no_markup(town: Town):
    ticket = town.submit(town.assignment(title=NASTY))
    town.until(ny("2026-03-04 10:05"))
    (conversation,) = town.zendesk.conversations(ticket)
    assert harmless(conversation["events"][0]["message"]["html_body"])


@pytest.mark.parametrize("author", ["owner", "worker", "Somebody Else"])
def test_a_foreign_message_is_shown_as_written_and_obeyed_nowhere(town: Town, author: str):
    number = town.assignment()
    ticket = town.submit(number)
    town.message(number, author, NASTY)
    assert "click" in town.pages_of(ticket)
    assert harmless(town.pages_of(ticket))


def test_a_foreign_name_is_shown_as_written(town: Town):
    number = town.assignment(owner=("<b>Olaf</b>", "[click](http://evil.example)"), project_name=NASTY)
    ticket = town.submit(number)
    town.message(number, "owner", "Hello")
    assert harmless(town.pages_of(ticket))


def test_a_foreign_e_mail_is_shown_as_written(town: Town):
    ticket = town.submit(town.assignment())
    town.until(ny("2026-03-04 10:05"))
    (conversation,) = town.zendesk.conversations(ticket)
    town.people.conversation_reply(conversation["id"], "sally@example.com", NASTY, name="<b>Sally</b>")
    town.live()
    assert town.status(ticket) == "Other side responded"
    assert harmless(town.pages_of(ticket))


def test_a_second_requests_text_is_copied_as_written(town: Town):
    number = town.assignment()
    first = town.submit(number)
    town.submit(number, description=NASTY)
    assert "sent a second request" in town.notes(first)[-1]
    assert harmless(town.pages_of(first))


def test_what_a_signed_request_says_is_shown_as_written(town: Town):
    town.hand_in(town.assignment(), description=NASTY)
    (ticket,) = town.tickets()
    assert town.state(ticket) == "tier_1"
    first = town.zendesk.comments(ticket)[0]
    assert harmless(first["html_body"])
    assert "[click](http://evil.example)" in first["body"]


def test_a_template_in_the_tickets_title_is_not_filled_in_twice(town: Town):
    town.rewrite(TIER_1, "About {{ticket.description}}")
    ticket = town.submit(town.assignment(), description="{{ticket.requester.email}}")
    assert "wanda@example.com" not in town.said(ticket)[0]


def test_a_number_that_is_none_is_shown_as_written(town: Town):
    field = town.zendesk.account.fields[town.people.field_id("WorkMarket assignment ID")]
    field["regexp_for_validation"] = ""  # an account may have loosened it
    ticket = town.submit(NASTY)
    assert "We can't find an assignment with the number" in town.said(ticket)[0]
    assert harmless(town.pages_of(ticket))


def test_what_zendesk_says_of_a_refusal_is_shown_as_written(town: Town):
    trouble = {"error": "RecordInvalid", "description": NASTY}
    town.sandbox.faults.next("zendesk", "POST", "side_conversations", status=422, body=trouble)
    ticket = town.submit(town.assignment(), verified=False)
    town.agent(ticket, tier=2)
    assert "could not be sent" in town.notes(ticket)[-1]
    assert harmless(town.pages_of(ticket))


def test_a_control_character_or_a_turned_text_is_left_out(town: Town):
    number = town.assignment()
    ticket = town.submit(number)
    town.message(number, "owner", "one\u202etwo\x00three\ufeff")
    assert "onetwothree" in town.pages_of(ticket)


def test_a_very_long_message_is_cut_in_the_note(town: Town):
    number = town.assignment()
    ticket = town.submit(number)
    town.message(number, "owner", "word " * 20_000)
    assert town.status(ticket) == "Other side responded"
    assert len(town.notes(ticket)[-1]) < 10_000


def test_a_title_that_looks_like_a_reference_is_no_message_of_ours(town: Town):
    number = town.assignment(title="Install [Ref AAAA-1]")
    ticket = town.submit(number)
    assert town.state(ticket) == "tier_1"


def test_no_text_of_ours_in_a_whole_walk_holds_a_placeholder(open_town: OpenTown):
    town = open_town()
    ticket = town.submit(town.assignment())
    town.until(ny("2026-04-02 10:30"))
    assert harmless(town.pages_of(ticket))
