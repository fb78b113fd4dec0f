"""The page of one dead letter: all that it holds as text, and a form that settles it alone."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.engine.journaled import DISCARDED, REPLAYED
from tests.integration.pages.dead_letters import ADA, DeadLetters, dead_letters, words
from tests.unit.pages.desk_visits import RITA

HOSTILE = "<script>alert(1)</script>\u202e \"'><img src=x onerror=alert(1)> {{ 7*7 }} " + '"' * 9000


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[DeadLetters]:
    with dead_letters(tmp_path) as made:
        yield made


def test_a_letter_is_shown_with_its_error_and_what_it_holds(letters: DeadLetters) -> None:
    letters.bury(1)
    text = letters.get()
    assert 'href="/desk/dead/in-1"' in text
    said = words(letters.get("/in-1"))
    assert "Zendesk refused ticket 101: RecordInvalid" in said
    assert "What it holds, as it was kept" in said


def test_what_vendors_wrote_is_text_and_has_an_end(letters: DeadLetters) -> None:
    letters.bury_effect(HOSTILE, {"text": HOSTILE})
    text = letters.get("/out-C-7.0")
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "{{ 7*7 }}" in html.unescape(text)


@pytest.mark.parametrize(("act", "line"), [("replay", REPLAYED), ("discard", DISCARDED)])
def test_one_letter_is_settled_alone_with_who_and_why(letters: DeadLetters, act: str, line: str) -> None:
    letters.bury(2)
    answer = letters.send(letters.get("/in-1"), act)
    assert (answer.status, answer.headers["location"]) == (303, "/desk/dead/in-1")
    assert "it was settled, or waits to be tried again" in words(letters.get("/in-1"))
    assert letters.left() == 1
    ((actor, what, why),) = letters.journal(101)
    assert (actor, what) == (f"{ADA} (by the proxy)", line)
    assert "in-1 (ticket.changed), chosen by itself. Zendesk is mended." in why


def test_without_a_reason_nothing_is_done(letters: DeadLetters) -> None:
    letters.bury(1)
    answer = letters.send(letters.get("/in-1"), "discard", " ")
    assert (answer.status, letters.left()) == (400, 1)
    assert "Say why" in words(answer.text)


def test_what_somebody_else_has_settled_is_told(letters: DeadLetters) -> None:
    letters.bury(1)
    text = letters.get("/in-1")
    letters.send(text, "discard")
    answer = letters.send(text, "replay")
    assert answer.status == 409
    assert "none any more" in words(answer.text)


def test_a_reader_sees_the_form_grey_and_can_not_send_it(letters: DeadLetters) -> None:
    letters.bury(1)
    text = letters.get("/in-1", who=RITA)
    assert text.count("disabled") >= 3
    assert "Only people whom the policy names" in words(text)
    answer = letters.send(text, "discard", who=RITA)
    assert (answer.status, letters.left()) == (403, 1)


@pytest.mark.parametrize("name", ["in-7", "x", "out-", "in-9" + "9" * 40])
def test_what_is_no_letter_is_told_kindly(letters: DeadLetters, name: str) -> None:
    assert "This is no dead letter" in words(letters.get(f"/{name}"))
