"""The requester speaks, and is kept informed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.case import Deadline
from escalation.model.effects import Effect, Say, UpdateTicket
from escalation.model.events import Done, Hint, PauseAsked, ResumeAsked
from escalation.model.values import WAITS_TAG, Role, State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier, local


def is_public(effect: Effect) -> bool:
    return isinstance(effect, UpdateTicket) and isinstance(effect.say, Say)


def asking(tier: int = 1) -> CaseWorld:
    """A case in a tier whose requester has written; what was said before is forgotten."""
    world = in_tier(tier)
    world.forget()
    world.requester("Any news?", changes={"status": "open"})
    return world


def back() -> CaseWorld:
    """A case that its requester brought back after an agent had solved it."""
    world = in_tier()
    world.agent(changes={"status": "solved"})
    world.requester("It is not settled.")
    return world


def but_the_update(world: CaseWorld) -> dict[Timer, Deadline]:
    return {
        timer: due
        for timer, due in world.case.deadlines.items()
        if timer not in (Timer.NEXT_UPDATE, Timer.AGENT_REMINDER)
    }


def test_a_reply_moves_neither_tier_nor_timers() -> None:
    world = in_tier()
    before = but_the_update(world)
    world.requester("Any news?", changes={"status": "open"})
    assert (world.state, but_the_update(world)) == (State.TIER_1, before)


def test_a_reply_is_acknowledged_and_the_ticket_gets_its_status_back_with_a_tag() -> None:
    world = asking()
    (told,) = world.public()
    assert world.keys() == ["acknowledged"]
    assert (told.status, told.add_tags) == (State.TIER_1, (WAITS_TAG,))
    assert [note for note in world.notes() if "The requester has written and waits for an agent." in note]


def test_the_acknowledgement_counts_as_the_update_that_would_come_next() -> None:
    world = in_tier()
    world.now += timedelta(days=1)
    world.requester("Any news?")
    assert world.due(Timer.NEXT_UPDATE) == world.now + timedelta(days=2)


def test_what_they_add_before_an_agent_answers_is_acknowledged_no_more() -> None:
    world = asking()
    notes = world.notes()
    world.requester("Hello?")
    world.requester("Thank you for your mail. I am on the move and answer when I can.")
    assert (world.keys(), world.notes()) == (["acknowledged"], notes)
    assert world.ticket_updates()[-1].status is State.TIER_1


def test_an_agents_public_word_ends_the_wait_and_an_internal_one_does_not() -> None:
    world = asking()
    world.forget()
    world.agent(comment=world.comment("Hm.", public=False))
    assert world.ticket_updates() == []
    world.agent(comment=world.comment("Not yet."))
    assert [(u.status, u.remove_tags) for u in world.ticket_updates()] == [(State.TIER_1, (WAITS_TAG,))]
    assert WAITS_TAG not in world.ticket.tags
    world.requester("And now?")
    assert world.keys() == ["acknowledged"]


def test_an_agent_who_answers_before_the_desk_looks_leaves_nothing_to_say() -> None:
    world = in_tier()
    world.forget()
    world.update(Role.REQUESTER, comment=world.comment("Any news?"))
    world.agent(comment=world.comment("Not yet."))
    assert (world.keys(), WAITS_TAG in world.ticket.tags) == ([], False)


def test_an_agent_who_takes_the_tag_off_ends_the_wait_too() -> None:
    world = asking()
    world.agent(tags_removed=frozenset({WAITS_TAG}))
    assert not world.case.requester_open
    world.requester("And now?")
    assert world.keys() == ["acknowledged"] * 2


def test_no_more_than_three_are_acknowledged_in_a_day() -> None:
    world = asking()
    for _ in range(5):
        world.agent(comment=world.comment("Not yet."))
        world.requester("And now?")
    assert world.keys() == ["acknowledged"] * 3
    assert WAITS_TAG in world.ticket.tags
    world.now += timedelta(days=1)
    world.agent(comment=world.comment("Not yet."))
    world.requester("And now?")
    assert world.keys() == ["acknowledged"] * 4


def test_neither_an_update_nor_the_next_tier_answers_a_question() -> None:
    world = asking(2)
    world.pass_time(world.due(Timer.TIER_ENDS))
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys() == ["acknowledged", "tier_3_looking", "update_looking_since"]
    assert world.case.requester_open
    assert WAITS_TAG in world.ticket.tags
    world.requester("Hello?")
    assert len(world.keys()) == 3


def test_a_question_that_nobody_answers_is_named_in_each_text_that_follows() -> None:
    world = asking()
    at = "Your message of Mon 2 Mar 2026, 10:00 EST has reached us, and nobody at the desk has answered it yet."
    world.forget()
    world.pass_time(timedelta(days=9))
    told = [one.say for one in world.public() if isinstance(one.say, Say)]
    assert len(told) > 2
    assert all(at in say.after for say in told)
    world.forget()
    world.agent(comment=world.comment("Here is the answer."))
    world.pass_time(timedelta(days=7))
    assert not [one for one in world.public() if one.say and "has not been answered" in one.say.after]


def test_agents_are_reminded_of_a_question_with_growing_weight_and_never_in_the_same_words() -> None:
    world = asking()
    world.forget()
    world.pass_time(timedelta(days=15))
    said = "\n\n".join(world.notes()).split("\n\n")  # one note may tell agents of several things
    notes = [note for note in said if "the requester has written" in note]
    assert notes[0].startswith("A reminder: the requester has written, and nobody has answered yet.")
    assert sum("in spite of a reminder" in note for note in notes) == 1
    assert len(notes) > 2
    assert len(set(notes)) == len(notes)


def test_agents_are_not_reminded_of_a_question_that_was_answered() -> None:
    world = asking()
    world.agent(comment=world.comment("Here is the answer."))
    world.forget()
    world.pass_time(timedelta(days=7))
    assert not [note for note in world.notes() if "A reminder" in note]


def test_a_tier_that_an_agent_puts_the_case_in_does() -> None:
    world = asking()
    world.agent(changes={"tier": "2"})
    assert not world.case.requester_open
    assert WAITS_TAG not in world.ticket.tags


def test_an_outcome_is_shown_as_such_while_the_requester_waits() -> None:
    world = asking()
    world.assigned(status="paymentpending")
    assert world.state is State.CONFIRMING_OUTCOME
    assert world.public()[-1].status is State.CONFIRMING_OUTCOME
    assert WAITS_TAG in world.ticket.tags


def test_the_end_takes_the_tag_off() -> None:
    world = asking(3)
    world.pass_time(local(2026, 4, 10, 10))
    assert world.case.ended
    assert WAITS_TAG not in world.ticket.tags


def test_during_a_pause_the_acknowledgement_waits_and_takes_nothings_place() -> None:
    world = in_tier()
    world.forget()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "olga"))
    world.settle()
    world.requester("Any news?")
    assert world.keys() == []
    world.message("Olaf Owner", "We will look at it tomorrow.")
    world.requester("And now?")
    world.tell(ResumeAsked("olga"))
    world.settle()
    assert world.keys() == ["answered"]


def test_an_acknowledgement_that_waited_is_said_at_the_end_of_the_pause() -> None:
    world = in_tier()
    world.forget()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "olga"))
    world.requester("Any news?")
    world.tell(ResumeAsked("olga"))
    world.settle()
    assert world.keys() == ["acknowledged"]


def test_a_request_that_is_still_being_checked_is_acknowledged_by_its_first_text() -> None:
    world = CaseWorld()
    world.update(Role.REQUESTER, comment=world.comment("One thing more."))
    world.arrive()
    assert world.keys() == ["tier_1"]
    assert WAITS_TAG not in world.ticket.tags


def test_a_reply_to_an_ended_request_is_acknowledged_once() -> None:
    world = in_tier()
    world.agent(changes={"status": "solved"})
    world.forget()
    world.requester("It is not settled.")
    (told,) = world.public()
    assert world.keys() == ["acknowledged_ended"]
    assert (told.status, told.add_tags) == (State.NEEDS_REVIEW, (WAITS_TAG,))
    assert [note for note in world.notes() if "The requester wrote after the case had ended" in note]
    world.requester("Hello?")
    world.agent(comment=world.comment("We look into it."))
    world.requester("Hello?")
    assert world.keys() == ["acknowledged_ended"]


def test_an_agent_who_opens_an_ended_case_again_says_what_is_to_be_said() -> None:
    world = in_tier()
    world.agent(changes={"status": "solved"})
    world.forget()
    world.agent(changes={"status": "needs_review"})
    assert (world.state, world.keys()) == (State.NEEDS_REVIEW, [])


def test_marking_the_request_solved_is_a_withdrawal_without_a_text() -> None:
    world = in_tier()
    told = len(world.public())
    world.requester("Thanks, settled.", changes={"status": "solved"})
    assert world.state is State.WITHDRAWN
    assert len(world.public()) == told


def test_after_solving_a_reply_needs_a_person_and_nothing_is_sent_to_anyone() -> None:
    world = back()
    told, posts = len(world.public()), len(world.messages())
    assert world.state is State.NEEDS_REVIEW
    world.requester("Hello?")
    world.pass_time(timedelta(days=60))
    world.agent(changes={"status": "other_side_responded"})
    world.pass_time(timedelta(days=60))
    assert (len(world.public()), len(world.messages()), len(world.mails())) == (told, posts, 0)


def test_until_an_agent_puts_it_in_a_tier() -> None:
    world = back()
    told = len(world.public())
    world.agent(changes={"tier": "2"})
    assert world.state is State.TIER_2
    assert len(world.public()) == told + 1
    assert Timer.NEXT_UPDATE in world.case.deadlines


def test_a_field_filled_in_after_the_end_starts_nothing_by_itself() -> None:
    world = CaseWorld(seen=None)
    world.assigned(status="paid")
    world.requester("I was not paid!")
    told = len(world.public())
    world.assigned(status="complete")
    world.agent(changes={"reason": "payment_dispute"})
    assert world.state is State.NEEDS_REVIEW
    assert len(world.public()) == told


def test_updates_come_every_48_business_hours_from_the_last_public_comment() -> None:
    world = in_tier(3)
    world.forget()
    world.pass_time(local(2026, 3, 9, 12))
    world.agent(comment=world.comment("We have called them."))
    assert world.due(Timer.NEXT_UPDATE) == local(2026, 3, 11, 12)
    world.pass_time(local(2026, 3, 13, 13))
    assert world.keys() == ["update_looking_since", "update_looking_again"]


def test_an_internal_comment_is_no_update() -> None:
    world = in_tier()
    due = world.due(Timer.NEXT_UPDATE)
    world.agent(comment=world.comment("Call them.", public=False))
    assert world.due(Timer.NEXT_UPDATE) == due


def test_a_comment_seen_late_does_not_move_the_next_update_back() -> None:
    world = in_tier()
    due = world.due(Timer.NEXT_UPDATE)
    made = world.update(comment=world.comment("Earlier."))
    world.updates[-1] = type(made)(
        made.id, made.at - timedelta(hours=5), made.author, made.role, None, made.comment
    )
    world.look({"ticket"})
    assert world.due(Timer.NEXT_UPDATE) == due


def test_what_was_missed_in_an_outage_is_one_update() -> None:
    world = in_tier(3)
    world.forget()
    world.now += timedelta(days=14)
    world.look()
    world.settle()
    assert world.keys() == ["update_looking_since"]


def test_the_due_date_is_shown_on_the_ticket_with_its_zone() -> None:
    world = in_tier()
    assert world.ticket.text("next_update_due") == "Wed 4 Mar 2026, 10:00 EST"
    world.pass_time(local(2026, 3, 6, 10))
    assert world.ticket.text("next_update_due") == "Tue 10 Mar 2026, 10:00 EDT"


def test_a_hint_alone_says_nothing_to_anybody() -> None:
    world = in_tier()
    world.forget()
    world.tell(Hint())
    world.settle()
    assert world.ticket_updates() == []


@pytest.mark.parametrize("text", ["thanks {{ticket.id}}", "[Ref 8F3K-1]", "**bold** <script>"])
def test_foreign_words_reach_a_note_as_written_and_never_as_markup(text: str) -> None:
    world = in_tier()
    world.message("Sue Support", text)
    note = world.notes()[-1]
    assert "{{" not in note
    assert "<script>" not in note.replace("\\<", "")


def test_a_text_that_was_not_so_any_more_when_it_could_be_sent_gives_way_to_a_true_one_at_once() -> None:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    while not any(is_public(one) for one in world.open):
        world.step()
    late = next(one for one in world.open if is_public(one))
    world.open.remove(late)
    world.now += timedelta(hours=2)
    world.forget()
    world.tell(Done(late.id, world.now, {"text": ""}))
    assert world.due(Timer.NEXT_UPDATE) == world.now
    world.pass_time(timedelta(minutes=1))
    assert len(world.public()) == 1
