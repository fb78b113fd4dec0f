"""The way of one request through the loops, and the calls it costs."""

from __future__ import annotations

from escalation.model.values import State
from tests.integration.sync.office import Office


def test_a_request_goes_straight_to_tier_1(office: Office) -> None:
    case = office.arrive()
    assert case.state is State.TIER_1
    assert len(office.workmarket.posted) == 1
    assert len(office.zendesk.public()) == 1


def test_the_message_to_the_other_side_leaves_before_the_requester_is_told(office: Office) -> None:
    order: list[str] = []
    office.workmarket.at_call = lambda verb: order.append(verb)
    office.zendesk.at_call = lambda verb: order.append(verb if verb != "write" else f"write {len(order)}")
    office.arrive()
    posted = order.index("post")
    assert any(call.startswith("write") for call in order[posted:])


def test_going_straight_to_tier_1_costs_no_call_too_many(office: Office) -> None:
    office.arrive()
    assert office.zendesk.calls == ["look", "write", "write"]
    assert office.workmarket.calls == ["read", "post"]


def test_every_effect_is_told_to_the_case_and_done(office: Office) -> None:
    office.arrive()
    assert {row.state for row in office.effects()} == {"done"}
    assert office.unfinished() == []


def test_the_case_has_its_timers(office: Office) -> None:
    case = office.arrive()
    timers = office.store.read(lambda tx: tx.timers.of_case(case.id))
    assert {timer.kind: timer.due for timer in timers} == {
        kind.value: deadline.due for kind, deadline in case.deadlines.items()
    }


def test_the_journal_names_the_cause(office: Office) -> None:
    case = office.arrive()
    lines = office.store.read(lambda tx: tx.journal.of_case(case.id))
    assert lines
    assert all(line.cause for line in lines)


def test_tier_2_begins_when_tier_1_is_over(office: Office) -> None:
    office.arrive()
    office.wait(days=3)
    assert office.case().state is State.TIER_2
    assert len(office.zendesk.conversations) == 1


def test_the_updates_of_a_ticket_need_no_read_before_them(office: Office) -> None:
    office.arrive()
    assert [stamp is not None for _, stamp in office.zendesk.written] == [True, True]
