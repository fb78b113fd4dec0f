"""Ids and references that come out the same when a transaction is repeated, and do not clash."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from escalation.model.audience import Public
from escalation.model.effects import CreateTicket, Look, PostMessage, Say, StartConversation, UpdateTicket
from sync.shared.names import ALPHABET, case_id_of, effect_lane, reference_of

ROWS = st.integers(min_value=1, max_value=10**9)


@given(ROWS, ROWS)
def test_later_rows_make_case_ids_that_sort_later(one: int, other: int) -> None:
    assert (one < other) == (case_id_of(one) < case_id_of(other))


@given(ROWS, st.integers(min_value=1, max_value=2**20 - 1))
def test_no_two_references_within_a_million_rows_are_alike(row: int, later: int) -> None:
    assert reference_of(row) != reference_of(row + later)


@given(ROWS)
def test_a_reference_is_four_signs_that_nobody_misreads(row: int) -> None:
    assert len(reference_of(row)) == 4
    assert set(reference_of(row)) <= set(ALPHABET)


def test_references_of_neighbours_do_not_look_alike() -> None:
    assert reference_of(1)[:2] != reference_of(2)[:2]


def test_each_destination_has_a_lane_of_its_own() -> None:
    say = Say(Public("Hi"), True)
    assert effect_lane(UpdateTicket("e", "35", say), "C-1") == "ticket:35"
    assert effect_lane(PostMessage("e", "77", Public("Hi"), "R"), "C-1") == "assignment:77"
    assert (
        effect_lane(StartConversation("e", "35", "a@b", "", Public("s"), Public("b"), "4c1f"), "C-1")
        == "conversation:4c1f"
    )
    assert effect_lane(Look("35", frozenset()), "C-1") == "look:C-1"
    assert effect_lane(Look("35", frozenset()), None) == "look:ticket:35"
    assert effect_lane(CreateTicket("request:1", Public("s"), say), None) == "request:request:1"
