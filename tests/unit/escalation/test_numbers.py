"""A number in a reply is found as people write it, and what only looks like one is told from it."""

from __future__ import annotations

import pytest

from escalation.language.numbers import MOST, Numbers, number_typed, numbers_in


@pytest.mark.parametrize(
    "said",
    [
        "1234567",
        "It is 1234567.",
        "WM-1234567",
        "wm1234567",
        "WM – 1234567",
        "#1234567",
        "No.1234567",
        "Nr. 1234567",
        "№1234567",
        "ID:1234567",
        "assignment1234567",
        "1234567-",
        "(1234567)!",
        "*1234567*",
        "_1234567_",
        "1234567, thanks",
        "1 234 567",
        "1\u00a0234\u00a0567",
        "1\u202f234\u202f567",
        "1,234,567",
        "1.234.567",
        "1’234’567",
        "0001234567",
        "１２３４５６７",
        "案件１２３４５６７です",
        "١٢٣٤٥٦٧",
        "\u200b1234567\u200b",
        "https://www.workmarket.com/assignments/details/1234567",
        "<p>1234567</p>",
    ],
)
def test_a_number_is_found_as_people_write_it(said: str) -> None:
    assert numbers_in(said) == Numbers(("1234567",))


@pytest.mark.parametrize(
    "beside",
    [
        "call me at +1 555 123 4567",
        "(555) 123-4567",
        "on 2026-03-02 at 10:30",
        "on 02.03.2026",
        "3/2/2026",
        "for $1,250.00",
        "1.250,50 €",
        "250 USD",
        "USD 98765",
        "12345.67 dollars",
        "[Ref 8F3K-22222]",
        "wanda19841984@example.com",
        "parcel 1Z999AA10123456784",
        "25000km away",
        "98765 %",
    ],
)
def test_what_holds_digits_and_is_no_number_is_left_out(beside: str) -> None:
    assert numbers_in(f"{beside}; it is 1234567") == Numbers(("1234567",))
    assert numbers_in(f"It is 1234567, {beside}") == Numbers(("1234567",))
    assert numbers_in(beside) == Numbers()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("I did it in 2025", "2025"),
        ("call 5550100", "5550100"),
        ("my phone: 5550100", "5550100"),
        ("555-123-4567", "5551234567"),
        ("> 99999", "99999"),
        ("> WM-99999\n> and so on", "99999"),
        ("part 12-3456789", "3456789"),
    ],
)
def test_what_may_be_another_number_is_no_real_candidate(said: str, found: str) -> None:
    assert numbers_in(said) == Numbers((), (found,))
    assert numbers_in(f"{said}\nIt is 1234567") == Numbers(("1234567",), (found,))


def test_what_a_mail_programme_quotes_below_the_reply_is_no_real_candidate() -> None:
    quoted = "On Mon, 2 Mar 2026 at 10:00, Desk <desk@example.com> wrote:\nWe can't find 4711, ticket 35880."
    assert numbers_in(f"Sorry.\n{quoted}", "It is 1234567.") == Numbers(("1234567",), ("2026", "4711", "35880"))


def test_a_year_that_is_called_an_assignments_number_is_one() -> None:
    assert numbers_in("assignment no. 2025") == Numbers(("2025",))


def test_each_number_is_told_once_and_the_likely_ones_first() -> None:
    assert numbers_in("call 5550100 about 880012, no: 880011, I mean 880012").all == ("880012", "880011", "5550100")


def test_of_many_numbers_the_first_are_looked_up() -> None:
    said = "> 99999\n" + " or ".join(str(number) for number in range(880011, 880041))
    assert numbers_in(said).all == tuple(str(number) for number in range(880011, 880011 + MOST))


def test_too_short_and_too_long_ones_are_none() -> None:
    assert numbers_in("99, 000123 and 123456789012345678901") == Numbers()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234567", "1234567"),
        (" 1234567 ", "1234567"),
        ("0001234567", "1234567"),
        ("WM-1234567", "1234567"),
        ("1,234,567", "1234567"),
        ("１２３４５６７", "1234567"),
        ("99", "99"),
        ("0", "0"),
    ],
)
def test_a_field_for_a_number_is_read_the_same_way(typed: str, number: str) -> None:
    assert number_typed(typed) == number


@pytest.mark.parametrize("typed", ["", "none", "WM", "1234567 or 1234568", "+1 555 123 4567"])
def test_a_field_that_holds_no_number_or_several_says_none(typed: str) -> None:
    assert number_typed(typed) is None


def test_a_hostile_reply_is_read_in_no_time() -> None:
    for piece in ("1,", "1 ", "1.234.", "a1", "+1 ", "(12) 3", "> 1\n", "$1,", "12:", "a@", "1" * 50):
        numbers_in(piece * 20_000)
