"""What people type into a field is read as they mean it, and what could mean two things is not read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.language.typed import TypedAddress, Unread, address_typed, plain_signs, time_typed


@pytest.mark.parametrize(
    "typed",
    [
        "pat@example.com",
        "  pat@example.com\u00a0",
        "<pat@example.com>",
        "mailto:pat@example.com",
        "MAILTO:pat@example.com?subject=Hello&cc=sue@example.com",
        "[pat@example.com](mailto:pat@example.com)",
        "pat@example.com.",
        "pat@example.com;",
        "'pat@example.com'",
        "pat＠example．com",
        "\u200bpat@example.com\ufeff",
        "Pat Manager, pat@example.com",
        "pat@example.com (until Friday)",
        "E-mail: pat@example.com",
    ],
)
def test_one_address_is_read_however_it_is_typed(typed: str) -> None:
    assert address_typed(typed) == TypedAddress("pat@example.com")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Pat <pat@example.com>", "Pat"),
        ('"Manager, Pat" <pat@example.com>', "Manager, Pat"),
        ("Pat O’Brien <mailto:pat@example.com>", "Pat O'Brien"),
    ],
)
def test_the_name_before_an_address_in_brackets_is_its_owners(typed: str, name: str) -> None:
    assert address_typed(typed) == TypedAddress("pat@example.com", name)


@pytest.mark.parametrize("typed", ["pat@exämple.de", "o'brien+wm@mail.example.co.uk", "pat_m.x@xn--exmple-cua.de"])
def test_less_common_addresses_are_read_as_they_are(typed: str) -> None:
    assert address_typed(typed) == TypedAddress(typed)


@pytest.mark.parametrize(
    "typed", ["pat@example.com; sue@example.com", "Pat <pat@example.com>, Sue <sue@example.com>"]
)
def test_of_several_addresses_the_first_is_taken_and_said_to_be_one_of_several(typed: str) -> None:
    read = address_typed(typed)
    assert isinstance(read, TypedAddress)
    assert (read.email, read.more) == ("pat@example.com", True)


def test_the_same_address_twice_is_one() -> None:
    assert address_typed("pat@example.com, Pat@Example.com") == TypedAddress("pat@example.com")


@pytest.mark.parametrize(
    "typed",
    [
        "ask Pat",
        "pat@example",
        "pat@@example.com",
        "pat @example.com",
        "pat.@example.com",
        "pat(at)example.com",
        "pat@example.com; sue@",
        "pat@10.0.0.1",
        "@pat",
    ],
)
def test_what_is_no_address_is_not_read(typed: str) -> None:
    assert address_typed(typed) == Unread(typed)


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("36", 36),
        ("0", 0),
        ("36 h", 36),
        ("72h.", 72),
        ("72 hrs.", 72),
        ("72 Hours", 72),
        ("72\u00a0hrs", 72),
        ("3 d", 72),
        ("3 days", 72),
        ("1.5 d", 36),
        ("1,5 d", 36),
        ("3d 4h", 76),
        ("3 days, 4 hours", 76),
        ("1 week and 2 days", 216),
        ("2 weeks", 336),
        ("a week", 168),
        ("two days", 48),
        ("about 3 days", 72),
        ("~72 h", 72),
        ("90 min", 1.5),
        ("0.125 d", 3),
        ("３ d", 72),
        ("٣٦", 36),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(typed: str, hours: float) -> None:
    assert time_typed(typed) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "typed",
    [
        "soon",
        "-3",
        "1e9",
        "9" * 30,
        "1.2.3",
        "1,234 h",
        "1.234",
        "2-3 days",
        "3 days (72 h)",
        "72 h = 3 d",
        "4h 3d",
        "3 4",
        "3 d 4",
        "3 business days",
        "1 month",
        "3²",
        "1½ d",
        "366 d",
    ],
)
def test_what_could_mean_two_things_is_not_read(typed: str) -> None:
    assert time_typed(typed) == Unread(typed)


@pytest.mark.parametrize("typed", ["", "  ", "\u00a0\u200b", None, True])
def test_an_empty_field_says_nothing(typed: str | bool | None) -> None:
    assert address_typed(typed) is time_typed(typed) is None


def test_a_hostile_value_is_read_in_no_time() -> None:
    for piece in ("a.", "1 d ", "a@b.", "<", "1,", "~"):
        address_typed(piece * 20_000)
        time_typed(piece * 20_000)


def test_digits_of_every_script_are_digits_and_superscripts_are_none() -> None:
    assert plain_signs("１२३ ٤٥٦ ७८९ x²") == "123 456 789 x²"
