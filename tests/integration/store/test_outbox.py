"""What the outbox promises: each effect once, in order within its lane, and nothing before what it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import literal_column, update

from store import CaseRow, NewOutboxRow, OutboxRow, Store, Tx
from store.schema.tables import outbox
from tests.integration.store.conftest import NOW

LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def case(store: Store) -> None:
    def make(tx):  # type: ignore[no-untyped-def]
        tx.policies.keep("p", {})
        for case_id in ("c1", "c2"):
            tx.cases.save(CaseRow(case_id, "tier_1", "p", NOW), 0)

    store.write(make)


def an_effect(effect_id: str, lane: str = "ticket:1", **more: Any) -> NewOutboxRow:
    return NewOutboxRow(effect_id, lane, more.pop("kind", "update_ticket"), more.pop("body", {}), NOW, "c1", **more)


def add(store: Store, *effects: NewOutboxRow) -> list[str]:
    return store.write(lambda tx: tx.outbox.add(effects, NOW))


def ready(store: Store, now: datetime = NOW, limit: int = 100) -> list[str]:
    return [row.id for row in store.read(lambda tx: tx.outbox.ready(now, limit))]


def get(store: Store, effect_id: str) -> OutboxRow:
    row = store.read(lambda tx: tx.outbox.get(effect_id))
    assert row is not None
    return row


def test_only_what_may_leave_is_listed_and_in_the_same_order(store: Store) -> None:
    effects = [
        NewOutboxRow(name, name, kind, {}, NOW, None, None, priority)
        for name, kind, priority in (("a", "look", 2), ("b", "look", 1), ("c", "post", 0), ("d", "look", 0))
    ]
    store.write(lambda tx: tx.outbox.add(effects, NOW))

    def listed(*among: tuple[str, int]) -> list[str]:
        return [row.id for row in store.read(lambda tx: tx.outbox.ready(NOW, 10, among))]

    assert listed(("look", 0), ("look", 2), ("post", 0)) == ["c", "d", "a"]
    assert listed(("look", 1)) == ["b"]
    assert listed() == []


def test_an_effect_is_kept_once(store: Store) -> None:
    assert add(store, an_effect("e1"), an_effect("e2")) == ["e1", "e2"]
    assert add(store, an_effect("e1", body={"other": 1})) == []
    assert get(store, "e1").body == {}


def test_only_the_first_unfinished_effect_of_each_lane_is_ready(store: Store) -> None:
    add(store, an_effect("a1", "a"), an_effect("a2", "a"), an_effect("b1", "b"))
    assert ready(store) == ["a1", "b1"]
    store.write(lambda tx: tx.outbox.done("a1", {"id": 7}))
    assert sorted(ready(store)) == ["a2", "b1"]
    assert get(store, "a1").result == {"id": 7}


def test_ready_keeps_its_limit(store: Store) -> None:
    add(store, *(an_effect(str(number), lane=str(number)) for number in range(5)))
    assert ready(store, limit=2) == ["0", "1"]


def test_an_effect_waits_for_the_one_it_needs_to_be_done(store: Store) -> None:
    add(store, an_effect("post", "assignment:7"), an_effect("tell", "ticket:1", needs="post"))
    assert ready(store) == ["post"]
    store.write(lambda tx: tx.outbox.done("post"))
    assert ready(store) == ["tell"]


def test_an_effect_whose_need_is_dead_does_not_go_ahead(store: Store) -> None:
    add(store, an_effect("post", "assignment:7"), an_effect("tell", "ticket:1", needs="post"))
    store.write(lambda tx: tx.outbox.dead("post", "gone"))
    assert ready(store) == []


def test_an_attempt_is_remembered_before_it_is_made(store: Store) -> None:
    add(store, an_effect("e1"))
    assert store.write(lambda tx: tx.outbox.mark_in_flight("e1", LATER))
    row = get(store, "e1")
    assert (row.state, row.attempts, row.attempted_at) == ("in_flight", 1, LATER)
    assert ready(store) == ["e1"]


def test_a_postponed_effect_holds_up_its_lane_until_it_is_due(store: Store) -> None:
    add(store, an_effect("a1", "a"), an_effect("a2", "a"))
    store.write(lambda tx: tx.outbox.postpone("a1", "unclear", LATER, "no answer"))
    assert ready(store) == []
    assert ready(store, LATER) == ["a1"]
    assert (get(store, "a1").state, get(store, "a1").error) == ("unclear", "no answer")


def test_a_finished_effect_stays_as_it_is(store: Store) -> None:
    add(store, an_effect("e1"))
    store.write(lambda tx: tx.outbox.done("e1", "yes"))
    assert not store.write(lambda tx: tx.outbox.done("e1", "no"))
    assert not store.write(lambda tx: tx.outbox.mark_in_flight("e1", NOW))
    assert not store.write(lambda tx: tx.outbox.postpone("e1", "todo", LATER, "late"))
    assert not store.write(lambda tx: tx.outbox.dead("e1", "late"))
    assert (get(store, "e1").state, get(store, "e1").result) == ("done", "yes")


def test_a_dead_effect_lets_its_lane_go_on(store: Store) -> None:
    add(store, an_effect("a1", "a"), an_effect("a2", "a"))
    store.write(lambda tx: tx.outbox.dead("a1", "closed"))
    assert ready(store) == ["a2"]
    assert [row.error for row in store.read(lambda tx: tx.outbox.dead_letters())] == ["closed"]


def test_a_replayed_effect_that_was_attempted_is_read_back_first(store: Store) -> None:
    add(store, an_effect("tried"), an_effect("untried", "b"))
    store.write(lambda tx: tx.outbox.mark_in_flight("tried", NOW))
    for effect_id in ("tried", "untried"):
        store.write(lambda tx, effect_id=effect_id: tx.outbox.dead(effect_id, "x"))
        assert store.write(lambda tx, effect_id=effect_id: tx.outbox.replay(effect_id))
    assert (get(store, "tried").state, get(store, "untried").state) == ("unclear", "todo")


def test_a_discarded_effect_is_settled(store: Store) -> None:
    add(store, an_effect("e1"))
    assert not store.write(lambda tx: tx.outbox.discard("e1"))
    store.write(lambda tx: tx.outbox.dead("e1", "x"))
    assert store.write(lambda tx: tx.outbox.discard("e1"))
    assert (get(store, "e1").state, ready(store)) == ("discarded", [])


def test_cancelling_for_a_case_drops_only_what_nobody_started(store: Store) -> None:
    add(store, an_effect("started", "a"), an_effect("waiting", "b"), an_effect("note", "c", kind="note"))
    store.write(lambda tx: tx.outbox.mark_in_flight("started", NOW))
    assert store.write(lambda tx: tx.outbox.cancel_for_case("c1", ["update_ticket"])) == 1
    states = {row.id: row.state for row in store.read(lambda tx: tx.outbox.of_case("c1"))}
    assert states == {"started": "in_flight", "waiting": "discarded", "note": "todo"}


def look(effect_id: str, *scope: str, case_id: str = "c1") -> NewOutboxRow:
    return NewOutboxRow(effect_id, f"look:{case_id}", "look", {"scope": list(scope)}, NOW, case_id)


def test_several_looks_pending_for_a_case_are_one_wider_look(store: Store) -> None:
    assert add(store, look("l1", "ticket"), look("l2", "assignment", "ticket")) == ["l1"]
    assert get(store, "l1").body == {"scope": ["ticket", "assignment"]}
    assert store.read(lambda tx: tx.outbox.counts())["todo"] == 1


def test_a_look_that_was_started_is_not_joined(store: Store) -> None:
    add(store, look("l1", "ticket"))
    store.write(lambda tx: tx.outbox.mark_in_flight("l1", NOW))
    assert add(store, look("l2", "ticket")) == ["l2"]


def test_a_look_that_was_attempted_and_put_off_is_not_joined(store: Store) -> None:
    add(store, look("l1", "ticket"))
    store.write(lambda tx: tx.outbox.mark_in_flight("l1", NOW))
    store.write(lambda tx: tx.outbox.postpone("l1", "todo", LATER, "429"))
    assert add(store, look("l2", "ticket")) == ["l2"]


def wait_behind_each_other(store: Store, *looks: NewOutboxRow) -> None:
    """Looks that did not join, as several processes of an earlier version may have left them."""
    apart = [replace(one, lane=f"apart:{place}") for place, one in enumerate(looks)]
    together = update(outbox).where(outbox.c.kind == "look").values(lane=looks[0].lane)
    add(store, *apart)
    store.write(lambda tx: tx.outbox._connection.execute(together))


def begin_look(store: Store, effect_id: str) -> object:
    row = get(store, effect_id)
    return store.write(lambda tx: tx.outbox.begin_look(row, NOW))


def test_a_look_that_begins_takes_along_those_that_wait_behind_it(store: Store) -> None:
    wait_behind_each_other(store, look("l1", "ticket"), look("l2", "assignment"), look("l3", "conversations"))
    add(store, look("other", "ticket", case_id="c2"), an_effect("update"))
    assert begin_look(store, "l1") == {"scope": ["ticket", "assignment", "conversations"]}
    assert get(store, "l1").body == {"scope": ["ticket", "assignment", "conversations"]}
    assert [get(store, one).state for one in ("l1", "l2", "l3", "other")] == ["in_flight", "done", "done", "todo"]
    assert ready(store) == ["l1", "other", "update"]


def test_a_look_that_is_asked_for_while_another_is_made_is_made_after_it(store: Store) -> None:
    add(store, look("l1", "ticket"))
    assert begin_look(store, "l1") == {"scope": ["ticket"]}
    add(store, look("l2", "ticket"))
    assert get(store, "l2").state == "todo"
    assert begin_look(store, "l1") is None
    assert get(store, "l2").state == "todo"


def test_what_was_begun_or_is_damaged_is_not_taken_along(store: Store) -> None:
    wait_behind_each_other(store, look("l1", "ticket"), look("l2", "ticket"), look("l3", "ticket"))
    store.write(lambda tx: tx.outbox.mark_in_flight("l2", NOW))
    broken = update(outbox).where(outbox.c.id == "l3").values(body=literal_column("'{'"))
    store.write(lambda tx: tx.outbox._connection.execute(broken))
    begin_look(store, "l1")
    assert [get(store, one).state for one in ("l2", "l3")] == ["in_flight", "todo"]


def test_looks_at_other_cases_stay_apart(store: Store) -> None:
    assert add(store, look("l1", "ticket"), look("l2", "ticket", case_id="c2")) == ["l1", "l2"]


def test_the_same_look_added_twice_changes_nothing(store: Store) -> None:
    add(store, look("l1", "ticket"))
    assert add(store, look("l1", "assignment")) == []
    assert get(store, "l1").body == {"scope": ["ticket"]}


def test_the_counts_name_every_unsettled_state(store: Store) -> None:
    add(store, an_effect("a", "a"), an_effect("b", "b"), an_effect("c", "c"))
    store.write(lambda tx: tx.outbox.dead("a", "x"))
    store.write(lambda tx: tx.outbox.done("b"))
    assert store.read(lambda tx: tx.outbox.counts()) == {"todo": 1, "in_flight": 0, "unclear": 0, "dead": 1}
    assert [row.id for row in store.read(lambda tx: tx.outbox.unfinished())] == ["c"]


def test_what_is_tried_again_is_counted_whole_and_told_by_its_first_errors(store: Store) -> None:
    effects = [NewOutboxRow(f"e{number}", f"lane:{number}", "post_message", {}, NOW) for number in range(120)]

    def postpone(tx: Tx) -> None:
        tx.outbox.add(effects, NOW)
        for effect in effects[:110]:
            tx.outbox.postpone(effect.id, "todo", NOW + timedelta(minutes=int(effect.id[1:])), f"No {effect.id}.")

    store.write(postpone)
    assert store.read(lambda tx: tx.outbox.late()) == {"post_message": 110}
    assert store.read(lambda tx: tx.outbox.errors_of(["post_message"], 2)) == ["No e0.", "No e1."]
    assert store.read(lambda tx: tx.outbox.errors_of([], 2)) == []


def test_an_attempt_is_noted_with_what_is_marked_and_not_at_all_where_nothing_is(store: Store) -> None:
    add(store, an_effect("e1", body={"say": 1}))

    def begin(attempts: int = 0) -> object:
        return store.write(lambda tx: tx.outbox.begin_marked("e1", "stamp:1", NOW, attempts=attempts))

    assert begin() is None and get(store, "e1").attempts == 0
    store.write(lambda tx: tx.marks.set("stamp:1", {"at": "12"}, NOW))
    assert begin() == ({"say": 1}, {"at": "12"})
    assert begin() is None and begin(attempts=1) is None
    assert (get(store, "e1").attempts, get(store, "e1").state) == (1, "in_flight")


EVENT = ("done:e1", "effect.done", "ticket:1", {"text": "100 % – “done”"})


def test_what_is_done_is_kept_with_its_mark_and_its_event_at_once(store: Store) -> None:
    add(store, an_effect("e1"))
    assert store.write(lambda tx: tx.settle("e1", {"id": "7"}, NOW, mark=("stamp:1", {"at": "12"}), event=EVENT))
    assert (get(store, "e1").state, get(store, "e1").result) == ("done", {"id": "7"})
    mark = store.read(lambda tx: tx.marks.get("stamp:1"))
    assert mark is not None and (mark.value, mark.at) == ({"at": "12"}, NOW)
    row = store.read(lambda tx: tx.inbox.by_key("done:e1"))
    assert row is not None and ("done:e1", row.kind, row.lane, row.body) == EVENT
    assert (row.state, row.attempts, row.received_at) == ("new", 0, NOW)


def test_what_was_finished_by_another_marks_and_tells_nothing(store: Store) -> None:
    add(store, an_effect("e1"))
    assert store.write(lambda tx: tx.outbox.dead("e1", "No."))
    assert not store.write(lambda tx: tx.settle("e1", None, NOW, mark=("stamp:1", {"at": "12"}), event=EVENT))
    assert store.read(lambda tx: (tx.marks.get("stamp:1"), tx.inbox.by_key("done:e1"))) == (None, None)


def test_what_is_told_already_or_marked_with_more_is_left_as_it_is(store: Store) -> None:
    add(store, an_effect("e1"), an_effect("e2", "ticket:2"))
    store.write(lambda tx: tx.settle("e1", None, NOW, mark=("stamp:1", {"at": "12"}), event=EVENT))
    assert store.write(lambda tx: tx.settle("e2", None, LATER, mark=("stamp:1", {"at": "11"}), event=EVENT))
    mark = store.read(lambda tx: tx.marks.get("stamp:1"))
    assert mark is not None and (mark.value, mark.at) == ({"at": "12"}, NOW)
    assert get(store, "e2").state == "done"


def test_what_is_done_may_bring_nothing(store: Store) -> None:
    add(store, an_effect("e1"))
    assert store.write(lambda tx: tx.settle("e1", None, NOW))
    assert (get(store, "e1").state, get(store, "e1").result) == ("done", None)
