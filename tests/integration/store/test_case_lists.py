"""Lists of cases: every page, how many, and neither by looking up what is not shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql

from store import CaseFilter, CaseRow, OpenCases, Store, Tx
from store.records.case_lists import _page_of
from sync.upkeep.case_columns import fill_case_columns
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server
from tests.integration.store.test_plans import overheard

FIRST = CaseRow(
    "c0", "tier_1", "p1", NOW, ticket_id="35", assignment_id="770", requester_id="501", tier=1, opened_at=NOW,
    company="acme", language="de", next_due=NOW, requester_email="wanda@example.com",
)  # fmt: skip
OTHERS = (
    {"state": "tier_2", "tier": 2, "company": None, "language": "en", "next_due": NOW + timedelta(days=2)},
    {
        "state": "needs_review",
        "tier": None,
        "next_due": None,
        "requester_id": "502",
        "requester_email": "x@y.example",
    },
    {"state": "resolved", "tier": None, "open": False, "next_due": None, "opened_at": NOW - timedelta(days=9)},
)


@pytest.fixture
def listed(store: Store) -> Store:
    """Four cases, c0 to c3."""

    def keep(tx: Tx) -> None:
        tx.policies.keep("p1", {})
        changes: tuple[dict[str, Any], ...] = ({}, *OTHERS)
        for number, change in enumerate(changes):
            own = {"id": f"c{number}", "ticket_id": str(35 + number), "assignment_id": f"77{number}"}
            tx.cases.save(replace(FIRST, **own, **change), 0)

    store.write(keep)
    return store


@pytest.mark.parametrize(
    ("which", "ids"),
    [
        (CaseFilter(), "0123"),
        (CaseFilter(open=True), "012"),
        (CaseFilter(open=False), "3"),
        (CaseFilter(state="tier_1"), "0"),
        (CaseFilter(open=True, tier=2), "1"),
        (CaseFilter(open=True, company="acme", language="de"), "02"),
        (CaseFilter(open=True, due_until=NOW), ""),
        (CaseFilter(open=True, due_until=NOW + timedelta(days=3)), "01"),
        (CaseFilter(open=True, due_from=NOW + timedelta(days=1)), "1"),
        (CaseFilter(open=True, undated=True), "2"),
        (CaseFilter(number="36"), "1"),
        (CaseFilter(number="770"), "0"),
        (CaseFilter(number="502"), "2"),
        (CaseFilter(number="36", ids=("c3", "c9")), "13"),
        (CaseFilter(ids=()), ""),
        (CaseFilter(requester_email="x@y.example"), "2"),
        (CaseFilter(since=NOW), "012"),
    ],
)
def test_cases_are_listed_and_counted_as_they_are_asked_for(listed: Store, which: CaseFilter, ids: str) -> None:
    page = listed.read(lambda tx: tx.case_lists.page(which, 50))
    assert [case.id for case in page.cases] == [f"c{number}" for number in ids]
    assert page.of == len(ids) == listed.read(lambda tx: tx.case_lists.count(which))


def test_a_page_goes_on_behind_the_last_one_and_says_how_many_are_left(listed: Store) -> None:
    first = listed.read(lambda tx: tx.case_lists.page(CaseFilter(), 3))
    rest = listed.read(lambda tx: tx.case_lists.page(CaseFilter(), 3, after="c2"))
    assert (len(first.cases), first.of) == (3, 4)
    assert ([case.id for case in rest.cases], rest.of) == (["c3"], 1)


def test_a_page_goes_back_before_a_case_and_is_whole_where_few_stand_before_it(listed: Store) -> None:
    before = listed.read(lambda tx: tx.case_lists.page(CaseFilter(), 2, before="c3"))
    assert ([case.id for case in before.cases], before.of, before.begins) == (["c1", "c2"], 3, False)
    first = listed.read(lambda tx: tx.case_lists.page(CaseFilter(), 2, before="c1"))
    assert ([case.id for case in first.cases], first.of, first.begins) == (["c0", "c1"], 4, True)


def test_a_page_is_one_question_that_looks_up_what_it_shows(sqlite_store: Store, sqlite_url: str) -> None:
    which = CaseFilter(open=True, tier=2, language="de", company="acme", due_until=NOW)
    with overheard(asked := []):
        sqlite_store.read(lambda tx: tx.case_lists.page(which, 50, "c"))
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}").all()
    engine.dispose()
    assert len(asked) == 1
    assert "SEARCH cases USING COVERING INDEX ix_cases_listed (open=? AND id>?)" in [
        str(one.detail) for one in plan
    ]


def test_a_page_of_some_numbers_goes_back_before_a_case_and_no_case_is_on_it_twice(listed: Store) -> None:
    which = CaseFilter(number="501", ids=("c0", "c2"))
    page = listed.read(lambda tx: tx.case_lists.page(which, 2, before="c3"))
    assert ([case.id for case in page.cases], page.of, page.begins) == (["c1", "c2"], 3, False)
    assert listed.read(lambda tx: tx.case_lists.count(which)) == 4


def test_postgresql_looks_each_number_up_in_an_index_of_its_own(postgres: Server, template: str) -> None:
    asked = _page_of("postgresql", ("number", "ids"), "").compile(dialect=postgresql.dialect())
    given = {"number": "5", "ids": ["c"], "limit": 50}

    def plan(tx: Tx) -> list[str]:
        tx._connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [line for (line,) in tx._connection.exec_driver_sql(f"EXPLAIN {asked}", given)]

    url = postgres.create_database(template)
    with Store.open(url, now=lambda: NOW) as store:
        lines = store.write(plan)
    postgres.drop_database(url)
    names = ("ticket", "assignment", "requester", "id")
    assert sum("Index Cond: (" in line for line in lines) == len(names) + len(("shown",))
    assert not [line for line in lines if "Filter:" in line], lines


def test_cases_of_before_there_were_columns_are_filled_in_once_and_damaged_ones_too(listed: Store) -> None:
    listed.write(lambda tx: tx.cases.save(replace(FIRST, id="old", ticket_id="9", requester_email=None), 0))
    assert fill_case_columns(listed) == 1
    assert fill_case_columns(listed) == 0
    found = listed.read(lambda tx: tx.cases.get("old"))
    assert found is not None and (found.requester_email, found.version) == ("", 1)


def test_open_cases_are_counted_by_state_and_tier_with_when_the_oldest_began(listed: Store) -> None:
    older = replace(FIRST, id="c9", ticket_id="99", assignment_id="779", opened_at=NOW - timedelta(days=40))
    listed.write(lambda tx: tx.cases.save(older, 0))
    found = sorted(listed.read(lambda tx: tx.case_lists.ages()))
    assert found == [
        OpenCases("needs_review", None, 1, NOW),
        OpenCases("tier_1", 1, 2, NOW - timedelta(days=40)),
        OpenCases("tier_2", 2, 1, NOW),
    ]
