"""The month is over, and nobody at the desk has answered what the requester wrote: a person is asked first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.engine.progress import progress
from escalation.model.values import WAITS_TAG, State, Timer
from tests.unit.escalation.case_world import CaseWorld, clients_world, in_tier, local, policy

AMY = {"account_manager_email": "amy@workmarket.example"}
WROTE = "Mon 30 Mar 2026, 10:00 EDT"
UNANSWERED = f"nobody at the desk has answered your message of {WROTE}."


def written(**changes: object) -> CaseWorld:
    """A case in its last tier, whose requester has written three days before the month's end."""
    world = in_tier(3, **{"fields": AMY, **changes})  # type: ignore[arg-type]
    world.pass_time(local(2026, 3, 30, 10))
    world.requester("Hello?")
    return world


def at_months_end(**changes: object) -> CaseWorld:
    world = written(**changes)
    world.pass_time(local(2026, 4, 2, 10))
    return world


def test_the_month_s_end_asks_a_person_over_it_and_says_so() -> None:
    world = at_months_end()
    assert world.state is State.NEEDS_REVIEW
    assert world.keys()[-1] == "needs_review_unanswered"
    assert f"Nobody at the desk has answered your message of {WROTE} yet" in world.last_said().text
    assert "by Thu 9 Apr 2026, 10:00 EDT, we close your request" in world.last_said().progress
    assert world.notes()[-1].startswith(
        f"This case needs a person: the month is over, and nobody has answered what the requester wrote on {WROTE}."
    )
    assert "answer the requester in a public comment, or take the tag" in world.notes()[-1]
    assert world.due(Timer.MONTH_ENDS) == local(2026, 4, 9, 10)


def test_before_it_the_requester_is_not_told_that_it_closes_at_once() -> None:
    world = written()
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "then.end_unanswered" in [one.key for one in progress(world.case, world.now, asks_first=True)]
    assert "we ask a person again to read it before we close your request" in world.last_said().progress


def test_meanwhile_each_update_names_the_message_once() -> None:
    world = at_months_end()
    world.pass_time(local(2026, 4, 7, 9))
    assert f"your message of {WROTE} still waits for a person at the desk to answer it" in world.last_said().text
    assert "with a person at the desk" not in world.last_said().after


def test_where_nobody_says_a_word_it_ends_and_says_that_nobody_answered() -> None:
    world = at_months_end()
    world.pass_time(local(2026, 4, 9, 11))
    assert world.state is State.OFF_PLATFORM
    assert f"{UNANSWERED} If you reply, a person is asked again to read it." in world.last_said().after


def test_answered_meanwhile_or_taken_off_the_end_is_left_to_a_person() -> None:
    answered = at_months_end()
    answered.agent(comment=answered.comment("I am sorry that it took so long."))
    tag_off = at_months_end()
    tag_off.agent(tags_removed=frozenset({WAITS_TAG}))
    for world in (answered, tag_off):
        assert Timer.MONTH_ENDS not in world.case.deadlines
        world.pass_time(timedelta(days=20))
        assert world.state is State.NEEDS_REVIEW


def test_one_that_was_answered_before_holds_nothing() -> None:
    world = written()
    world.agent(comment=world.comment("We are on it."))
    world.pass_time(local(2026, 4, 2, 11))
    assert world.state is State.OFF_PLATFORM
    assert UNANSWERED not in world.last_said().after


def test_together_with_a_step_that_nobody_did_it_is_one_question() -> None:
    world = at_months_end(fields={})
    assert world.keys()[-1] == "needs_review_unreached"
    assert (
        f"whether there is another way to reach the other side and your message of {WROTE}"
        in world.last_said().text
    )
    assert "nobody could be asked in tier 3 and nobody has answered what the requester wrote" in world.notes()[-1]


def test_a_message_that_comes_while_a_person_is_asked_holds_the_end_once_more() -> None:
    world = in_tier(3)
    world.pass_time(local(2026, 4, 2, 11))
    world.pass_time(local(2026, 4, 7, 10))
    world.requester("Hello?")
    world.pass_time(local(2026, 4, 9, 11))
    assert world.state is State.NEEDS_REVIEW
    assert "your message of Tue 7 Apr 2026, 10:00 EDT" in world.last_said().text
    world.pass_time(local(2026, 4, 14, 10))
    world.requester("Hello??")
    world.pass_time(local(2026, 4, 16, 11))
    assert world.state is State.OFF_PLATFORM
    assert "nobody at the desk has answered your message of Tue 7 Apr" in world.last_said().after


def test_a_policy_that_asks_nobody_says_at_the_end_that_nobody_answered() -> None:
    world = at_months_end(rules=replace(policy(), ask_before_end=False))
    assert world.state is State.OFF_PLATFORM
    assert UNANSWERED in world.last_said().after


def test_a_client_s_month_asks_a_person_too() -> None:
    world = clients_world()
    world.arrive()
    world.pass_time(local(2026, 3, 30, 10))
    world.requester("Hello?")
    world.pass_time(local(2026, 4, 2, 10))
    assert world.keys()[-1] == "needs_review_unanswered"
    world.pass_time(local(2026, 4, 9, 11))
    assert world.state is State.OFF_PLATFORM
    assert UNANSWERED in world.last_said().after


def answered_in_the_review() -> CaseWorld:
    world = at_months_end()
    world.pass_time(local(2026, 4, 3, 11))
    world.agent(comment=world.comment("I am sorry that it took so long."))
    return world


def test_once_it_is_answered_updates_say_what_is_still_open() -> None:
    world = answered_in_the_review()
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update_review_month"
    assert "your message" not in world.last_said().text
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update_review_month"


def test_once_it_is_answered_notes_say_when() -> None:
    world = answered_in_the_review()
    world.pass_time(local(2026, 4, 10, 11))
    for note in (one for one in world.notes() if "this case is still waiting for a person" in one):
        assert "was answered on Fri 3 Apr 2026, 11:00 EDT." in note
        assert "nobody has answered" not in note
        assert "the reminders have changed nothing" not in note


def test_an_end_that_was_named_and_does_not_come_is_taken_back_once() -> None:
    world = answered_in_the_review()
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "We had named Thu 9 Apr 2026, 10:00 EDT as the day" in world.last_said().after
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "We had named" not in world.last_said().after


def test_so_is_one_that_an_internal_comment_puts_off() -> None:
    world = in_tier(3)
    world.pass_time(local(2026, 4, 7, 11))
    world.agent(comment=world.comment("Still looking.", public=False))
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "that no longer holds" in world.last_said().after


def test_notes_count_from_the_message_and_go_to_the_lead_from_then_on() -> None:
    world = at_months_end()
    world.pass_time(local(2026, 4, 6, 11))
    assert f"waiting since {WROTE}, 5 business days by now" in world.notes()[-1]
    assert world.notes()[-1].startswith("Escalations team: ")


def test_the_last_note_before_an_end_goes_to_the_lead() -> None:
    world = in_tier(3, fields=AMY)
    world.pass_time(local(2026, 4, 2, 9))
    world.requester("Hello?")
    world.pass_time(local(2026, 4, 8, 11))
    first, second = (one for one in world.notes() if "this case is still waiting for a person" in one)
    assert (first[:11], second[:18]) == ("A reminder:", "Escalations team: ")


def test_a_lead_who_was_called_in_the_tier_is_who_is_reminded_in_the_review() -> None:
    world = in_tier(3)
    world.pass_time(local(2026, 4, 6, 11))
    assert world.state is State.NEEDS_REVIEW
    assert world.notes()[-1].startswith("Escalations team: this case is still waiting for a person.")
