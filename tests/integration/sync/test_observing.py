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
from tests.integration.sync.fakes import WANDA, a_ticket, an_assignment
from tests.integration.sync.office import Office
from tests.integration.sync.policy import START

WALTER = ZendeskUser("502", "walter@example.com", "Walter Worker", verified=True)


def workmarket_says(office: Office, event: str, number: str = "880011") -> None:
    body = {"assignment_id": number, "event": event, "status": None}
    office.receive(f"workmarket.{event}", body, lane=f"assignment:{number}")
    office.work()


def moments(office: Office, number: str = "880011") -> list[tuple[str, object]]:
    return list(office.store.read(lambda tx: tx.moments.of(number)))


def test_moments_are_remembered_also_where_no_case_exists(office: Office) -> None:
    workmarket_says(office, "completed")
    assert moments(office) == [("completed", START)]


def test_a_webhook_sent_again_does_not_move_the_moment(office: Office) -> None:
    workmarket_says(office, "completed")
    office.clock.move(minutes=20)
    workmarket_says(office, "completed")
    assert moments(office) == [("completed", START)]


def test_the_same_happening_again_much_later_is_another_moment(office: Office) -> None:
    workmarket_says(office, "completed")
    office.clock.move(days=2)
    workmarket_says(office, "completed")
    assert moments(office) == [("completed", START), ("completed", START + timedelta(days=2))]


def test_both_words_for_a_cancellation_are_one(office: Office) -> None:
    workmarket_says(office, "cancelled")
    workmarket_says(office, "cancel")
    assert moments(office) == [("cancel", START)]


def test_other_events_leave_no_moment(office: Office) -> None:
    workmarket_says(office, "note_added")
    assert moments(office) == []


def test_the_case_hears_of_the_moments(office: Office) -> None:
    workmarket_says(office, "completed")
    assert office.arrive().moments == (AssignmentEvent("completed", START),)


def test_news_of_the_assignment_reach_its_open_case(office: Office) -> None:
    office.arrive()
    office.workmarket.add(an_assignment(status="paid"))
    workmarket_says(office, "paid")
    assert office.case().state is State.CONFIRMING_OUTCOME


def test_news_of_the_assignment_still_reach_a_case_that_ended_lately(office: Office) -> None:
    office.arrive()
    office.zendesk.tickets.pop("35")
    office.changed()
    office.work()
    assert office.case().ended
    looks = sum(row.kind == "look" for row in office.effects())
    workmarket_says(office, "note_added")
    assert sum(row.kind == "look" for row in office.effects()) == looks + 1
    office.clock.move(days=61)
    workmarket_says(office, "note_added")
    assert sum(row.kind == "look" for row in office.effects()) == looks + 1


def test_a_second_request_of_the_same_person_joins_the_first(office: Office) -> None:
    first = office.arrive()
    office.zendesk.add(a_ticket("36"))
    office.submitted("36")
    office.work()
    assert office.case("36").ended
    assert office.case("35").id == first.id
    assert len(office.workmarket.posted) == 1


def test_a_second_request_of_another_person_needs_review_and_both_stay_open(office: Office) -> None:
    office.arrive()
    office.zendesk.add(a_ticket("36", requester=WALTER))
    office.submitted("36")
    office.work()
    assert office.case("36").state is State.NEEDS_REVIEW
    assert office.case("35").state is State.TIER_1


def test_of_two_requests_handled_together_one_sees_the_other(office: Office) -> None:
    office.zendesk.add(a_ticket("36"))
    office.submitted("35")
    office.submitted("36")
    office.work()
    states = {office.case("35").ended, office.case("36").ended}
    assert states == {True, False}
    assert len(office.workmarket.posted) == 1


def test_a_requester_who_is_not_verified_blocks_nobody(office: Office) -> None:
    office.zendesk.add(a_ticket("36", requester=replace(WALTER, verified=False)))
    office.submitted("36")
    office.work()
    assert office.arrive().state is State.TIER_1


def test_a_case_that_came_second_blocks_once_the_first_has_ended(office: Office) -> None:
    office.arrive()
    office.zendesk.add(a_ticket("36", requester=WALTER))
    office.submitted("36")
    office.work()
    office.zendesk.tickets.pop("35")
    office.changed("35")
    office.zendesk.update("36", comment=None, changes={"violation_reported": False})
    office.changed("36")
    office.work()
    second = office.store.read(lambda tx: tx.cases.rival("880011", "worker", "C-other"))
    assert second is not None
    assert second.ticket_id == "36"


def test_the_followup_of_an_ended_case_is_adopted(office: Office) -> None:
    case = office.arrive()
    office.zendesk.touch("35", status="closed")
    office.zendesk.tickets.pop("35")
    office.changed("35")
    office.work()
    office.zendesk.add(a_ticket("40", followup_of="35"))
    office.submitted("40")
    office.work()
    assert office.case("40").id == case.id
    assert not office.case("40").ended


def test_a_case_moves_with_a_merge_to_a_ticket_without_a_case(office: Office) -> None:
    case = office.arrive()
    office.zendesk.add(a_ticket("41", on_form=False))
    office.receive("ticket.merged", {"ticket_id": "35", "target_ticket_id": "41"})
    office.work()
    assert office.case("41").id == case.id


def test_a_case_ends_with_a_merge_into_a_ticket_that_is_gone(office: Office) -> None:
    office.arrive()
    office.receive("ticket.merged", {"ticket_id": "35", "target_ticket_id": "404"})
    office.work()
    assert office.case("35").ended


@pytest.mark.parametrize("has_case", [True, False])
def test_whether_a_merge_target_has_a_case_is_ours_to_know(office: Office, has_case: bool) -> None:
    office.arrive()
    target = MergeTarget("35" if has_case else "41", "501", has_case=False)
    case = Case("C-9", "36", START, "AAAA", requester=WANDA)
    seen = office.store.read(lambda tx: completed(tx, case, Observed(merge_target=target)))
    assert seen.merge_target == replace(target, has_case=has_case)


def test_a_rival_is_looked_for_by_the_number_found_in_a_reply(office: Office) -> None:
    first = office.arrive()
    case = Case("C-9", "36", START, "AAAA", party=Party.WORKER)
    found: AssignmentView = an_assignment()
    seen = office.store.read(lambda tx: completed(tx, case, Observed(candidates=(found,))))
    assert seen.rival is not None
    assert seen.rival.case_id == first.id
