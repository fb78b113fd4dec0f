"""The tiers: who is written to when, what the requester hears, and how a case leaves them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.effects import PostMessage, StartConversation
from escalation.model.events import Done, Hint, TimerDue
from escalation.model.values import State, Timer
from escalation.model.views import Absent, Contact
from tests.unit.escalation.case_world import AGENT, MANAGER, START, CaseWorld, assignment, in_tier, local, policy


def test_without_an_answer_a_case_walks_all_tiers_and_ends_off_the_platform() -> None:
    world = CaseWorld(fields={"account_manager_email": "amy@workmarket.example"})
    world.arrive()
    states = [world.state]
    for _ in range(80):
        world.pass_time(timedelta(hours=12))
        if states[-1] is not world.state:
            states.append(world.state)
    assert states == [State.TIER_1, State.TIER_2, State.TIER_3, State.OFF_PLATFORM]


def test_each_tier_lasts_48_business_hours_across_the_change_of_the_clocks() -> None:
    world = in_tier()
    assert world.due(Timer.TIER_ENDS) == local(2026, 3, 4, 10)
    world.pass_time(local(2026, 3, 4, 10))
    assert world.due(Timer.TIER_ENDS) == local(2026, 3, 6, 10)
    world.pass_time(local(2026, 3, 6, 10))
    assert world.due(Timer.NEXT_UPDATE) == local(2026, 3, 10, 10)


def test_a_holiday_is_no_business_time() -> None:
    world = CaseWorld(created_at=local(2026, 11, 25, 10))
    world.now = local(2026, 11, 25, 10)
    done = world.now - timedelta(days=10)
    said = replace(assignment().messages[0], at=world.now - timedelta(days=5))
    world.assignment = assignment(scheduled=done, checked_out=done, messages=(said,))
    world.arrive()
    assert world.due(Timer.TIER_ENDS) == local(2026, 11, 30, 10)
    assert "Thu 26 Nov (holiday)" in world.case.deadlines[Timer.TIER_ENDS].why


def test_the_month_ends_at_the_start_of_a_business_day() -> None:
    world = CaseWorld()
    world.arrive()
    assert world.due(Timer.MONTH_ENDS) == local(2026, 4, 2, 10)
    weekend = local(2026, 3, 4, 10)
    late = CaseWorld()
    late.now = weekend + timedelta(days=1)  # Thursday 5 March: the month ends on Sunday 5 April
    late.arrive()
    assert late.due(Timer.MONTH_ENDS) == local(2026, 4, 6, 9)


def test_tier_2_writes_to_the_project_manager_and_tier_3_to_the_account_manager() -> None:
    world = in_tier(fields={"account_manager_email": "amy@workmarket.example"})
    world.pass_time(timedelta(days=8))
    assert [m.to_email for m in world.mails()] == [MANAGER, "amy@workmarket.example"]
    assert world.said() == ["tier_1", "tier_2", "tier_3", "update"]


def test_the_ticket_s_field_names_the_project_manager_before_anybody_else() -> None:
    world = in_tier(2, fields={"project_manager_email": "pat@client.example"})
    assert [m.to_email for m in world.mails()] == ["pat@client.example"]


def test_the_end_of_a_tier_and_the_update_due_with_it_are_one_text() -> None:
    world = in_tier()
    world.pass_time(local(2026, 3, 5, 9))
    assert world.said() == ["tier_1", "tier_2"]


def test_an_update_whose_tier_text_does_not_come_goes_out_after_a_while() -> None:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    world.open.clear()  # the e-mail hangs
    world.pass_time(timedelta(minutes=16))
    assert world.said() == ["tier_1", "update"]
    mail = world.mails()[0]
    world.tell(Done(mail.id, world.now))
    assert world.state is State.TIER_2


def test_entering_a_tier_does_not_move_the_due_date_that_the_ticket_shows() -> None:
    world = in_tier()
    world.forget()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    assert world.ticket_updates() == []


def test_the_tier_s_clock_counts_from_the_moment_the_comment_is_on_the_ticket() -> None:
    world = CaseWorld()
    world.look()
    post = world.messages()[0]
    world.tell(Done(post.id, world.now))
    text = world.public()[0]
    at = world.now + timedelta(hours=3)
    world.now = at
    world.tell(Done(text.id, at))
    assert world.case.opened == at
    assert world.due(Timer.TIER_ENDS) == local(2026, 3, 4, 13)
    assert world.due(Timer.MONTH_ENDS) == local(2026, 4, 2, 13)


def test_the_proof_of_an_old_text_does_not_move_the_clock_of_a_later_tier() -> None:
    world = CaseWorld()
    world.look()
    world.tell(Done(world.messages()[0].id, world.now))
    first = world.public()[0]
    world.now += timedelta(hours=5)
    world.update(changes={"tier": "3"})
    world.look()
    due = world.due(Timer.TIER_ENDS) if Timer.TIER_ENDS in world.case.deadlines else None
    update = world.due(Timer.NEXT_UPDATE)
    world.tell(Done(first.id, START))
    assert (world.case.deadlines.get(Timer.TIER_ENDS) and world.due(Timer.TIER_ENDS)) == due
    assert world.due(Timer.NEXT_UPDATE) == update


def test_a_proof_that_comes_twice_changes_nothing() -> None:
    world = in_tier()
    before = world.case
    for effect in (*world.messages(), *world.public()):
        assert world.decided(Done(effect.id, world.now)).effects == ()
    assert world.case == before


def test_the_conversations_are_read_before_a_tier_ends_but_not_for_an_update() -> None:
    world = in_tier(2)
    world.forget()
    deadline = world.case.deadlines[Timer.TIER_ENDS]
    world.now = deadline.due
    world.tell(TimerDue(Timer.NEXT_UPDATE, world.case.deadlines[Timer.NEXT_UPDATE].generation))
    assert world.looks()[-1].scope == {"ticket", "assignment", "conversations"}
    third = in_tier(3)
    third.forget()
    third.now = third.due(Timer.NEXT_UPDATE)
    third.tell(TimerDue(Timer.NEXT_UPDATE, third.case.deadlines[Timer.NEXT_UPDATE].generation))
    assert third.looks()[-1].scope == {"ticket", "assignment"}


def test_a_look_that_lacks_the_assignment_escalates_nothing() -> None:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look({"ticket"})
    assert world.state is State.TIER_1
    assert world.mails() == []
    assert world.looks()[-1].scope == {"ticket", "assignment"}


def test_what_ended_meanwhile_is_not_escalated() -> None:
    world = in_tier()
    world.assignment = replace(world.assignment, status="paymentpending")  # type: ignore[type-var]
    world.pass_time(timedelta(days=2))
    assert world.mails() == []
    assert world.case.tier == 1


def test_a_message_that_can_t_be_sent_gives_a_text_that_says_so_a_note_and_the_clock() -> None:
    world = in_tier()
    world.assignment = replace(world.assignment, support_contact=Contact())  # type: ignore[type-var]
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert world.state is State.TIER_2
    assert world.keys() == ["tier_1", "tier_2_looking"]
    assert any("nobody to write to" in note for note in world.notes())
    assert Timer.TIER_ENDS in world.case.deadlines


def test_once_the_address_is_filled_in_the_message_goes_out_once_and_says_nothing_to_the_requester() -> None:
    world = in_tier()
    world.assignment = replace(world.assignment, support_contact=Contact())  # type: ignore[type-var]
    world.pass_time(world.due(Timer.TIER_ENDS))
    told = len(world.public())
    world.agent(changes={"project_manager_email": "pat@client.example"})
    for _ in range(3):
        world.tell(Hint("assignment"))
        world.settle()
    assert [m.to_email for m in world.mails()] == ["pat@client.example"]
    assert len(world.public()) == told


def test_a_refused_address_is_not_tried_again_but_another_one_is() -> None:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    world.refuse(StartConversation)
    world.settle()
    assert world.state is State.TIER_2
    for _ in range(3):
        world.tell(Hint("assignment"))
        world.settle()
    assert len(world.mails()) == 1
    world.agent(changes={"project_manager_email": "pat@client.example"})
    assert [m.to_email for m in world.mails()] == [MANAGER, "pat@client.example"]


def test_a_refused_message_on_the_assignment_goes_out_when_it_is_visible_again() -> None:
    world = CaseWorld()
    world.look()
    world.refuse(PostMessage, "invisible")
    world.settle()
    assert world.state is State.TIER_1
    seen, world.assignment = world.assignment, Absent("880011")
    world.tell(Hint("assignment"))
    world.settle()
    world.assignment = seen
    for _ in range(3):
        world.tell(Hint("assignment"))
        world.settle()
    assert len(world.messages()) == 2
    assert world.case.delivery.messaged == {1: world.messages()[1].id}


@pytest.mark.parametrize(("tier", "state"), [("1", State.TIER_1), ("2", State.TIER_2), ("3", State.TIER_3)])
def test_an_agent_moves_a_case_by_the_tier_field(tier: str, state: State) -> None:
    world = in_tier(2)
    world.agent(changes={"tier": tier})
    assert world.state is state
    assert world.case.tier == int(tier)


def test_the_tier_field_wins_over_the_status() -> None:
    world = in_tier()
    world.agent(changes={"tier": "3", "status": "tier_2"})
    assert world.state is State.TIER_3


def test_a_tier_set_by_hand_is_entered_only_once_the_assignment_was_read_anew() -> None:
    world = in_tier()
    world.update(changes={"status": "tier_2"})
    world.look({"ticket"})
    assert world.state is State.TIER_1
    assert world.mails() == []
    assert world.looks()[-1].scope == {"ticket", "assignment"}


def test_back_to_a_tier_restarts_its_timers_but_not_the_month_and_writes_to_nobody_again() -> None:
    world = in_tier(2)
    month = world.due(Timer.MONTH_ENDS)
    world.pass_time(timedelta(hours=5))
    world.agent(changes={"tier": "1"})
    assert world.due(Timer.TIER_ENDS) == local(2026, 3, 6, 15)
    assert world.due(Timer.MONTH_ENDS) == month
    assert len(world.messages()) == 1
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert (world.state, len(world.mails())) == (State.TIER_2, 1)


def test_the_public_comment_of_an_agent_s_move_was_the_update() -> None:
    world = in_tier()
    world.agent(comment=world.comment("We now write to them."), changes={"tier": "2"})
    assert world.state is State.TIER_2
    assert world.said() == ["tier_1"]
    assert world.due(Timer.NEXT_UPDATE) == local(2026, 3, 4, 10)


def test_a_public_move_into_the_tier_that_is_being_entered_says_nothing_more() -> None:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    world.update(comment=world.comment("We now write to them."), changes={"tier": "2"})
    world.look()
    world.settle()
    assert world.said() == ["tier_1"]
    assert len(world.mails()) == 1


def test_a_cleared_tier_field_is_ignored_with_a_note() -> None:
    world = in_tier()
    world.agent(changes={"tier": ""})
    assert world.state is State.TIER_1
    assert any("was cleared" in note for note in world.notes())


@pytest.mark.parametrize("status", ["open", "pending", "hold", "new"])
def test_zendesk_s_own_statuses_move_nothing(status: str) -> None:
    world = in_tier()
    before = world.case.deadlines
    world.agent(changes={"status": status})
    assert (world.state, world.case.deadlines) == (State.TIER_1, before)


def test_a_tier_whose_message_is_still_on_its_way_is_not_written_to_twice() -> None:
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    mail = world.mails()[0]
    world.open.remove(mail)
    world.agent(changes={"tier": "1"})
    world.agent(changes={"tier": "2"})
    assert world.mails() == [mail]
    world.tell(Done(mail.id, world.now))
    assert world.state is State.TIER_2


def test_a_message_sent_after_its_tier_was_left_counts_as_that_tier_s() -> None:
    world = CaseWorld()
    world.look()
    post = world.messages()[0]
    world.open.remove(post)
    world.agent(changes={"status": "solved"})
    world.tell(Done(post.id, world.now))
    assert world.state is State.RESOLVED
    assert world.case.delivery.messaged == {1: post.id}


def test_where_the_month_is_over_an_agent_s_move_begins_a_new_one() -> None:
    world = in_tier()
    world.pass_time(timedelta(days=50))
    assert world.state is State.OFF_PLATFORM
    world.agent(changes={"tier": "3"})
    assert world.state is State.TIER_3
    assert world.due(Timer.MONTH_ENDS) > world.now + timedelta(days=27)


def test_the_month_counts_from_submission_where_the_policy_says_so() -> None:
    world = CaseWorld(
        rules=replace(policy(), month_counted_from="submission"), created_at=START - timedelta(days=10)
    )
    world.arrive()
    assert world.due(Timer.MONTH_ENDS) == local(2026, 3, 20, 10)


def test_off_the_platform_names_the_way_and_solves_the_ticket() -> None:
    world = in_tier()
    world.pass_time(timedelta(days=50))
    last = world.public()[-1]
    assert last.say and last.say.macro == "off_platform" and "https://www.adr.org/" in last.say.text
    assert last.status is State.OFF_PLATFORM
    assert last.fields["next_update_due"] == ""


def test_an_agent_who_is_no_name_is_an_automation() -> None:
    world = in_tier()
    made = world.update(changes={"tier": "2"})
    world.updates[-1] = replace(made, author=replace(AGENT, name=""))
    world.look()
    world.settle()
    assert world.state is State.TIER_2
