"""Hearing the other side, silence, and the end of the reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.effects import Say
from escalation.model.values import State, Timer
from escalation.model.views import Absent, AssignmentView, Contact, Message
from tests.unit.escalation.case_world import MANAGER, START, WORKER, CaseWorld, assignment, in_tier, local, policy


def answered() -> CaseWorld:
    world = in_tier()
    world.message("Sue Support", "We will look into it.")
    return world


def test_a_message_of_the_client_is_the_answer_noted_once_and_the_tier_s_clock_stops() -> None:
    world = answered()
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert Timer.TIER_ENDS not in world.case.deadlines
    assert Timer.MONTH_ENDS not in world.case.deadlines
    assert sum("We will look into it." in note for note in world.notes()) == 1
    assert world.ticket.ticked("other_side_responded")
    world.look()
    world.settle()
    assert sum("We will look into it." in note for note in world.notes()) == 1


def test_the_owner_and_names_of_the_policy_speak_for_the_client() -> None:
    rules = replace(policy(), client_names=("Casey Client",))
    for author in ("Olaf Owner", "casey  client"):
        world = CaseWorld(rules=rules)
        world.arrive()
        world.message(author, "On it.")
        assert world.state is State.OTHER_SIDE_RESPONDED, author


def test_after_an_answer_the_requester_hears_that_there_has_been_contact() -> None:
    world = answered()
    world.pass_time(local(2026, 3, 4, 10))
    assert "there has been contact" in world.said()[-1]
    assert "look into it" not in world.said()[-1]


def test_somebody_unknown_is_noted_and_nothing_stops() -> None:
    world = in_tier()
    world.message("Zoe Zebra", "Hello?")
    assert world.state is State.TIER_1
    assert any("can't place" in note for note in world.notes())


def test_a_name_that_both_sides_bear_is_nobody_s() -> None:
    world = CaseWorld(seen=assignment(owner="Wanda Worker"))
    world.assigned(messages=())
    world.agent(changes={"tier": "1"})
    world.message("Wanda Worker", "Hello?")
    assert world.state is State.TIER_1


def test_the_requester_s_own_message_is_noted_and_is_no_answer() -> None:
    world = in_tier()
    world.message("Wanda Worker", "Any news?")
    assert world.state is State.TIER_1
    assert any("Any news?" in note for note in world.notes())


def test_a_private_note_is_not_taken_in() -> None:
    world = in_tier()
    world.message("Sue Support", "Do not pay them.", private=True)
    assert world.state is State.TIER_1
    assert not any("Do not pay" in note for note in world.notes())


def test_our_own_message_is_no_answer_even_under_the_client_s_name() -> None:
    world = in_tier()
    world.message("Sue Support", world.messages()[0].text)
    assert world.state is State.TIER_1


def test_an_answer_that_quotes_our_message_counts() -> None:
    world = in_tier()
    world.message("Sue Support", f"On it. You wrote: {world.messages()[0].text}")
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_an_automatic_reply_is_noted_and_is_no_answer() -> None:
    world = in_tier(2)
    world.reply(MANAGER, "I am out of the office until Monday.")
    assert world.state is State.TIER_2
    assert any("automatic reply" in note.lower() for note in world.notes())


def test_messages_from_before_the_case_are_facts_and_no_answer() -> None:
    old = Message(START - timedelta(days=60), "Sue Support", "Welcome aboard.")
    world = CaseWorld(seen=assignment(messages=(old, *assignment().messages)))
    world.arrive()
    assert world.state is State.TIER_1


def test_a_message_that_an_older_view_lacks_is_no_news_when_it_is_there_again() -> None:
    world = answered()
    newer = world.assignment
    world.look(assignment=assignment())
    world.look(assignment=newer)
    world.settle()
    assert sum("We will look into it." in note for note in world.notes()) == 1


def test_a_reply_of_the_project_manager_is_an_answer() -> None:
    world = in_tier(2)
    world.reply(MANAGER.upper())
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_a_reply_of_an_agent_or_a_stranger_in_our_conversation_is_only_noted() -> None:
    world = in_tier(2)
    world.reply("somebody@else.example", "I will pass it on.")
    assert world.state is State.TIER_2
    assert any("I will pass it on." in note for note in world.notes())


def test_a_reply_of_the_account_manager_is_a_note() -> None:
    world = in_tier(3, fields={"account_manager_email": "amy@workmarket.example"})
    world.reply("amy@workmarket.example", "I have called them.", tier=3)
    assert world.state is State.TIER_3
    assert any("account manager has replied" in note for note in world.notes())


def test_a_reply_is_taken_in_once() -> None:
    world = in_tier(2)
    world.reply(MANAGER, "On it.")
    world.look({"ticket", "conversations"})
    world.settle()
    assert sum("On it." in note for note in world.notes()) == 1


def test_a_project_manager_who_was_written_to_is_known_after_the_field_has_changed() -> None:
    world = in_tier(2)
    world.agent(changes={"project_manager_email": "pat@client.example"})
    world.reply(MANAGER)
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_an_agent_s_tick_is_an_answer() -> None:
    world = in_tier()
    world.agent(changes={"other_side_responded": True})
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_an_agent_s_status_is_an_answer_and_ticks_the_box() -> None:
    world = in_tier()
    world.agent(changes={"status": "other_side_responded"})
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert world.ticket.ticked("other_side_responded")


def test_both_sides_silent_for_5_business_days_asks_the_agent_and_then_goes_back_and_says_so() -> None:
    world = answered()
    assert world.due(Timer.SILENCE) == local(2026, 3, 9, 10)
    world.pass_time(local(2026, 3, 9, 11))
    assert sum("Both sides have been silent for 5" in note for note in world.notes()) == 1
    assert world.due(Timer.SILENCE_UNANSWERED) == local(2026, 3, 11, 10)
    told = len(world.public())
    world.now = local(2026, 3, 11, 10)
    world.look({"ticket", "assignment", "conversations"})
    world.settle()
    assert world.state is State.TIER_1
    assert not world.ticket.ticked("other_side_responded")
    assert len(world.messages()) == 1
    [said] = world.said()[told:]
    assert "We had word from the other side on Mon 2 Mar 2026, 10:00 EST, and nothing has been said since." in said


def test_an_update_after_that_question_says_when_it_was_asked_and_when_the_desk_goes_on() -> None:
    world = answered()
    world.pass_time(local(2026, 3, 10, 10))
    [*_, last] = world.public()
    assert isinstance(last.say, Say)
    assert last.say.progress.endswith(
        "On Mon 9 Mar 2026, 10:00 EDT we asked a person at the desk how it goes on. Unless something is said by "
        "Wed 11 Mar 2026, 10:00 EDT, we go on from where we had left off."
    )


def test_a_word_of_an_agent_answers_the_question_how_it_goes_on() -> None:
    for public in (True, False):
        world = answered()
        world.pass_time(local(2026, 3, 9, 11))
        world.agent(comment=world.comment("They are talking.", public=public))
        assert Timer.SILENCE_UNANSWERED not in world.case.deadlines
        assert world.due(Timer.SILENCE) == local(2026, 3, 16, 11)


@pytest.mark.parametrize("who", ["Sue Support", "Wanda Worker"])
def test_a_further_message_of_either_side_is_a_note_and_the_silence_counts_anew(who: str) -> None:
    world = answered()
    world.pass_time(local(2026, 3, 5, 10))
    world.message(who, "One more thing.")
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert any("One more thing." in note for note in world.notes())
    assert world.due(Timer.SILENCE) == local(2026, 3, 12, 10)


def test_a_reply_of_the_requester_counts_the_silence_anew() -> None:
    world = answered()
    world.pass_time(local(2026, 3, 5, 10))
    world.requester("They promised an answer.")
    assert world.due(Timer.SILENCE) == local(2026, 3, 12, 10)


def test_unticked_goes_back_to_the_tier_without_a_text() -> None:
    world = answered()
    told = len(world.public())
    world.agent(changes={"other_side_responded": False})
    assert world.state is State.TIER_1
    assert len(world.public()) == told


def test_after_an_answer_the_month_counts_anew_from_the_other_side_s_last_message() -> None:
    world = in_tier()
    world.pass_time(local(2026, 3, 3, 12))
    world.message("Sue Support", "We will look into it.")
    world.pass_time(local(2026, 3, 3, 16))
    world.agent(changes={"other_side_responded": False})
    assert world.due(Timer.MONTH_ENDS) == local(2026, 4, 3, 12)


def test_an_answer_while_tier_1_is_on_its_way_is_heard_on_arrival() -> None:
    world = CaseWorld()
    world.look()
    post = world.open.pop(0) if world.open[0] in world.messages() else world.messages()[0]
    world.open = [e for e in world.open if e is not post]
    world.message("Sue Support", "We are looking at it.")
    assert world.state is State.CHECKING
    world.open = [post]
    world.settle()
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert len(world.public()) == 1


def test_an_answer_while_tier_2_is_on_its_way_stops_it() -> None:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    mail = world.mails()[0]
    world.open.remove(mail)
    world.message("Sue Support", "We are looking at it.")
    world.open.append(mail)
    world.settle()
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert len(world.public()) == 2
    assert world.keys()[-1] == "answered"


def test_an_answer_after_the_end_is_an_internal_note_only() -> None:
    world = in_tier()
    world.pass_time(timedelta(days=40))
    told = len(world.public())
    world.message("Sue Support", "Sorry for the delay.")
    assert world.state is State.OFF_PLATFORM
    assert "Sorry for the delay." in world.notes()[-1]
    assert len(world.public()) == told


@pytest.mark.parametrize(
    ("reason", "before", "after", "text"),
    [
        ("approval_overdue", "complete", "paymentpending", "approved"),
        ("approval_overdue", "complete", "paid", "paid"),
        ("payment_dispute", "complete", "paid", "paid"),
        ("cancelled_after_work", "cancelled", "paid", "paid"),
    ],
)
def test_approved_or_paid_as_the_reason_was_is_confirmed(reason: str, before: str, after: str, text: str) -> None:
    world = CaseWorld(fields={"reason": reason}, seen=assignment(status=before))
    world.arrive()
    world.agent(changes={"tier": "1"})
    world.assigned(status=after)
    assert world.state is State.CONFIRMING_OUTCOME
    assert f"now shows as {text}" in world.said()[-1]
    assert world.due(Timer.CONFIRMATION) == local(2026, 3, 4, 10)


@pytest.mark.parametrize("after", ["inprogress", "refunded", "void", "cancelled", "declined"])
def test_any_other_end_needs_a_person(after: str) -> None:
    world = in_tier()
    world.assigned(status=after)
    assert world.state is State.NEEDS_REVIEW
    assert "what has changed on the assignment" in world.said()[-1]


def test_approved_while_tier_1_is_on_its_way_is_confirmed_and_the_tier_is_not_entered() -> None:
    world = CaseWorld()
    world.look()
    assert isinstance(world.assignment, AssignmentView)
    world.look(assignment=replace(world.assignment, status="paymentpending"))
    world.settle()
    assert world.state is State.CONFIRMING_OUTCOME
    assert len(world.public()) == 1


def test_nobody_objects_within_2_business_days_and_the_case_is_resolved() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.pass_time(timedelta(days=3))
    assert world.state is State.RESOLVED
    assert len(world.public()) == 3


def test_an_objection_is_read_by_a_person() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.requester("That is half of the price!")
    assert world.state is State.NEEDS_REVIEW


def test_an_outcome_that_is_undone_while_it_is_confirmed_needs_a_person() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.assigned(status="inprogress")
    assert world.state is State.NEEDS_REVIEW


def test_a_hidden_assignment_is_noted_once_and_the_clocks_run() -> None:
    world = in_tier()
    seen, before = world.assignment, world.case.deadlines
    world.assignment = Absent("880011")
    for _ in range(2):
        world.look()
        world.settle()
    assert sum("no longer shows us" in note for note in world.notes()) == 1
    assert world.case.deadlines == before
    world.assignment = seen
    world.look()
    world.settle()
    assert any("shows us assignment 880011 again" in note for note in world.notes())


def test_a_label_of_a_violation_that_comes_up_in_a_tier_needs_a_person_once() -> None:
    world = CaseWorld(rules=replace(policy(), violation_labels=("Watch",)))
    world.arrive()
    world.assigned(labels=("watch",))
    assert world.state is State.NEEDS_REVIEW
    world.agent(changes={"tier": "1"})
    world.look()
    world.settle()
    assert world.state is State.TIER_1


def test_a_text_that_ends_like_one_of_ours_is_a_message_like_any_other() -> None:
    for mark in ("[Ref 1234-5]", "[Ref 8F3K-9]"):
        world = in_tier()
        world.message("Sue Support", f"It is approved, our order number is {mark}")
        assert world.state is State.OTHER_SIDE_RESPONDED, mark


def test_a_quoted_message_of_ours_is_its_quoters_even_where_nothing_else_is_said() -> None:
    world = in_tier()
    world.message("Sue Support", "\n".join(f"> {line}" for line in world.messages()[0].text.split("\n")))
    assert world.state is State.OTHER_SIDE_RESPONDED


@pytest.mark.parametrize(
    "reshaped",
    [
        lambda text: text.replace("\n", "<br/>"),
        lambda text: text.replace("[", "&#91;").replace("'", "&#39;"),
        lambda text: text.replace("\n\n", " ").replace("'", "?").replace(":", "?"),
        lambda text: f"{text[:120]} … {text[-12:]}",
        lambda text: f"<p>{text}</p>",
    ],
)
def test_our_own_message_is_ours_however_a_service_shows_it(reshaped: Callable[[str], str]) -> None:
    world = in_tier()
    world.message("Ivy Integration", reshaped(world.messages()[0].text))
    assert world.state is State.TIER_1
    assert not any("can't place" in note for note in world.notes())


def test_a_message_of_another_case_of_this_desk_is_ours() -> None:
    world = in_tier()
    other = "This is the desk. The client has asked us to help you get in touch.\n\n[Ref 7Z2M-1]"
    assert isinstance(world.assignment, AssignmentView)
    seen = replace(
        world.assignment,
        messages=(*world.assignment.messages, Message(world.now, "Ivy Integration", other)),
    )
    told = len(world.notes())
    world.look(assignment=seen, posted={"7Z2M-1": other})
    world.settle()
    assert len(world.notes()) == told


def test_somebody_who_is_renamed_says_nothing_anew() -> None:
    world = answered()
    told = len(world.notes())
    assert isinstance(world.assignment, AssignmentView)
    renamed = tuple(
        replace(m, author=m.author.replace("Sue Support", "Sue Supple").replace("Wanda Worker", "Wanda Wright"))
        for m in world.assignment.messages
    )
    world.assigned(
        messages=renamed,
        support_contact=Contact("Sue Supple", MANAGER),
        worker=Contact("Wanda Wright", WORKER.email),
    )
    assert len(world.notes()) == told


def test_a_case_of_the_first_version_hears_no_old_message_anew_and_each_new_one() -> None:
    world = in_tier()
    first = world.assignment.messages[0]  # type: ignore[union-attr]
    content = f"{first.at.isoformat()}|{first.author}|{first.text}"
    world.case.heard = replace(
        world.case.heard, seen_messages=(f"{hashlib.sha256(content.encode()).hexdigest()[:12]}.1",)
    )
    told = len(world.notes())
    world.look()
    world.settle()
    assert len(world.notes()) == told
    world.message("Sue Support", "We will look into it.")
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_of_two_equal_words_in_one_second_the_other_sides_is_heard_wherever_it_stands() -> None:
    world = in_tier()
    world.message("Wanda Worker", "Ok")
    assert isinstance(world.assignment, AssignmentView)
    *before, mine = world.assignment.messages
    world.assigned(messages=(*before, Message(world.now, "Sue Support", "Ok"), mine))
    assert world.state is State.OTHER_SIDE_RESPONDED


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("Zoë O'Brien-Smith", "Zoe\u0308 O\u2019Brien\u2010Smith"),
        ("Zoe\u0308 O\u2019Brien\u2013Smith", "zoë\u00a0 O'Brien-Smith\u200b"),
    ],
)
def test_a_name_is_the_same_however_its_signs_are_written(known: str, written: str) -> None:
    world = CaseWorld(seen=assignment(owner=known))
    world.arrive()
    world.message(written, "On it.")
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_another_letter_is_another_name() -> None:
    world = CaseWorld(seen=assignment(owner="Ida Weiß"))
    world.arrive()
    world.message("Ida Weiss", "On it.")
    assert world.state is State.TIER_1


@pytest.mark.parametrize(
    ("known", "sender", "same"),
    [
        ("Sue@Client.example", "sUE@cLIENT.EXAMPLE", True),
        ("sue@b\u00fccher.example", "sue@xn--bcher-kva.example", True),
        ("sue@stra\u00dfe.example", "sue@strasse.example", False),
        ("stra\u00dfe@client.example", "strasse@client.example", False),
        ("mike@client.example", "mi\u212ae@client.example", False),
        ("sam@client.example", "\u017fam@client.example", False),
    ],
)
def test_addresses_have_no_case_in_ascii_and_their_domains_two_spellings(
    known: str, sender: str, same: bool
) -> None:
    world = in_tier(2, seen=assignment(support_contact=Contact("Sue Support", known)))
    world.reply(sender)
    assert (world.state is State.OTHER_SIDE_RESPONDED) is same
