"""Texts: filled strictly and literally, and held against the banned phrases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.texts import load_texts
from escalation.model.plain import JOINER, without_placeholders
from escalation.policies.texts import TextError, Texts, banned_in, gaps

TEXTS = Texts.from_mapping(
    {
        "requester": {"update": "Nothing new.", "waiting": "Until {date}: {why}. On {date} we look again."},
        "other_side": {"message": "From the desk: {assignment_id}"},
        "agents": {"note": "{text}"},
        "locale": load_texts()["locale"],
    }
)


def test_gaps_are_filled_wherever_they_stand() -> None:
    assert TEXTS.render("waiting", date="Monday", why="too early") == (
        "Until Monday: too early. On Monday we look again."
    )


def test_a_text_without_gaps_is_rendered_as_it_is() -> None:
    assert TEXTS.render("update") == "Nothing new."


@pytest.mark.parametrize(
    "value", ["{date}", "{{ticket.id}}", "{0.__class__}", "%(x)s", r"\1 \g<0>", "{", "}", "$date", "", "a\nb"]
)
def test_a_value_is_inserted_literally(value: str) -> None:
    assert TEXTS.render("note", text=value) == value


@given(st.text(), st.text())
def test_no_value_reaches_into_another_gap(date: str, why: str) -> None:
    assert TEXTS.render("waiting", date=date, why=why) == f"Until {date}: {why}. On {date} we look again."


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TextError, match="The text waiting needs a value for date, why"):
        TEXTS.render("waiting")


def test_a_value_too_many_is_named() -> None:
    with pytest.raises(TextError, match="The text update has no gap for date"):
        TEXTS.render("update", date="Monday")


def test_an_unknown_text_is_refused_with_the_nearest_key() -> None:
    with pytest.raises(TextError, match=r"There is no text updat: did you mean update\?"):
        TEXTS.render("updat")


def test_an_unknown_text_that_resembles_none_is_refused() -> None:
    with pytest.raises(TextError, match=r"There is no text zzz\."):
        TEXTS.render("zzz")


def test_keys_audiences_and_placeholders_can_be_asked_for() -> None:
    assert TEXTS.keys == {"update", "waiting", "message", "note"}
    assert TEXTS.audiences["message"] == "other_side"
    assert gaps(TEXTS.templates["waiting"]) == {"date", "why"}


@pytest.mark.parametrize(
    "template", ["{", "}", "{Date}", "{}", "{a b}", "{{date}}", "{date!r}", "{0}", "{date:>5}"]
)
def test_a_brace_that_is_no_gap_is_refused(template: str) -> None:
    with pytest.raises(TextError, match="The text x has a brace"):
        Texts.from_mapping({"requester": {"x": template}})


@pytest.mark.parametrize("template", ["", "  \n", None, 5, {"en": "x"}])
def test_an_empty_text_is_refused(template: object) -> None:
    with pytest.raises(TextError, match="The text x is empty or not a text"):
        Texts.from_mapping({"requester": {"x": template}})  # type: ignore[dict-item]


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(TextError, match="The text x stands twice: for requester and for agents"):
        Texts.from_mapping({"requester": {"x": "a"}, "agents": {"x": "b"}})


def test_an_unknown_audience_is_refused() -> None:
    with pytest.raises(TextError, match="Unknown audience worker"):
        Texts.from_mapping({"worker": {"x": "a"}})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You MUST pay now.", ["must pay"]),
        ("you must\n  pay", ["must pay"]),
        ("They owe you.", ["owe"]),
        ("We know what is fair, however.", []),
        ("a must payment", []),
        ("they're at fault!", ["at fault"]),
        ("", []),
    ],
)
def test_banned_phrases_are_found_as_whole_words_in_any_case(text: str, found: list[str]) -> None:
    assert banned_in(text, ["must pay", "owe", "at fault"]) == found


def test_a_curly_apostrophe_hides_no_phrase() -> None:
    assert banned_in("it isn’t fair", ["isn't fair"]) == ["isn't fair"]


def test_a_phrase_is_never_taken_for_a_pattern() -> None:
    assert banned_in("must pay", ["must.pay", "(", "must pay?"]) == []


@pytest.mark.parametrize("foreign", ["{{ticket.id}}", "{% if x %}", "{{{ticket.id}}}", "{{%", "{{{{"])
def test_a_foreign_text_keeps_no_placeholder(foreign: str) -> None:
    safe = without_placeholders(foreign)
    assert "{{" not in safe
    assert "{%" not in safe
    assert safe.replace(JOINER, "") == foreign


def test_a_foreign_text_without_placeholders_stays_as_it_is() -> None:
    assert without_placeholders('{"a": {} } 5 % {x}') == '{"a": {} } 5 % {x}'
