"""What a macro of the team's asserts by the text that it came with, and what an edit has left of that."""

from __future__ import annotations

from config.texts import load_texts
from config.zendesk import load_account
from escalation.policies.texts import Texts
from parley.inspection.macro_words import IN_WORDS, asserting, asserting_lines

TEXTS = Texts.from_mapping(load_texts())
MACROS = load_account().macros
TIER_2 = "Escalation::Tier 2: direct contact"
ASSERTS = (
    "The desk sends it only where this is so: the other side has not answered; they were written to in an earlier "
    "tier; the message of this tier has just gone out."
)


def told(**said: str) -> dict[str, str]:
    named = {f"{TIER_2}{'' if language == 'en' else f' ({language})'}": words for language, words in said.items()}
    return {name: words for name, _, words in asserting_lines(MACROS, named, TEXTS)}


def judged(**said: str) -> str:
    named = {f"{TIER_2}{'' if language == 'en' else f' ({language})'}": words for language, words in said.items()}
    return next(level for name, level, _ in asserting_lines(MACROS, named, TEXTS) if name == f"words of {TIER_2}")


def test_each_macro_whose_text_asserts_something_has_one_line() -> None:
    names = list(told())
    assert names == [f"words of {one.name}" for one in MACROS if TEXTS.asserts.get(one.comment)]
    assert f"words of {TIER_2}" in names


def test_one_that_was_not_edited_says_what_it_asserts_and_no_more() -> None:
    ours = TEXTS.templates["tier_2"]
    for words in (ours, ours.replace("\n", "\r\n"), f"<p>{ours}</p>"):
        assert told(en=words)[f"words of {TIER_2}"] == ASSERTS
    assert told()[f"words of {TIER_2}"] == ASSERTS


def test_an_edit_that_still_holds_our_sentence_is_told_with_it() -> None:
    edited = f"Hi!\n\n{asserting(TEXTS.templates['tier_2'])[0]}\n\nCheers"
    kept = "We have had no answer so far, so we are now writing to the o …"
    assert told(en=edited)[f"words of {TIER_2}"] == f"{ASSERTS} In en it was edited, and still says “{kept}”."


def test_an_edit_without_it_is_a_warning_that_says_what_to_check_in_whatever_language() -> None:
    assert told(de="Hallo, wir schreiben jetzt.")[f"words of {TIER_2}"] == (
        f"{ASSERTS} In de it was edited, and no longer says our sentence on that. "
        "Read it in Zendesk: what it says now has to be true each time that it is sent."
    )
    assert judged(en="We rang them twice. Please be patient.") == "warning"
    assert judged(en=TEXTS.templates["tier_2"]) == judged() == "ok"


def test_what_macros_assert_is_told_in_words() -> None:
    facts = {fact for spec in MACROS for fact in TEXTS.asserts.get(spec.comment, ())}
    assert facts <= IN_WORDS.keys()


def test_gaps_are_read_whatever_they_are_filled_with() -> None:
    filled = TEXTS.templates["off_platform"].replace("{link}", "https://adr.example")
    named = {"Escalation::Off platform": filled}
    lines = {name: words for name, _, words in asserting_lines(MACROS, named, TEXTS)}
    assert "edited" not in lines["words of Escalation::Off platform"]
