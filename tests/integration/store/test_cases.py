"""What cases promise: one writer wins, one blocking case for each assignment and side."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store import CaseFilter, CaseRow, Store, Tx, VersionConflict
from tests.integration.store.conftest import NOW


@pytest.fixture(autouse=True)
def policy(store: Store) -> None:
    store.write(lambda tx: tx.policies.keep("p1", {"month": 1}))


def a_case(case_id: str, **changes: object) -> CaseRow:
    plain = CaseRow(case_id, "checking", "p1", NOW, assignment_id="77", party="worker", body={"n": [1]})
    return replace(plain, **changes)  # type: ignore[arg-type]


def save(store: Store, case: CaseRow, version: int = 0) -> CaseRow:
    return store.write(lambda tx: tx.cases.save(case, version))


def test_a_case_comes_back_as_it_was_saved(store: Store) -> None:
    saved = save(store, a_case("c1", ticket_id="5", tier=2, requester_id="u", blocks=True, opened_at=NOW))
    assert saved.version == 1
    assert store.read(lambda tx: tx.cases.get("c1")) == saved
    assert store.read(lambda tx: tx.cases.by_ticket("5")) == saved


def test_saving_over_a_change_of_somebody_else_is_refused_and_changes_nothing(store: Store) -> None:
    first = save(store, a_case("c1"))
    save(store, replace(first, state="tier_1"), 1)
    with pytest.raises(VersionConflict):
        save(store, replace(first, state="withdrawn"), 1)
    found = store.read(lambda tx: tx.cases.get("c1"))
    assert found is not None and (found.state, found.version) == ("tier_1", 2)


def test_a_case_is_made_once(store: Store) -> None:
    save(store, a_case("c1"))
    with pytest.raises(VersionConflict):
        save(store, a_case("c1"))


def test_a_ticket_has_one_case(store: Store) -> None:
    save(store, a_case("c1", ticket_id="5"))
    with pytest.raises(VersionConflict):
        save(store, a_case("c2", ticket_id="5"))


def test_of_many_tickets_those_with_a_case_are_told_at_once(store: Store) -> None:
    save(store, a_case("c1", ticket_id="5"))
    save(store, a_case("c2", assignment_id="78", ticket_id="6"))
    assert store.read(lambda tx: tx.cases.on_tickets(["4", "6", "7"])) == {"6"}
    assert store.read(lambda tx: tx.cases.on_tickets([])) == frozenset()


def test_two_open_blocking_cases_of_one_side_are_refused(store: Store) -> None:
    save(store, a_case("c1", blocks=True))
    with pytest.raises(VersionConflict):
        save(store, a_case("c2", blocks=True))


def test_other_sides_closed_cases_and_unverified_ones_are_no_rivals(store: Store) -> None:
    save(store, a_case("c1", blocks=True))
    save(store, a_case("c2", blocks=True, party="client"))
    save(store, a_case("c3", blocks=True, open=False))
    save(store, a_case("c4", blocks=False))
    rival = store.read(lambda tx: tx.cases.rival("77", "worker", "c4"))
    assert rival is not None and rival.id == "c1"
    assert store.read(lambda tx: tx.cases.rival("77", "worker", "c1")) is None


def test_a_rival_and_the_moments_of_the_assignment_are_asked_for_at_once(store: Store) -> None:
    save(store, a_case("c1", blocks=True))
    moments = [("completed", NOW), ("paid", NOW + timedelta(seconds=1))]
    store.write(lambda tx: [tx.moments.add("77", *moment) for moment in reversed(moments)])
    rival, crossed, found = store.read(lambda tx: tx.cases.beside("77", "worker", "c2"))
    told = [(*moment, None) for moment in moments]
    assert rival is not None and (rival.id, crossed, found) == ("c1", None, told)
    assert rival == store.read(lambda tx: tx.cases.get("c1"))
    assert store.read(lambda tx: tx.cases.beside("77", "worker", "c1")) == (None, None, told)
    assert store.read(lambda tx: tx.cases.beside("78", "worker", "c2")) == (None, None, [])


def test_the_other_sides_open_case_is_asked_for_with_them_the_verified_one_first(store: Store) -> None:
    save(store, a_case("c1", blocks=True))
    save(store, a_case("c2", blocks=False, party="client"))
    save(store, a_case("c3", blocks=True, party="client"))
    save(store, a_case("c4", open=False, party="client"))
    crossed = store.read(lambda tx: tx.cases.beside("77", "worker", "c1")).crossed
    assert crossed is not None and crossed == store.read(lambda tx: tx.cases.get("c3"))
    assert store.read(lambda tx: tx.cases.beside("77", "client", "c3")).crossed == store.read(
        lambda tx: tx.cases.get("c1")
    )


def test_what_was_read_ahead_is_as_it_is_kept_until_it_is_saved(store: Store) -> None:
    save(store, a_case("c1", ticket_id="1"))
    save(store, a_case("c2", ticket_id="2"))

    def work(tx: Tx) -> None:
        tx.cases.read_ahead(["c1", "c9"], ["2", "9"])
        assert [tx.cases.get("c9"), tx.cases.by_ticket("9")] == [None, None]
        first, second = tx.cases.get("c1"), tx.cases.by_ticket("2")
        assert first is not None and second is not None and (first.id, second.id) == ("c1", "c2")
        tx.cases.save(replace(first, ticket_id="9"), first.version)
        tx.cases.save(a_case("c9", ticket_id="8"), 0)
        assert [tx.cases.by_ticket(ticket) for ticket in ("1", "9")] == [None, tx.cases.get("c1")]
        assert [case and case.version for case in map(tx.cases.get, ("c1", "c2", "c9"))] == [2, 1, 1]

    store.write(work)


def test_a_case_is_read_as_it_is_kept_by_who_saved_it_too(store: Store) -> None:
    def work(tx: Tx) -> tuple[CaseRow | None, CaseRow | None]:
        tx.cases.save(a_case("c1", ticket_id="1", body={"said": "a\0b", "pair": (1, 2)}), 0)
        return tx.cases.get("c1"), tx.cases.by_ticket("1")

    kept = store.write(work)
    assert kept == (store.read(lambda tx: tx.cases.get("c1")),) * 2


def test_cases_are_listed_by_what_is_asked_for_in_pages(store: Store) -> None:
    for number in range(5):
        save(store, a_case(f"c{number}", state="tier_1" if number % 2 else "checking", open=number != 4))
    listed = store.read(lambda tx: tx.cases.list(open=True, limit=3))
    assert [case.id for case in listed] == ["c0", "c1", "c2"]
    assert [case.id for case in store.read(lambda tx: tx.cases.list(open=True, after="c2"))] == ["c3"]
    assert [case.id for case in store.read(lambda tx: tx.cases.list(state="tier_1"))] == ["c1", "c3"]
    assert len(store.read(lambda tx: tx.cases.open_by_assignment("77"))) == 4
    assert store.read(lambda tx: tx.cases.counts()) == {"checking": 2, "tier_1": 2}


def test_a_list_is_whole_where_no_page_is_asked_for_and_is_counted(store: Store) -> None:
    for number in range(101):
        save(store, a_case(f"c{number:03}", state="tier_1", open=number != 4))
    assert len(store.read(lambda tx: tx.cases.list())) == 101
    assert store.read(lambda tx: tx.case_lists.count(CaseFilter())) == 101
    assert (
        store.read(lambda tx: tx.case_lists.count(CaseFilter(open=True, state="tier_1", assignment_id="77"))) == 100
    )


def test_a_policy_is_kept_as_it_first_was(store: Store) -> None:
    store.write(lambda tx: tx.policies.keep("p1", {"month": 2}))
    assert store.read(lambda tx: tx.policies.get("p1")) == {"month": 1}
    assert store.read(lambda tx: tx.policies.get("p2")) is None


def test_a_moment_is_remembered_once(store: Store) -> None:
    later = NOW + timedelta(seconds=1)
    assert store.write(lambda tx: tx.moments.add("77", "completed", later))
    assert store.write(lambda tx: tx.moments.add("77", "completed", NOW))
    assert not store.write(lambda tx: tx.moments.add("77", "completed", NOW))
    assert store.read(lambda tx: tx.moments.of("77")) == [("completed", NOW), ("completed", later)]
