"""Messages on assignments: public and for ever, so never twice, and in doubt a person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import Permanent, Transient, Unclear
from escalation.model.values import State
from sync.operator.case_requests import ask_close
from sync.outbox.retry_schedule import RetrySchedule
from tests.integration.sync.office import Killed, Office, outcome_of
from tests.integration.sync.policy import START, policy


def lose_the_answer(office: Office, *, posted: bool) -> None:
    lost = Unclear("No answer.")
    if posted:
        office.workmarket.swallows("post", lost)
    else:
        office.workmarket.fails("post", lost)
    office.submitted()
    office.work()
    assert office.post().state == "unclear"


def reference(office: Office) -> str:
    return f"[Ref {office.post().body['reference']}]"


def test_a_message_that_was_posted_unheard_is_found_by_its_reference(office: Office) -> None:
    lose_the_answer(office, posted=True)
    office.wait(minutes=2)
    assert office.post().state == "done"
    assert len(office.workmarket.posted) == 1
    assert office.case().state is State.TIER_1


def test_until_it_is_proved_sent_the_requester_is_told_nothing_of_the_tier(office: Office) -> None:
    lose_the_answer(office, posted=True)
    assert office.zendesk.public() == []
    assert office.case().state is not State.TIER_1


def test_an_absent_message_is_posted_again_only_after_the_settle_time(office: Office) -> None:
    lose_the_answer(office, posted=False)
    office.clock.move(seconds=policy().settle_seconds - 1)
    office.work()
    assert "find" not in office.workmarket.calls
    office.clock.move(seconds=1)
    office.work()
    assert office.workmarket.calls[-2:] == ["find", "post"]
    assert len(office.workmarket.posted) == 1


def test_a_killed_senders_message_is_read_back_a_settle_time_after_that_is_noticed(office: Office) -> None:
    office.workmarket.fails("post", Killed())  # type: ignore[arg-type]
    office.submitted()
    with pytest.raises(Killed):
        office.work()
    office.clock.move(seconds=policy().settle_seconds - 10)
    office.work()
    row = office.post()
    assert (row.state, row.due) == ("unclear", office.clock() + timedelta(seconds=policy().settle_seconds))


def test_each_further_attempt_has_its_own_settle_time(office: Office) -> None:
    lose_the_answer(office, posted=False)
    office.workmarket.fails("post", Unclear("No answer."))
    office.clock.move(seconds=60)
    office.work()
    row = office.post()
    assert (row.state, row.attempts, row.due) == ("unclear", 2, START + timedelta(seconds=120))


def test_a_message_found_twice_goes_to_a_person_with_both_texts(office: Office) -> None:
    lose_the_answer(office, posted=True)
    office.workmarket.message("880011", "Olaf Owner", f"What is this? {reference(office)}")
    office.wait(minutes=2)
    assert office.post().state == "dead"
    (told,) = office.events("unsettled:")
    event = outcome_of(told)
    assert "What is this?" in event.found  # type: ignore[union-attr]
    assert len(office.workmarket.posted) == 1


def test_a_message_with_our_reference_and_another_text_goes_to_a_person(office: Office) -> None:
    lose_the_answer(office, posted=False)
    office.workmarket.message("880011", "Olaf Owner", f"Somebody quotes you. {reference(office)}")
    office.wait(minutes=2)
    assert office.post().state == "dead"
    assert office.workmarket.posted == []


def test_a_private_message_with_our_reference_is_no_proof(office: Office) -> None:
    lose_the_answer(office, posted=False)
    office.workmarket.message("880011", "Api User", office.post().body["text"], private=True)
    office.wait(minutes=2)
    assert office.post().state == "dead"


def test_how_workmarket_wraps_and_escapes_a_text_does_not_matter(office: Office) -> None:
    lose_the_answer(office, posted=False)
    office.workmarket.message("880011", "Api User", office.post().body["text"].replace("\n", " ").strip())
    office.wait(minutes=2)
    assert office.post().state == "done"


@pytest.mark.parametrize("trouble", [Transient("Away."), Permanent("invisible", "Not shown."), KeyError("x")])
def test_while_the_assignment_cannot_be_read_nothing_is_sent(office: Office, trouble: Exception) -> None:
    lose_the_answer(office, posted=False)
    office.workmarket.fails("find", *[trouble] * 3)
    office.wait(minutes=3)
    assert office.post().state == "unclear"
    assert office.workmarket.posted == []
    office.wait(hours=1)
    assert len(office.workmarket.posted) == 1


def test_after_a_day_unread_a_person_is_told_once_and_it_is_still_tried(office: Office) -> None:
    lose_the_answer(office, posted=True)
    office.workmarket.fails("find", *[Transient("Away.")] * 200)
    office.wait(hours=23)
    assert office.events("unsettled:") == []
    office.wait(hours=5)
    (told,) = office.events("unsettled:")
    assert getattr(outcome_of(told), "waiting", None) is True
    assert office.post().state == "unclear"
    office.workmarket.fails("find")
    office.wait(days=2)
    assert office.post().state == "done"
    assert len(office.workmarket.posted) == 1


def test_what_surely_was_not_posted_is_posted_again_without_reading(office: Office) -> None:
    office.workmarket.fails("post", Transient("Away."))
    office.arrive()
    office.wait(seconds=10)
    assert office.workmarket.calls == ["read", "post", "post"]
    assert office.case().state is State.TIER_1


def test_a_refused_message_lets_the_case_go_on_without_it(office: Office) -> None:
    office.workmarket.fails("post", Permanent("invisible", "Not shown."))
    case = office.arrive()
    assert office.post().state == "dead"
    assert case.state is State.TIER_1
    assert case.delivery.unsent == (1,)


def test_an_unclear_message_does_not_hold_up_the_updates(office: Office) -> None:
    lose_the_answer(office, posted=False)
    assert [row.state for row in office.effects() if row.lane == "ticket:35"] == ["done"]


def test_a_message_that_proves_absent_after_the_case_ended_is_not_sent(office: Office) -> None:
    lose_the_answer(office, posted=False)
    ask_close(office.store, office.case().id, "Ada", office.clock())
    office.wait(minutes=5)
    assert office.post().state == "discarded"
    assert office.workmarket.posted == []


def test_a_message_that_proves_sent_after_the_case_ended_is_known_as_sent(office: Office) -> None:
    lose_the_answer(office, posted=True)
    ask_close(office.store, office.case().id, "Ada", office.clock())
    office.wait(minutes=5)
    assert office.post().state == "done"


def test_a_message_that_never_arrives_is_not_sent_for_ever(office: Office) -> None:
    lose_the_answer(office, posted=False)
    office.workmarket.fails("post", *[Unclear("No answer.")] * 100)
    office.wait(days=2)
    assert office.post().state == "unclear"
    office.wait(days=1)
    assert office.post().state == "dead"
    assert office.post().attempts == len(RetrySchedule.of(policy(), lambda: 0.0).waits) + 1
    assert office.workmarket.posted == []
