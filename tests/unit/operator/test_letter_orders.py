"""Orders for many dead letters as a form holds them, and causes that are told alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import LetterSummary
from sync.operator.causes import LONGEST, UNSAID, cause_of
from sync.operator.letter_orders import MOST, OrderState, from_text, new_order, to_text

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def a_letter(box: str, number: int) -> LetterSummary:
    return LetterSummary(box, number, str(number), "look", NOW, 1, "No.", "ticket:35", None)


@given(st.sets(st.tuples(st.sampled_from(("in", "out")), st.integers(1, 2**62)), min_size=1, max_size=50))
def test_an_order_comes_back_as_it_was_written(rows: set[tuple[str, int]]) -> None:
    order = new_order([a_letter(*row) for row in rows], NOW)
    read = from_text(to_text(order), NOW)
    assert read == order
    assert set(order.letters) == rows


def test_thousands_of_letters_fit_into_a_form() -> None:
    order = new_order([a_letter(("in", "out")[n % 2], 1000 + n * 37) for n in range(MOST + 9)], NOW)
    assert len(order.letters) == MOST
    assert len(to_text(order)) < 10_000


@given(st.text(max_size=200) | st.from_regex(r"[0-9]{10}\.[0-9a-f]{16}\.[A-Za-z0-9_-]{1,80}", fullmatch=True))
def test_whatever_else_is_sent_is_no_order(text: str) -> None:
    assert from_text(text, NOW) is None


def test_an_order_of_before_yesterday_is_none_any_more() -> None:
    text = to_text(new_order([a_letter("in", 1)], NOW))
    assert from_text(text, NOW + timedelta(hours=23)) is not None
    assert from_text(text, NOW + timedelta(hours=25)) is None


def test_a_small_text_that_would_unpack_to_much_is_no_order() -> None:
    import base64
    import zlib

    packed = base64.urlsafe_b64encode(zlib.compress(b"\x01" * 10_000_000, 9)).decode().rstrip("=")
    assert from_text(f"{int(NOW.timestamp())}.{'a' * 16}.{packed}", NOW) is None


def test_how_far_an_order_came_is_read_as_it_was_kept() -> None:
    state = OrderState("replay", 40, 20, 18, 1, 1, ("No.",))
    assert OrderState.from_json(state.to_json()) == state
    assert state.left == 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zendesk answered 502. It was tried 9 times.", "Zendesk answered 503. It was tried 11 times."),
        ("There is no case C-00001B.", "There is no case C-0000ZZ."),
        ("Ticket 35 is closed.", "Ticket 4711 is closed."),
        ("It was due at 2026-11-20T15:00:00Z.", "It was due at 2026-11-21T16:01:00Z."),
    ],
)
def test_letters_of_one_cause_are_told_alike(one: str, other: str) -> None:
    assert cause_of(one) == cause_of(other)


def test_other_causes_are_told_apart_and_none_is_without_words() -> None:
    assert cause_of("The body is no JSON.").key != cause_of("WorkMarket refused the token.").key
    assert cause_of("Zendesk answered 403.").key != cause_of("Zendesk answered 404.").key
    assert cause_of("").text == UNSAID
    assert len(cause_of("x" * 9999).text) == LONGEST + 1
