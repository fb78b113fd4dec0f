"""What webhooks missed is found: changed tickets, updated assignments, answers in side conversations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import Transient
from connector.ports import Changed, ChangedTicket
from escalation.model.values import State
from escalation.model.views import Comment
from store import CaseRow
from sync.reconciling.pulses import LATE, PARTS, pulse, pulses
from sync.reconciling.reconcile import FIRST, MOST_CONVERSATIONS, OVERLAP, Reconciler, first_begins
from tests.inboxes import next_rows
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import a_ticket, an_assignment, changed
from tests.integration.sync.policy import START

LATER = START + timedelta(days=1)


@pytest.fixture
def reconciler(desk: DeskOnFakes) -> Reconciler:
    return Reconciler(desk.store, desk.zendesk, desk.workmarket)


def round_of(desk: DeskOnFakes, reconciler: Reconciler) -> list[str]:
    """The kinds of the rows that one round brought."""
    reconciler.round(desk.clock())
    return [row.kind for row in desk.store.read(lambda tx: next_rows(tx, 1000, desk.clock()))]


def test_a_request_that_was_never_announced_is_found(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.zendesk.changed = changed(("35", START))
    assert round_of(desk, reconciler) == ["reconcile.ticket"]
    desk.work()
    assert desk.case().state is State.TIER_1


def test_tickets_of_other_forms_are_left_alone(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.zendesk.changed = changed(("99", START), on_form=False)
    assert round_of(desk, reconciler) == []


def test_a_case_whose_ticket_was_moved_to_another_form_goes_on(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.arrive()
    desk.clock.move(minutes=1)
    desk.zendesk.changed = changed(("35", desk.clock()), on_form=False)
    assert round_of(desk, reconciler) == ["reconcile.ticket"]


def test_a_change_is_looked_at_once_however_many_rounds_tell_of_it(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.zendesk.changed = changed(("35", START))
    round_of(desk, reconciler)
    desk.work()
    assert round_of(desk, reconciler) == []


def test_what_somebody_did_within_the_second_of_our_own_write_is_found(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.arrive()
    ours = desk.zendesk.tickets["35"].updated_at
    desk.zendesk.update("35", comment=Comment("c9", "We are at it.", True))
    assert desk.zendesk.tickets["35"].updated_at == ours
    desk.zendesk.changed = changed(("35", ours))
    assert round_of(desk, reconciler) == ["reconcile.ticket"]


def test_our_own_last_write_is_looked_at_once_and_leads_to_nothing(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.arrive()
    desk.zendesk.changed = changed(("35", desk.zendesk.tickets["35"].updated_at))
    before = len(desk.effects())
    round_of(desk, reconciler)
    desk.work()
    assert [row.kind for row in desk.effects()[before:]] == ["look"]
    assert round_of(desk, reconciler) == []


def test_a_change_that_moves_the_generated_stamp_alone_is_one(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.arrive()
    at = desk.zendesk.tickets["35"].updated_at
    found = []
    for minutes in (0, 0, 5):
        row = ChangedTicket("35", True, at, at + timedelta(minutes=minutes))
        desk.zendesk.changed = Changed((row,), "cursor-1", True)
        found.append(round_of(desk, reconciler))
        desk.work()
    assert found == [["reconcile.ticket"], [], ["reconcile.ticket"]]


def test_a_change_after_our_own_last_write_is_one(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.arrive()
    desk.clock.move(minutes=1)
    desk.zendesk.update("35", comment=Comment("c9", "We are at it.", True))
    desk.zendesk.changed = changed(("35", desk.clock()))
    assert round_of(desk, reconciler) == ["reconcile.ticket"]


def test_the_next_round_goes_on_from_the_cursor(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    round_of(desk, reconciler)
    round_of(desk, reconciler)
    assert desk.zendesk.asked_since == [None, "cursor-1"]


def test_an_updated_assignment_with_an_open_case_is_read(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.arrive()
    desk.workmarket.add(an_assignment(status="paid"))
    desk.workmarket.updated = ("880011", "5")
    assert round_of(desk, reconciler) == ["reconcile.assignment"]
    desk.work()
    assert desk.case().state is State.CONFIRMING_OUTCOME


def test_assignments_are_asked_for_from_a_little_before_the_last_round(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    reconciler.round(START)
    reconciler.round(START + timedelta(minutes=5))
    assert desk.workmarket.asked_since == [START - FIRST - OVERLAP, START - OVERLAP]


def test_one_service_that_is_away_does_not_keep_the_other_waiting(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.arrive()
    desk.zendesk.fails("changed_tickets", Transient("Away."))
    desk.workmarket.updated = ("880011",)
    assert round_of(desk, reconciler) == ["reconcile.assignment"]


def test_what_a_failed_round_missed_the_next_one_finds(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.workmarket.fails("updated_since", Transient("Away."))
    reconciler.round(START)
    reconciler.round(START + timedelta(minutes=5))
    assert desk.workmarket.asked_since == [START - FIRST - OVERLAP]


def test_two_reconcilers_do_not_work_at_once(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    with desk.store.lock("reconcile"):
        assert reconciler.round(START) == 0
    assert desk.zendesk.calls == []


def tier_2_cases(desk: DeskOnFakes, number: int, *, written_to: bool = True) -> None:
    body = {"conversations": {"e": 2} if written_to else {}}

    def fill(tx):  # type: ignore[no-untyped-def]
        tx.policies.keep("p", {})
        for one in range(number):
            row = CaseRow(f"c{one:04}", "tier_2", "p", START, ticket_id=str(1000 + one), body=body)
            tx.cases.save(row, 0)

    desk.store.write(fill)


def conversations(desk: DeskOnFakes) -> set[str]:
    found = desk.store.read(lambda tx: next_rows(tx, 2000, LATER))
    return {row.body["ticket_id"] for row in found if row.kind == "reconcile.conversations"}


def test_two_rounds_reach_every_side_conversation(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    tier_2_cases(desk, 7)
    reconciler.round(START)
    first = conversations(desk)
    assert 0 < len(first) < 7
    reconciler.round(START + timedelta(minutes=5))
    assert conversations(desk) == {str(1000 + one) for one in range(7)}


def test_a_round_asks_for_a_bounded_number_of_side_conversations(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    tier_2_cases(desk, 2 * MOST_CONVERSATIONS + 50)
    reconciler.round(START)
    assert len(conversations(desk)) == MOST_CONVERSATIONS


def test_cases_without_a_side_conversation_are_not_asked_about(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    tier_2_cases(desk, 3, written_to=False)
    reconciler.round(START)
    assert conversations(desk) == set()


def test_rounds_come_round_to_the_first_case_again(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    tier_2_cases(desk, 3)
    for minutes in (0, 5):
        reconciler.round(START + timedelta(minutes=minutes))
    done = desk.store.read(lambda tx: next_rows(tx, 100, LATER))
    for row in done:
        desk.store.write(lambda tx, row=row: tx.inbox.mark_done(row.id, START))  # type: ignore[misc]
    for minutes in (10, 15):
        reconciler.round(START + timedelta(minutes=minutes))
    assert len(conversations(desk)) == 3


def test_a_ticket_found_and_a_webhook_that_came_after_all_make_one_case(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.zendesk.add(a_ticket("36", fields={**a_ticket().fields, "assignment_id": "5"}))
    desk.workmarket.add(an_assignment("5"))
    desk.zendesk.changed = changed(("36", START))
    reconciler.round(START)
    desk.submitted("36")
    desk.work()
    assert len(desk.store.read(lambda tx: tx.cases.list())) == 1


def test_a_reconcile_that_never_ran_is_late_from_the_setting_up_of_the_account(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.store.write(lambda tx: first_begins(tx, START))
    never = desk.store.read(lambda tx: list(pulses(tx)))
    assert [one.lost_since(START + LATE) for one in never] == [None] * len(PARTS)
    assert [one.lost_since(START + LATE + timedelta(seconds=1)) for one in never] == [START] * len(PARTS)
    reconciler.round(LATER)
    assert desk.store.read(lambda tx: pulse(tx, "tickets")).lost_since(LATER) is None
