"""The desk as the pages see one that runs elsewhere: not at all, and by the machine's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn

from sandbox.pages.desk_view import CaseView, DoneByDesk, ListedCase


class OutsideDesk:
    """What the pages know of a desk that only calls the stand-ins: no case of it, and no way to move its clock."""

    elsewhere = True

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def case_of(self, ticket_id: str) -> CaseView | None:  # noqa: ARG002  it knows none
        return None

    def cases(self) -> list[ListedCase]:
        return []

    def done_since(self, moment: datetime) -> list[DoneByDesk]:  # noqa: ARG002  it is heard of nothing
        return []

    def now(self) -> datetime:
        return self._clock()

    def move(self, delta: timedelta) -> NoReturn:
        raise ValueError(f"The desk goes by the machine's clock, which can't be moved here (by {delta}).")

    def to_next_deadline(self) -> NoReturn:
        raise ValueError("The desk goes by the machine's clock, which can't be moved here.")
