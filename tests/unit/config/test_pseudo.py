"""The pseudo-locale: every text through the same door, longer, marked, from the right; nothing breaks by it."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest

from config.texts import load_banned, sentences
from escalation.engine.ours import is_ours, reference_in
from escalation.model.plain import is_unseen
from escalation.policies.readers import Reader
from escalation.policies.texts import banned_in, gaps
from tests.pseudo import END, LANGUAGE, MARK, pseudo_texts

TEXTS = pseudo_texts()
PSEUDO = TEXTS.of(LANGUAGE)
LEAVING = [key for key, audience in TEXTS.audiences.items() if audience != "agents"]


def test_it_is_longer_by_four_tenths_and_marked() -> None:
    for key in LEAVING:
        text, english = PSEUDO.templates[key], TEXTS.templates[key]
        assert len(text) >= 1.3 * len(english), key
        assert text.count(MARK) == text.count(END) == sum(bool(line.strip()) for line in english.split("\n"))
    long = [key for key in LEAVING if len(TEXTS.templates[key]) > 300]
    assert all(len(PSEUDO.templates[key]) < 1.7 * len(TEXTS.templates[key]) for key in long)


def test_it_runs_from_the_right_without_a_sign_that_says_so() -> None:
    for key in LEAVING:
        text = PSEUDO.templates[key]
        assert unicodedata.bidirectional(text[0]) == "R"
        assert not any(map(is_unseen, text))


def test_its_texts_have_the_gaps_of_the_english_ones_and_end_their_sentences() -> None:
    for key in LEAVING:
        assert gaps(PSEUDO.templates[key]) == gaps(TEXTS.templates[key])
        assert sentences(PSEUDO.templates[key]) == sentences(TEXTS.templates[key])


@pytest.mark.parametrize("key", ["message.tier_1", "message.tier_1_worker"])
def test_a_message_in_any_script_is_known_by_its_reference(key: str) -> None:
    sent = PSEUDO.public(key, assignment_id="1001", greeting="g", about="a", next="b").with_reference("8F3K-2")
    posted = {"8F3K-2": " ".join(sent.split())}
    for seen in (sent, sent.replace("[", "\u2068[").replace("]", "]\u2069"), f"\u202b{sent}\u202c"):
        assert reference_in(seen) == "8F3K-2"
        assert is_ours(posted, seen)


def test_what_it_is_filled_with_is_written_as_its_language_does() -> None:
    reader = Reader(PSEUDO, "Asia/Jerusalem")
    said = reader.text("waiting_for_date", date=datetime(2026, 3, 1, 20, 5, tzinfo=UTC), why="x")
    assert "22:05" in said
    assert banned_in(said, load_banned()) == []
