"""A manager with several cases: the first letter at once, what follows as one; replies reach the case they name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.desk import MANAGER, Desk


@pytest.fixture
def told(desk: Desk) -> tuple[list[str], list[int]]:
    """Three cases of one manager in tier 2: the first was told alone, the two others in a digest."""
    numbers = [desk.assignment(title=f"Router {one}") for one in "ABC"]
    tickets = [desk.submit(number) for number in numbers]
    desk.until(desk.due(tickets[0], "tier_ends") + timedelta(hours=5))
    assert {desk.state(ticket) for ticket in tickets} == {"tier_2"}
    return numbers, tickets


def digest_on(desk: Desk, tickets: list[int]) -> int:
    (ticket,) = [one for one in tickets if desk.case(one).heard.told_with]
    return ticket


def test_three_cases_are_two_letters(desk: Desk, told: tuple[list[str], list[int]]) -> None:
    numbers, tickets = told
    mails = [mail for mail in desk.zendesk.mails if mail.why == "side conversation"]
    assert [mail.to for mail in mails] == [MANAGER, MANAGER]
    host = digest_on(desk, tickets)
    (letter,) = desk.zendesk.conversations(host)
    body = letter["events"][0]["message"]["body"]
    assert [number in body for number in numbers] == [False, True, True]
    assert all(f"details/{number}\n" in body for number in numbers[1:])
    other = next(one for one in tickets[1:] if one != host)
    assert desk.zendesk.conversations(other) == []
    assert any(f"It stands on ticket #{host}" in note for note in desk.notes(other))


@pytest.mark.parametrize("named", [0, 1])
def test_a_reply_reaches_the_case_that_it_names(desk: Desk, told: tuple[list[str], list[int]], named: int) -> None:
    _, tickets = told
    host = digest_on(desk, tickets)
    both = [host, next(one for one in tickets[1:] if one != host)]
    number = desk.case(both[named]).assignment_id
    desk.mail_back(host, MANAGER, f"{number} is approved today.")
    assert desk.state(both[named]) == "other_side_responded"
    assert desk.state(both[1 - named]) == "tier_2"


def test_a_reply_that_names_none_is_left_to_agents(desk: Desk, told: tuple[list[str], list[int]]) -> None:
    _, tickets = told
    desk.mail_back(digest_on(desk, tickets), MANAGER, "We look into it.")
    assert {desk.state(ticket) for ticket in tickets} == {"tier_2"}
    asked = [sum("names none of them" in note for note in desk.notes(ticket)) for ticket in tickets]
    assert asked == [0, 1, 1]
