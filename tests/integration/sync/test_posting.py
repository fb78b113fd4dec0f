"""Messages on assignments: public and for ever, so never twice, and in doubt a person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import Permanent, Transient, Unclear
from escalation.model.values import State
from sync.operator.case_requests import ask_close
from sync.outbox.retry_schedule import RetrySchedule
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Killed, outcome_of
from tests.integration.sync.policy import START, policy


def lose_the_answer(desk: DeskOnFakes, *, posted: bool) -> None:
    lost = Unclear("No answer.")
    if posted:
        desk.workmarket.swallows("post", lost)
    else:
        desk.workmarket.fails("post", lost)
    desk.submitted()
    desk.work()
    assert desk.post().state == "unclear"


def reference(desk: DeskOnFakes) -> str:
    return f"[Ref {desk.post().body['reference']}]"


def test_a_message_that_was_posted_unheard_is_found_by_its_reference(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=True)
    desk.wait(minutes=2)
    assert desk.post().state == "done"
    assert len(desk.workmarket.posted) == 1
    assert desk.case().state is State.TIER_1


def test_until_it_is_proved_sent_the_requester_is_told_nothing_of_the_tier(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=True)
    assert desk.zendesk.public() == []
    assert desk.case().state is not State.TIER_1


def test_an_absent_message_is_posted_again_only_after_the_settle_time(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    desk.clock.move(seconds=policy().settle_seconds - 1)
    desk.work()
    assert "find" not in desk.workmarket.calls
    desk.clock.move(seconds=1)
    desk.work()
    assert desk.workmarket.calls[-2:] == ["find", "post"]
    assert len(desk.workmarket.posted) == 1


def test_a_killed_senders_message_is_read_back_a_settle_time_after_that_is_noticed(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Killed())  # type: ignore[arg-type]
    desk.submitted()
    with pytest.raises(Killed):
        desk.work()
    desk.clock.move(seconds=policy().settle_seconds - 10)
    desk.work()
    row = desk.post()
    assert (row.state, row.due) == ("unclear", desk.clock() + timedelta(seconds=policy().settle_seconds))


def test_each_further_attempt_has_its_own_settle_time(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    desk.workmarket.fails("post", Unclear("No answer."))
    desk.clock.move(seconds=60)
    desk.work()
    row = desk.post()
    assert (row.state, row.attempts, row.due) == ("unclear", 2, START + timedelta(seconds=120))


def test_a_message_found_twice_goes_to_a_person_with_both_texts(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=True)
    desk.workmarket.message("880011", "Olaf Owner", f"What is this? {reference(desk)}")
    desk.wait(minutes=2)
    assert desk.post().state == "dead"
    (told,) = desk.events("unsettled:")
    event = outcome_of(told)
    assert "What is this?" in event.found  # type: ignore[union-attr]
    assert len(desk.workmarket.posted) == 1


def test_a_message_with_our_reference_and_another_text_goes_to_a_person(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    desk.workmarket.message("880011", "Olaf Owner", f"Somebody quotes you. {reference(desk)}")
    desk.wait(minutes=2)
    assert desk.post().state == "dead"
    assert desk.workmarket.posted == []


def test_a_private_message_with_our_reference_is_no_proof(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    desk.workmarket.message("880011", "Api User", desk.post().body["text"], private=True)
    desk.wait(minutes=2)
    assert desk.post().state == "dead"


def test_how_workmarket_wraps_and_escapes_a_text_does_not_matter(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    desk.workmarket.message("880011", "Api User", desk.post().body["text"].replace("\n", " ").strip())
    desk.wait(minutes=2)
    assert desk.post().state == "done"


@pytest.mark.parametrize("trouble", [Transient("Away."), Permanent("invisible", "Not shown."), KeyError("x")])
def test_while_the_assignment_cannot_be_read_nothing_is_sent(desk: DeskOnFakes, trouble: Exception) -> None:
    lose_the_answer(desk, posted=False)
    desk.workmarket.fails("find", *[trouble] * 3)
    desk.wait(minutes=3)
    assert desk.post().state == "unclear"
    assert desk.workmarket.posted == []
    desk.wait(hours=1)
    assert len(desk.workmarket.posted) == 1


def test_after_a_day_unread_a_person_is_told_once_and_it_is_still_tried(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=True)
    desk.workmarket.fails("find", *[Transient("Away.")] * 200)
    desk.wait(hours=23)
    assert desk.events("unsettled:") == []
    desk.wait(hours=5)
    (told,) = desk.events("unsettled:")
    assert getattr(outcome_of(told), "waiting", None) is True
    assert desk.post().state == "unclear"
    desk.workmarket.fails("find")
    desk.wait(days=2)
    assert desk.post().state == "done"
    assert len(desk.workmarket.posted) == 1


def test_what_surely_was_not_posted_is_posted_again_without_reading(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Transient("Away."))
    desk.arrive()
    desk.wait(seconds=10)
    assert desk.workmarket.calls == ["read", "post", "post"]
    assert desk.case().state is State.TIER_1


def test_a_refused_message_lets_the_case_go_on_without_it(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    case = desk.arrive()
    assert desk.post().state == "dead"
    assert case.state is State.TIER_1
    assert case.delivery.unsent == (1,)


def test_an_unclear_message_does_not_hold_up_the_updates(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    assert [row.state for row in desk.effects() if row.lane == "ticket:35"] == ["done"]


def test_a_message_that_proves_absent_after_the_case_ended_is_not_sent(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    ask_close(desk.store, desk.case().id, "Ada", desk.clock())
    desk.wait(minutes=5)
    assert desk.post().state == "discarded"
    assert desk.workmarket.posted == []


def test_a_message_that_proves_sent_after_the_case_ended_is_known_as_sent(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=True)
    ask_close(desk.store, desk.case().id, "Ada", desk.clock())
    desk.wait(minutes=5)
    assert desk.post().state == "done"


def test_an_update_that_nobody_wants_any_more_is_read_back_until_it_hardly_can_land(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.zendesk.fails("write", Unclear("No answer."))
    desk.wait(days=2)
    [lost] = [row for row in desk.effects() if row.state == "unclear"]
    ask_close(desk.store, desk.case().id, "Ada", desk.clock())
    states = []
    for _ in range(8):
        desk.wait(minutes=1)
        states.append(next(row.state for row in desk.effects() if row.id == lost.id))
    assert (states[3], states[-1]) == ("unclear", "discarded")


def test_a_message_that_never_arrives_is_not_sent_for_ever(desk: DeskOnFakes) -> None:
    lose_the_answer(desk, posted=False)
    desk.workmarket.fails("post", *[Unclear("No answer.")] * 100)
    desk.wait(days=2)
    assert desk.post().state == "unclear"
    desk.wait(days=1)
    assert desk.post().state == "dead"
    assert desk.post().attempts == len(RetrySchedule.of(policy(), lambda: 0.0).waits) + 1
    assert desk.workmarket.posted == []
