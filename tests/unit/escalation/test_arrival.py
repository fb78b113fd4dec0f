"""What happens to a worker's request before tier 1."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.eligibility.rules import RULES
from escalation.model.effects import Look, PostMessage, UpdateTicket
from escalation.model.events import Hint, Observed
from escalation.model.values import State, Timer
from escalation.model.views import Absent, Message, Rival
from tests.unit.escalation.case_world import START, WORKER, CaseWorld, assignment, local

EARLIER = Message(START - timedelta(days=5), "Wanda Worker", "Please approve.")


def unasked() -> CaseWorld:
    """A request by a worker who has not written on the assignment."""
    world = CaseWorld(seen=assignment(messages=()))
    world.arrive()
    return world


def early() -> CaseWorld:
    """A request before the approval is overdue."""
    done = START - timedelta(hours=20)
    said = Message(START - timedelta(hours=1), "Wanda Worker", "Please approve.")
    world = CaseWorld(seen=assignment(checked_out=done, checked_in=None, messages=(said,)))
    world.arrive()
    return world


def unverified() -> CaseWorld:
    world = CaseWorld(requester=replace(WORKER, verified=False))
    world.arrive()
    return world


def test_a_hint_reads_a_new_case_s_ticket_and_assignment_and_believes_nothing() -> None:
    world = CaseWorld()
    world.tell(Hint())
    assert world.asked == [Look("35", frozenset({"ticket", "assignment"}))]


def test_an_eligible_request_gets_a_message_a_note_and_one_public_comment() -> None:
    world = CaseWorld()
    world.arrive()
    assert world.state is State.TIER_1
    assert (len(world.messages()), len(world.notes()), world.said()) == (1, 1, ["tier_1"])
    public = world.public()[0]
    assert (public.status, public.fields["tier"]) == (State.TIER_1, "1")
    assert public.say and "the desk can take it up" in public.say.leads
    assert "the desk can take it up" not in public.say.follows


def test_the_message_goes_first_and_the_requester_hears_only_when_it_is_proved_sent() -> None:
    world = CaseWorld()
    world.look()
    assert [type(e) for e in world.open if not isinstance(e, Look)] == [PostMessage, UpdateTicket]
    assert world.public() == []
    assert world.state is State.CHECKING


def test_an_assumed_average_is_said_to_be_assumed() -> None:
    world = CaseWorld()
    world.arrive()
    assert "we have assumed 72 hours" in (world.public()[0].say.after if world.public()[0].say else "")


def test_what_was_assumed_can_be_added_up() -> None:
    world = CaseWorld()
    world.arrive()
    said = world.public()[0].say
    assert said and "As far as we can see, the work was finished on Fri 20 Feb 2026, 10:00 EST" in said.after
    assert "72 hours, and we allow 48 hours more: the approval was to be expected by Wed 25 Feb" in said.after


def test_an_accepted_request_is_thanked_for_once() -> None:
    world = CaseWorld()
    world.arrive()
    assert [u.say.after.count("Thank you for turning to us.") for u in world.public() if u.say] == [1]


def test_who_was_thanked_with_a_question_is_not_thanked_again() -> None:
    world = unasked()
    world.assignment = assignment()
    world.look()
    world.settle()
    assert world.keys() == ["ask", "tier_1"]
    assert not [u for u in world.public() if u.say and "Thank you for turning to us." in u.say.after]


def test_a_request_that_workmarket_hands_in_is_taken_up_without_thanks() -> None:
    world = CaseWorld()
    world.case.signed_email = "wanda@example.com"
    world.arrive()
    assert not [u for u in world.public() if u.say and "Thank you" in u.say.after]


def test_a_lasting_fail_ends_the_case_with_the_team_s_words_and_the_reason() -> None:
    world = CaseWorld(seen=assignment(status="paid"))
    world.arrive()
    assert world.state is State.NOT_ELIGIBLE
    assert world.said() == ["not_eligible"]
    last = world.public()[-1]
    assert last.say and "already shows as settled: paid" in last.say.leads
    assert last.assign


def test_a_question_is_asked_once_and_repeated_once_after_48_business_hours() -> None:
    world = unasked()
    assert world.state is State.WAITING_ON_REQUESTER
    assert world.due(Timer.REMINDER) == local(2026, 3, 4, 10)
    world.pass_time(timedelta(days=6))
    assert world.keys() == ["ask", "remind"]
    assert "If nothing has come by Mon 16 Mar 2026, 10:00 EDT, we will close the request." in world.said()[-1]


def test_a_time_that_is_only_assumed_is_told_as_that() -> None:
    world = early()
    assert "we don't know how long this client usually takes to approve and assume 72 hours" in world.said()[0]
    [fact] = [f.fact for f in world.case.judgement.verdict.findings if f.rule == "reason"]
    assert " + the client's 72 hours that are assumed + 48 hours beyond it = " in fact


def test_an_unanswered_question_ends_after_10_business_days_as_withdrawn() -> None:
    world = unasked()
    assert world.due(Timer.WITHDRAWAL) == local(2026, 3, 16, 10)
    world.pass_time(timedelta(days=20))
    assert world.state is State.WITHDRAWN
    assert len(world.public()) == 3
    assert world.case.ended_by == "unanswered"


def test_after_an_outage_the_withdrawal_says_what_the_reminder_would_have_said() -> None:
    world = unasked()
    world.now += timedelta(days=30)
    world.look()
    assert world.state is State.WITHDRAWN
    assert len(world.public()) == 2


def test_a_new_message_on_the_assignment_answers_the_question() -> None:
    world = unasked()
    world.message("Wanda Worker", "Please approve my work.")
    assert world.state is State.TIER_1


def test_a_reply_that_brings_nothing_new_is_read_by_a_person() -> None:
    world = unasked()
    world.requester("But I called them!")
    assert world.state is State.NEEDS_REVIEW
    assert "what you have written to us" in world.said()[-1]


def test_the_only_number_of_a_reply_that_is_an_assignments_becomes_the_id() -> None:
    world = CaseWorld(fields={"assignment_id": ""})
    world.look(assignment=None)
    world.settle()
    assert world.state is State.WAITING_ON_REQUESTER
    world.update(role=world.updates[0].role, comment=world.comment("It is 880011, I think; call 5551234."))
    world.look({"ticket"})
    assert world.looks()[-1].candidates == ("880011", "5551234")
    world.open.clear()
    world.tell(Observed(world.ticket, candidates=(assignment(), Absent("5551234"))))
    world.settle()
    assert world.state is State.TIER_1
    assert world.ticket.text("assignment_id") == "880011"


def test_two_numbers_that_are_assignments_are_left_to_a_person() -> None:
    world = CaseWorld(fields={"assignment_id": ""})
    world.look(assignment=None)
    world.settle()
    world.update(role=world.updates[0].role, comment=world.comment("880011 or 880012"))
    world.look({"ticket"})
    world.open.clear()
    world.tell(Observed(world.ticket, candidates=(assignment(), assignment(id="880012"))))
    assert world.state is State.NEEDS_REVIEW
    assert world.case.assignment_id is None


def test_a_wrong_number_that_a_reply_put_right_is_not_taken_back_from_an_older_view() -> None:
    world = CaseWorld(fields={"assignment_id": "111111"})
    world.look(assignment=Absent("111111"))
    world.settle()
    world.update(role=world.updates[0].role, comment=world.comment("880011"))
    world.look({"ticket"}, assignment=None)
    world.tell(Observed(world.ticket, candidates=(assignment(),)))
    world.look({"ticket"})
    assert world.case.assignment_id == "880011"


def test_too_early_is_told_once_with_the_date_and_checked_again_then() -> None:
    world = early()
    assert world.state is State.WAITING_FOR_DATE
    assert world.due(Timer.DATE_REACHED) == START + timedelta(hours=100)
    world.pass_time(timedelta(hours=99))
    assert len(world.public()) == 1
    world.pass_time(timedelta(hours=2))
    assert world.state is State.TIER_1


def test_while_waiting_for_the_date_a_reply_is_acknowledged_and_the_date_is_as_it_was() -> None:
    world = early()
    due = world.due(Timer.DATE_REACHED)
    world.requester("Any news?")
    assert (world.state, world.due(Timer.DATE_REACHED)) == (State.WAITING_FOR_DATE, due)
    assert world.keys() == ["waiting_for_date", "acknowledged"]


def test_what_was_settled_before_the_date_is_not_escalated() -> None:
    world = early()
    world.assigned(status="paid")
    assert world.state is State.CONFIRMING_OUTCOME
    assert world.keys() == ["waiting_for_date", "confirming.paid"]
    world.pass_time(timedelta(days=6))
    assert world.state is State.RESOLVED
    assert world.messages() == []


def test_an_unknown_is_a_person_s_with_one_text_and_an_update_every_48_business_hours() -> None:
    world = unverified()
    assert world.state is State.NEEDS_REVIEW
    assert "how you are connected with the assignment" in world.said()[0]
    world.pass_time(local(2026, 3, 6, 10))
    assert world.keys()[1:] == ["update_review_waits", "update_review_again"]


def test_the_agents_are_reminded_every_2_business_days() -> None:
    world = unverified()
    world.pass_time(local(2026, 3, 6, 10))
    assert sum("A reminder" in note for note in world.notes()) == 2


def test_a_field_that_answers_the_unknown_lets_the_case_go_on() -> None:
    said = Message(START - timedelta(days=3), "Sue Support", "We are looking at it.")
    world = CaseWorld(seen=assignment(messages=(EARLIER, said)))
    world.arrive()
    assert world.state is State.NEEDS_REVIEW
    world.agent(changes={"justification": "not_stated"})
    assert world.state is State.TIER_1


def test_an_answer_already_stated_is_not_eligible() -> None:
    said = Message(START - timedelta(days=3), "Sue Support", "We reject the work because of the cabling.")
    world = CaseWorld(seen=assignment(messages=(EARLIER, said)))
    world.arrive()
    world.agent(changes={"justification": "stated"})
    assert world.state is State.NOT_ELIGIBLE


def test_a_tier_s_macro_accepts_the_case_and_the_journal_names_who_did() -> None:
    world = unverified()
    world.agent(comment=world.comment("We are taking this up."), changes={"tier": "1", "status": "tier_1"})
    assert world.state is State.TIER_1
    assert "identity" in world.case.judgement.passes
    assert any(line.startswith("passed by Ada Agent: identity") for line in world.journal)
    identity = next(f for f in world.case.judgement.verdict.findings if f.rule == "identity")  # type: ignore[union-attr]
    assert (identity.outcome.value, identity.passed_by) == ("pass", "Ada Agent")


def test_the_same_verdict_is_not_told_twice() -> None:
    world = unasked()
    world.agent(changes={"reason": "payment_dispute"})
    world.agent(changes={"reason": "approval_overdue"})
    world.agent(changes={"status": "needs_review"}, comment=world.comment("Looking."))
    world.agent(changes={"reason": "payment_dispute"})
    assert sum("To go on we need one thing" in text for text in world.said()) == 1
    assert world.state is State.NEEDS_REVIEW


def test_a_second_request_of_the_same_user_joins_the_first() -> None:
    world = CaseWorld()
    world.look(rival=Rival("C-0", "34", WORKER.id))
    assert world.state is State.JOINED
    assert "#34" in world.said()[0]
    copied = next(e for e in world.ticket_updates() if e.ticket_id == "34")
    assert copied.say and not copied.say.public and "Nobody answers" in copied.say.text


def test_a_second_request_of_another_user_waits_for_a_person_and_tells_nothing_of_the_first() -> None:
    world = CaseWorld()
    world.look(rival=Rival("C-0", "34", "999"))
    world.look(rival=Rival("C-0", "34", "999"))
    assert world.state is State.NEEDS_REVIEW
    assert len(world.public()) == 1
    assert "34" not in world.said()[0]
    assert any("#34" in note for note in world.notes())


def test_a_client_s_request_is_checked_by_its_rules_and_an_unsigned_one_waits_for_a_person() -> None:
    world = CaseWorld(fields={"party": "client"})
    world.arrive()
    assert world.state is State.NEEDS_REVIEW
    found = world.case.judgement.verdict.findings if world.case.judgement.verdict else ()
    assert [f.rule for f in found] == [rule.name for rule in RULES if rule.client]
    assert world.messages() == []


def test_the_note_on_entering_has_the_facts_the_verdict_and_what_follows_when() -> None:
    world = CaseWorld()
    world.arrive()
    note = world.notes()[0]
    for part in ("Swap a router", "Please approve.", "Recent enough: fine", "about Wed 4 Mar 2026, 10:00 EST"):
        assert part in note


def test_a_changed_assignment_before_tier_1_checks_again() -> None:
    world = unverified()
    world.ticket = replace(world.ticket, requester=WORKER)
    world.assignment = assignment(id="880012")
    world.agent(changes={"assignment_id": "880012"})
    assert world.state is State.TIER_1
    assert world.messages()[0].assignment_id == "880012"


def test_a_corrected_number_while_tier_1_is_on_its_way_checks_the_other_assignment() -> None:
    world = CaseWorld()
    world.look()
    world.assignment = assignment(id="880012")
    world.agent(changes={"assignment_id": "880012"})
    assert world.state is State.TIER_1
    assert [m.assignment_id for m in world.messages()] == ["880011", "880012"]
    assert world.case.delivery.messaged == {1: world.messages()[1].id}


def test_a_violation_ticked_while_tier_1_is_on_its_way_ends_the_case() -> None:
    world = CaseWorld()
    world.look()
    world.update(changes={"violation_reported": True})
    world.look({"ticket"})
    world.settle()
    assert world.state is State.NOT_ELIGIBLE
    assert world.said() == ["not_eligible"]
