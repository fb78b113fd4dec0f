"""The other side is heard on every channel; silence brings the case back to its tier."""

import pytest

from sync.operator.dead import dead_letters
from tests.desk import ACCOUNT_MANAGER, MANAGER, TIER_1, Desk, OpenDesk, both_parties, ny

ANSWER = "We will look at it tomorrow."
TICK = "Other side responded"


def answered(desk: Desk) -> tuple[str, int]:
    """The client's answer came on Tuesday 3 March at noon, in tier 1."""
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.message(number, desk.other, ANSWER)
    return number, ticket


@pytest.mark.parametrize("author", ["owner", "support"])
def test_a_message_of_the_clients_side_is_an_answer(desk: Desk, author: str):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.message(number, author, ANSWER)
    assert desk.status(ticket) == "Other side responded"
    assert desk.shown(ticket, TICK) is True


def test_an_answer_becomes_a_note_with_author_and_time_once(desk: Desk):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.message(number, "support", ANSWER)
    desk.reconcile()
    desk.until(ny("2026-03-03 18:00"))
    heard = [note for note in desk.notes(ticket) if ANSWER in note]
    assert len(heard) == 1
    assert "Sally Support, Tue 3 Mar 2026, 12:00 EST" in heard[0]


@both_parties
def test_an_answer_is_told_at_once_and_the_next_update_counts_from_then(desk: Desk):
    _, ticket = answered(desk)
    assert len(desk.said(ticket)) == 2
    assert "There is word from the other side about your assignment." in desk.said(ticket)[-1]
    assert ANSWER not in desk.said(ticket)[-1]
    assert desk.due(ticket, "next_update") == ny("2026-03-05 12:00")


@both_parties
def test_after_an_answer_updates_say_that_there_has_been_contact_and_not_what_was_said(desk: Desk):
    _, ticket = answered(desk)
    desk.until(ny("2026-03-05 12:00"))
    assert len(desk.said(ticket)) == 3
    assert "there has been contact" in desk.said(ticket)[-1]
    assert ANSWER not in desk.said(ticket)[-1]


@both_parties
def test_after_an_answer_tier_2_is_not_entered(desk: Desk):
    _, ticket = answered(desk)
    desk.until(ny("2026-03-05 12:00"))
    assert desk.status(ticket) == "Other side responded"
    assert desk.mails(ticket) == []


def test_a_name_in_the_policy_speaks_for_the_client(open_desk: OpenDesk):
    desk = open_desk(client_names=("Casey Client",))
    number, ticket = desk.begun()
    desk.message(number, "Casey Client", ANSWER)
    assert desk.status(ticket) == "Other side responded"


def test_a_name_that_the_policy_gives_one_project_speaks_there_only(open_desk: OpenDesk):
    desk = open_desk(client_names_by_project={"Branch roll-out": ("Casey Client",), "77": ("Casey Client",)})
    here, ticket = desk.begun()
    elsewhere, other = desk.begun(project=78, project_name="Kiosks")
    desk.message(here, "Casey Client", ANSWER)
    desk.message(elsewhere, "Casey Client", ANSWER)
    assert (desk.state(ticket), desk.state(other)) == ("other_side_responded", "tier_1")


@both_parties
def test_an_author_nobody_can_place_is_a_note_and_nothing_stops(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, "Zed Zebra", "Who is this?")
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert "somebody we can't place: Zed Zebra" in desk.notes(ticket)[-1]
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


def test_a_name_that_both_sides_bear_is_nobody_we_can_place(desk: Desk):
    number = desk.assignment(owner=("Wanda", "Worker"))
    ticket = desk.submit(number)
    desk.agent(ticket, macro=TIER_1)
    desk.message(number, "Wanda Worker", ANSWER)
    assert desk.state(ticket) == "tier_1"
    assert "can't place" in desk.notes(ticket)[-1]


@both_parties
def test_a_private_note_on_the_assignment_is_neither_an_answer_nor_repeated(desk: Desk):
    number, ticket = desk.begun()
    before = desk.notes(ticket)
    desk.workmarket.message(number, desk.other, "Between us: we are late.", private=True)
    desk.live()
    assert desk.state(ticket) == "tier_1"
    assert desk.notes(ticket) == before


@both_parties
def test_an_automatic_reply_on_the_assignment_is_no_answer(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, desk.other, "Automatic reply: I am out of office.")
    assert desk.state(ticket) == "tier_1"
    assert "doesn't count as an answer" in desk.notes(ticket)[-1]


@both_parties
def test_the_requesters_own_message_is_a_note_and_no_answer(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, desk.own, "Hello? Anybody?")
    assert desk.state(ticket) == "tier_1"
    assert "Hello? Anybody?" in desk.notes(ticket)[-1]
    assert len(desk.said(ticket)) == 1


@both_parties
def test_our_own_message_is_never_taken_for_an_answer(desk: Desk):
    number, ticket = desk.begun()
    desk.reconcile()
    assert desk.state(ticket) == "tier_1"
    assert not any(desk.messages(number)[0] in note for note in desk.notes(ticket))


@both_parties
def test_an_answer_that_quotes_our_message_is_an_answer(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, desk.other, "You wrote:\n" + desk.messages(number)[0])
    assert desk.state(ticket) == "other_side_responded"


def test_messages_from_before_the_request_are_no_news(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "worker", "An old word."), days=7)
    ticket = desk.submit(number)
    desk.message(number, "worker", "A new word.")
    assert not any("New message" in note and "An old word." in note for note in desk.notes(ticket))
    assert any("New message" in note and "A new word." in note for note in desk.notes(ticket))


@both_parties
def test_a_reply_to_the_e_mail_of_tier_2_is_an_answer(desk: Desk):
    _, ticket = desk.begun(2)
    desk.until(ny("2026-03-05 12:00"))
    desk.mail_back(ticket, desk.their_address, ANSWER)
    assert desk.status(ticket) == "Other side responded"
    assert [ANSWER in note for note in desk.notes(ticket)].count(True) == 1
    assert ANSWER not in "".join(desk.said(ticket))


def test_the_project_managers_absence_mail_is_no_answer(desk: Desk):
    _, ticket = desk.begun(2)
    desk.mail_back(ticket, MANAGER, "Out of office until Monday.")
    assert desk.state(ticket) == "tier_2"


@both_parties
def test_a_stranger_in_the_side_conversation_is_a_note_and_no_answer(desk: Desk):
    _, ticket = desk.begun(2)
    desk.mail_back(ticket, "stranger@example.com", "I forward this to nobody.")
    assert desk.state(ticket) == "tier_2"
    assert "can't place" in desk.notes(ticket)[-1]


def test_the_account_managers_reply_is_a_note_and_nothing_stops(desk: Desk):
    _, ticket = desk.begun(3)
    desk.mail_back(ticket, ACCOUNT_MANAGER, "I have called them.")
    assert desk.status(ticket) == "Tier 3: account manager"
    assert "The account manager has replied" in desk.notes(ticket)[-1]
    assert "I have called them." in desk.notes(ticket)[-1]


@both_parties
def test_an_agents_tick_is_an_answer(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.agent(ticket, fields={TICK: True})
    assert desk.status(ticket) == "Other side responded"
    assert "month_ends" not in desk.case(ticket).deadlines
    desk.until(ny("2026-03-03 13:00"))
    desk.agent(ticket, fields={TICK: False})
    assert desk.due(ticket, "month_ends") == ny("2026-04-03 12:00")


@both_parties
def test_the_status_set_by_an_agent_is_an_answer(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.agent(ticket, status="Other side responded")
    assert desk.state(ticket) == "other_side_responded"
    assert desk.shown(ticket, TICK) is True


@both_parties
def test_an_unticked_answer_goes_back_to_the_tier_without_a_text(desk: Desk):
    number, ticket = answered(desk)
    desk.until(ny("2026-03-03 15:00"))
    desk.agent(ticket, fields={TICK: False})
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.said(ticket)) == 2
    assert len(desk.messages(number)) == 1
    assert desk.due(ticket, "tier_ends") == ny("2026-03-05 15:00")


@both_parties
def test_after_an_answer_the_month_counts_from_the_other_sides_last_message(desk: Desk):
    number, ticket = answered(desk)
    desk.until(ny("2026-03-06 11:00"))
    desk.message(number, desk.other, "One more thing.")
    desk.agent(ticket, fields={TICK: False})
    assert desk.due(ticket, "month_ends") == ny("2026-04-06 11:00")


@both_parties
def test_silence_of_both_sides_for_five_business_days_asks_the_agent(desk: Desk):
    _, ticket = answered(desk)
    assert desk.due(ticket, "silence") == ny("2026-03-10 12:00")
    desk.until(ny("2026-03-10 11:59"))
    assert not any("Both sides have been silent" in note for note in desk.notes(ticket))
    desk.until(ny("2026-03-10 12:00"))
    assert any("Both sides have been silent" in note for note in desk.notes(ticket))


@both_parties
def test_an_agent_who_does_not_answer_brings_it_back_to_the_tier_and_that_is_said(desk: Desk):
    number, ticket = answered(desk)
    desk.until(ny("2026-03-12 11:59"))
    assert desk.state(ticket) == "other_side_responded"
    said = len(desk.said(ticket))
    desk.until(ny("2026-03-12 12:00"))
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert desk.shown(ticket, TICK) is False
    [told] = desk.said(ticket)[said:]
    assert "and nothing has been said since. We go on from where we had left off" in told
    assert len(desk.messages(number)) == 1
    assert desk.due(ticket, "tier_ends") == ny("2026-03-16 12:00")


@both_parties
def test_a_case_back_in_its_tier_goes_on_to_the_next(desk: Desk):
    number, ticket = answered(desk)
    desk.until(ny("2026-03-16 12:01"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == [desk.their_address]
    assert len(desk.messages(number)) == 1
    assert "We had word from the other side, and nothing more since" in desk.said(ticket)[-1]
    [letter] = desk.zendesk.conversations(ticket)
    assert "The last answer that reached us: " in letter["events"][0]["message"]["body"]


@pytest.mark.parametrize("word", [{"comment": "I am calling them.", "public": False}, {"comment": "News soon."}])
@both_parties
def test_an_agents_word_after_the_silence_counts_it_anew(desk: Desk, word: dict[str, object]):
    _, ticket = answered(desk)
    desk.until(ny("2026-03-11 12:00"))
    desk.agent(ticket, **word)
    assert desk.due(ticket, "silence") == ny("2026-03-18 12:00")
    desk.until(ny("2026-03-12 12:01"))
    assert desk.state(ticket) == "other_side_responded"


@both_parties
def test_a_further_answer_is_a_note_and_the_silence_counts_anew(desk: Desk):
    number, ticket = answered(desk)
    desk.until(ny("2026-03-05 12:00"))
    desk.message(number, desk.other, "Still on it.")
    assert desk.status(ticket) == "Other side responded"
    assert len([note for note in desk.notes(ticket) if "Still on it." in note]) == 1
    assert desk.due(ticket, "silence") == ny("2026-03-12 12:00")


@both_parties
def test_a_word_of_the_requester_breaks_the_silence_too(desk: Desk):
    _, ticket = answered(desk)
    desk.until(ny("2026-03-05 12:00"))
    desk.reply(ticket, "They have not told me anything.")
    assert desk.due(ticket, "silence") == ny("2026-03-12 12:00")


@both_parties
def test_a_second_answer_after_the_way_back_is_an_answer_again(desk: Desk):
    number, ticket = answered(desk)
    desk.until(ny("2026-03-13 09:00"))
    assert desk.state(ticket) == "tier_1"
    desk.message(number, desk.other, "Sorry, back now.")
    assert desk.status(ticket) == "Other side responded"


@both_parties
def test_an_answer_while_the_tiers_message_is_on_its_way_is_not_lost(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next("workmarket", "POST", "add_note", status=503)
    ticket = desk.escalate(number)
    desk.message(number, desk.other, ANSWER)
    desk.for_(minutes=2)
    assert desk.state(ticket) == "other_side_responded"
    assert len(desk.messages(number)) == 1


def test_a_clients_order_number_in_brackets_keeps_no_request_out_and_is_told_to_the_operator(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "worker", "Done, order number [Ref 1234-5]"), days=4)
    ticket = desk.submit(number)
    assert desk.state(ticket) == "tier_1"
    (letter,) = dead_letters(desk.app.store)
    assert "anybody's message" in letter.error
    desk.message(number, "owner", "Approved, our order [Ref 1234-6]")
    assert desk.state(ticket) == "other_side_responded"


def test_another_cases_message_on_the_assignment_is_ours(desk: Desk):
    number, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    again = desk.submit(number)
    assert (desk.state(again), len(desk.messages(number))) == ("tier_1", 2)
    assert dead_letters(desk.app.store) == []


def test_a_worker_and_an_owner_of_one_name_need_a_person_and_nobody_says_that_they_wrote_nothing(
    desk: Desk,
):
    number = desk.assignment(owner=("Wanda", "Worker"))
    ticket = desk.submit(number)
    assert desk.state(ticket) == "needs_review"
    assert not any("no message" in text for text in (*desk.said(ticket), *desk.notes(ticket)))
