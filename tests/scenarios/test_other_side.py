"""The other side is heard on every channel; silence brings the case back to its tier."""

import pytest

from sync.operator.dead import dead_letters
from tests.scenarios.town import ACCOUNT_MANAGER, MANAGER, TIER_1, OpenTown, Town, ny

ANSWER = "We will look at it tomorrow."
TICK = "Other side responded"


def answered(town: Town) -> tuple[str, int]:
    """The client's answer came on Tuesday 3 March at noon, in tier 1."""
    number, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.message(number, "owner", ANSWER)
    return number, ticket


@pytest.mark.parametrize("author", ["owner", "support"])
def test_a_message_of_the_clients_side_is_an_answer(town: Town, author: str):
    number, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.message(number, author, ANSWER)
    assert town.status(ticket) == "Other side responded"
    assert town.shown(ticket, TICK) is True


def test_an_answer_becomes_a_note_with_author_and_time_once(town: Town):
    number, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.message(number, "support", ANSWER)
    town.reconcile()
    town.until(ny("2026-03-03 18:00"))
    heard = [note for note in town.notes(ticket) if ANSWER in note]
    assert len(heard) == 1
    assert "Sally Support, Tue 3 Mar 2026, 12:00 EST" in heard[0]


def test_an_answer_tells_the_requester_nothing_until_the_next_update(town: Town):
    _, ticket = answered(town)
    assert len(town.said(ticket)) == 1
    assert town.due(ticket, "next_update") == ny("2026-03-04 10:00")


def test_after_an_answer_updates_say_that_there_has_been_contact_and_not_what_was_said(town: Town):
    _, ticket = answered(town)
    town.until(ny("2026-03-04 10:00"))
    assert len(town.said(ticket)) == 2
    assert "there has been contact" in town.said(ticket)[-1]
    assert ANSWER not in town.said(ticket)[-1]


def test_after_an_answer_tier_2_is_not_entered(town: Town):
    _, ticket = answered(town)
    town.until(ny("2026-03-05 12:00"))
    assert town.status(ticket) == "Other side responded"
    assert town.mails(ticket) == []


def test_a_name_in_the_policy_speaks_for_the_client(open_town: OpenTown):
    town = open_town(client_names=("Casey Client",))
    number, ticket = town.begun()
    town.message(number, "Casey Client", ANSWER)
    assert town.status(ticket) == "Other side responded"


def test_a_name_that_the_policy_gives_one_project_speaks_there_only(open_town: OpenTown):
    town = open_town(client_names_by_project={"Branch roll-out": ("Casey Client",), "77": ("Casey Client",)})
    here, ticket = town.begun()
    elsewhere, other = town.begun(project=78, project_name="Kiosks")
    town.message(here, "Casey Client", ANSWER)
    town.message(elsewhere, "Casey Client", ANSWER)
    assert (town.state(ticket), town.state(other)) == ("other_side_responded", "tier_1")


def test_an_author_nobody_can_place_is_a_note_and_nothing_stops(town: Town):
    number, ticket = town.begun()
    town.message(number, "Zed Zebra", "Who is this?")
    assert town.status(ticket) == "Tier 1: assignment message"
    assert "somebody we can't place: Zed Zebra" in town.notes(ticket)[-1]
    assert town.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


def test_a_name_that_both_sides_bear_is_nobody_we_can_place(town: Town):
    number = town.assignment(owner=("Wanda", "Worker"))
    ticket = town.submit(number)
    town.agent(ticket, macro=TIER_1)
    town.message(number, "Wanda Worker", ANSWER)
    assert town.state(ticket) == "tier_1"
    assert "can't place" in town.notes(ticket)[-1]


def test_a_private_note_on_the_assignment_is_neither_an_answer_nor_repeated(town: Town):
    number, ticket = town.begun()
    before = town.notes(ticket)
    town.workmarket.message(number, "owner", "Between us: we are late.", private=True)
    town.live()
    assert town.state(ticket) == "tier_1"
    assert town.notes(ticket) == before


def test_an_automatic_reply_on_the_assignment_is_no_answer(town: Town):
    number, ticket = town.begun()
    town.message(number, "owner", "Automatic reply: I am out of office.")
    assert town.state(ticket) == "tier_1"
    assert "doesn't count as an answer" in town.notes(ticket)[-1]


def test_the_workers_own_message_is_a_note_and_no_answer(town: Town):
    number, ticket = town.begun()
    town.message(number, "worker", "Hello? Anybody?")
    assert town.state(ticket) == "tier_1"
    assert "Hello? Anybody?" in town.notes(ticket)[-1]
    assert len(town.said(ticket)) == 1


def test_our_own_message_is_never_taken_for_an_answer(town: Town):
    number, ticket = town.begun()
    town.reconcile()
    assert town.state(ticket) == "tier_1"
    assert not any(town.messages(number)[0] in note for note in town.notes(ticket))


def test_an_answer_that_quotes_our_message_is_an_answer(town: Town):
    number, ticket = town.begun()
    town.message(number, "owner", "You wrote:\n" + town.messages(number)[0])
    assert town.state(ticket) == "other_side_responded"


def test_messages_from_before_the_request_are_no_news(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "worker", "An old word."), days=7)
    ticket = town.submit(number)
    town.message(number, "worker", "A new word.")
    assert not any("New message" in note and "An old word." in note for note in town.notes(ticket))
    assert any("New message" in note and "A new word." in note for note in town.notes(ticket))


def test_a_reply_of_the_project_manager_is_an_answer(town: Town):
    _, ticket = town.begun(2)
    town.until(ny("2026-03-05 12:00"))
    town.mail_back(ticket, MANAGER, ANSWER)
    assert town.status(ticket) == "Other side responded"
    assert [ANSWER in note for note in town.notes(ticket)].count(True) == 1
    assert ANSWER not in "".join(town.said(ticket))


def test_the_project_managers_absence_mail_is_no_answer(town: Town):
    _, ticket = town.begun(2)
    town.mail_back(ticket, MANAGER, "Out of office until Monday.")
    assert town.state(ticket) == "tier_2"


def test_a_stranger_in_the_side_conversation_is_a_note_and_no_answer(town: Town):
    _, ticket = town.begun(2)
    town.mail_back(ticket, "stranger@example.com", "I forward this to nobody.")
    assert town.state(ticket) == "tier_2"
    assert "can't place" in town.notes(ticket)[-1]


def test_the_account_managers_reply_is_a_note_and_nothing_stops(town: Town):
    _, ticket = town.begun(3)
    town.mail_back(ticket, ACCOUNT_MANAGER, "I have called them.")
    assert town.status(ticket) == "Tier 3: account manager"
    assert "The account manager has replied" in town.notes(ticket)[-1]
    assert "I have called them." in town.notes(ticket)[-1]


def test_an_agents_tick_is_an_answer(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.agent(ticket, fields={TICK: True})
    assert town.status(ticket) == "Other side responded"
    assert "month_ends" not in town.case(ticket).deadlines
    town.until(ny("2026-03-03 13:00"))
    town.agent(ticket, fields={TICK: False})
    assert town.due(ticket, "month_ends") == ny("2026-04-03 12:00")


def test_the_status_set_by_an_agent_is_an_answer(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.agent(ticket, status="Other side responded")
    assert town.state(ticket) == "other_side_responded"
    assert town.shown(ticket, TICK) is True


def test_an_unticked_answer_goes_back_to_the_tier_without_a_text(town: Town):
    number, ticket = answered(town)
    town.until(ny("2026-03-03 15:00"))
    town.agent(ticket, fields={TICK: False})
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.said(ticket)) == 1
    assert len(town.messages(number)) == 1
    assert town.due(ticket, "tier_ends") == ny("2026-03-05 15:00")


def test_after_an_answer_the_month_counts_from_the_other_sides_last_message(town: Town):
    number, ticket = answered(town)
    town.until(ny("2026-03-06 11:00"))
    town.message(number, "owner", "One more thing.")
    town.agent(ticket, fields={TICK: False})
    assert town.due(ticket, "month_ends") == ny("2026-04-06 11:00")


def test_silence_of_both_sides_for_five_business_days_asks_the_agent(town: Town):
    _, ticket = answered(town)
    assert town.due(ticket, "silence") == ny("2026-03-10 12:00")
    town.until(ny("2026-03-10 11:59"))
    assert not any("Both sides have been silent" in note for note in town.notes(ticket))
    town.until(ny("2026-03-10 12:00"))
    assert any("Both sides have been silent" in note for note in town.notes(ticket))


def test_an_agent_who_does_not_answer_brings_it_back_to_the_tier_without_a_text(town: Town):
    number, ticket = answered(town)
    town.until(ny("2026-03-12 11:59"))
    assert town.state(ticket) == "other_side_responded"
    said = len(town.said(ticket))
    town.until(ny("2026-03-12 12:00"))
    assert town.status(ticket) == "Tier 1: assignment message"
    assert town.shown(ticket, TICK) is False
    assert len(town.said(ticket)) == said
    assert len(town.messages(number)) == 1
    assert town.due(ticket, "tier_ends") == ny("2026-03-16 12:00")


def test_a_case_back_in_its_tier_goes_on_to_the_next(town: Town):
    number, ticket = answered(town)
    town.until(ny("2026-03-16 12:01"))
    assert town.status(ticket) == "Tier 2: direct contact"
    assert town.mails(ticket) == [MANAGER]
    assert len(town.messages(number)) == 1


@pytest.mark.parametrize("word", [{"comment": "I am calling them.", "public": False}, {"comment": "News soon."}])
def test_an_agents_word_after_the_silence_counts_it_anew(town: Town, word: dict[str, object]):
    _, ticket = answered(town)
    town.until(ny("2026-03-11 12:00"))
    town.agent(ticket, **word)
    assert town.due(ticket, "silence") == ny("2026-03-18 12:00")
    town.until(ny("2026-03-12 12:01"))
    assert town.state(ticket) == "other_side_responded"


def test_a_further_answer_is_a_note_and_the_silence_counts_anew(town: Town):
    number, ticket = answered(town)
    town.until(ny("2026-03-05 12:00"))
    town.message(number, "owner", "Still on it.")
    assert town.status(ticket) == "Other side responded"
    assert len([note for note in town.notes(ticket) if "Still on it." in note]) == 1
    assert town.due(ticket, "silence") == ny("2026-03-12 12:00")


def test_a_word_of_the_requester_breaks_the_silence_too(town: Town):
    _, ticket = answered(town)
    town.until(ny("2026-03-05 12:00"))
    town.reply(ticket, "They have not told me anything.")
    assert town.due(ticket, "silence") == ny("2026-03-12 12:00")


def test_a_second_answer_after_the_way_back_is_an_answer_again(town: Town):
    number, ticket = answered(town)
    town.until(ny("2026-03-13 09:00"))
    assert town.state(ticket) == "tier_1"
    town.message(number, "owner", "Sorry, back now.")
    assert town.status(ticket) == "Other side responded"


def test_an_answer_while_the_tiers_message_is_on_its_way_is_not_lost(town: Town):
    number = town.assignment()
    town.sandbox.faults.next("workmarket", "POST", "add_note", status=503)
    ticket = town.submit(number)
    town.message(number, "owner", ANSWER)
    town.for_(minutes=2)
    assert town.state(ticket) == "other_side_responded"
    assert len(town.messages(number)) == 1


def test_a_clients_order_number_in_brackets_keeps_no_request_out_and_is_told_to_the_operator(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "worker", "Done, order number [Ref 1234-5]"), days=4)
    ticket = town.submit(number)
    assert town.state(ticket) == "tier_1"
    (letter,) = dead_letters(town.house.store)
    assert "anybody's message" in letter.error
    town.message(number, "owner", "Approved, our order [Ref 1234-6]")
    assert town.state(ticket) == "other_side_responded"


def test_another_cases_message_on_the_assignment_is_ours(town: Town):
    number, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    again = town.submit(number)
    assert (town.state(again), len(town.messages(number))) == ("tier_1", 2)
    assert dead_letters(town.house.store) == []


def test_a_worker_and_an_owner_of_one_name_need_a_person_and_nobody_says_that_they_wrote_nothing(town: Town):
    number = town.assignment(owner=("Wanda", "Worker"))
    ticket = town.submit(number)
    assert town.state(ticket) == "needs_review"
    assert not any("no message" in text for text in (*town.said(ticket), *town.notes(ticket)))
