"""One set of rules for signs: whatever is written, nothing of it is a command, markup or a placeholder."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.text import LONGEST, excerpt, line, outgoing, plain
from connector.zendesk.tickets.serialize import as_written, comment_body
from escalation.model.plain import JOINER, clean, foreign, inline, quote, without_placeholders
from tests.scale import scaled, tell
from tests.scenarios.outgoing_text.payloads import NASTY

TRIES = scaled(commit=300, nightly=50_000)
MARKS = ("{{", "{%", "}}", "%}")
UNSEEN = re.compile("[\u00ad\u034f\u180e\u200b-\u200d\u2061-\u2064\ufe00-\ufe0f]")
SIGNS = st.text(alphabet="{}%a <&[*\n\r\x00\x1b\u200b\u200d\u2060\u202e\u2028\ufeff\ud800😀", max_size=40)
WORDS = st.one_of(st.sampled_from([one for one in NASTY if len(one) < 1000]), SIGNS, st.text(max_size=60))
WAYS = (clean, outgoing, foreign, inline, quote, lambda text: line(text, 150), excerpt)
SENT = (outgoing, foreign, inline, quote, lambda text: line(text, 150))


def is_bad(sign: str) -> bool:
    turns = unicodedata.bidirectional(sign) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    control = unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} and sign not in "\n\t"
    return turns or control or sign in "\u061c\u200e\u200f\ufeff"


def test_no_way_out_lets_a_control_or_turning_sign_through() -> None:
    @settings(max_examples=TRIES)
    @given(WORDS)
    def try_one(words: str) -> None:
        for way in WAYS:
            assert not any(is_bad(sign) for sign in way(words))

    try_one()
    tell("signs_cleaned", texts=TRIES, ways=len(WAYS))


@settings(max_examples=TRIES)
@given(WORDS)
def test_nothing_that_is_sent_holds_a_placeholder_also_where_invisible_signs_are_taken_out(words: str) -> None:
    for way in SENT:
        for sent in (way(words), UNSEEN.sub("", way(words))):
            assert not any(mark in sent for mark in MARKS)


@settings(max_examples=TRIES)
@given(st.lists(WORDS, max_size=4))
def test_parts_that_are_harmless_alone_are_harmless_together(parts: list[str]) -> None:
    sent = outgoing("".join(foreign(part) for part in parts))
    assert not any(mark in sent for mark in MARKS)


@settings(max_examples=TRIES)
@given(WORDS)
def test_cleaning_twice_is_cleaning_once(words: str) -> None:
    for way in (clean, without_placeholders, outgoing):
        assert way(way(words)) == way(words)


@settings(max_examples=TRIES)
@given(WORDS)
def test_all_that_is_read_is_still_there(words: str) -> None:
    def read(text: str) -> str:
        return "".join(sign for sign in clean(text) if sign.isalnum())

    assert read(outgoing(words)) == read(words)


@settings(max_examples=TRIES)
@given(WORDS)
def test_html_of_a_foreign_text_has_only_our_tags(words: str) -> None:
    shown = as_written(outgoing(words))
    assert set(re.findall(r"<[^>]*>", shown)) <= {"<p>", "</p>", "<br>"}
    assert "<" not in re.sub(r"</?p>|<br>", "", shown)


@settings(max_examples=TRIES)
@given(WORDS)
def test_a_foreign_text_in_markdown_makes_no_link_picture_heading_or_markup(words: str) -> None:
    bare = re.sub(r"\\.", "", inline(words), flags=re.DOTALL)
    assert not set(bare) & set("`*_[]<>#|~!")
    for shown in quote(words).split("\n"):
        assert shown.startswith("> ")
        assert not set(re.sub(r"\\.", "", shown[2:])) & set("`*_[]<>#|~!")


@pytest.mark.parametrize("words", NASTY, ids=range(len(NASTY)))
def test_what_is_sent_is_never_longer_than_zendesk_takes(words: str) -> None:
    for sent in (outgoing(words), comment_body(words, words), as_written(outgoing(words))):
        assert len(sent.encode()) <= LONGEST
        assert not any(mark in sent for mark in MARKS)
    assert len(line(words, 150)) <= 150
    assert "\n" not in line(words, 150)
    assert len(quote(words)) < 10_000


def test_emoji_made_of_several_signs_stay_whole() -> None:
    for kept in ("👩🏽\u200d🔧", "👨\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "می\u200cخواهم", "שלום 1 Привет"):
        assert outgoing(kept) == kept
        assert inline(kept) == kept


def test_line_ends_are_one_sign_and_no_header_begins() -> None:
    assert clean("a\r\nb\rc\u2028d") == "a\nb\nc\nd"
    assert line("a\r\nBcc: everybody@example.com", 150) == "a Bcc: everybody@example.com"


def test_braces_are_parted_by_exactly_one_sign() -> None:
    assert outgoing("{\u200b\u2060{x}\u200d}") == "{" + JOINER + "{x}" + JOINER + "}"


def test_the_words_of_a_page_are_clean_too() -> None:
    assert plain("<p>a&#0;b&#8238;c</p>") == "a\ufffdbc"
