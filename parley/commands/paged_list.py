"""Long lists: a page at a time on a terminal and whole otherwise, with how many there are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Final, Generic, Protocol, TypeVar

import typer

from parley.commands.terminal import print_json_list, print_rows, say

ON_A_TERMINAL: Final = 50
MOST: Final = 1_000_000_000
LimitOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=MOST, help=f"How many at most; {ON_A_TERMINAL} on a terminal where it is not given, else all."
    ),
]
After = Annotated[
    str | None, typer.Option(metavar="ID", help="Go on after this one: a page says which was its last.")
]

NoHeader = Annotated[bool, typer.Option("--no-header", help="Leave the line with the columns' names out.")]


class HasId(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=HasId)


class PagedList(Generic[Row]):
    """A list that may be long. `read` gives the rows after an id, page by page; `count` says how many there are."""

    def __init__(
        self,
        read: Callable[[str | None], Iterator[Row]],
        count: Callable[[], int],
        *,
        one: str,
        many: str,
    ) -> None:
        self._read = read
        self._count = count
        self._one = one
        self._many = many

    def print_json(self, told: Callable[[Row], object], limit: int | None, after: str | None) -> None:
        """All of it as JSON, or so many."""
        print_json_list(told(row) for row in islice(self._read(after), limit))

    def print(
        self,
        head: Sequence[str],
        told: Callable[[Row], Sequence[str]],
        limit: int | None,
        after: str | None,
        *,
        none: str,
        with_head: bool = True,
    ) -> None:
        """A page for people, and on the error output how many there are and how to go on."""
        most = limit or (ON_A_TERMINAL if sys.stdout.isatty() else None)
        rows = self._read(after)
        last: Row | None = None
        shown = 0

        def page() -> Iterator[Sequence[str]]:
            nonlocal last, shown
            for last in islice(rows, most):
                shown += 1
                yield told(last)

        print_rows(head, page(), none=none, with_head=with_head)
        if last is not None:
            more = next(rows, None) is not None
            say(self._sum(shown, last.id if more else None), err=True)

    def _sum(self, shown: int, last: str | None) -> str:
        total = self._count()
        named = f"{total} {self._one if total == 1 else self._many}"
        if last is not None:
            return f"{shown} of {named}; go on with --after {last}"
        return f"{named}." if shown >= total else f"{shown} of {named}; these were the last."
