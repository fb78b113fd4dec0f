"""The other side writes while a person is asked, or an outcome is confirmed: no text forgets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.effects import Say
from escalation.model.events import PauseAsked
from escalation.model.values import Party, State, Timer
from escalation.model.views import Absent
from tests.unit.escalation.case_world import OTHER_SIDE, CaseWorld, in_tier, local, policy

LABELS = replace(policy(), violation_labels=("Under review",))
WORDS = "Sorry, I was ill. We pay on Friday."
END_OFF = "We had named Thu 9 Apr 2026, 10:00 EDT as the day on which we close your request: that no longer holds."


def reviewed(party: Party = Party.WORKER) -> CaseWorld:
    """A case in which a person is asked over a label, a day later."""
    world = in_tier(1, party, rules=LABELS)
    world.assigned(labels=("Under review",))
    assert world.state is State.NEEDS_REVIEW
    world.pass_time(timedelta(days=1))
    world.forget()
    return world


def asked_for_another_way() -> CaseWorld:
    """A case whose month is over, in which nobody could be asked in tier 3."""
    world = in_tier(3)
    world.pass_time(local(2026, 4, 7, 11))
    assert world.state is State.NEEDS_REVIEW
    world.forget()
    return world


def last(world: CaseWorld) -> Say:
    said = world.public()[-1].say
    assert isinstance(said, Say)
    return said


@pytest.mark.parametrize("party", Party)
def test_in_a_review_the_requester_hears_of_it_once_and_agents_are_asked_to_pass_it_on(party: Party) -> None:
    world = reviewed(party)
    world.message(OTHER_SIDE[party][0], WORDS)
    assert (world.state, world.keys()) == (State.NEEDS_REVIEW, ["answered"])
    assert "Please read it, and pass on to the requester in a public comment what helps them." in world.notes()[-1]
    world.message(OTHER_SIDE[party][0], "One more thing.")
    assert world.keys() == ["answered"]
    assert "The requester hears nothing of it from the desk." in world.notes()[-1]


def test_put_in_a_tier_after_it_no_text_says_that_there_is_no_answer() -> None:
    world = reviewed()
    world.message("Olaf Owner", WORDS)
    world.agent(changes={"tier": "2"})
    assert world.keys()[-1] == "tier_2_after_answer"
    assert "No answer so far" not in str(world.mails())
    assert "The last answer that reached us" in str(world.mails())


def test_nor_after_words_while_an_outcome_was_confirmed() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.message("Olaf Owner", "I approved half.")
    world.requester("Only half?")
    world.agent(changes={"tier": "2"})
    assert world.keys()[-1] == "tier_2_after_answer"
    assert "No answer so far" not in str(world.mails())


def test_while_it_is_confirmed_the_requester_hears_nothing_of_it() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    before = world.keys()
    world.message("Olaf Owner", "I approved half.")
    assert world.keys() == before


def test_the_end_that_was_named_is_taken_back_in_the_same_text() -> None:
    world = asked_for_another_way()
    world.message("Olaf Owner", WORDS)
    assert END_OFF in last(world).after
    assert "we close your request" not in last(world).progress
    world.pass_time(local(2026, 4, 20))
    assert world.state is State.NEEDS_REVIEW


def test_from_then_on_a_person_is_asked_about_what_was_written_and_not_for_another_way() -> None:
    world = asked_for_another_way()
    world.message("Olaf Owner", WORDS)
    world.forget()
    world.pass_time(timedelta(days=3))
    assert "waits for a person at the desk to look at what the other side has written." in last(world).text
    assert "It has been waiting since Tue 7 Apr" in last(world).text
    assert "the other side has written on Tue 7 Apr 2026, 11:00 EDT" in world.notes()[-1]
    assert not any("nobody could be asked" in note for note in world.notes())


def test_a_message_of_the_requester_still_waits_beside_it() -> None:
    world = in_tier(3)
    world.pass_time(local(2026, 3, 30, 10))
    world.requester("Hello?")
    world.pass_time(local(2026, 4, 6, 11))
    world.message("Olaf Owner", WORDS)
    world.pass_time(timedelta(days=3))
    assert "what the other side has written and your message of Mon 30 Mar" in last(world).text
    assert "; nobody has answered what the requester wrote on Mon 30 Mar" in world.notes()[-1]


def test_an_agent_who_then_ticks_it_tells_nothing_new() -> None:
    world = reviewed()
    world.message("Olaf Owner", WORDS)
    answered_at = world.case.heard.answered_at
    world.now += timedelta(hours=1)
    world.agent(changes={"other_side_responded": True})
    assert (world.state, world.keys()) == (State.OTHER_SIDE_RESPONDED, ["answered"])
    assert world.case.heard.answered_at == answered_at


def test_in_a_pause_it_is_told_when_the_pause_ends() -> None:
    world = reviewed()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "olga"))
    world.settle()
    world.message("Olaf Owner", WORDS)
    assert world.keys() == []
    world.pass_time(world.due(Timer.PAUSE_ENDS))
    assert world.keys()[0] == "answered"


def test_nothing_is_told_where_nothing_is_sent_any_more() -> None:
    world = in_tier()
    world.requester("It is settled.", changes={"status": "solved"})
    world.requester("I was wrong.")
    before = world.keys()
    world.message("Olaf Owner", WORDS)
    assert world.keys() == before
    world.agent(changes={"tier": "2"})
    assert world.keys()[-1] == "tier_2_after_answer"


def test_an_agent_who_ticks_an_answer_is_asked_to_pass_it_on() -> None:
    world = in_tier(2)
    world.pass_time(timedelta(hours=2))
    world.agent(changes={"other_side_responded": True})
    assert world.keys()[-1] == "answered_elsewhere"
    assert "Please pass on to the requester in a public comment what helps them." in world.notes()[-1]


def test_who_ticks_it_and_tells_the_requester_is_asked_for_nothing() -> None:
    world = in_tier(2)
    world.forget()
    world.agent(changes={"other_side_responded": True}, comment=world.comment("They pay on Friday."))
    assert (world.keys(), world.notes()) == ([], [])


def test_nobody_is_sent_to_the_assignment_for_what_came_by_e_mail() -> None:
    world = in_tier(2)
    world.reply("sue@client.example", WORDS)
    world.pass_time(timedelta(days=62))
    texts = [f"{e.say.text} {e.say.after}" for e in world.public() if isinstance(e.say, Say)]
    assert not any("stands on the assignment" in text for text in texts)
    assert "reply to this message if you want to know it" in last(world).after


@pytest.mark.parametrize("answered", [False, True])
def test_put_back_in_a_tier_whose_letter_is_out_it_says_that_it_goes_on(*, answered: bool) -> None:
    world = in_tier(3, fields={"account_manager_email": "amy@workmarket.example"})
    world.pass_time(local(2026, 4, 3, 10))
    assert world.state is State.OFF_PLATFORM
    world.requester("I still have no money.")
    if answered:
        world.message("Olaf Owner", WORDS)
    world.agent(changes={"tier": "3"})
    assert world.keys()[-1] == ("tier_again_after_answer" if answered else "tier_again")
    assert "still working" not in last(world).text


def test_what_is_promised_after_a_silence_is_kept_in_the_last_tier_too() -> None:
    world = in_tier(3, fields={"account_manager_email": "amy@workmarket.example"})
    world.message("Olaf Owner", WORDS)
    world.pass_time(world.due(Timer.SILENCE))
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "we go on from where we had left off" in last(world).progress
    assert "try again" not in last(world).progress


def test_reminders_of_a_review_name_the_message_that_nobody_has_answered() -> None:
    world = reviewed()
    world.requester("What is under review?")
    world.pass_time(timedelta(days=2))
    besides = "; besides, nobody has answered what the requester wrote on Tue 3 Mar 2026, 10:00 EST."
    assert besides in world.notes()[-1]
    world.agent(comment=world.comment("The assignment is."))
    world.pass_time(timedelta(days=4))
    assert "besides" not in world.notes()[-1]


def test_each_tier_s_text_says_while_it_is_so_that_answers_on_the_assignment_are_not_seen() -> None:
    world = in_tier(1, fields={"account_manager_email": "amy@workmarket.example"})
    world.assignment = Absent("880011")
    world.look()
    world.settle()
    for _ in (2, 3):
        world.pass_time(world.due(Timer.TIER_ENDS))
        assert "an answer there does not reach us" in last(world).after
    assert "No answer so far" not in str(world.mails())
    assert "of which we can't see at present whether it was answered there: Mon 2 Mar" in str(world.mails())
