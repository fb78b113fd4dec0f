"""Due timers become inbox rows, each once, at the cost of what is due."""

from __future__ import annotations

from datetime import timedelta

from escalation.model.values import State
from store import CaseRow, NewTimer, Store
from sync.runtime.clock import BATCH, HEARTBEAT, tick
from tests.inboxes import next_rows
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.policy import START

SOON = START + timedelta(hours=1)


def open_cases(store: Store, number: int, *, due: int) -> None:
    def fill(tx):  # type: ignore[no-untyped-def]
        tx.policies.keep("p", {})
        for one in range(number):
            tx.cases.save(CaseRow(f"c{one}", "tier_1", "p", START, ticket_id=str(one)), 0)
            at = START if one < due else SOON
            tx.timers.replace(f"c{one}", {"next_update": NewTimer(at, 1)})

    store.write(fill)


def rows(store: Store) -> list[str]:
    return [row.key for row in store.read(lambda tx: next_rows(tx, 5000, SOON))]


def test_a_due_timer_becomes_a_row_of_the_ticket_s_lane(store: Store) -> None:
    open_cases(store, 2, due=1)
    assert tick(store, START) == 1
    (row,) = store.read(lambda tx: next_rows(tx, 10, START))
    assert (row.key, row.kind, row.lane) == ("timer:c0:next_update:1", "timer", "ticket:0")
    assert row.body == {"case_id": "c0", "timer": "next_update", "generation": 1}


def test_a_timer_fires_once_however_many_clocks_tick(store: Store) -> None:
    open_cases(store, 1, due=1)
    assert [tick(store, START), tick(store, START), tick(store, SOON)] == [1, 0, 0]
    assert len(rows(store)) == 1


def test_a_timer_that_is_set_anew_fires_again(store: Store) -> None:
    open_cases(store, 1, due=1)
    tick(store, START)
    store.write(lambda tx: tx.timers.replace("c0", {"next_update": NewTimer(SOON, 2)}))
    assert tick(store, SOON) == 1


def test_everything_that_is_due_fires_in_one_tick_batch_by_batch(store: Store) -> None:
    open_cases(store, 2 * BATCH + 1, due=2 * BATCH + 1)
    assert tick(store, START) == 2 * BATCH + 1


def test_a_tick_leaves_its_heartbeat(store: Store) -> None:
    tick(store, START)
    mark = store.read(lambda tx: tx.marks.get(HEARTBEAT))
    assert mark is not None
    assert mark.at == START


def test_a_timer_of_an_older_generation_changes_nothing(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    body = {"case_id": case.id, "timer": "tier_ends", "generation": 0}
    desk.receive("timer", body, lane="ticket:35")
    desk.clock.move(days=3)
    before = desk.case()
    desk.work()
    assert desk.case() == before


def test_after_an_outage_missed_updates_are_one(desk: DeskOnFakes) -> None:
    desk.arrive()
    told = len(desk.zendesk.public())
    desk.clock.move(days=1.5)
    desk.wait(hours=1)
    assert len(desk.zendesk.public()) == told
    desk.clock.move(days=6.5)
    tick(desk.store, desk.clock())
    desk.work()
    assert len(desk.zendesk.public()) == told + 1
    assert desk.case().state is not State.CHECKING
