"""A pause: nothing is sent, what happens is recorded, and what is owed becomes one message."""

from __future__ import annotations

from datetime import timedelta

from escalation.model.effects import PostMessage, Say, StartConversation
from escalation.model.events import Done, PauseAsked, ResumeAsked
from escalation.model.values import PAUSE_TAG, State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier, local


def paused(tier: int = 1, days: int = 7) -> CaseWorld:
    world = in_tier(tier)
    world.tell(PauseAsked(world.now + timedelta(days=days), "holidays", "Ada Agent"))
    world.settle()
    world.forget()
    return world


def sent(world: CaseWorld) -> int:
    outward = [e for e in world.asked if isinstance(e, PostMessage | StartConversation)]
    return len(world.public()) + len(outward)


def said(world: CaseWorld) -> list[Say]:
    return [one.say for one in world.public() if isinstance(one.say, Say)]


def test_during_a_pause_nothing_is_sent() -> None:
    world = paused()
    world.pass_time(timedelta(days=6))
    assert sent(world) == 0
    assert world.state is State.TIER_1


def test_its_end_is_a_deadline_with_actor_and_reason() -> None:
    world = paused()
    assert world.case.deadlines[Timer.PAUSE_ENDS].why.endswith("Ada Agent paused the case (holidays).")


def test_the_tickets_field_and_the_note_say_until_when_the_next_update_is_held() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "Ada Agent"))
    world.settle()
    assert world.ticket.text("next_update_due") == "held until Mon 9 Mar 2026, 11:00 EDT"
    assert "The requester's next update, due Wed 4 Mar 2026, 10:00 EST, is held until then." in world.notes()[-1]
    assert "month of this case" not in world.notes()[-1]
    world.tell(ResumeAsked("ops"))
    world.settle()
    assert world.ticket.text("next_update_due") == "Wed 4 Mar 2026, 10:00 EST"


def test_its_note_says_who_paused_the_case_and_why() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays.", "Ada Agent"))
    world.settle()
    assert "Paused until Mon 9 Mar 2026, 11:00 EDT by Ada Agent. Reason: holidays. Nothing" in world.notes()[-1]


def test_its_note_speaks_of_the_month_only_where_one_runs() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "Ada Agent"))
    world.settle()
    assert "what happens is recorded, and the month runs on." in world.notes()[-1]
    world = CaseWorld(fields={"reason": None})
    world.arrive()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "Ada Agent"))
    world.settle()
    assert "what happens is recorded." in world.notes()[-1]
    assert "month" not in world.notes()[-1]


def test_the_one_message_after_its_end_says_from_when_to_when_it_was_on_hold() -> None:
    world = paused()
    world.pass_time(timedelta(days=14))
    told = [
        say.after.count("on hold from Mon 2 Mar 2026, 10:00 EST to Mon 9 Mar 2026, 11:00 EDT.")
        for say in said(world)
    ]
    assert told[0] == 1
    assert len(told) > 1
    assert not any(told[1:])


def test_a_pause_that_is_ended_within_the_hour_kept_nobody_waiting() -> None:
    world = paused()
    world.pass_time(timedelta(minutes=10))
    world.tell(ResumeAsked("Ada Agent"))
    world.settle()
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert said(world)
    assert not any("on hold" in say.after for say in said(world))


def test_a_pause_that_is_prolonged_counts_from_its_beginning() -> None:
    world = paused()
    world.pass_time(timedelta(days=3))
    world.tell(PauseAsked(world.now + timedelta(days=7), "more holidays", "Ada Agent"))
    world.pass_time(timedelta(days=8))
    assert "on hold from Mon 2 Mar 2026, 10:00 EST to" in said(world)[0].after


def test_an_update_that_a_pause_does_not_reach_stays_announced() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=1), "holidays", "Ada Agent"))
    world.settle()
    assert world.ticket.text("next_update_due") == "Wed 4 Mar 2026, 10:00 EST"
    assert "is held until then" not in world.notes()[-1]


def test_a_pause_past_the_months_end_says_so() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=60), "holidays", "Ada Agent"))
    assert "The month of this case is over before that, on Thu 2 Apr 2026, 10:00 EDT." in world.notes()[-1]


def test_what_was_due_meanwhile_collapses_into_one_message() -> None:
    world = paused(days=8)
    world.pass_time(local(2026, 3, 10, 11))
    assert world.case.paused is None
    assert world.said() == ["tier_2"]


def test_in_tier_3_what_was_due_meanwhile_is_one_update() -> None:
    world = paused(3, days=14)
    world.pass_time(timedelta(days=14))
    assert world.keys() == ["update_looking_since"]


def test_the_month_runs_on() -> None:
    world = paused(days=60)
    month = world.due(Timer.MONTH_ENDS)
    world.pass_time(timedelta(days=59))
    assert (world.state, world.due(Timer.MONTH_ENDS)) == (State.TIER_1, month)
    world.pass_time(timedelta(days=2))
    assert world.state is State.OFF_PLATFORM
    assert world.keys() == ["off_platform_tried"]


def test_a_message_proved_sent_during_a_pause_lets_the_tier_begin_after_it() -> None:
    world = CaseWorld()
    world.look()
    post = world.messages()[0]
    world.open.remove(post)
    world.tell(PauseAsked(world.now + timedelta(days=2), "holidays", "ops"))
    world.tell(Done(post.id, world.now))
    world.settle()
    assert world.public() == []
    world.pass_time(timedelta(days=3))
    assert world.state is State.TIER_1
    assert world.said() == ["tier_1"]
    assert len(world.messages()) == 1


def test_a_message_refused_during_a_pause_lets_the_tier_begin_after_it() -> None:
    world = CaseWorld()
    world.look()
    world.tell(PauseAsked(world.now + timedelta(days=2), "holidays", "ops"))
    world.refuse(PostMessage, "invisible")
    world.settle()
    assert world.public() == []
    world.pass_time(timedelta(days=3))
    assert (world.state, world.keys()) == (State.TIER_1, ["taken_up"])


def test_an_answer_during_a_pause_is_recorded() -> None:
    world = paused()
    world.message("Sue Support", "We will look into it.")
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert sent(world) == 0


def test_a_text_that_a_pause_held_back_is_said_at_its_end() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.tell(PauseAsked(world.now + timedelta(days=1), "holidays", "ops"))
    world.settle()
    world.forget()
    world.requester("That is half of the price!")
    assert (world.state, world.said()) == (State.NEEDS_REVIEW, [])
    world.pass_time(timedelta(days=1))
    assert len(world.said()) == 1
    assert "what you have written to us" in world.said()[0]


def test_an_agent_s_public_comment_is_what_was_owed() -> None:
    world = in_tier()
    world.assigned(status="paymentpending")
    world.tell(PauseAsked(world.now + timedelta(days=1), "holidays", "ops"))
    world.requester("That is half of the price!")
    world.agent(comment=world.comment("I am looking at it."))
    world.forget()
    world.pass_time(timedelta(days=1))
    assert world.said() == []


def test_an_agent_s_move_ends_it() -> None:
    world = paused()
    world.agent(changes={"tier": "2"})
    assert world.case.paused is None
    assert world.state is State.TIER_2
    assert any("The pause has ended" in note for note in world.notes())


def test_an_agent_s_comment_does_not_end_it() -> None:
    world = paused()
    world.agent(comment=world.comment("I am on it."))
    assert world.case.paused is not None


def test_the_tag_pauses_for_5_business_days_and_taken_off_it_ends() -> None:
    world = in_tier()
    world.agent(tags_added=frozenset({PAUSE_TAG}))
    assert world.due(Timer.PAUSE_ENDS) == local(2026, 3, 9, 10)
    world.agent(tags_removed=frozenset({PAUSE_TAG}))
    assert world.case.paused is None
    assert world.looks()[-1].scope == {"ticket", "assignment"}


def test_a_pause_that_is_over_takes_its_tag_off() -> None:
    world = in_tier()
    world.agent(tags_added=frozenset({PAUSE_TAG}))
    world.pass_time(timedelta(days=8))
    assert any(PAUSE_TAG in update.remove_tags for update in world.ticket_updates())


def test_resumed_by_command_it_goes_on_with_what_is_due() -> None:
    world = paused(days=30)
    world.pass_time(timedelta(days=7))
    world.tell(ResumeAsked("ops"))
    world.settle()
    assert world.said() == ["tier_2"]


def test_a_pause_into_the_past_or_of_an_ended_case_is_ignored() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now - timedelta(hours=1), "late", "ops"))
    assert world.case.paused is None
    world.agent(changes={"status": "solved"})
    world.tell(PauseAsked(world.now + timedelta(hours=1), "late", "ops"))
    assert world.case.paused is None


def test_a_pause_with_a_tier_in_one_update_waits_with_that_tier() -> None:
    world = in_tier()
    world.agent(changes={"tier": "2"}, tags_added=frozenset({PAUSE_TAG}))
    assert (world.state, world.mails()) == (State.TIER_1, [])
    world.pass_time(timedelta(days=8))
    assert len(world.mails()) == 1
    assert world.case.tier == 2
