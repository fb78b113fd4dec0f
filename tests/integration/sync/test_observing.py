"""What was seen is completed from our own records: moments, rivals, merges, follow-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.case import Case
from escalation.model.events import Observed
from escalation.model.values import Party, State
from escalation.model.views import AssignmentEvent, AssignmentView, MergeTarget, ZendeskUser
from sync.inbox.observing import completed
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import WANDA, a_ticket, an_assignment
from tests.integration.sync.policy import START

WALTER = ZendeskUser("502", "walter@example.com", "Walter Worker", verified=True)


def workmarket_says(desk: DeskOnFakes, event: str, number: str = "880011") -> None:
    body = {"assignment_id": number, "event": event, "status": None}
    desk.receive(f"workmarket.{event}", body, lane=f"assignment:{number}")
    desk.work()


def moments(desk: DeskOnFakes, number: str = "880011") -> list[tuple[str, object]]:
    return list(desk.store.read(lambda tx: tx.moments.of(number)))


def test_moments_are_remembered_also_where_no_case_exists(desk: DeskOnFakes) -> None:
    workmarket_says(desk, "completed")
    assert moments(desk) == [("completed", START)]


def test_a_webhook_sent_again_does_not_move_the_moment(desk: DeskOnFakes) -> None:
    workmarket_says(desk, "completed")
    desk.clock.move(minutes=20)
    workmarket_says(desk, "completed")
    assert moments(desk) == [("completed", START)]


def test_the_same_happening_again_much_later_is_another_moment(desk: DeskOnFakes) -> None:
    workmarket_says(desk, "completed")
    desk.clock.move(days=2)
    workmarket_says(desk, "completed")
    assert moments(desk) == [("completed", START), ("completed", START + timedelta(days=2))]


def test_both_words_for_a_cancellation_are_one(desk: DeskOnFakes) -> None:
    workmarket_says(desk, "cancelled")
    workmarket_says(desk, "cancel")
    assert moments(desk) == [("cancel", START)]


def test_other_events_leave_no_moment(desk: DeskOnFakes) -> None:
    workmarket_says(desk, "note_added")
    assert moments(desk) == []


def test_the_case_hears_of_the_moments(desk: DeskOnFakes) -> None:
    workmarket_says(desk, "completed")
    assert desk.arrive().moments == (AssignmentEvent("completed", START),)


def test_news_of_the_assignment_reach_its_open_case(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.workmarket.add(an_assignment(status="paid"))
    workmarket_says(desk, "paid")
    assert desk.case().state is State.CONFIRMING_OUTCOME


def test_news_of_the_assignment_still_reach_a_case_that_ended_lately(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.zendesk.tickets.pop("35")
    desk.changed()
    desk.work()
    assert desk.case().ended
    looks = sum(row.kind == "look" for row in desk.effects())
    workmarket_says(desk, "note_added")
    assert sum(row.kind == "look" for row in desk.effects()) == looks + 1
    desk.clock.move(days=61)
    workmarket_says(desk, "note_added")
    assert sum(row.kind == "look" for row in desk.effects()) == looks + 1


def test_a_second_request_of_the_same_person_joins_the_first(desk: DeskOnFakes) -> None:
    first = desk.arrive()
    desk.zendesk.add(a_ticket("36"))
    desk.submitted("36")
    desk.work()
    assert desk.case("36").ended
    assert desk.case("35").id == first.id
    assert len(desk.workmarket.posted) == 1


def test_a_second_request_of_another_person_needs_review_and_both_stay_open(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.zendesk.add(a_ticket("36", requester=WALTER))
    desk.submitted("36")
    desk.work()
    assert desk.case("36").state is State.NEEDS_REVIEW
    assert desk.case("35").state is State.TIER_1


def test_of_two_requests_handled_together_one_sees_the_other(desk: DeskOnFakes) -> None:
    desk.zendesk.add(a_ticket("36"))
    desk.submitted("35")
    desk.submitted("36")
    desk.work()
    states = {desk.case("35").ended, desk.case("36").ended}
    assert states == {True, False}
    assert len(desk.workmarket.posted) == 1


def test_a_requester_who_is_not_verified_blocks_nobody(desk: DeskOnFakes) -> None:
    desk.zendesk.add(a_ticket("36", requester=replace(WALTER, verified=False)))
    desk.submitted("36")
    desk.work()
    assert desk.arrive().state is State.TIER_1


def test_a_case_that_came_second_blocks_once_the_first_has_ended(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.zendesk.add(a_ticket("36", requester=WALTER))
    desk.submitted("36")
    desk.work()
    desk.zendesk.tickets.pop("35")
    desk.changed("35")
    desk.zendesk.update("36", comment=None, changes={"violation_reported": False})
    desk.changed("36")
    desk.work()
    second = desk.store.read(lambda tx: tx.cases.rival("880011", "worker", "C-other"))
    assert second is not None
    assert second.ticket_id == "36"


def test_the_followup_of_an_ended_case_is_adopted(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    desk.zendesk.touch("35", status="closed")
    desk.zendesk.tickets.pop("35")
    desk.changed("35")
    desk.work()
    desk.zendesk.add(a_ticket("40", followup_of="35"))
    desk.submitted("40")
    desk.work()
    assert desk.case("40").id == case.id
    assert not desk.case("40").ended


def test_a_case_moves_with_a_merge_to_a_ticket_without_a_case(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    desk.zendesk.add(a_ticket("41", on_form=False))
    desk.receive("ticket.merged", {"ticket_id": "35", "target_ticket_id": "41"})
    desk.work()
    assert desk.case("41").id == case.id


def test_a_case_ends_with_a_merge_into_a_ticket_that_is_gone(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.receive("ticket.merged", {"ticket_id": "35", "target_ticket_id": "404"})
    desk.work()
    assert desk.case("35").ended


@pytest.mark.parametrize("has_case", [True, False])
def test_whether_a_merge_target_has_a_case_is_ours_to_know(desk: DeskOnFakes, has_case: bool) -> None:
    desk.arrive()
    target = MergeTarget("35" if has_case else "41", "501", has_case=False)
    case = Case("C-9", "36", START, "AAAA", requester=WANDA)
    seen = desk.store.read(lambda tx: completed(tx, case, Observed(merge_target=target)))
    assert seen.merge_target == replace(target, has_case=has_case)


def test_a_rival_is_looked_for_by_the_number_found_in_a_reply(desk: DeskOnFakes) -> None:
    first = desk.arrive()
    case = Case("C-9", "36", START, "AAAA", party=Party.WORKER)
    found: AssignmentView = an_assignment()
    seen = desk.store.read(lambda tx: completed(tx, case, Observed(candidates=(found,))))
    assert seen.rival is not None
    assert seen.rival.case_id == first.id
