"""Moments, counts and lists are written as CLDR says, in the order of a language's file; in English as ever."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.formats import Formats
from config.packaged import packaged
from config.texts import load_texts
from escalation.model.derivation import label
from escalation.model.measures import Quantity
from escalation.policies.locale import moment_in
from escalation.policies.readers import Reader
from escalation.policies.texts import TextError, Texts

AT = datetime(2026, 3, 1, 20, 5, tzinfo=UTC)
TABLE = packaged("texts/en.toml")["locale"]
TEXTS = Texts.from_mapping(load_texts())
ZONES = ("America/New_York", "Europe/Istanbul", "Asia/Kolkata", "America/St_Johns", "Europe/Berlin", "UTC")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("month", range(1, 13))
def test_english_texts_write_moments_as_the_english_facts_do(zone: str, month: int) -> None:
    at = AT.replace(month=month)
    assert moment_in(TEXTS.locale, at, zone) == label(at, zone)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        moment_in(TEXTS.locale, AT.replace(tzinfo=None), "UTC")


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("en", "America/New_York", "Sun 1 Mar 2026, 15:05 EST"),
        ("es-419", "America/New_York", "domingo 1 de marzo de 2026 a las 15:05 EST"),
        ("es-419", "America/Bogota", "domingo 1 de marzo de 2026 a las 15:05 UTC-05"),
        ("es-419", "America/Mexico_City", "domingo 1 de marzo de 2026 a las 14:05 CST"),
        ("de", "America/New_York", "So., 1. März 2026, 15:05 Uhr EST"),
        ("de", "Europe/Berlin", "So., 1. März 2026, 21:05 Uhr MEZ"),
    ],
)
def test_a_moment_is_told_in_the_readers_language_and_zone(language: str, zone: str, said: str) -> None:
    assert Reader(TEXTS.of(language), zone).moment(AT) == said


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", Quantity(1, "month"), "1 month"),
        ("en", Quantity(6, "month"), "6 months"),
        ("en", Quantity(36.5, "hour"), "36.5 hours"),
        ("es-419", Quantity(1, "month"), "1 mes"),
        ("es-419", Quantity(36.5, "hour"), "36.5 horas"),
        ("de", Quantity(60, "day"), "60 Tage"),
        ("de", Quantity(36.5, "hour"), "36,5 Stunden"),
    ],
)
def test_a_count_has_the_form_and_the_figures_of_its_language(language: str, count: Quantity, said: str) -> None:
    assert TEXTS.of(language).locale.format_count(count.number, count.unit) == said


def test_a_language_with_three_forms_of_a_count_has_all_of_them() -> None:
    polish = Formats.from_table("pl", TABLE)
    assert [polish.format_count(n, "month") for n in (1, 23, 12)] == ["1 miesiąc", "23 miesiące", "12 miesięcy"]


@pytest.mark.parametrize(
    ("language", "clauses", "causes"),
    [
        ("en", "a, b, and c", "a, and b"),
        ("es-419", "a, b y c", "a y, además, b"),
        ("de", "a, b und c", "a und außerdem: b"),
    ],
)
def test_a_list_is_put_together_as_its_language_does(language: str, clauses: str, causes: str) -> None:
    locale = TEXTS.of(language).locale
    assert (locale.format_list("abc", "clauses"), locale.format_list("ab", "causes")) == (clauses, causes)
    assert (locale.format_list("a", "clauses"), locale.format_list("a", "causes")) == ("a", "a")


@pytest.mark.parametrize("language", TEXTS.languages)
def test_what_a_language_writes_passes_unchanged_into_a_text(language: str) -> None:
    reader = Reader(TEXTS.of(language), "America/New_York")
    for at in (AT.replace(month=month) for month in range(1, 13)):
        assert reader.moment(at) in reader.text("not_yet.other", date=at)
    written = reader.texts.locale.format_count(8784.5, "hour")
    assert written in reader.text("verdict.assumed_average", hours=Quantity(8784.5, "hour"))


@pytest.mark.parametrize(
    ("place", "value"),
    [(("date",), None), (("moment",), "{weekday}"), (("joins", "causes"), None), (("joins",), {})],
)
def test_what_a_language_lacks_is_told_at_the_start(place: tuple[str, ...], value: object) -> None:
    table: dict[str, Any] = copy.deepcopy(TABLE)
    under = table if len(place) == 1 else table[place[0]]
    if value is None:
        del under[place[-1]]
    else:
        under[place[-1]] = value
    with pytest.raises((LookupError, ValueError)):
        Formats.from_table("en", table)


def test_a_language_that_cldr_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="'xx' is a language that CLDR does not know"):
        Formats.from_table("xx", TABLE)


def test_texts_without_the_way_their_language_writes_are_refused() -> None:
    with pytest.raises(TextError, match="come without the way their language writes"):
        Texts.from_mapping({"requester": {}})


@pytest.mark.parametrize(
    ("utc", "said"),
    [(1, "a la 01:05 UTC"), (0, "a las 00:05 UTC"), (11, "a las 11:05 UTC"), (13, "a las 13:05 UTC")],
)
def test_spanish_says_one_o_clock_in_the_singular(utc: int, said: str) -> None:
    at = datetime(2026, 3, 1, utc, 5, tzinfo=UTC)
    assert Reader(TEXTS.of("es-419"), "UTC").moment(at) == f"domingo 1 de marzo de 2026 {said}"


def test_a_clock_of_twelve_hours_has_one_o_clock_twice() -> None:
    table = {**TABLE, "time": "h:mm a", "moment": "at {time} {zone}", "moment_at_one": "at one, {time} {zone}"}
    told = Formats.from_table("en", table)
    at = datetime(2026, 3, 1, 13, 5, tzinfo=ZoneInfo("UTC"))
    assert told.format_moment(at, "UTC").startswith("at one, 1:05")
    assert told.format_moment(at.replace(hour=10), "UTC").startswith("at 10:05")


def test_moments_are_those_of_the_zone_when_the_clocks_change() -> None:
    reader = Reader(TEXTS.of("de"), "Europe/Berlin")
    summer = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert reader.moment(summer) == "So., 29. März 2026, 03:00 Uhr MESZ"
    assert summer.astimezone(ZoneInfo("Europe/Berlin")).hour == 3
