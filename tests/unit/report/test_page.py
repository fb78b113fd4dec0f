"""The page and the JSON of a report, from counted cases."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest

from escalation.model.values import State
from parley.report.facts import CaseFacts, Ending, TierStay
from parley.report.figures import FIGURES, Figure
from parley.report.handing_on import in_lines
from parley.report.making import PeriodReport, report_json
from parley.report.page import as_page, span, written
from parley.report.tallies import Counted, Value
from tests.unit.report.journals import WEEK

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}"
CASES = (
    CaseFacts(
        "acme", "approval_overdue", opened=WEEK.start, is_open=True, tier=1, waited={"the other side": timedelta(2)}
    ),
    CaseFacts(
        "beta",
        "payment_dispute",
        ending=Ending(WEEK.start + timedelta(days=1), State.OFF_PLATFORM, True, timedelta(days=31)),
        tier=3,
        stays=(TierStay(3, answered=False), TierStay(1, answered=True)),
        first_answer=timedelta(hours=30),
        lateness=(timedelta(0), timedelta(hours=3)),
        overrules=("identity",),
        died=1,
        waited={"an agent": timedelta(1)},
    ),
)


def made(
    cases: Sequence[CaseFacts] = CASES,
    *,
    company: str = "",
    until: datetime = WEEK.end,
    is_empty: bool = False,
) -> PeriodReport:
    counted = Counted(WEEK, cases, {"acme": "Acme", "beta": HOSTILE}, died=2)
    return PeriodReport(WEEK, until, company, is_empty, tuple((one, one.rows(counted)) for one in FIGURES))


class Reader(HTMLParser):
    """What is in a page: its tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_beside_it_and_runs_nothing() -> None:
    page = as_page(made())
    tags = [tag for tag, _ in Reader(page).tags]
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(tags)
    assert not re.search(r"https?:|url\(|@import|\bon\w+=", page)
    assert len(page) < 40_000


def test_a_hostile_name_is_text_and_nothing_else() -> None:
    read = Reader(as_page(made(company=HOSTILE)))
    assert read.text.count(HOSTILE) >= 2
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)


def test_every_number_has_its_definition_on_the_page() -> None:
    text = Reader(as_page(made())).text
    assert [column.key for figure in FIGURES for column in figure.columns if column.definition not in text] == []


def test_every_mark_of_a_chart_says_what_it_is_and_stands_beside_its_number() -> None:
    page = as_page(made())
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    charts = [row for row in rows if '<td class="chart">' in row]
    assert len(charts) > 20
    for row in charts:
        marks, titles = row.count("<rect"), re.findall(r"<title>(.*?)</title>", row)
        assert marks == len(titles) > 0
        for title in titles:
            assert f'<td class="number">{title.rpartition(" ")[2]}</td>' in row or "%" in title


@pytest.mark.parametrize("figure", FIGURES, ids=lambda one: one.key)
def test_the_json_says_the_same_as_the_table(figure: Figure) -> None:
    told = json.loads(json.dumps(report_json(made())))["figures"][figure.key]
    assert told["numbers"].keys() == {column.key for column in figure.columns}
    for row in told["rows"]:
        assert row.keys() == {*told["numbers"], *([figure.of] if figure.of else [])}


def test_an_empty_week_says_so_instead_of_showing_noughts() -> None:
    text = Reader(as_page(made((), is_empty=True))).text
    assert "Nothing happened in this week" in text
    assert "Answers in each tier" not in text
    assert "Nothing happened in this week." in list(in_lines(made((), is_empty=True)))


def test_a_week_that_is_not_over_says_so() -> None:
    assert "This week is not over yet." in as_page(made(until=WEEK.start + timedelta(days=3)))
    assert "not over" not in as_page(made())


def test_where_nothing_was_counted_there_is_no_share_and_no_span() -> None:
    by_key = {figure.key: rows for figure, rows in made(()).figures}
    assert by_key["tiers"][0] == ("tier 1", (0, 0, None))
    assert by_key["updates"] == [("", (0, 0, None, None))]
    assert by_key["first_answer"] == [("", (0, None, None))]
    assert by_key["waits"] == []


def test_the_figures_are_those_of_the_cases() -> None:
    by_key = {figure.key: dict(rows) for figure, rows in made().figures}
    assert by_key["cases"] == {"": (1, 1, 1)}
    assert by_key["over_time"]["Mon 2 Mar"] == (1, 0)
    assert by_key["over_time"]["Tue 3 Mar"] == (0, 1)
    assert by_key["outcomes"]["off platform"] == (1, 1, timedelta(days=31), timedelta(days=31))
    assert by_key["by_reason"]["payment dispute"] == (0, 1, 0)
    assert by_key["by_company"]["Acme"] == (1, 0, 1)
    assert by_key["by_tier"] == {
        "none yet": (0, 0, 0),
        "tier 1": (1, 0, 1),
        "tier 2": (0, 0, 0),
        "tier 3": (0, 1, 0),
    }
    assert by_key["tiers"]["tier 1"] == (1, 1, 1.0)
    assert by_key["first_answer"] == {"": (1, timedelta(hours=30), timedelta(hours=30))}
    assert by_key["updates"] == {"": (2, 1, 0.5, timedelta(hours=3))}
    assert by_key["trouble"] == {"": (1, 3, 0)}
    assert by_key["overrules"]["let pass: identity"] == (1,)
    assert by_key["waits"]["the other side"] == (timedelta(2), 2 / 3)


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(0), "0 s"),
        (timedelta(milliseconds=300), "under 1 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=61), "1 min 1 s"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=49, minutes=59), "2 d 1 h"),
        (timedelta(days=1234), "1,234 d"),
    ],
)
def test_a_span_is_told_by_its_two_largest_units(length: timedelta, told: str) -> None:
    assert span(length) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "–"),
        (0, "0 %"),
        (0.003, "under 1 %"),
        (0.4567, "46 %"),
        (0.997, "over 99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_is_told_in_hundredths(value: Value, told: str) -> None:
    (share,) = [one for figure in FIGURES if figure.key == "tiers" for one in figure.columns if one.key == "share"]
    assert written(share, value) == told


def test_letters_that_were_settled_are_not_told_as_some_of_the_new_ones() -> None:
    told = list(in_lines(made((CaseFacts("acme", settled=1),))))
    assert "off platform 0, new dead letters 2, dead letters settled (older ones too) 1" in told


def test_keys_and_definitions_are_there_once_and_in_sentences() -> None:
    assert len({figure.key for figure in FIGURES}) == len(FIGURES)
    for figure in FIGURES:
        assert len({column.key for column in figure.columns}) == len(figure.columns)
        assert all(column.definition[0].isupper() and column.definition.endswith(".") for column in figure.columns)
