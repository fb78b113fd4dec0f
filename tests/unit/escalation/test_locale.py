"""Moments, counts and lists are written as a language's file says; the one of English as ever."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from config.texts import load_texts
from escalation.model.derivation import label
from escalation.policies.locale import Locale
from escalation.policies.texts import TextError, Texts

AT = datetime(2026, 3, 1, 20, 5, tzinfo=UTC)
ENGLISH = load_texts()["locale"]
POLISH = {
    "weekdays": ["pn.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz."],
    "months": [*"123456789", "10", "11", "12"],
    "moment": "{weekday} {day}.{month}.{year}, {time} ({zone})",
    "plural": "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2",
    "counts": {
        "hour": ["{n} godzina", "{n} godziny", "{n} godzin"],
        "day": ["{n} dzień", "{n} dni", "{n} dni"],
        "month": ["{n} miesiąc", "{n} miesiące", "{n} miesięcy"],
    },
    "lists": {"sentences": [" ", " "], "clauses": [", ", " i "], "causes": [", ", " oraz dlatego, że "]},
}


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Istanbul", "Asia/Kolkata", "America/St_Johns"])
def test_english_texts_write_moments_as_the_english_facts_do(zone: str) -> None:
    assert Locale.from_mapping(ENGLISH).format_moment(AT, zone) == label(AT, zone)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        Locale.from_mapping(ENGLISH).format_moment(AT.replace(tzinfo=None), "UTC")


@pytest.mark.parametrize(
    ("table", "number", "said"),
    [
        (ENGLISH, 1, "1 month"),
        (ENGLISH, 6, "6 months"),
        (ENGLISH, 0.5, "0.5 months"),
        (POLISH, 1, "1 miesiąc"),
        (POLISH, 23, "23 miesiące"),
        (POLISH, 12, "12 miesięcy"),
    ],
)
def test_a_count_has_the_form_that_its_language_gives_it(table: dict[str, Any], number: float, said: str) -> None:
    assert Locale.from_mapping(table).format_count(number, "month") == said


def test_a_list_is_put_together_as_its_language_does() -> None:
    english, polish = Locale.from_mapping(ENGLISH), Locale.from_mapping(POLISH)
    assert [english.format_list("abc"[:n], "causes") for n in (1, 2)] == ["a", "a and because b"]
    assert polish.format_list("abc", "clauses") == "a, b i c"
    assert polish.format_moment(AT, "America/New_York") == "niedz. 1.3.2026, 15:05 (EST)"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("weekdays",), ["Mon"]),
        (("moment",), "{weekday} {hour}"),
        (("plural",), "n !="),
        (("plural",), "n > 1 ? 2 : 0"),
        (("counts", "day"), ["{n} day"]),
        (("lists", "causes"), [" and "]),
        (("lists",), {}),
    ],
)
def test_what_a_language_lacks_is_told_at_the_start(place: tuple[str, ...], value: object) -> None:
    table: dict[str, Any] = copy.deepcopy(ENGLISH)
    (table if len(place) == 1 else table[place[0]])[place[-1]] = value
    with pytest.raises(TextError, match="The texts' table locale can't be used: "):
        Texts.from_mapping({"locale": table})
