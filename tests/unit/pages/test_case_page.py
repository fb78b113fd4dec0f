"""The page of one case: all that an operator asks of it, in words, within a size, whatever people have written."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from escalation.model.plain import clean
from parley.case_view.case_reading import DamagedCase
from store import CaseRow
from tests.unit.escalation.case_world import START
from tests.unit.escalation.corpus import STATES
from tests.unit.pages.case_pages import HOSTILE, KnownViews, case_shell, hostile, opened, view_of
from tests.unit.pages.desk_visits import ADA, RITA, Browser

MOST = 40_000


def long_case() -> dict[str, Any]:
    """A case of which everything is much, and in which each text is long and has to be escaped throughout."""
    view = view_of("tier 2, paused")
    moved = {"at": view["opened"], "from": view["opened"], "from_said": "Mon", "actor": "x", "why": "x"}
    deadlines = [{**one, "moved": [moved] * 5, "steps": ["A step."] * 40} for one in view["deadlines"]]
    finding = {**view["verdict"][0], "outcome": "unknown", "remedy": "x"}
    line = {"at": view["opened"], "actor": "x", "what": "x", "why": "x"}
    states = ("tier_1 → tier_2", "tier_2 → tier_1")
    moves = [{**line, "what": states[number % 2]} for number in range(150)]
    view |= {
        "deadlines": deadlines,
        "verdict": [finding] * 8,
        "rows": view["rows"] * 40,
        "sent": view["sent"] * 40,
        "stuck": view["stuck"] * 20,
        "files": [{"name": "x", "size": 1, "state": "done", "said": "It is there."}] * 50,
        "last_word": {
            "at": view["opened"],
            "by": "x",
            "through": "email",
            "through_said": "by e-mail",
            "text": "x",
        },
    }
    told = hostile(view, words='"<&' * 2000)
    return told | {"journal": [*hostile([line] * 50, words='"<&' * 2000), *moves]}


@pytest.mark.parametrize("name", STATES)
def test_a_case_in_any_state_has_a_page(name: str) -> None:
    answer = opened(view_of(name))
    assert answer.status == 200
    assert len(answer.body) < MOST


def test_it_says_where_the_case_stands_whose_turn_it_is_and_what_comes_when_and_why() -> None:
    text = opened(view_of("tier 2")).text
    assert "It is in tier 2: the other side is contacted directly." in text
    assert "It is the other side&#39;s turn." in text
    assert "2 business days after" in text
    assert "Counted from" in text
    assert '<a href="https://acme.zendesk.com/agent/tickets/35" rel="noreferrer">' in text


def test_rules_that_pass_are_folded_and_the_others_stand_open_with_what_mends_them() -> None:
    text = opened(view_of("waiting on requester")).text
    check = text[text.index('id="verdict"') : text.index('id="sent"')]
    standing, folded = check.split("<details>")
    assert "Other side contacted" in standing
    assert "can be mended" in standing
    assert re.search(r"\d rules pass", folded)


def test_what_waits_is_told_with_its_row_and_each_row_with_its_attempts() -> None:
    text = opened(view_of("tier 1")).text
    assert "What waits, and why" in text
    assert "out-C-1.77" in text
    assert "<code>parley dead replay out-C-1.77</code>" in text
    assert "`" not in text
    assert "3 attempts" in text
    assert "in-5" in text
    assert "It fails each time." in text


def test_a_moved_deadline_tells_by_whom_and_what_was_due_before() -> None:
    view = view_of("tier 1")
    view["deadlines"][0]["moved"] = [
        {"at": view["opened"], "from": view["opened"], "from_said": "Tue 3 Mar", "actor": "Ada", "why": "Holidays."}
    ]
    text = opened(view).text
    assert "by <bdi>Ada</bdi>; before it was Tue 3 Mar. <bdi>Holidays.</bdi>" in text


def test_the_other_sides_case_is_one_click_away() -> None:
    crossed = {"ticket_id": "36", "open": True, "said": "The client has escalated the assignment too."}
    assert '<a href="/desk/cases/36">' in opened(view_of("tier 1") | {"crossed": crossed}).text


def test_a_long_journal_is_folded_and_whole_on_pages_of_its_own() -> None:
    line = {"at": "2026-03-02T15:00:00Z", "actor": "parley", "what": "looked", "why": ""}
    view = view_of("tier 1") | {"journal": [line | {"why": f"line {number}."} for number in range(100)]}
    text = opened(view).text
    assert "20 older lines" in text
    assert "line 70." in text
    assert "line 69." not in text
    assert '<a href="?journal=all">' in text
    seen = "".join(opened(view, f"/desk/cases/35?journal=all&page={page}").text for page in (1, 2, 3))
    assert all(f"line {number}." in seen for number in range(100))
    assert "page 3 of 3" in opened(view, "/desk/cases/35?journal=all&page=999").text
    assert "page 1 of 3" in opened(view, "/desk/cases/35?journal=all&page=x").text
    assert "out-C-1.77" in opened(view, "/desk/cases/35?rows=all").text


@pytest.mark.parametrize("path", ["", "?journal=all", "?rows=all"])
def test_the_longest_case_is_a_page_of_less_than_forty_kilobytes(path: str) -> None:
    answer = opened(long_case(), f"/desk/cases/35{path}")
    assert answer.status == 200
    assert len(answer.body) < MOST


@pytest.mark.parametrize("name", ["tier 2, paused", "waiting on requester", "resolved"])
def test_what_people_wrote_is_shown_as_they_wrote_it_and_turns_nothing_around(name: str) -> None:
    text = opened(hostile(view_of(name))).text
    assert "<script" not in text.replace('<script src="/desk/static/', "")
    assert "<img" not in text
    told = clean(HOSTILE).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    told = told.replace('"', "&#34;").replace("'", "&#39;")
    assert "\u202e" not in text
    shown = [text[at.start() - 40 : at.start()] for at in re.finditer(re.escape(told), text)]
    assert len(shown) > 5
    assert [one for one in shown if not one.endswith("<bdi>") and "<title>" not in one] == []


@pytest.mark.parametrize("name", ["36", "C-2", "%2e%2e", "%F0%9F%92%A5", "3" * 41, "a%20b", "%3Cscript%3E"])
def test_what_has_no_case_is_kindly_said_not_to_be_there(name: str) -> None:
    views = KnownViews({"35": view_of("tier 1")})
    answer = Browser(case_shell(views), ADA).get(f"/desk/cases/{unquote(name)}")
    assert answer.status == 404
    assert "There is no case of that ticket." in answer.text
    assert set(views.asked) <= {"36", "C-2"}


def test_a_case_that_cannot_be_read_is_said_to_be_damaged() -> None:
    row = CaseRow("C-1", "tier_1", "p", START, "35")
    answer = opened(DamagedCase(row))
    assert answer.status == 200
    assert "read" in answer.text
    assert "C-1" in answer.text


def test_a_reader_sees_the_same_case() -> None:
    assert "It is in tier 2" in opened(view_of("tier 2"), who=RITA).text


def test_the_page_says_when_it_was_read() -> None:
    view = view_of("tier 1") | {"read_at": (START + timedelta(days=1)).isoformat()}
    assert "Read Tue 3 Mar 2026, 10:00 EST." in opened(view).text
