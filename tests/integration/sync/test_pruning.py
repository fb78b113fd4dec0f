"""What is over and done with is taken out after its time, and what may still matter is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from connector.errors import Permanent
from escalation.model.audience import Public
from escalation.model.effects import StartConversation
from store import NewOutboxRow, Store, Tx
from sync.inbox.correspondents import leave_alone, over
from sync.operator.dead import NotPossible, dead_letters, replay
from sync.outbox.stamps import stamp_mark, stamp_of
from sync.upkeep.growth import growth, note_size
from sync.upkeep.pruning import LOCK, Pruner
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Killed
from tests.integration.sync.policy import START, policy


def prune(desk: DeskOnFakes) -> int:
    return Pruner(desk.store, policy()).round(desk.clock())


def kinds(desk: DeskOnFakes) -> list[str]:
    """The kinds of what is in both boxes, but for the last row of each, which stays."""
    found = desk.store.read(lambda tx: [tx.past.inbox(0, 9999), tx.past.outbox(0, 9999)])
    rows = [desk.store.read(lambda tx, number=row.number: tx.inbox.get(number)) for row in found[0]]  # type: ignore[misc]
    effects = [desk.store.read(lambda tx, key=row.key: tx.outbox.get(key)) for row in found[1]]  # type: ignore[misc]
    return [row.kind for row in (*rows, *effects) if row is not None]


def later(desk: DeskOnFakes, **span: float) -> None:
    """Time passes, and something happens after it."""
    desk.clock.move(**span)
    desk.changed()
    desk.work()


def test_looks_and_what_they_brought_are_taken_out_after_an_hour(desk: DeskOnFakes) -> None:
    desk.arrive()
    for _ in range(5):
        desk.changed()
        desk.work()
    later(desk, minutes=59)
    before = kinds(desk)
    prune(desk)
    assert kinds(desk) == before
    later(desk, minutes=2)
    case = desk.case()
    assert prune(desk) > 10
    left = kinds(desk)
    assert left.count("observed") + left.count("look") <= 2
    assert {"post_message", "update_ticket", "effect.done", "ticket.changed"} <= set(left)
    assert desk.case() == case


def test_everything_done_is_taken_out_after_a_month_but_the_case_and_its_journal(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    lines = desk.store.read(lambda tx: tx.journal.of_case(case.id))
    desk.clock.move(days=31)
    desk.changed("99")
    desk.work()
    assert prune(desk) > 0
    assert set(kinds(desk)) <= {"ticket.changed", "observed", "look"}
    assert desk.case() == case
    assert desk.store.read(lambda tx: tx.journal.of_case(case.id)) == lines


def test_what_waits_or_is_dead_stays_however_old(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invalid", "No."))
    desk.arrive()
    desk.receive("rumour", {"ticket_id": "77"})
    desk.store.write(lambda tx: tx.inbox.mark_dead(tx.inbox.waiting(1, START).rows[0][0], "Nobody knows it."))
    waits = [
        NewOutboxRow("first", "a", "note", {}, START),
        NewOutboxRow("then", "b", "note", {}, START, needs="first"),
    ]
    desk.store.write(lambda tx: [tx.outbox.add(waits, START), tx.outbox.done("first")])
    letters = {letter.id for letter in dead_letters(desk.store)}
    assert len(letters) == 2
    desk.clock.move(days=400)
    prune(desk)
    assert {letter.id for letter in dead_letters(desk.store)} == letters
    assert desk.store.read(lambda tx: [row.id for row in tx.outbox.ready(desk.clock(), 9)]) == ["then"]


def test_a_refused_effect_is_not_replayed_though_its_refusal_was_taken_out(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invalid", "No."))
    desk.arrive()
    (letter,) = dead_letters(desk.store)
    later(desk, days=31)
    prune(desk)
    assert "effect.refused" not in kinds(desk)
    with pytest.raises(NotPossible, match="went on without it"):
        replay(desk.store, letter.id, desk.clock())


def test_the_desk_knows_its_own_hand_after_its_effects_were_taken_out(desk: DeskOnFakes) -> None:
    desk.arrive()
    later(desk, days=31)
    prune(desk)
    assert "update_ticket" not in kinds(desk)
    later(desk, minutes=1)
    assert dead_letters(desk.store) == []


def test_the_stamp_of_a_ticket_that_nobody_touches_is_taken_out(desk: DeskOnFakes) -> None:
    desk.store.write(lambda tx: tx.marks.raise_to(*stamp_mark("old", START), START))
    desk.clock.move(days=20)
    desk.store.write(lambda tx: tx.marks.raise_to(*stamp_mark("young", desk.clock()), desk.clock()))
    desk.clock.move(days=20)
    assert prune(desk) == 1
    assert desk.store.read(lambda tx: stamp_of(tx, "old")) is None
    assert desk.store.read(lambda tx: stamp_of(tx, "young")) is not None


def test_who_may_be_written_to_again_is_not_kept(desk: DeskOnFakes) -> None:
    letter = StartConversation("1", "35", "m@x.example", "M", Public("S"), Public("B"), "them", quiet_hours=4)
    desk.store.write(lambda tx: leave_alone(tx, letter, desk.clock()))
    desk.clock.move(hours=3)
    assert prune(desk) == 0
    desk.store.write(lambda tx: leave_alone(tx, replace(letter, correspondent="others"), desk.clock()))
    desk.clock.move(hours=2)
    assert prune(desk) == 1
    assert set(desk.store.read(lambda tx: tx.marks.beginning("letter:"))) == {"letter:others"}


def test_who_is_written_to_again_while_their_mark_is_taken_out_is_left_alone(store: Store) -> None:
    def marked(tx: Tx, hours: int) -> None:
        tx.marks.raise_to("letter:a", over(START + timedelta(hours=hours)), START)

    store.write(lambda tx: marked(tx, 1))
    old, now = START - timedelta(days=9), over(START + timedelta(hours=2))
    found = store.read(lambda tx: tx.past.marks_over("letter:", now, old, 9))
    store.write(lambda tx: marked(tx, 5))
    assert store.write(lambda tx: tx.past.take_marks_over(found, now, old)) == 0
    assert found == ["letter:a"]


def test_one_process_prunes_at_a_time(desk: DeskOnFakes) -> None:
    desk.arrive()
    later(desk, days=31)
    with desk.store.lock(LOCK):
        assert prune(desk) == 0
    assert prune(desk) > 0


@pytest.mark.parametrize("point", ["pruning.before_commit", "pruning.after_commit"])
def test_a_round_that_is_killed_is_made_up_for_by_the_next(desk: DeskOnFakes, point: str) -> None:
    desk.arrive()
    later(desk, days=31)

    def kill(name: str) -> None:
        if name == point:
            raise Killed

    with pytest.raises(Killed):
        Pruner(desk.store, policy(), kill).round(desk.clock())
    prune(desk)
    assert set(kinds(desk)) <= {"ticket.changed", "observed", "look"}


def test_a_round_ends_where_it_is_asked_to(desk: DeskOnFakes) -> None:
    desk.arrive()
    later(desk, days=31)
    assert 0 < Pruner(desk.store, policy(), rest=lambda _: True).round(desk.clock()) < prune(desk)


def test_the_size_in_a_year_is_told_once_a_day_is_known(store: Store) -> None:
    note_size(store, START)
    assert "known after a day" in store.read(lambda tx: growth(tx, START)).sentence()
    # What repeats itself takes next to nothing on PostgreSQL, which packs it.
    body = {"text": Random(1).randbytes(1_000_000).hex()}  # noqa: S311  repeatable, not secret
    store.write(lambda tx: tx.inbox.record("much", "x", "x", body, START))
    found = store.read(lambda tx: growth(tx, START + timedelta(days=1)))
    assert found.in_a_year is not None
    assert 700_000_000 < found.in_a_year < 900_000_000
    assert "in a year about" in found.sentence()
