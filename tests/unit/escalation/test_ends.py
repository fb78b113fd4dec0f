"""Ends and exceptions: deleted, merged, closed, brought back, refused and followed up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.audience import Public
from escalation.model.effects import UpdateTicket
from escalation.model.events import CloseAsked, Done, Hint, Observed, Refused
from escalation.model.seen import UNSEEN
from escalation.model.values import State, Timer
from escalation.model.views import MergeTarget
from tests.unit.escalation.case_world import WORKER, CaseWorld, in_tier


def ended() -> CaseWorld:
    """A case that ended off the platform."""
    world = in_tier()
    world.pass_time(timedelta(days=40))
    assert world.state is State.OFF_PLATFORM
    return world


def test_a_deleted_ticket_closes_the_case_and_nothing_is_written_any_more() -> None:
    world = in_tier()
    world.forget()
    world.tell(Observed(gone=True))
    world.pass_time(timedelta(days=60))
    assert world.case.ended
    assert world.asked == []


def test_an_undeleted_ticket_needs_a_person_and_nothing_is_sent() -> None:
    world = in_tier()
    world.tell(Observed(gone=True))
    told = len(world.public())
    world.look()
    world.settle()
    assert world.state is State.NEEDS_REVIEW
    world.pass_time(timedelta(days=10))
    assert len(world.public()) == told


def test_a_merge_into_a_ticket_of_the_same_requester_moves_the_case_there() -> None:
    world = in_tier()
    world.update(merged_into="77")
    world.look({"ticket"})
    assert world.looks()[-1].merged_into == "77"
    world.tell(Observed(world.ticket, merge_target=MergeTarget("77", WORKER.id, has_case=False)))
    assert (world.state, world.case.ticket_id) == (State.TIER_1, "77")
    moved = [e for e in world.open if isinstance(e, UpdateTicket) and e.ticket_id == "77"][-1]
    assert moved.status is State.TIER_1
    assert moved.fields["assignment_id"] == "880011"
    assert (moved.fields["tier"], moved.fields["next_update_due"]) == ("1", "Wed 4 Mar 2026, 10:00 EST")


def test_what_was_said_on_the_target_before_moves_nothing() -> None:
    world = in_tier()
    world.tell(Observed(world.ticket, merge_target=MergeTarget("77", WORKER.id, has_case=False)))
    world.update(changes={"tier": "3"})
    assert world.looks()[-1].seen == UNSEEN
    world.look(ticket=replace(world.ticket, id="77"))
    assert world.state is State.TIER_1
    world.update(changes={"tier": "3"})
    world.look(ticket=replace(world.ticket, id="77"))
    world.settle()
    assert world.state is State.TIER_3


@pytest.mark.parametrize(
    "target", [MergeTarget("77", "999", has_case=False), MergeTarget("77", WORKER.id, has_case=True)]
)
def test_any_other_merge_closes_the_case(target: MergeTarget) -> None:
    world = in_tier()
    world.forget()
    world.tell(Observed(world.ticket, merge_target=target))
    assert world.case.ended_by == "merged"
    assert world.asked == []


def test_a_look_at_another_ticket_is_not_the_case_s() -> None:
    world = in_tier()
    before = world.case
    world.tell(Observed(replace(world.ticket, id="98"), gone=False))
    assert world.case == before


def test_a_closed_ticket_closes_the_case_without_a_word() -> None:
    world = in_tier()
    world.forget()
    world.look(ticket=replace(world.ticket, status="closed"))
    assert world.case.ended
    assert world.asked == []


def test_an_update_refused_because_the_ticket_is_closed_reads_it_anew() -> None:
    world = in_tier(3)
    world.now = world.due(Timer.NEXT_UPDATE)
    world.look()
    world.tell(Refused(world.public()[-1].id, "closed", "It is closed.", Public("A short update.")))
    assert world.looks()[-1].seen == UNSEEN


def test_a_merge_is_found_out_by_the_closed_ticket_even_where_its_audit_was_seen() -> None:
    world = in_tier()
    made = world.update(merged_into="77")
    world.look({"ticket"})
    world.tell(Observed(replace(world.ticket, status="closed"), updates=(made,)))
    assert not world.case.ended
    assert world.looks()[-1].merged_into == "77"


def test_a_reply_after_the_end_needs_a_person() -> None:
    world = ended()
    world.requester("I can't do that.")
    assert world.state is State.NEEDS_REVIEW
    assert world.case.muted


def test_zendesk_s_follow_up_of_a_closed_ticket_is_adopted() -> None:
    world = ended()
    world.tell(Observed(replace(world.ticket, id="99", followup_of="35")))
    assert (world.case.ticket_id, world.state) == ("99", State.NEEDS_REVIEW)


def test_a_follow_up_is_made_only_for_a_text_that_is_owed() -> None:
    world = ended()
    world.tell(Refused("C-1.7", "closed", "It is closed."))
    assert world.created() == []
    world.tell(Refused("C-1.8", "closed", "It is closed.", Public("Hello, we close.")))
    made = world.created()[0]
    assert (made.followup_of, made.say.text, made.requester_id) == ("35", "Hello, we close.", WORKER.id)
    assert made.status is State.OFF_PLATFORM


def test_the_follow_up_is_the_case_s_ticket_once_it_exists_and_a_reply_there_is_heard() -> None:
    world = ended()
    world.tell(Refused("C-1.8", "closed", "It is closed.", Public("Hello, we close.")))
    made = world.created()[0]
    world.tell(Done(made.id, world.now, {"ticket_id": "99"}))
    world.tell(Done(made.id, world.now, {"ticket_id": "99"}))
    assert world.case.ticket_id == "99"
    first = replace(world.updates[0], id=900, ours=made.id)
    reply = replace(world.updates[0], id=901, at=world.now)
    world.tell(Observed(replace(world.ticket, id="99"), updates=(first, reply)))
    assert world.state is State.NEEDS_REVIEW


def test_a_ticket_id_in_another_effect_s_proof_moves_nothing() -> None:
    world = ended()
    world.tell(Done("C-1.1", world.now, {"ticket_id": "12"}))
    assert world.case.ticket_id == "35"


def test_a_comment_that_never_arrived_is_told_to_the_agents() -> None:
    world = in_tier(3)
    world.now = world.due(Timer.NEXT_UPDATE)
    world.look()
    world.tell(
        Refused(world.public()[-1].id, "suspended", "The requester is suspended.", Public("A short update."))
    )
    assert "could not be delivered" in world.notes()[-1]


def refused_end(code: str, lacking: tuple[str, ...] = ()) -> CaseWorld:
    """A case whose last update Zendesk refuses."""
    world = ended()
    update = world.public()[-1]
    world.forget()
    assert update.say is not None
    world.tell(Refused(update.id, code, "Not like this.", Public(str(update.say.text)), lacking, update))
    return world


@pytest.mark.parametrize(("code", "lacking"), [("required", ("Cost centre",)), ("invalid", ())])
def test_a_refused_end_is_told_and_the_case_is_a_persons(code: str, lacking: tuple[str, ...]) -> None:
    world = refused_end(code, lacking)
    (update,) = world.public()
    assert update.say == ended().public()[-1].say
    assert update.status is State.NEEDS_REVIEW
    assert (world.state, world.case.muted) == (State.NEEDS_REVIEW, True)


def test_the_fields_that_lack_are_named_to_the_agents_and_else_the_reason() -> None:
    assert "“Cost centre”" in refused_end("required", ("Cost centre",)).notes()[0]
    assert "Not like this" in refused_end("invalid").notes()[0]


def test_a_refusal_of_the_words_alone_is_the_end_of_it() -> None:
    world = refused_end("invalid")
    (update,) = world.public()
    world.forget()
    world.tell(Refused(update.id, "invalid", "Not like this.", Public("Bye")))
    assert world.public() == []
    assert "could not be delivered" in world.notes()[0]


def test_an_end_that_was_refused_after_an_agent_moved_the_case_says_nothing() -> None:
    world = ended()
    update = world.public()[-1]
    world.agent(changes={"tier": "2"})
    world.forget()
    world.tell(Refused(update.id, "required", "Not like this.", Public("Bye"), ("Cost centre",), update))
    assert world.public() == []


def test_an_unassigned_ticket_is_assigned_when_we_solve_it_and_an_assigned_one_is_not() -> None:
    assert ended().public()[-1].assign
    world = in_tier(assigned=True)
    world.pass_time(timedelta(days=40))
    assert not world.public()[-1].assign


def test_closing_by_hand_ends_the_case_without_a_public_word() -> None:
    world = in_tier()
    world.forget()
    world.tell(CloseAsked("ops"))
    assert world.state is State.RESOLVED
    assert world.public() == []
    assert "An operator of the desk closed the case." in world.notes()[0]


def test_a_hint_about_an_ended_case_is_still_looked_at() -> None:
    world = ended()
    world.tell(Hint())
    assert world.looks()[-1].scope == {"ticket"}
