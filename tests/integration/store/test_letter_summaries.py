"""Dead letters of both boxes without what they hold, by one question on either database."""

from __future__ import annotations

import pytest

from store import LetterFilter, Store
from tests.integration.store.conftest import NOW
from tests.integration.store.test_letters import UNREADABLE, bury
from tests.integration.store.test_plans import overheard


@pytest.mark.parametrize(
    "which",
    [LetterFilter(), LetterFilter(kind=UNREADABLE), LetterFilter(since=NOW), LetterFilter(lanes=("ticket:3",))],
)
def test_letters_are_summed_up_as_they_are_counted_by_one_question(store: Store, which: LetterFilter) -> None:
    bury(store)
    with overheard(asked := []):
        found = store.read(lambda tx: tx.letters.summaries(which, 99))
    assert len(asked) == 1
    assert len(found) == store.read(lambda tx: tx.letters.count(which))
    assert {(one.name == str(one.number)) for one in found if one.box == "in"} <= {True}


def test_the_youngest_come_first_and_last_what_could_not_be_read_however_much_it_is(store: Store) -> None:
    bury(store)
    found = store.read(lambda tx: tx.letters.summaries(LetterFilter(), 17))
    assert [one.kind for one in found].index(UNREADABLE) == 14
    for some in (found[:14], found[14:]):
        assert [one.begun for one in some] == sorted((one.begun for one in some), reverse=True)


def test_effects_are_named_by_their_numbers(store: Store) -> None:
    bury(store)
    sent = [one for one in store.read(lambda tx: tx.letters.summaries(LetterFilter(), 99)) if one.box == "out"]
    named = store.read(lambda tx: tx.letters.effect_names([one.number for one in sent]))
    assert named == {one.number: one.name for one in sent}
