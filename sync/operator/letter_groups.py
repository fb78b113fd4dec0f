"""Dead letters as a person looks at them: by the causes that they have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from store import LetterSummary, Store
from sync.operator.causes import LetterCause, cause_of
from sync.operator.dead import LetterSelection, count, summaries

LOOKED_AT: Final = 1_000
"""So many letters are read for a look: what a page may cost."""


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """The letters of one cause: how many, when the first and the last of them began, and of which kinds."""

    cause: LetterCause
    letters: int
    oldest: datetime
    youngest: datetime
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundLetters:
    """`groups` are of every cause, `letters` of the cause that was asked for, if any.

    `of`: how many there are of every cause, also of those that were not looked at.
    """

    groups: tuple[CauseGroup, ...]
    letters: tuple[LetterSummary, ...]
    of: int

    @property
    def more(self) -> int:
        """How many there are that were not looked at."""
        return self.of - sum(group.letters for group in self.groups)


def find_letters(store: Store, wanted: LetterSelection, most: int = LOOKED_AT) -> FoundLetters:
    """What a selection chooses, by one question where there are not more than `most`."""
    of_every_cause = replace(wanted, cause=None)
    read = summaries(store, of_every_cause, most)
    of = len(read) if len(read) < most else count(store, of_every_cause)
    chosen = [one for one in read if wanted.cause in (None, cause_of(one.error).key)]
    return FoundLetters(groups_of(read), tuple(chosen), max(of, len(read)))


def groups_of(letters: Iterable[LetterSummary]) -> tuple[CauseGroup, ...]:
    """The letters by their causes, the largest group first."""
    by_cause: dict[LetterCause, list[LetterSummary]] = {}
    for one in letters:
        by_cause.setdefault(cause_of(one.error), []).append(one)
    groups = [
        CauseGroup(
            cause,
            len(some),
            min(one.begun for one in some),
            max(one.begun for one in some),
            tuple(sorted({one.kind for one in some})),
        )
        for cause, some in by_cause.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.letters, group.cause.text)))
