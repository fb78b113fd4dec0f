"""Where our user may not export, changed tickets are found by listing them, page by page and round by round."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import Permanent, ScopeLacks, Transient
from connector.ports import Changed, ChangedTicket
from sync.reconciling.listing import MOST_PAGES, OVERLAP
from sync.reconciling.pulses import BY_LIST, pulse
from sync.reconciling.reconcile import FIRST, Reconciler
from tests.inboxes import next_rows
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import a_ticket
from tests.integration.sync.policy import START

REFUSED = Permanent("forbidden", "Zendesk answered 403: Forbidden.")


@pytest.fixture
def reconciler(desk: DeskOnFakes) -> Reconciler:
    desk.zendesk.fails("changed_tickets", *[REFUSED] * 50)
    return Reconciler(desk.store, desk.zendesk, desk.workmarket)


def page(*tickets: tuple[str, timedelta], end: bool = False) -> Changed:
    """Tickets by id and by how long before the start they were changed."""
    return Changed(tuple(ChangedTicket(one, True, START - ago) for one, ago in tickets), None, end)


def full(first: int, minutes: float) -> Changed:
    return page(*((str(first + one), timedelta(minutes=minutes)) for one in range(100)))


def new(desk: DeskOnFakes) -> list[str]:
    rows = desk.store.read(lambda tx: next_rows(tx, 5000, desk.clock()))
    return [row.body["ticket_id"] for row in rows]


def test_the_first_round_of_all_goes_back_an_hour(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    inside, outside = FIRST + OVERLAP - timedelta(minutes=1), FIRST + OVERLAP + timedelta(minutes=1)
    desk.zendesk.listed = [page(("35", timedelta(0)), ("36", inside), ("37", outside))]
    reconciler.round(START)
    assert sorted(new(desk)) == ["35", "36"]
    assert desk.zendesk.pages == [1]


def test_a_walk_that_is_longer_than_a_round_goes_on_in_the_next_one(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.zendesk.listed = [full(1000 * one, one) for one in range(12)] + [page(("35", timedelta(days=1)))]
    reconciler.round(START)
    assert desk.zendesk.pages == list(range(1, MOST_PAGES + 1))
    desk.clock.move(minutes=5)
    reconciler.round(START + timedelta(minutes=5))
    assert desk.zendesk.pages[MOST_PAGES:] == [11, 12, 13]
    assert len(new(desk)) == 1200
    reconciler.round(START + timedelta(minutes=10))
    assert desk.zendesk.pages[MOST_PAGES + 3 :][0] == 1


def test_each_change_is_within_two_rounds_so_that_no_deletion_hides_it(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.zendesk.listed = [page(("36", timedelta(0)), end=True)]
    reconciler.round(START)
    desk.clock.move(minutes=5)
    desk.zendesk.listed = [page(("35", timedelta(minutes=1)), end=True)]
    reconciler.round(START + timedelta(minutes=5))
    assert sorted(new(desk)) == ["35", "36"]


def test_a_ticket_of_an_open_case_that_is_no_longer_there_is_looked_at(
    desk: DeskOnFakes, reconciler: Reconciler
) -> None:
    desk.arrive()
    reconciler.round(desk.clock())
    desk.work()
    del desk.zendesk.tickets["35"]
    reconciler.round(desk.clock())
    assert new(desk) == ["35"]


def test_a_list_that_fails_is_made_up_by_the_next_round_and_told(desk: DeskOnFakes, reconciler: Reconciler) -> None:
    desk.zendesk.listed = [page(("35", timedelta(minutes=1)), end=True)]
    desk.zendesk.fails("listed_tickets", Transient("Zendesk answered 503: Wanda is away."))
    reconciler.round(START)
    told = desk.store.read(lambda tx: pulse(tx, "tickets"))
    assert (told.ok_at, told.failing_since, told.why) == (None, START, "Zendesk answered 503.")
    desk.clock.move(minutes=5)
    reconciler.round(START + timedelta(minutes=5))
    told = desk.store.read(lambda tx: pulse(tx, "tickets"))
    assert (told.ok_at, told.failing_since, told.way) == (START + timedelta(minutes=5), None, BY_LIST)
    assert new(desk) == ["35"]


def test_an_export_whose_scope_lacks_is_no_end_of_looking_either(desk: DeskOnFakes) -> None:
    desk.zendesk.fails("changed_tickets", ScopeLacks("The token lacks the scope read."))
    desk.zendesk.listed = [page(("35", timedelta(0)), end=True)]
    Reconciler(desk.store, desk.zendesk, desk.workmarket).round(START)
    assert new(desk) == ["35"]
    told = desk.store.read(lambda tx: pulse(tx, "tickets"))
    assert told.why_listed == "The token lacks the scope read."


def test_any_other_refusal_of_the_export_is_told_and_not_listed_around(desk: DeskOnFakes) -> None:
    desk.zendesk.add(a_ticket())
    desk.zendesk.fails("changed_tickets", Permanent("invalid", "Zendesk answered 422: Too recent."))
    Reconciler(desk.store, desk.zendesk, desk.workmarket).round(START)
    assert desk.zendesk.pages == []
    assert desk.store.read(lambda tx: pulse(tx, "tickets")).why == "Zendesk answered 422."
