"""The requester speaks, and is kept informed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.effects import Effect, Say, UpdateTicket
from escalation.model.events import Done, Hint
from escalation.model.values import State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier, local


def is_public(effect: Effect) -> bool:
    return isinstance(effect, UpdateTicket) and isinstance(effect.say, Say)


def back() -> CaseWorld:
    """A case that its requester brought back after an agent had solved it."""
    world = in_tier()
    world.agent(changes={"status": "solved"})
    world.requester("It is not settled.")
    return world


def test_a_reply_moves_neither_tier_nor_timers() -> None:
    world = in_tier()
    before = world.case.deadlines
    world.requester("Any news?", changes={"status": "open"})
    assert (world.state, world.case.deadlines) == (State.TIER_1, before)


def test_the_ticket_stays_open_until_an_agent_answers_and_then_gets_its_status_back() -> None:
    world = in_tier()
    world.requester("Any news?")
    assert world.ticket_updates()[-1].status is not State.TIER_1 or world.public()[-1] is world.ticket_updates()[-1]
    world.forget()
    world.agent(comment=world.comment("Hm.", public=False))
    assert world.ticket_updates() == []
    world.agent(comment=world.comment("Not yet."))
    assert [u.status for u in world.ticket_updates() if u.status] == [State.TIER_1]


def test_our_own_update_does_not_close_the_ticket_that_the_requester_opened() -> None:
    world = in_tier(3)
    world.requester("Any news?")
    world.forget()
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert [u.status for u in world.public()] == [None]


def test_the_next_tier_gives_the_ticket_its_status_back() -> None:
    world = in_tier()
    world.requester("Any news?")
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert world.public()[-1].status is State.TIER_2
    assert not world.case.requester_open


def test_a_ticket_that_its_requester_opened_is_not_set_pending_by_an_outcome() -> None:
    world = in_tier()
    world.requester("Any news?")
    world.assigned(status="paymentpending")
    assert world.state is State.CONFIRMING_OUTCOME
    assert world.public()[-1].status is None
    world.forget()
    world.agent(comment=world.comment("Good news indeed."))
    assert world.ticket_updates()[0].status is State.CONFIRMING_OUTCOME


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
    assert world.keys() == ["update_looking"] * 2


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
    assert world.keys() == ["update_looking"]


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
