"""What a list of cases is narrowed by: one table, for the command and the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import CaseFilter
from sync.operator.case_list import NARROWINGS, Known, chosen_cases
from sync.shared.names import case_id_of, reference_of

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
KNOWN = Known(languages=("en", "de"), companies=("acme",))


def chosen(**values: str) -> CaseFilter:
    found = chosen_cases(values, KNOWN, NOW)
    assert found.problems == ()
    return found.filter


def test_without_a_choice_the_open_cases_are_listed() -> None:
    assert chosen() == chosen(state="open") == CaseFilter(open=True)
    assert chosen(tier="2") == CaseFilter(open=True, tier=2)


def test_a_state_says_itself_whether_its_cases_are_open() -> None:
    assert chosen(state="tier_1") == CaseFilter(state="tier_1")
    assert chosen(state="ended") == CaseFilter(open=False)
    assert chosen(state="all") == CaseFilter()


def test_what_is_overdue_is_due_within_a_day_too() -> None:
    assert chosen(due="overdue").due_until == NOW
    assert chosen(due="day").due_until == NOW + timedelta(days=1)
    assert chosen(due="none").undated is True


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("880011", {"number": "880011"}),
        ("#35", {"number": "35"}),
        ("Wanda@Example.com", {"requester_email": "wanda@example.com"}),
        ("c-00001b", {"ids": ("C-00001B",)}),
    ],
)
def test_a_search_knows_what_it_was_given_and_looks_among_ended_cases_too(
    typed: str, asked: dict[str, object]
) -> None:
    assert chosen(search=f" {typed} ") == CaseFilter(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [1, 77, 40_000, 1_200_000])
def test_a_reference_leads_to_the_case_that_has_it(row: int) -> None:
    assert case_id_of(row) in (chosen(search=reference_of(row).lower()).ids or ())


def test_four_digits_may_be_a_number_or_a_reference() -> None:
    found = chosen(search="4711")
    assert found.number == "4711" and found.ids


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "lost"),
        ("tier", "9"),
        ("due", "soon"),
        ("company", "nobody's"),
        ("language", "tlh"),
        ("search", "Wanda Worker"),
        ("search", "' OR 1=1 --"),
    ],
)
def test_what_means_nothing_is_said_and_narrows_nothing(name: str, value: str) -> None:
    found = chosen_cases({name: value, "tier": "1"} | {name: value}, KNOWN, NOW)
    (said,) = found.problems
    assert value in said and name not in found.given


@given(st.dictionaries(st.sampled_from([one.name for one in NARROWINGS]), st.text(max_size=300)))
def test_whatever_an_address_says_a_list_comes_of_it(values: dict[str, str]) -> None:
    found = chosen_cases(values, KNOWN, NOW)
    assert all(len(said) < 400 for said in found.problems)
