"""The addresses of requesters' pages: how they are made, known again, and taken out of what is kept."""

from __future__ import annotations

import random
import re

import pytest

from parley.pages.requester.address_book import LENGTH, SIGNS, digest_of, is_made_with, token_of
from parley.pages.requester.browser_language import wanted_texts
from store import PageGiving
from sync.shared.page_addresses import all_without_addresses, without_addresses
from tests.unit.escalation.case_world import texts

SECRET, OTHER = "n" * 32, "o" * 32
GIVING = PageGiving("C-1", "501", "35", "C-1.3")
TOKEN = token_of(SECRET, GIVING)


def test_it_is_22_letters_and_digits_and_the_same_each_time() -> None:
    assert re.fullmatch("[A-Za-z0-9]{22}", TOKEN)
    assert token_of(SECRET, PageGiving("C-1", "501", "35", "C-1.9")) == TOKEN
    assert is_made_with(SECRET, TOKEN)


@pytest.mark.parametrize(
    "giving",
    [
        PageGiving("C-2", "501", "35", ""),
        PageGiving("C-1", "502", "35", ""),
        PageGiving("C-1", "501", "36", ""),
        PageGiving("C-1", "50", "135", ""),
    ],
)
def test_each_case_person_and_ticket_has_one_of_its_own(giving: PageGiving) -> None:
    assert token_of(SECRET, giving) != TOKEN
    assert digest_of(token_of(SECRET, giving)) != digest_of(TOKEN)


def test_another_secret_neither_makes_it_nor_knows_it() -> None:
    assert token_of(OTHER, GIVING) != TOKEN
    assert not is_made_with(OTHER, TOKEN)


def test_a_hundred_thousand_guesses_are_known_to_be_wrong_without_a_question() -> None:
    dice = random.Random(14)  # noqa: S311  guesses that can be repeated
    guesses = ["".join(dice.choices(SIGNS, k=LENGTH)) for _ in range(5_000)]
    near = [TOKEN[:place] + sign + TOKEN[place + 1 :] for place in range(LENGTH) for sign in SIGNS]
    assert not any(is_made_with(SECRET, guess) for guess in guesses)
    assert {guess for guess in near if is_made_with(SECRET, guess)} == {TOKEN}


@pytest.mark.parametrize(
    "token", ["", TOKEN[:-1], TOKEN + "0", TOKEN[:-1] + "-", TOKEN[:-1] + "\n", "Z" * 22, "é" * 22, "٣" * 22]
)
def test_what_has_another_shape_is_none(token: str) -> None:
    assert not is_made_with(SECRET, token)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"See https://desk.test/p/{TOKEN}.", "See https://desk.test/p/…."),
        (f"> <https://desk.test/p/{TOKEN}>", "> <https://desk.test/p/…>"),
        (f"https://safe.example/?url=https%3A%2F%2Fdesk.test%2Fp%2F{TOKEN}&x=1", None),
        (f"https://safe.example/?url=https%253a%252f%252fdesk.test%252fp%252f{TOKEN}", None),
        ("https://photos.example/p/Cx12", "https://photos.example/p/Cx12"),
        (f"https://other.example/p/{TOKEN}a", f"https://other.example/p/{TOKEN}a"),
    ],
)
def test_nothing_that_is_kept_holds_one(said: str, kept: str | None) -> None:
    found = without_addresses(said)
    assert TOKEN not in found or kept == said
    assert kept is None or found == kept


def test_it_is_taken_out_of_every_text_of_a_body() -> None:
    body = {"event": {"updates": [{"text": f"/p/{TOKEN}", "n": 1}]}, "none": None, "yes": True}
    assert all_without_addresses(body) == {
        "event": {"updates": [{"text": "/p/…", "n": 1}]},
        "none": None,
        "yes": True,
    }


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("fr, es;q=0.5, en;q=0.1", "es-419"),
        ("en;q=0.2, de;q=x, *", "en"),
        ("a" * 5_000, "en"),
    ],
)
def test_that_there_is_nothing_is_said_in_the_browsers_language(accepted: str, language: str) -> None:
    assert wanted_texts(texts(), accepted).language == language
