"""The texts that ship: complete, neutral, and what each must say."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import escalation
from config.packaged import ConfigError, packaged
from config.texts import (
    ACCOUNT,
    OUTSIDE,
    banned_by_language,
    differences,
    lacking,
    languages,
    load_banned,
    load_texts,
    sentences,
)
from escalation.engine.asserted import FACTS
from escalation.engine.occasions import OCCASIONS
from escalation.policies.texts import TextError, Texts, banned_in, gaps
from tests.asserting import READ

TEXTS = Texts.from_mapping(load_texts())
ALL = sorted(TEXTS.keys)
BANNED = load_banned()
OTHERS = sorted(TEXTS.translations)
LEAVING = [key for key in ALL if TEXTS.audiences[key] != "agents"]
"""The keys of what leaves the house."""


def of(audience: str) -> list[str]:
    return [key for key in ALL if TEXTS.audiences[key] == audience]


DESKS = {
    "en": "WorkMarket escalations desk",
    "es-419": "equipo de escalamientos de WorkMarket",
    "de": "Eskalationsteam von WorkMarket",
}
"""What the desk calls itself."""

LETTERS = [key for key in of("requester") if "\n\n" in TEXTS.templates[key]]
TO_THE_OTHER_SIDE = [
    key for key in of("other_side") if key.startswith(("message.", "email.")) and ".subject" not in key
]

# What the process renders, and with what. Another language's file must have the same.
EXPECTED = {
    "tier_1": "",
    "tier_2": "",
    "tier_3": "",
    "update": "",
    "update_contact": "",
    "not_eligible_macro": "",
    "off_platform": "link",
    "about.hoped": "kind",
    "off_platform_client": "",
    "off_platform_client.link": "link",
    "verdict.eligible": "",
    "verdict.thanks": "",
    "verdict.assumed_average": "hours",
    "verdict.assumed_counted": "completed date extra hours",
    "needs_review": "looking_at",
    "looking_at.identity": "",
    "looking_at.recent": "",
    "looking_at.contacted": "",
    "looking_at.unanswered": "",
    "looking_at.violation": "",
    "looking_at.reason": "",
    "looking_at.duplicate": "",
    "looking_at.requester_spoke": "",
    "looking_at.ended": "",
    "looking_at.changed": "",
    "looking_at.other": "",
    "ask": "questions",
    "ask.assignment_missing": "",
    "ask.assignment_wrong": "number",
    "ask.not_contacted": "assignment_id",
    "remind": "date questions",
    "withdrawn_unanswered": "missing",
    "waiting_for_date": "date why",
    "not_yet.approval_overdue": "date",
    "not_yet.approval_assumed": "date",
    "not_yet.approval_counted": "completed date extra hours",
    "not_yet.approval_assumed_counted": "completed date extra hours",
    "not_yet.payment_past_due": "date",
    "not_yet.no_answer_yet": "date",
    "not_eligible.why": "because",
    "because.too_old": "months",
    "because.too_old_client": "days",
    "because.violation": "",
    "because.justification_stated": "",
    "because.paid": "",
    "because.paid_on": "date",
    "confirming.approved": "",
    "confirming.paid": "",
    "resolved": "",
    "joined": "ticket_id",
    "request_subject": "assignment_id",
    "message.tier_1": "about assignment_id greeting next",
    "email.tier_2.subject": "assignment_id",
    "email.tier_2.body": "about assignment_id greeting next",
    "email.tier_3.subject": "assignment_id",
    "email.tier_3.body": "about assignment_id greeting next",
    "note.other_side_said": "at author hears text",
    "note.message_seen": "at author text",
    "note.unknown_author": "at author text",
    "note.no_address_tier_2": "",
    "note.no_address_tier_3": "group",
    "note.tier_field_cleared": "",
    "note.post_nothing": "",
    "post.ours": "",
    "note.busy_ticket": "count",
    "note.busy_assignment": "count date",
    "note.post_refused_no_case": "",
    "note.unsettled_post": "found ours",
    "note.needs_review": "ends rules",
    "note.agent_reminder": "about days ends since",
    "note.silence": "date days since",
    "note.invisible": "assignment_id",
    "note.second_request": "text",
    "note.duplicate_other_user": "ticket_id",
    "note.account_manager_replied": "text",
    "note.late_answer": "text",
    "note.paused": "actor until why",
    "note.paused_running": "actor until why",
    "note.resumed": "",
    "note.short_cancellation": "hours",
}


@pytest.mark.parametrize("language", TEXTS.languages)
def test_no_text_holds_a_banned_phrase(language: str) -> None:
    templates = TEXTS.of(language).templates
    assert {key: found for key, text in templates.items() if (found := banned_in(text, BANNED))} == {}


@pytest.mark.parametrize(("key", "names"), EXPECTED.items())
def test_a_text_of_the_process_has_its_gaps(key: str, names: str) -> None:
    assert gaps(TEXTS.templates[key]) == set(names.split())


@pytest.mark.parametrize("key", TO_THE_OTHER_SIDE)
def test_every_message_to_the_other_side_opens_by_saying_who_writes(key: str) -> None:
    opening = TEXTS.templates[key].removeprefix("{greeting}\n\n")
    opening = re.split(r"\.\s", opening)[0]
    assert re.fullmatch(r"This (message|e-mail) comes from the WorkMarket escalations desk", opening)


@pytest.mark.parametrize(("language", "desk"), DESKS.items())
@pytest.mark.parametrize(
    "key", [key for key in of("other_side") if key.startswith("email.") and key.endswith(".subject")]
)
def test_a_subject_names_the_desk_and_fits_one_line(key: str, language: str, desk: str) -> None:
    subject = TEXTS.of(language).render(key, assignment_id="1234567890")
    assert subject.casefold().startswith(desk.casefold())
    assert "\n" not in subject
    assert len(subject) < 105


@pytest.mark.parametrize("key", LETTERS)
def test_a_letter_to_the_requester_greets_and_is_signed(key: str) -> None:
    assert TEXTS.templates[key].startswith("Hello,\n\n")
    assert TEXTS.templates[key].endswith("\n\nKind regards\nThe WorkMarket escalations desk")


def test_the_first_update_says_that_the_desk_guarantees_no_outcome() -> None:
    assert "can't guarantee an outcome" in TEXTS.templates["tier_1"]


def test_the_last_update_names_the_arbitration_association_and_the_policys_link() -> None:
    told = TEXTS.render("off_platform", link="https://x.example/")
    assert "American Arbitration Association, which is independent of WorkMarket" in told
    assert "what it costs: https://x.example/" in told


@pytest.mark.parametrize("key", ["off_platform", "off_platform_after_answer", "off_platform_tried"])
def test_a_months_end_says_what_to_have_ready_and_that_a_reply_brings_a_person(key: str) -> None:
    told = TEXTS.render(key, link="https://x.example/")
    assert "Have ready the number of the assignment" in told
    assert "reply to this message and a person will look at it" in told


def test_a_duplicate_by_somebody_else_is_not_given_away_to_the_requester() -> None:
    told = TEXTS.render("needs_review", looking_at=TEXTS.render("looking_at.duplicate"))
    assert not re.search(r"duplicate|another|second|already|other (case|request|user)", told, re.IGNORECASE)


def test_the_note_on_a_short_cancellation_leaves_the_fee_to_the_client() -> None:
    note = TEXTS.render("note.short_cancellation", hours=24)
    assert "may choose" in note
    assert "requires that of nobody" in note


UNTIDY = re.compile(r"\A\s|\s\Z|[^\S\n]{2}|[^\S\n]\n|\n{3}|\t|!{2}")


@pytest.mark.parametrize("language", TEXTS.languages)
def test_texts_are_tidy(language: str) -> None:
    templates = TEXTS.of(language).templates
    assert [key for key in ALL if UNTIDY.search(templates[key])] == []


@pytest.mark.parametrize("key", [key for key in ALL if key.startswith(("looking_at.", "because."))])
def test_a_clause_has_no_full_stop_of_its_own(key: str) -> None:
    assert TEXTS.templates[key][0].islower()
    assert not TEXTS.templates[key].endswith(".")


@pytest.mark.parametrize("language", TEXTS.languages)
def test_no_text_that_leaves_the_house_speaks_of_how_it_works_inside(language: str) -> None:
    inside = re.compile(r"\btiers?\b|parley|macro|trigger|zendesk|outbox", re.IGNORECASE)
    templates = TEXTS.of(language).templates
    assert [key for key in LEAVING if inside.search(templates[key])] == []


def test_the_list_of_banned_phrases_has_those_of_the_process_page() -> None:
    assert {"must pay", "owes", "entitled", "in breach"} <= set(BANNED)
    assert len(BANNED) == len(set(BANNED))


@pytest.mark.parametrize(
    "text",
    [
        "The client must pay you now.",
        "You are entitled to the full amount.",
        "They owe you $200.",
        "The company is in breach of the terms.",
        "The worker has to finish the work.",
        "The worker failed to show up.",
        "We have decided in your favour.",
        "This is a demand: demand payment today",
        "It is legally yours.",
    ],
)
def test_a_text_that_urges_or_rules_is_caught(text: str) -> None:
    assert banned_in(text, BANNED)


def test_every_text_that_the_process_names_is_there() -> None:
    families = {key.split(".")[0] for key in ALL if "." in key}
    names = re.compile(rf'"((?:{"|".join(families)})\.[a-z0-9_.]+[a-z0-9_])"')
    process = sorted(Path(escalation.__file__).parent.rglob("*.py"))
    sources = [file.read_text(encoding="utf-8") for file in process]
    named = {key for source in sources for key in names.findall(source)}
    assert named
    assert [name for name in named if not any(key.startswith(name) for key in ALL)] == []


def test_an_unknown_language_is_told_in_one_sentence() -> None:
    with pytest.raises(ConfigError, match=r"There is no file config/texts/xx\.toml in the package\."):
        load_texts("xx")


@pytest.mark.parametrize("language", ["../policy", "", "EN", "english"])
def test_a_language_is_a_code_and_never_a_path(language: str) -> None:
    with pytest.raises(ConfigError, match="is not a language code"):
        load_texts(language)


def test_a_translation_is_compared_key_by_key_gap_by_gap_and_sentence_by_sentence() -> None:
    english: dict[str, Any] = {
        "requester": {"a": "{x}", "b": "B", "e": "One. Two?\nThree: {x}"},
        "other_side": {"c": "{y} {z}"},
        "agents": {"n": "A note."},
    }
    other: dict[str, Any] = {
        "requester": {"a": "", "d": "D", "e": "One. Two, three: {x}"},
        "other_side": {"c": "{z}, {y}"},
        "agents": {"n": "Eine Notiz."},
    }
    assert differences(english, other) == [
        "a translation has no table agents: agents' notes are English.",
        "nobody uses the text d (requester).",
        "the text a must have exactly these gaps: x.",
        "the text b (requester) is missing.",
        "the text e must have 2 sentences, not 1.",
    ]


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_that_leaves_the_house(language: str) -> None:
    assert lacking(packaged("texts/en.toml"), packaged(f"texts/{language}.toml")) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_says_nothing_in_english(language: str) -> None:
    templates = TEXTS.of(language).templates
    same = [key for key in LEAVING if templates[key] == TEXTS.templates[key]]
    assert same == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_paragraphs_of_the_english_text(language: str) -> None:
    templates, english = TEXTS.of(language).templates, TEXTS.templates
    assert [key for key in LEAVING if templates[key].count("\n") != english[key].count("\n")] == []


@pytest.mark.parametrize(("language", "desk"), DESKS.items())
def test_letters_and_messages_name_the_desk_in_every_language(language: str, desk: str) -> None:
    templates = TEXTS.of(language).templates
    for key in (*LETTERS, *TO_THE_OTHER_SIDE):
        assert desk.casefold() in templates[key].casefold(), key


@pytest.mark.parametrize(
    ("language", "said"), [("es-419", "ni puede garantizar un resultado"), ("de", "kann kein Ergebnis zusichern")]
)
def test_the_first_update_says_in_every_language_that_no_outcome_is_guaranteed(language: str, said: str) -> None:
    assert said in TEXTS.of(language).templates["tier_1"]


@pytest.mark.parametrize(
    ("language", "name"), [("es-419", "la persona que atiende la cuenta de"), ("de", "Kundenbetreuung")]
)
def test_each_language_calls_the_account_manager_by_one_name(language: str, name: str) -> None:
    told = [key for key in ALL if TEXTS.audiences[key] != "agents" and "account manager" in TEXTS.templates[key]]
    assert [key for key in told if name not in TEXTS.of(language).templates[key]] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_agents_read_is_english_in_every_language(language: str) -> None:
    notes = [key for key in ALL if TEXTS.audiences[key] == "agents"]
    assert [key for key in notes if TEXTS.of(language).templates[key] != TEXTS.templates[key]] == []


@pytest.mark.parametrize("sign", ["\u2068", "\u200b", "\u00ad", "\u200f", "\ufe0f"])
def test_a_text_with_a_sign_that_nobody_sees_is_refused(sign: str) -> None:
    texts = {"requester": {"x": f"You {sign}{{date}}"}, "locale": TEXTS.locale}
    with pytest.raises(TextError, match="The text x has a sign that nobody sees"):
        Texts.from_mapping(texts)


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 0), ("Hello,\n\nOne. Two!\nThree", 2), ("¿Uno? Dos {date}.", 2), ("www.adr.org/x.html is one.", 1)],
)
def test_sentences_are_counted_by_the_signs_that_end_them(text: str, number: int) -> None:
    assert sentences(text) == number


def test_every_language_has_a_list_of_banned_phrases_of_its_own() -> None:
    assert set(banned_by_language()) == set(languages())
    assert all(len(phrases) > 40 for phrases in banned_by_language().values())


@pytest.mark.parametrize(
    "text",
    [
        "El cliente debe pagar la asignación.",
        "EL CLIENTE LE DEBE 200 DÓLARES.",
        "Usted tiene derecho a un pago.",
        "Garantizamos que recibirá su dinero.",
        "Der Kunde muss zahlen.",
        "Der Kunde SCHULDET Ihnen das Geld.",
        "Wir haben entschieden: der Kunde ist im Unrecht.",
        "Sie haben Anspruch auf Ihr Geld.",
        "The client must\u200b pay you.",
        "The client \u2068must\u2069 pay you.",
        "The client m\u00adust pay you.",
        "Ｔｈｅ ｃｌｉｅｎｔ ｍｕｓｔ ｐａｙ ｙｏｕ.",
        "Der Kunde mu\u200dss\u00a0zahlen.",
        "El cliente de\u2060be pagar.",
        "El cliente tiene una deu\ufe0fda.",
    ],
)
def test_no_language_and_no_unseen_sign_hides_a_text_that_urges_or_rules(text: str) -> None:
    assert banned_in(text, BANNED)


def test_texts_of_another_language_than_english_may_be_the_policys() -> None:
    german = Texts.from_mapping(load_texts("de"))
    assert german.language == "de"
    assert set(german.languages) == set(TEXTS.languages)
    assert german.render("update").startswith("Guten Tag")
    assert german.internal("note.resumed") == TEXTS.internal("note.resumed")


def test_the_tables_of_a_language_are_those_of_people_outside() -> None:
    for language in OTHERS:
        assert set(packaged(f"texts/{language}.toml")) == {*OUTSIDE, "locale", ACCOUNT}


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("es-419", "es-419"),
        ("ES_419", "es-419"),
        ("es", "es-419"),
        ("es-MX", "es-419"),
        ("en-US", "en"),
        ("en-us-x-12", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("pt-BR", None),
        ("den", None),
        ("zh-cn", None),
        ("", None),
        ("-", None),
    ],
)
def test_a_locale_of_zendesk_has_the_nearest_language_that_there_are_texts_in(
    locale: str, language: str | None
) -> None:
    assert TEXTS.best_for(locale) == language


def test_of_each_text_stands_what_it_asserts_or_that_it_asserts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"asserts": {}, "nothing": {"keys": sorted(TEXTS.keys - {"tier_2"})}}
    monkeypatch.setattr("config.texts.packaged", lambda name: table if "asserts" in name else packaged(name))
    with pytest.raises(ConfigError, match=r"asserts.toml: the text tier_2 stands in no table"):
        load_texts()


def test_what_a_text_asserts_is_a_fact_that_the_desk_and_its_tests_can_read() -> None:
    named = {name for facts in TEXTS.asserts.values() for name in facts}
    assert named <= set(FACTS)
    assert set(FACTS) == set(READ)


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_on_every_occasion_one_text_asserts_nothing_or_the_opposite_of_others(occasion: str) -> None:
    for answered, asked, review, contact, passed, seen, manager in product([True, False], repeat=7):
        so = {"answered": answered, "no_answer": not answered, "asked": asked, "not_asked": not asked}
        so |= {"assignment_seen": seen, "assignment_unseen": not seen, "account_manager_silent": not manager}
        so |= {"account_manager_waits": manager and not passed, "account_manager_told": manager and passed}
        so |= {
            "waits_for_a_person": review,
            "in_contact": contact,
            "passed_on": passed,
            "not_passed_on": not passed,
        }
        so |= {"not_passed_on": not passed, "taken_up": review, "not_taken_up": not review}
        assert any(all(so.get(fact) for fact in TEXTS.asserts[key]) for key in OCCASIONS[occasion])
