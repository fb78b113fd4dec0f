"""The page of cases: what its address asks for, what each row says, and that nothing in it is believed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from escalation.model.views import ZendeskUser
from parley.pages.desk.cases_page import A_PAGE
from sync.shared.names import case_id_of
from tests.integration.pages.desk_cases import ListedCases, a_case, listed_cases, row_of, some_cases
from tests.integration.store.test_plans import overheard
from tests.unit.escalation.case_world import START, in_tier, policy
from tests.unit.pages.desk_visits import ADA, Browser

NOW = START + timedelta(hours=1)
POLICY = replace(policy(), languages=("en", "de"))


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ListedCases]:
    with listed_cases(tmp_path_factory.mktemp("cases"), NOW) as made:
        made.keep(*some_cases())
        yield made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[ListedCases]:
    with listed_cases(tmp_path, NOW) as made:
        yield made


def page(cases: ListedCases, query: str = "", *, status: int = 200) -> str:
    """What somebody reads in the list of this address."""
    answer = Browser(cases.shell(POLICY), ADA).get(f"/desk/cases{query}")
    assert answer.status == status
    assert len(answer.body) < 40_000
    return answer.text


def tickets(text: str) -> list[str]:
    return re.findall(r'href="/desk/cases/(\d+)"', text)


def words(text: str) -> str:
    """The page as it is read, without its head."""
    body = re.sub(r"<[^>]+>", " ", text.split("<main", 1)[1])
    return " ".join(html.unescape(body).split())


def row(text: str, ticket: str) -> str:
    """What stands in a ticket's row."""
    (found,) = [one for one in re.findall(r"<tr>.*?</tr>", text, re.S) if f'/desk/cases/{ticket}"' in one]
    return words(f"<main{found}")


def test_the_beginning_of_the_desk_leads_to_the_cases_and_says_what_is_there(listed: ListedCases) -> None:
    text = Browser(listed.shell(POLICY), ADA).get("/desk").text
    assert '<a href="/desk/cases">Cases</a>' in text
    assert "where it stands, and what is due next" in words(text)


def test_without_a_choice_the_open_cases_are_shown_the_oldest_first(listed: ListedCases) -> None:
    text = page(listed)
    assert tickets(text) == ["101", "102", "103", "105"]
    assert "4 cases." in words(text)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?state=tier_2", ["101", "105"]),
        ("?state=ended", ["104"]),
        ("?state=all", ["101", "102", "103", "104", "105"]),
        ("?tier=1", ["102"]),
        ("?company=acme&language=de", ["102"]),
        ("?company=globex&state=needs_review", ["103"]),
        ("?due=none", ["105"]),
        ("?due=overdue", []),
        ("?search=104", ["104"]),
        ("?search=%23104", ["104"]),
        ("?search=88002", ["102"]),
        ("?search=C-000003", ["103"]),
        ("?search=501&state=tier_1", ["102"]),
        ("?search=Wanda%40Example.com&company=acme", ["101", "102"]),
        ("?state=&tier=&due=&company=&language=&search=", ["101", "102", "103", "105"]),
    ],
)
def test_the_address_says_which_cases_are_shown(listed: ListedCases, query: str, shown: list[str]) -> None:
    assert tickets(page(listed, query)) == shown


def test_the_form_shows_what_the_address_asks_for(listed: ListedCases) -> None:
    text = page(listed, "?state=tier_1&company=acme&search=501")
    assert '<option value="tier_1" selected>Tier 1</option>' in text
    assert '<option value="acme" selected>Acme Field Services</option>' in text
    assert 'name="search" value="501"' in text
    assert '<form class="filters" method="get" action="/desk/cases"' in text


def test_a_row_says_where_a_case_stands_whose_turn_it_is_and_what_is_due(listed: ListedCases) -> None:
    text = page(listed)
    assert row(text, "101") == (
        "#101 in Zendesk Wanda Worker · assignment 88001 Tier 2 The other side’s "
        "in 3 days 23 h Fri 6 Mar 2026, 10:00 EST Acme Field Services en"
    )
    assert 'href="https://acme.zendesk.com/agent/tickets/101"' in text
    assert "Tier 1 paused" in row(text, "102")
    assert "Needs review An agent’s" in row(text, "103")
    assert "Resolved Nobody’s nothing" in row(page(listed, "?state=ended"), "104")


def test_what_is_late_says_since_when_and_a_pause_is_not_late(listed: ListedCases) -> None:
    listed.time = NOW + timedelta(days=2)
    text = page(listed, "?due=overdue")
    listed.time = NOW
    assert '<b class="late">1 h ago</b>' in text
    assert text.count('class="late"') == 1


def test_a_case_that_cant_be_read_is_told_of_and_hides_no_other(listed: ListedCases) -> None:
    assert "parley doctor" in row(page(listed), "105")


def test_where_there_is_one_company_none_is_asked_for(listed: ListedCases) -> None:
    text = Browser(listed.shell(POLICY, companies={}), ADA).get("/desk/cases").text
    assert "Company" not in words(text)


def test_a_page_leads_to_the_next_and_keeps_its_filters(empty: ListedCases) -> None:
    world = in_tier(2)
    empty.keep(*(row_of(a_case(world, number, language="en")) for number in range(1, A_PAGE + 3)))
    first = page(empty, "?tier=2")
    assert f"The first {A_PAGE} of {A_PAGE + 2} cases" in words(first)
    (following,) = re.findall(r'href="(/desk/cases\?[^"]*after=[^"]*)"', first)
    assert "tier=2" in following
    last = page(empty, html.unescape(following).removeprefix("/desk/cases"))
    assert tickets(last) == [str(100 + A_PAGE + 1), str(100 + A_PAGE + 2)]
    assert "2 further cases." in words(last)
    assert 'href="/desk/cases?tier=2">First page</a>' in last
    assert "Next page" not in last
    (back,) = re.findall(r'href="(/desk/cases\?[^"]*before=[^"]*)">Previous page', last)
    assert tickets(page(empty, html.unescape(back).removeprefix("/desk/cases"))) == tickets(first)


def test_a_page_leads_back_to_the_one_before_it_which_says_what_is_behind(empty: ListedCases) -> None:
    world = in_tier(2)
    empty.keep(*(row_of(a_case(world, number)) for number in range(1, 2 * A_PAGE + 2)))
    second = page(empty, f"?before={case_id_of(2 * A_PAGE + 1)}")
    assert tickets(second) == [str(100 + number) for number in range(A_PAGE + 1, 2 * A_PAGE + 1)]
    assert f"{A_PAGE} further cases, and 1 behind." in words(second)
    first = page(empty, f"?before={case_id_of(A_PAGE - 5)}")
    assert tickets(first) == [str(100 + number) for number in range(1, A_PAGE + 1)]
    assert "Previous page" not in first


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?state=lost", "No case is ever “lost”."),
        ("?tier=9", "There is no tier “9”."),
        ("?due=soon", "“soon” is none of the times"),
        ("?company=initech", "No client company is called “initech” here."),
        ("?language=tlh", "The desk writes nothing in a language “tlh”."),
        ("?search=Wanda+Worker", "can't be looked for"),
        ("?after=4711", "so it begins at the beginning"),
        ("?before=4711", "so it begins at the beginning"),
    ],
)
def test_a_value_that_means_nothing_is_told_and_the_other_filters_hold(
    listed: ListedCases, query: str, said: str
) -> None:
    text = page(listed, f"{query}&")
    assert said in words(text)
    assert tickets(text) == ["101", "102", "103", "105"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?search=999", "Look whether the number is whole. A request that"),
        ("?search=104&tier=3", "search every case for it"),
        ("?tier=3", "No case fits all of that. Take a filter away"),
        ("?after=C-ZZZZZZ", "No case comes behind those."),
    ],
)
def test_an_empty_list_says_what_to_do(listed: ListedCases, query: str, said: str) -> None:
    assert said in words(page(listed, query))


def test_a_desk_without_a_case_says_so(empty: ListedCases) -> None:
    assert "No case is open." in words(page(empty))


HOSTILE = '"><script>alert(1)</script>\u202eEVIL\u2066</bdi>{{ 7 * 7 }}'


def test_hostile_names_are_text_and_turn_nothing_round(empty: ListedCases) -> None:
    names = {"acme": HOSTILE}
    case = a_case(in_tier(2), 1, company="acme", language=HOSTILE, requester=ZendeskUser("501", name=HOSTILE))
    empty.keep(replace(row_of(case), assignment_id=HOSTILE, ticket_id="../101?a=\u202e"))
    asked = f"?search={quote(HOSTILE)}&company={quote(HOSTILE)}&state={quote(HOSTILE)}&after={quote(HOSTILE)}"
    for query in ("", asked):
        text = Browser(empty.shell(POLICY, names), ADA).get(f"/desk/cases{query}").text
        assert "<script>alert" not in text and "</bdi>{{" not in text and "49" not in text
        assert "\u202e" not in text and "\u2066" not in text
    assert 'href="/desk/cases/..%2F101%3Fa%3D%E2%80%AE"' in text


def test_a_page_is_one_question(listed: ListedCases) -> None:
    asked: list[str] = []
    with overheard(asked):
        page(listed, "?company=acme&due=week&search=501")
    assert len(asked) == 1


def test_a_full_page_is_small_with_the_longest_names(empty: ListedCases) -> None:
    long = {f"company-{number}": "W" * 200 for number in range(3)}
    world = in_tier(2)
    who = ZendeskUser("501", name="W" * 400)
    empty.keep(*(row_of(a_case(world, n, company="company-1", requester=who)) for n in range(1, A_PAGE + 5)))
    answer = Browser(empty.shell(POLICY, long), ADA).get("/desk/cases?state=all")
    print(len(answer.body))
    assert len(answer.body) < 40_000
