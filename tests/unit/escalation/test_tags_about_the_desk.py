"""The tags that tell how the desk stands to a ticket: overdue, and paused. They go with any update."""

from __future__ import annotations

from datetime import timedelta

from escalation.model.effects import UpdateTicket
from escalation.model.events import Observed, PauseAsked, ResumeAsked
from escalation.model.values import OVERDUE_TAG, PAUSE_TAG, Role, State, Timer
from escalation.model.views import MergeTarget
from tests.unit.escalation.case_world import CaseWorld, in_tier


def overdue(tier: int = 1) -> CaseWorld:
    """The account's automation has found the ticket left alone, and the case has seen that."""
    world = in_tier(tier)
    world.forget()
    world.update(Role.OTHER, tags_added=frozenset({OVERDUE_TAG}))
    world.look({"ticket"})
    world.settle()
    return world


def removing(world: CaseWorld, tag: str) -> list[UpdateTicket]:
    return [update for update in world.ticket_updates() if tag in update.remove_tags]


def pause(world: CaseWorld, days: int = 7) -> CaseWorld:
    world.tell(PauseAsked(world.now + timedelta(days=days), "holidays", "olga"))
    world.settle()
    return world


def test_no_update_is_made_for_the_sake_of_the_overdue_tag() -> None:
    assert overdue().ticket_updates() == []


def test_the_next_update_to_the_requester_takes_the_overdue_tag_off() -> None:
    world = overdue(3)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    (update,) = removing(world, OVERDUE_TAG)
    assert update.say is not None and update.say.public
    assert OVERDUE_TAG not in world.ticket.tags


def test_a_note_alone_takes_the_overdue_tag_off_too() -> None:
    world = overdue()
    world.message("Nina Nobody", "Who am I?")
    (update,) = removing(world, OVERDUE_TAG)
    assert update.say is not None and not update.say.public


def test_of_two_updates_in_one_turn_one_takes_the_overdue_tag_off() -> None:
    world = overdue()
    world.assigned(status="refunded")
    assert [bool(update.say and update.say.public) for update in world.ticket_updates()] == [False, True]
    assert removing(world, OVERDUE_TAG) == world.ticket_updates()[1:]


def test_a_tier_whose_text_waits_for_its_message_takes_the_overdue_tag_off_with_it() -> None:
    world = overdue()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    assert removing(world, OVERDUE_TAG) == []
    world.settle()
    assert len(removing(world, OVERDUE_TAG)) == 1


def test_an_overdue_tag_that_comes_back_is_taken_off_again() -> None:
    world = overdue(3)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    world.update(Role.OTHER, tags_added=frozenset({OVERDUE_TAG}))
    world.look({"ticket"})
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert len(removing(world, OVERDUE_TAG)) == 2


def test_a_pause_by_command_sets_the_tag_and_its_end_takes_it_off() -> None:
    world = pause(in_tier())
    assert PAUSE_TAG in world.ticket.tags
    world.tell(ResumeAsked("olga"))
    world.settle()
    assert PAUSE_TAG not in world.ticket.tags


def test_our_own_tag_is_not_taken_for_an_agents_pause() -> None:
    world = pause(in_tier(), days=30)
    until = world.due(Timer.PAUSE_ENDS)
    world.update(Role.AGENT, ours="C-1.9", tags_added=frozenset({PAUSE_TAG}))
    world.look({"ticket"})
    world.settle()
    assert world.due(Timer.PAUSE_ENDS) == until


def test_the_tag_that_a_command_has_set_is_an_agents_to_take_off() -> None:
    world = pause(in_tier(), days=30)
    world.agent(tags_removed=frozenset({PAUSE_TAG}))
    assert world.case.paused is None


def test_a_note_during_a_pause_leaves_its_tag_on() -> None:
    world = pause(in_tier())
    world.forget()
    world.message("Nina Nobody", "Who am I?")
    assert world.ticket_updates()
    assert PAUSE_TAG in world.ticket.tags


def test_a_case_that_ends_while_it_is_paused_loses_the_tag() -> None:
    world = pause(in_tier())
    world.agent(changes={"status": "solved"})
    assert world.state is State.RESOLVED
    assert PAUSE_TAG not in world.ticket.tags


def test_a_pause_that_was_over_before_it_was_seen_leaves_no_tag_behind() -> None:
    """An agent's tag of a week ago: Parley did not run."""
    world = in_tier(3)
    world.update(Role.AGENT, tags_added=frozenset({PAUSE_TAG}))
    world.now += timedelta(days=10)
    world.look({"ticket"})
    world.settle()
    world.pass_time(timedelta(days=4))
    assert world.case.paused is None
    assert PAUSE_TAG not in world.ticket.tags


def test_a_paused_case_that_moves_with_a_merge_takes_the_tag_along() -> None:
    world = pause(in_tier())
    world.forget()
    target = MergeTarget("77", world.ticket.requester.id, has_case=False)
    merged = world.update(Role.AGENT, merged_into="77")
    world.tell(Observed(ticket=world.ticket, updates=(merged,), merge_target=target))
    (update,) = world.ticket_updates()
    assert (update.ticket_id, update.add_tags) == ("77", (PAUSE_TAG,))
