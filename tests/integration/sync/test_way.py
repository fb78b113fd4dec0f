"""The way of one request through the loops, and the calls it costs."""

from __future__ import annotations

from escalation.model.values import State
from tests.integration.sync.desk_on_fakes import DeskOnFakes


def test_a_request_goes_straight_to_tier_1(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    assert case.state is State.TIER_1
    assert len(desk.workmarket.posted) == 1
    assert len(desk.zendesk.public()) == 1


def test_the_message_to_the_other_side_leaves_before_the_requester_is_told(desk: DeskOnFakes) -> None:
    order: list[str] = []
    desk.workmarket.at_call = lambda verb: order.append(verb)
    desk.zendesk.at_call = lambda verb: order.append(verb if verb != "write" else f"write {len(order)}")
    desk.arrive()
    posted = order.index("post")
    assert any(call.startswith("write") for call in order[posted:])


def test_going_straight_to_tier_1_costs_no_call_too_many(desk: DeskOnFakes) -> None:
    desk.arrive()
    assert desk.zendesk.calls == ["look", "write", "write"]
    assert desk.workmarket.calls == ["read", "post"]


def test_every_effect_is_told_to_the_case_and_done(desk: DeskOnFakes) -> None:
    desk.arrive()
    assert {row.state for row in desk.effects()} == {"done"}
    assert desk.unfinished() == []


def test_the_case_has_its_timers(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    timers = desk.store.read(lambda tx: tx.timers.of_case(case.id))
    assert {timer.kind: timer.due for timer in timers} == {
        kind.value: deadline.due for kind, deadline in case.deadlines.items()
    }


def test_the_journal_names_the_cause(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    lines = desk.store.read(lambda tx: tx.journal.of_case(case.id))
    assert lines
    assert all(line.cause for line in lines)


def test_tier_2_begins_when_tier_1_is_over(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.wait(days=3)
    assert desk.case().state is State.TIER_2
    assert len(desk.zendesk.conversations) == 1


def test_the_updates_of_a_ticket_need_no_read_before_them(desk: DeskOnFakes) -> None:
    desk.arrive()
    assert [stamp is not None for _, stamp in desk.zendesk.written] == [True, True]
