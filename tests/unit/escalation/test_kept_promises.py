"""What is promised is kept, or taken back: when an answer is told, by what a request is closed, what is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.events import PauseAsked
from escalation.model.values import State, Timer
from escalation.model.views import Absent
from tests.unit.escalation.case_world import WORKER, CaseWorld, in_tier, local, texts

LANGUAGES = ("en", "es-419", "de")


def told(world: CaseWorld) -> str:
    """The last thing that the requester was told, with what stands behind it."""
    said = world.public()[-1].say
    return f"{said.text}\n\n{said.after}\n\n{said.progress}"  # type: ignore[union-attr]


def asked_for_the_number() -> CaseWorld:
    world = CaseWorld(fields={"assignment_id": ""})
    world.look(assignment=None)
    world.settle()
    world.pass_time(timedelta(days=1))
    return world


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_promises_that_an_answer_is_told_at_once(language: str) -> None:
    words = ("at once if an answer", "de inmediato si nos llega", "sofort, wenn uns eine Antwort")
    held = [key for key, text in texts().of(language).templates.items() if any(one in text for one in words)]
    assert held == []


def test_an_answer_of_a_friday_evening_is_told_when_the_office_next_opens_as_promised() -> None:
    world = in_tier()
    assert "we tell you at the latest when our office next opens" in told(world)
    world.pass_time(local(2026, 3, 6, 20))
    world.forget()
    world.message("Olaf Owner", "ok")
    assert world.keys() == []
    world.pass_time(local(2026, 3, 9, 9))
    assert world.keys() == ["answered"]


def test_who_is_asked_for_the_number_is_not_told_that_they_will_be_asked_if_it_is_needed_without_it() -> None:
    world = asked_for_the_number()
    world.requester("It is the one in Newark.")
    assert "There is one thing that we need from you already: the number of the assignment." in told(world)


def test_the_date_of_closing_an_unanswered_question_is_taken_back_once_a_person_is_asked() -> None:
    world = asked_for_the_number()
    assert "we close your request" in told(world)
    world.requester("It is the one in Newark.")
    assert world.state is State.NEEDS_REVIEW
    assert "We had named Mon 16 Mar 2026" in told(world)


def test_who_was_told_of_the_contact_is_not_told_that_nobody_was_named() -> None:
    world = in_tier()
    world.assignment = Absent("880011")
    world.look()
    world.settle()
    world.pass_time(local(2026, 3, 4, 11))
    assert world.keys()[-1] == "tier_2_hidden"
    assert "whom the assignment names" not in told(world)


def test_who_is_asked_to_tell_of_an_answer_is_not_told_to_do_nothing() -> None:
    world = in_tier()
    world.assignment = Absent("880011")
    world.look()
    world.settle()
    world.pass_time(local(2026, 3, 4, 11))
    assert "please tell us" in told(world)
    assert "do nothing" not in told(world)


def answer_noted(world: CaseWorld) -> str:
    """What agents read as the other side writes."""
    world.forget()
    world.message("Olaf Owner", "ok")
    return next(note for note in world.notes() if "> ok" in note)


def test_in_a_pause_agents_read_when_the_requester_hears_of_an_answer() -> None:
    world = in_tier()
    world.tell(PauseAsked(local(2026, 3, 6, 11), "Holidays.", "Ada Agent"))
    world.settle()
    note = answer_noted(world)
    assert "The case is paused until Fri 6 Mar 2026, 11:00 EST: the requester hears from the desk then" in note
    assert world.keys() == []


def test_at_night_agents_read_that_the_requester_hears_of_an_answer_at_the_opening() -> None:
    world = in_tier(2)
    world.pass_time(local(2026, 3, 5, 22))
    assert "When the office opens, on Fri 6 Mar 2026, 09:00 EST, the requester hears" in answer_noted(world)


def test_of_a_second_message_agents_do_not_read_that_the_requester_hears_now() -> None:
    world = in_tier()
    assert "The requester hears from the desk that there is word" in answer_noted(world)
    world.pass_time(timedelta(hours=2))
    assert "hears of it again in the next update" in answer_noted(world)
    assert world.keys() == []


def test_the_note_of_an_answer_asks_for_what_the_requester_is_told_was_asked() -> None:
    world = in_tier()
    assert "Please read it, and pass on to the requester in a public comment what helps them." in answer_noted(
        world
    )
    assert "has been asked to read it and to pass on what helps you" in told(world)


def confirming() -> CaseWorld:
    world = in_tier()
    world.assigned(status="paymentpending")
    assert world.state is State.CONFIRMING_OUTCOME
    return world


def test_an_answer_while_an_outcome_is_confirmed_leaves_the_closing_to_agents_who_read_so() -> None:
    note = answer_noted(confirming())
    assert "the case closes by itself on Wed 4 Mar 2026" in note
    assert "if the matter is not settled, tell them in a public comment and put the case in a tier" in note


def test_the_closing_does_not_call_settled_what_the_other_side_has_written_about_since() -> None:
    world = confirming()
    world.pass_time(timedelta(hours=1))
    world.message("Olaf Owner", "I approved half.")
    world.pass_time(timedelta(days=4))
    assert world.state is State.RESOLVED
    assert world.keys()[-1] == "resolved_after_word"
    assert "settled" not in told(world)


def test_agents_read_when_a_silent_case_goes_back_by_itself() -> None:
    world = in_tier()
    world.message("Olaf Owner", "ok")
    world.pass_time(world.due(Timer.SILENCE))
    back = world.policy.calendar.label(world.due(Timer.SILENCE_UNANSWERED))
    assert f"goes back by itself on {back}." in world.notes()[-1]


def test_what_an_agent_let_pass_is_not_called_fine() -> None:
    world = CaseWorld(requester=replace(WORKER, verified=False))
    world.arrive()
    world.forget()
    world.agent(changes={"tier": "1"})
    line = next(line for line in world.notes()[0].splitlines() if line.startswith("- On the assignment"))
    assert line.startswith("- On the assignment: let pass by Ada Agent. The e-mail is not verified.")
    assert "(from: accepted" not in line


NOT_PASSED_ON = "What the other side said has not been passed on to you by anybody at the desk"
AMY = {"account_manager_email": "amy@workmarket.example"}


def test_an_answer_that_nobody_passed_on_is_owned_to_on_the_way_back_and_at_the_end() -> None:
    world = in_tier(fields=AMY)
    world.message("Olaf Owner", "I will look into it.")
    world.pass_time(world.due(Timer.SILENCE))
    world.pass_time(world.due(Timer.SILENCE_UNANSWERED))
    assert NOT_PASSED_ON in told(world)
    world.pass_time(timedelta(days=50))
    assert world.state is State.OFF_PLATFORM
    assert NOT_PASSED_ON in told(world)


def test_an_answer_that_an_agent_passed_on_is_not_said_to_be_kept_from_anybody() -> None:
    world = in_tier(fields=AMY)
    world.message("Olaf Owner", "I will look into it.")
    world.pass_time(timedelta(hours=1))
    world.agent(comment=world.comment("They look into it."))
    world.pass_time(timedelta(days=60))
    assert world.state is State.OFF_PLATFORM
    assert not any(NOT_PASSED_ON in str(update.say) for update in world.public())


def manager_wrote() -> CaseWorld:
    world = in_tier(3, fields=AMY)
    world.reply(AMY["account_manager_email"], "I have called them.", tier=3)
    world.forget()
    return world


def test_agents_are_reminded_of_what_the_account_manager_wrote_with_growing_weight() -> None:
    world = manager_wrote()
    world.pass_time(timedelta(days=20))
    reminders = [
        note for note in world.notes() if "account manager has replied" in note or "is still not passed on" in note
    ]
    assert len(reminders) > 3
    assert reminders[0].startswith("A reminder: ")
    assert reminders[-1].startswith(world.policy.who_leads)


def test_nobody_is_reminded_once_an_agent_has_spoken_with_the_requester() -> None:
    world = manager_wrote()
    world.pass_time(timedelta(hours=1))
    world.agent(comment=world.comment("They hear back on Thursday."))
    world.pass_time(timedelta(days=20))
    assert not any("account manager has replied" in note for note in world.notes())


def test_the_end_says_that_nobody_passed_on_what_the_account_manager_wrote() -> None:
    world = manager_wrote()
    world.pass_time(timedelta(days=40))
    assert world.state is State.OFF_PLATFORM
    assert "The account manager wrote to us on Fri 6 Mar 2026, 10:00 EST. Nobody at the desk has passed" in told(
        world
    )
