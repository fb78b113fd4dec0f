"""What a clock that was wrong has written parks nothing, sends nothing twice and passes nothing over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import Transient, Unclear
from store import AT_ONCE
from sync.outbox.deliver import PROCESSES_DIFFER, Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.reconciling.reconcile import OVERLAP, Reconciler
from sync.runtime.clock import HEARTBEAT, may_tick
from sync.upkeep.parked import free_parked
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.policy import START, policy

YEAR = timedelta(days=365)


def put_right(desk: DeskOnFakes, ahead: timedelta) -> None:
    """A clock that was ahead is set, and what it parked is looked for."""
    desk.clock.at -= ahead
    free_parked(desk.store, desk.clock())


@pytest.mark.parametrize("ahead", [timedelta(hours=1), YEAR])
def test_what_came_in_while_the_clock_was_ahead_is_handled_at_once(desk: DeskOnFakes, ahead: timedelta) -> None:
    desk.clock.at += ahead
    desk.submitted()
    desk.clock.at -= ahead
    desk.work()
    assert desk.case().tier == 1


def test_what_was_to_leave_at_once_leaves_at_once(desk: DeskOnFakes) -> None:
    desk.clock.at += YEAR
    desk.submitted()
    desk.stepped.handler.handle_ready(desk.clock())
    assert [row.due for row in desk.unfinished()] == [AT_ONCE]
    desk.clock.at -= YEAR
    desk.work()
    assert desk.case().tier == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=1), YEAR])
def test_a_wait_that_a_clock_began_that_was_ahead_lasts_no_longer_than_it_was_to(
    desk: DeskOnFakes, ahead: timedelta
) -> None:
    desk.clock.at += ahead
    desk.zendesk.fails("look", Transient("Away."))
    desk.submitted()
    desk.work()
    put_right(desk, ahead)
    (look,) = desk.unfinished()
    assert look.due == START + timedelta(seconds=5)
    desk.clock.move(seconds=5)
    desk.work()
    assert desk.case().tier == 1


def test_a_wait_that_the_right_clock_began_is_left_as_it_is(desk: DeskOnFakes) -> None:
    desk.zendesk.fails("look", Transient("Away."))
    desk.submitted()
    desk.work()
    assert free_parked(desk.store, desk.clock()) == 0


def test_a_row_that_could_not_be_handled_while_the_clock_was_ahead_is_handled_again_soon(desk: DeskOnFakes) -> None:
    desk.submitted()
    (row,) = desk.store.read(lambda tx: [tx.inbox.get(1)])
    assert row is not None
    desk.store.write(lambda tx: tx.inbox.retry(row.id, START + YEAR, "It failed."))
    put_right(desk, timedelta(0))
    desk.work()
    assert desk.case().tier == 1


def test_an_attempt_noted_by_a_clock_that_was_ahead_is_settled_in_its_time(desk: DeskOnFakes) -> None:
    desk.clock.at += YEAR
    desk.workmarket.fails("post", Unclear("No answer."))
    desk.submitted()
    desk.work()
    put_right(desk, YEAR)
    desk.wait(minutes=3)
    assert desk.workmarket.calls.count("post") == 2
    assert desk.case().tier == 1


def test_an_absent_message_is_not_sent_again_before_the_clock_has_gone_through_the_settle_time(
    desk: DeskOnFakes,
) -> None:
    desk.workmarket.fails("post", Unclear("No answer."))
    desk.submitted()
    desk.work()
    post = next(row for row in desk.unfinished() if row.kind == "post_message")
    desk.clock.at += timedelta(hours=1)  # a step forward, a second after the attempt
    ran = [timedelta(seconds=1)]
    schedule = RetrySchedule.of(policy(), lambda: 0.0)
    deliverer = Deliverer(
        desk.store,
        desk.zendesk,
        desk.workmarket,
        schedule,
        now=desk.clock,
        settles_by=lambda: ran[0],
    )
    deliverer.deliver(post.id, post.lane)
    assert desk.workmarket.calls.count("post") == 1
    ran[0] = schedule.settle + PROCESSES_DIFFER
    desk.clock.move(seconds=70)
    deliverer.deliver(post.id, post.lane)
    assert desk.workmarket.calls.count("post") == 2


def test_updates_made_while_the_clock_was_ahead_are_asked_for_once_it_is_right(desk: DeskOnFakes) -> None:
    reconciler = Reconciler(desk.store, desk.zendesk, desk.workmarket)
    desk.clock.at += YEAR
    reconciler.round(desk.clock())
    put_right(desk, YEAR)
    reconciler.round(desk.clock())
    assert desk.workmarket.asked_since[-1] == START - timedelta(days=1) - OVERLAP
    desk.clock.move(minutes=5)
    reconciler.round(desk.clock())
    assert desk.workmarket.asked_since[-1] == START - OVERLAP


def test_no_timer_fires_while_nobody_knows_what_time_it_is(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.clock.move(days=5)
    assert not may_tick(desk.store, desk.clock, sure=lambda: False, told={})
    mark = desk.store.read(lambda tx: tx.marks.get(HEARTBEAT))
    assert mark is not None and mark.value == {"unsure": True}
    assert may_tick(desk.store, desk.clock, sure=lambda: True, told={})
