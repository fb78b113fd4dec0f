"""What the pages need of the desk behind them: its cases to look at, and the clock that both share."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypedDict


class CaseView(TypedDict):
    """`case` as `parley case show --json` prints it."""

    case: Mapping[str, Any]


class ListedCase(TypedDict):
    """A case in a list. `next_deadline` is its earliest one, `{kind, due, why}`, or None."""

    id: str
    ticket_id: str
    state: str
    next_deadline: Mapping[str, Any] | None


class DoneByDesk(TypedDict):
    """A line of a case's journal."""

    at: datetime
    ticket_id: str
    what: str
    why: str


class DeskView(Protocol):
    """The desk as the pages see it; every method may be called from any thread.

    `elsewhere`: it runs in a process of its own, so that the pages see no case, and no clock can be moved.
    """

    elsewhere: bool

    def case_of(self, ticket_id: str) -> CaseView | None:
        """The case of a ticket, None where it has none."""
        ...

    def cases(self) -> list[ListedCase]: ...

    def now(self) -> datetime:
        """The moment on the shared clock, aware."""
        ...

    def move(self, delta: timedelta) -> None:
        """Move the shared clock and let the desk do what has become due; returns when it is at rest."""
        ...

    def done_since(self, moment: datetime) -> list[DoneByDesk]:
        """What the desk has done in any case since a moment, the first first."""
        ...

    def to_next_deadline(self) -> datetime | None:
        """Move to the next due moment of any open case; None where there is none."""
        ...
