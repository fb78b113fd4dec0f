"""What requesters read of the account: in every language, as long as English, and as neutral."""

from __future__ import annotations

import pytest

from config.account_words import Words, english_words, is_label, load_account_words, wrong_words
from config.texts import languages, load_banned
from config.zendesk import load_account
from config.zendesk_rules import LONGEST_LABEL
from escalation.policies.texts import banned_in

ENGLISH = english_words(load_account())
ALL: dict[str, Words] = {"en": ENGLISH, **load_account_words(load_account())}


def test_every_language_has_every_word() -> None:
    assert set(ALL) == set(languages())
    assert {frozenset(words) for words in ALL.values()} == {frozenset(ENGLISH)}


@pytest.mark.parametrize("language", sorted(ALL))
def test_no_word_promises_urges_or_rules_and_every_label_fits(language: str) -> None:
    banned = load_banned()
    for key, said in ALL[language].items():
        assert banned_in(said, banned) == []
        assert len(said) <= LONGEST_LABEL or not is_label(key)
        assert "{" not in said


@pytest.mark.parametrize(
    ("key", "said", "wrong"),
    [
        ("form", None, "the text form is missing."),
        ("status.tier_9", "Hallo", "nobody uses the text status.tier_9."),
        ("status.tier_1", "x" * 49, "the text status.tier_1 has more than 48 characters."),
        (
            "field.outcome.description",
            "Ein Satz.",
            "the text field.outcome.description must have 2 sentences, not 1.",
        ),
    ],
)
def test_a_language_that_lacks_a_word_or_says_another_is_refused(key: str, said: str | None, wrong: str) -> None:
    words = {name: text for name, text in ALL["de"].items() if name != key}
    assert wrong_words(ENGLISH, words if said is None else {**words, key: said}) == [wrong]
