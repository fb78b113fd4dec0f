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
from tests.integration.sync.office import Office
from tests.integration.sync.policy import START, policy

YEAR = timedelta(days=365)


def put_right(office: Office, ahead: timedelta) -> None:
    """A clock that was ahead is set, and what it parked is looked for."""
    office.clock.at -= ahead
    free_parked(office.store, office.clock())


@pytest.mark.parametrize("ahead", [timedelta(hours=1), YEAR])
def test_what_came_in_while_the_clock_was_ahead_is_handled_at_once(office: Office, ahead: timedelta) -> None:
    office.clock.at += ahead
    office.submitted()
    office.clock.at -= ahead
    office.work()
    assert office.case().tier == 1


def test_what_was_to_leave_at_once_leaves_at_once(office: Office) -> None:
    office.clock.at += YEAR
    office.submitted()
    office.desk.handler.handle_ready(office.clock())
    assert [row.due for row in office.unfinished()] == [AT_ONCE]
    office.clock.at -= YEAR
    office.work()
    assert office.case().tier == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=1), YEAR])
def test_a_wait_that_a_clock_began_that_was_ahead_lasts_no_longer_than_it_was_to(
    office: Office, ahead: timedelta
) -> None:
    office.clock.at += ahead
    office.zendesk.fails("look", Transient("Away."))
    office.submitted()
    office.work()
    put_right(office, ahead)
    (look,) = office.unfinished()
    assert look.due == START + timedelta(seconds=5)
    office.clock.move(seconds=5)
    office.work()
    assert office.case().tier == 1


def test_a_wait_that_the_right_clock_began_is_left_as_it_is(office: Office) -> None:
    office.zendesk.fails("look", Transient("Away."))
    office.submitted()
    office.work()
    assert free_parked(office.store, office.clock()) == 0


def test_a_row_that_could_not_be_handled_while_the_clock_was_ahead_is_handled_again_soon(office: Office) -> None:
    office.submitted()
    (row,) = office.store.read(lambda tx: [tx.inbox.get(1)])
    assert row is not None
    office.store.write(lambda tx: tx.inbox.retry(row.id, START + YEAR, "It failed."))
    put_right(office, timedelta(0))
    office.work()
    assert office.case().tier == 1


def test_an_attempt_noted_by_a_clock_that_was_ahead_is_settled_in_its_time(office: Office) -> None:
    office.clock.at += YEAR
    office.workmarket.fails("post", Unclear("No answer."))
    office.submitted()
    office.work()
    put_right(office, YEAR)
    office.wait(minutes=3)
    assert office.workmarket.calls.count("post") == 2
    assert office.case().tier == 1


def test_an_absent_message_is_not_sent_again_before_the_clock_has_gone_through_the_settle_time(
    office: Office,
) -> None:
    office.workmarket.fails("post", Unclear("No answer."))
    office.submitted()
    office.work()
    post = next(row for row in office.unfinished() if row.kind == "post_message")
    office.clock.at += timedelta(hours=1)  # a step forward, a second after the attempt
    ran = [timedelta(seconds=1)]
    schedule = RetrySchedule.of(policy(), lambda: 0.0)
    deliverer = Deliverer(
        office.store,
        office.zendesk,
        office.workmarket,
        schedule,
        now=office.clock,
        settles_by=lambda: ran[0],
    )
    deliverer.deliver(post.id, post.lane)
    assert office.workmarket.calls.count("post") == 1
    ran[0] = schedule.settle + PROCESSES_DIFFER
    office.clock.move(seconds=70)
    deliverer.deliver(post.id, post.lane)
    assert office.workmarket.calls.count("post") == 2


def test_updates_made_while_the_clock_was_ahead_are_asked_for_once_it_is_right(office: Office) -> None:
    reconciler = Reconciler(office.store, office.zendesk, office.workmarket)
    office.clock.at += YEAR
    reconciler.round(office.clock())
    put_right(office, YEAR)
    reconciler.round(office.clock())
    assert office.workmarket.asked_since[-1] == START - timedelta(days=1) - OVERLAP
    office.clock.move(minutes=5)
    reconciler.round(office.clock())
    assert office.workmarket.asked_since[-1] == START - OVERLAP


def test_no_timer_fires_while_nobody_knows_what_time_it_is(office: Office) -> None:
    office.arrive()
    office.clock.move(days=5)
    assert not may_tick(office.store, office.clock, sure=lambda: False, told={})
    mark = office.store.read(lambda tx: tx.marks.get(HEARTBEAT))
    assert mark is not None and mark.value == {"unsure": True}
    assert may_tick(office.store, office.clock, sure=lambda: True, told={})
