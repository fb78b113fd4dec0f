"""What is done to texts at the edge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.text import excerpt, file_name, line, outgoing, plain
from escalation.model.plain import clean


def test_control_characters_and_nul_are_taken_out() -> None:
    assert clean("a\x00b\x07c\x1b[0m\r\nd\te") == "abc[0m\nd\te"


def test_lone_surrogates_are_taken_out() -> None:
    assert clean("a\ud800b") == "ab"


def test_emoji_and_other_scripts_stay() -> None:
    assert clean("👩🏽‍🔧 Привет שלום") == "👩🏽‍🔧 Привет שלום"


def test_placeholders_are_parted_by_an_invisible_character() -> None:
    assert outgoing("{{ticket.id}} {% if %}") == "{\u2060{ticket.id}\u2060} {\u2060% if %\u2060}"


@settings(max_examples=300)
@given(st.text(alphabet="{}%a\u2060 ", max_size=30))
def test_no_placeholder_survives(text: str) -> None:
    sent = outgoing(text)
    assert not any(mark in sent for mark in ("{{", "{%", "}}", "%}"))


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_sending_a_sent_text_changes_nothing(text: str) -> None:
    assert outgoing(outgoing(text)) == outgoing(text)


def test_a_text_is_cut_at_its_limit() -> None:
    assert len(outgoing("x" * 100, 20)) <= 20


def test_a_line_has_no_breaks() -> None:
    assert line("a\n b\r\nc", 100) == "a b c"


def test_an_excerpt_is_short() -> None:
    assert len(excerpt("y" * 1000, 50)) == 50


def test_html_becomes_its_words() -> None:
    assert plain("<p>Dear <b>Wanda</b>,</p><p>Tom &amp; Co<br>say hello</p>") == "Dear Wanda,\nTom & Co\nsay hello"


@pytest.mark.parametrize("sign", ["a", "é", "👩", "{"])
@pytest.mark.parametrize("length", [151, 1_001, 10_000, 100_000])
def test_a_files_name_keeps_its_ending_however_long_it_is(sign: str, length: int) -> None:
    named = file_name(sign * length + ".pdf")
    assert named.endswith(".pdf")
    assert len(named) <= 150
    assert "{{" not in named


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a"b\\c.pdf', "a_b_c.pdf"),
        ("a\r\nX-Evil: 1\x00.pdf", "a X-Evil: 1.pdf"),
        ("gpj.\u202ephoto.exe", "gpj.photo.exe"),
        ("\ufeff. .", "file"),
        ("", "file"),
    ],
)
def test_a_files_name_is_one_line_without_folders(name: str, sent: str) -> None:
    assert file_name(name) == sent
