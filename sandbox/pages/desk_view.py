"""What the pages need of the desk behind them: its cases to look at, and the clock that both share."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NoReturn, Protocol, TypedDict

ReportKind = Literal["week", "month"]


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

    def report(self, kind: ReportKind, *, last: bool) -> str:
        """What became of the cases of this week or month so far, or of the last one, as a whole page of HTML."""
        ...

    def to_next_deadline(self) -> datetime | None:
        """Move to the next due moment of any open case; None where there is none."""
        ...


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

    def report(self, kind: ReportKind, *, last: bool) -> NoReturn:  # noqa: ARG002  it is asked for none
        raise ValueError(f"The desk runs elsewhere: `parley report --{kind}` writes its report.")

    def move(self, delta: timedelta) -> NoReturn:
        raise ValueError(f"The desk goes by the machine's clock, which can't be moved here (by {delta}).")

    def to_next_deadline(self) -> NoReturn:
        raise ValueError("The desk goes by the machine's clock, which can't be moved here.")
