"""Dead letters by their causes, as a person looks at them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store import LetterSummary
from sync.operator.letter_groups import groups_of

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def letter(number: int, kind: str, error: str) -> LetterSummary:
    return LetterSummary(
        "in", number, str(number), kind, NOW - timedelta(hours=number), 1, error, "ticket:35", None
    )


def test_a_group_says_how_many_how_old_and_of_which_kinds() -> None:
    letters = [letter(1, "b", "Ticket 3 is closed."), letter(5, "a", "Ticket 4 is closed."), letter(3, "a", "No.")]
    first, second = groups_of(letters)
    assert (first.cause.text, first.letters, first.kinds) == ("Ticket … is closed.", 2, ("a", "b"))
    assert (NOW - first.oldest, NOW - first.youngest) == (timedelta(hours=5), timedelta(hours=1))
    assert second.letters == 1


def test_groups_of_one_size_stand_in_the_order_of_their_words() -> None:
    assert [one.cause.text for one in groups_of([letter(1, "a", "B."), letter(2, "a", "A.")])] == ["A.", "B."]
