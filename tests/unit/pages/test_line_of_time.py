"""The line of time: the states that a case has walked, by its journal, and those that it can come to from there."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from escalation.engine.transitions import NEXT
from escalation.model.values import State
from parley.pages.desk.one_case.line_of_time import MOST, LineOfTime, line_of_time
from parley.pages.desk.one_case.state_walk import possible_states, walked_states
from tests.unit.escalation.corpus import STATES
from tests.unit.pages.case_pages import opened, view_of

AT = "2026-03-02T15:00:00Z"


def drawn(view: dict[str, Any]) -> LineOfTime:
    return line_of_time(view, lambda moment: moment or "not kept", 240)


def names(line: LineOfTime) -> list[str]:
    return [one.name for one in line.marks]


@pytest.mark.parametrize("name", STATES)
def test_it_ends_where_the_case_is_and_branches_to_what_the_table_allows(name: str) -> None:
    view = view_of(name)
    here = State(view["state"])
    assert walked_states(view)[-1].state is here
    reachable = {target for (state, _), target in NEXT.items() if state is here} - {here}
    assert {one.state for one in possible_states(view)} == reachable


def test_each_state_that_was_walked_has_its_moment_and_its_reason() -> None:
    walked = walked_states(view_of("tier 2"))
    assert [one.state for one in walked] == [State.CHECKING, State.TIER_1, State.TIER_2]
    assert walked[0].since is None
    assert all(one.since for one in walked[1:])
    assert walked[1].why == "Every rule passes."


def test_of_the_first_state_it_is_told_until_when_it_lasted() -> None:
    view = view_of("tier 2")
    first, second, *_ = drawn(view).marks
    assert (first.said, second.said) == (f"until {second.said}", walked_states(view)[1].since)


def test_what_comes_by_itself_comes_first_and_with_its_moment() -> None:
    view = view_of("tier 2")
    due = {one["kind"]: one["due_said"] for one in view["deadlines"]}
    first, second, *others = possible_states(view)
    assert (first.state, first.due_said) == (State.TIER_3, due["tier_ends"])
    assert (second.state, second.due_said) == (State.OFF_PLATFORM, due["month_ends"])
    assert {one.due_said for one in others} == {None}


def test_while_a_case_is_paused_nothing_comes_by_itself() -> None:
    assert {one.due_said for one in possible_states(view_of("tier 2, paused"))} == {None}


def test_a_case_whose_first_lines_were_not_read_begins_with_a_state_of_unknown_age() -> None:
    line = {"at": AT, "actor": "Ada", "what": "tier_2 → needs_review", "why": "x"}
    walked = walked_states(view_of("needs review") | {"journal": [line]})
    assert [(one.state, one.since) for one in walked] == [(State.TIER_2, None), (State.NEEDS_REVIEW, AT)]


def test_of_a_long_way_the_middle_is_left_out_and_counted() -> None:
    moves = ("tier_1 → other_side_responded", "other_side_responded → tier_1")
    journal = [{"at": AT, "actor": "x", "what": moves[number % 2], "why": "x"} for number in range(40)]
    line = drawn(view_of("tier 1") | {"journal": journal})
    assert len(line.walked) == MOST
    assert names(line)[2] == "32 more states"
    assert len(line.walked) - 1 + 32 == 41
    assert line.walked[-1].kind == "here"


def test_what_somebody_wrote_into_the_journal_is_no_move() -> None:
    journal = [{"at": AT, "actor": "x", "what": "said: tier_1 → resolved", "why": "x"}]
    assert [one.state for one in walked_states(view_of("tier 1") | {"journal": journal})] == [State.TIER_1]


@pytest.mark.parametrize("name", ["tier 1", "resolved", "checking"])
def test_marks_stand_below_each_other_within_the_drawing(name: str) -> None:
    line = drawn(view_of(name))
    heights = [one.y for one in line.marks]
    assert all(later - earlier >= 28 for earlier, later in pairwise(heights))
    assert heights[-1] < line.height


def test_each_mark_has_a_title_and_the_table_beside_says_the_same() -> None:
    view = view_of("tier 2")
    text, line = opened(view).text, drawn(view)
    svg, table = text[text.index("<svg") : text.index("</svg>")], text[text.index("<table") :]
    titles = re.findall(r"<g class=\"\w+\"><title>(.+?)</title>", svg)
    assert [one.partition(".")[0] for one in titles] == names(line)
    assert all(f'<th scope="row">{name}' in table for name in names(line))
