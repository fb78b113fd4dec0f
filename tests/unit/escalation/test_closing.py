"""What the desk tells besides a text stands in front of that text's closing, be the text the team's or its own."""

from __future__ import annotations

import pytest

from config.texts import load_texts
from connector.zendesk.account.ids import AccountIds
from connector.zendesk.tickets.serialize import comment_body, create_body
from escalation.language.closing import before_closing
from escalation.model.audience import chosen_text
from escalation.model.effects import CreateTicket, Say
from escalation.policies.texts import Texts

TEXTS = Texts.from_mapping(load_texts())
OURS = "Hello,\n\nWe have written.\n\nKind regards\nThe desk"
VERDICT = "We have checked it."


def test_a_text_of_ours_keeps_its_closing_last() -> None:
    assert comment_body(OURS, VERDICT, OURS) == f"Hello,\n\nWe have written.\n\n{VERDICT}\n\nKind regards\nThe desk"


def test_a_macro_that_closes_as_our_text_does_keeps_its_closing_last_and_its_words_as_they_are() -> None:
    macro = "Hi!\n\n\nWe have written.  \n\nKind regards,\nPat\n\nThis e-mail is for you alone."
    told = f"Hi!\n\n\nWe have written.  \n\n{VERDICT}\n\nKind regards,\nPat\n\nThis e-mail is for you alone."
    assert before_closing(macro, VERDICT, OURS) == told


@pytest.mark.parametrize(
    "closing",
    [
        "Yours,\nPat of WorkMarket",
        "Cheers\n\nPat\n+1 555 0100",
        "— The desk",
        "-- \nThe desk\nhttps://desk.example",
    ],
)
def test_what_stands_at_the_end_without_a_sentence_is_a_closing(closing: str) -> None:
    assert before_closing(f"Hi!\n\nWe have written.\n\n{closing}", VERDICT, OURS) == (
        f"Hi!\n\nWe have written.\n\n{VERDICT}\n\n{closing}"
    )


@pytest.mark.parametrize(
    "said",
    [
        "Hello there",
        "Hi!\n\nWe have written.",
        "Hi!\n\nPlease look here:\n\nhttps://desk.example/next",
        "Hi!\n\nWhat to have ready\n\n- your number",
        f"Hi!\n\n{'Words that go on and on without an end ' * 2}",
    ],
)
def test_a_text_without_a_closing_has_it_at_its_end(said: str) -> None:
    assert before_closing(said, VERDICT, OURS) == f"{said.rstrip()}\n\n{VERDICT}"


REASON = "This stands in the way."


def test_what_comes_first_stands_behind_the_greeting_and_the_rest_in_front_of_the_closing() -> None:
    told = f"Hello,\n\n{REASON}\n\nWe have written.\n\n{VERDICT}\n\nKind regards\nThe desk"
    assert comment_body(OURS, VERDICT, OURS, first=REASON) == told


@pytest.mark.parametrize(
    "greeting", ["Hi!", "Hello Pat,", "hello again.", "Dear Pat", "Good morning, everybody,", "**Hi**"]
)
def test_a_macro_with_a_greeting_has_it_in_front_of_its_first_paragraph(greeting: str) -> None:
    macro = f"{greeting}\n\nWe are closing it.  \n\nBye\nPat"
    told = f"{greeting}\n\n{REASON}\n\nWe are closing it.  \n\nBye\nPat"
    assert comment_body(macro, "", OURS, first=REASON) == told


def test_a_greeting_may_be_a_line_of_its_paragraph() -> None:
    macro = "Hello Pat,\nWe are closing it.\nSorry.\n\nBye\nPat"
    told = f"Hello Pat,\n\n{REASON}\n\nWe are closing it.\nSorry.\n\nBye\nPat"
    assert comment_body(macro, "", OURS, first=REASON) == told


@pytest.mark.parametrize(
    "macro",
    [
        "We are closing it.",
        "We are closing it.\n\nPlease write again.",
        "Please note:\n\nWe are closing it.",
        "Is it settled?\n\nWe are closing it.",
        "- We are closing it,\n- and that is that.\n\nPlease write again.",
        "https://desk.example\n\nWe are closing it.",
        "Hello,",
    ],
)
def test_a_text_without_a_greeting_has_everything_in_front_of_its_closing(macro: str) -> None:
    assert comment_body(f"{macro}\n\nBye\nPat", VERDICT, OURS, first=REASON) == (
        f"{macro}\n\n{REASON}\n\n{VERDICT}\n\nBye\nPat"
    )


def test_what_ran_on_from_the_greeting_begins_a_sentence_of_its_own_behind_it() -> None:
    ours = "Guten Tag,\n\nwir haben geschrieben.\n\nFreundliche Grüße\nDas Team"
    told = "Guten Tag,\n\nIhre Anfrage ist geprüft.\n\nWir haben geschrieben.\n\nFreundliche Grüße\nDas Team"
    assert comment_body(ours, "", ours, first="Ihre Anfrage ist geprüft.") == told


def test_every_whole_text_in_every_language_has_a_greeting() -> None:
    for texts in (TEXTS.of(one) for one in TEXTS.languages):
        for key, text in texts.templates.items():
            if texts.audiences[key] == "requester" and "\n\n" in text:
                assert comment_body(text, "", text, first=REASON).split("\n\n")[1] == REASON, key


def test_a_text_that_nothing_is_told_besides_stays_as_it_is() -> None:
    assert before_closing(OURS, "", OURS) == OURS


def test_every_whole_text_in_every_language_has_its_closing_last() -> None:
    for texts in (TEXTS.of(one) for one in TEXTS.languages):
        closing = texts.templates["update"].rpartition("\n\n")[2]
        for key, text in texts.templates.items():
            if texts.audiences[key] == "requester" and "\n\n" in text:
                assert before_closing(text, VERDICT, text).endswith(f"\n\n{VERDICT}\n\n{closing}"), key


def test_a_follow_up_ticket_s_first_comment_keeps_its_closing_last() -> None:
    say = Say(chosen_text(OURS), after=chosen_text(VERDICT))
    made = create_body(CreateTicket("c-1", chosen_text("Again"), say, followup_of="7"), None, AccountIds(form=1))
    assert isinstance(made["comment"], dict)
    assert made["comment"]["body"].endswith(f"{VERDICT}\n\nKind regards\nThe desk")
