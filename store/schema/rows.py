"""The rows as plain frozen values, which is all the other rooms see of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from store.schema.states import InboxState, OutboxState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InboxRow:
    """Something that happened."""

    id: int
    key: str
    kind: str
    lane: str
    body: Mapping[str, Any]
    received_at: datetime
    state: InboxState
    attempts: int
    due: datetime
    error: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows to be handled in this order, each with the first one of its lane, and the lane behind which to go on.

    That lane is empty where the next time begins anew.
    """

    rows: list[tuple[int, int]]
    last: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a recorded event: its id when new; `differs` when its key was known with another body."""

    new: bool
    id: int | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class PastRow:
    """A row of a box by its number and key. `settled_at` is None while it may still matter.

    `brief`: a look, what asked for it or what it brought. `stays`: its key has to stay known.
    """

    number: int
    key: str
    at: datetime
    settled_at: datetime | None
    brief: bool
    stays: bool


@dataclass(frozen=True, slots=True)
class Size:
    """What a database takes, in bytes; `free` of them are SQLite's to use again."""

    used: int
    free: int = 0


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case. `version` 0 is a case that was never saved; `company` is None where there is one only.

    `requester_email` is in small letters, empty where none is known; None in a row of before there was this column,
    of which `language` and `next_due` say nothing either.
    """

    id: str
    state: str
    policy: str
    changed_at: datetime
    ticket_id: str | None = None
    assignment_id: str | None = None
    party: str | None = None
    requester_id: str | None = None
    tier: int | None = None
    open: bool = True
    blocks: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    opened_at: datetime | None = None
    company: str | None = None
    language: str | None = None
    next_due: datetime | None = None
    requester_email: str | None = None


@dataclass(frozen=True, slots=True)
class NewTimer:
    """When something is due for a case, which setting of it this is, and how the moment was derived."""

    due: datetime
    generation: int
    why: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer of a case; `fired` once its inbox row was written."""

    case_id: str
    kind: str
    generation: int
    due: datetime
    why: Mapping[str, Any]
    fired: bool


@dataclass(frozen=True, slots=True)
class DueCount:
    """So many timers of a kind that are due within the hour that begins then."""

    hour: datetime
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class NewOutboxRow:
    """Something to do, before it has a place in the outbox.

    `needs` is an effect that must be done first. Of what is due, the lowest `priority` goes first.
    """

    id: str
    lane: str
    kind: str
    body: Mapping[str, Any]
    due: datetime
    case_id: str | None = None
    needs: str | None = None
    priority: int = 1


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something to do."""

    seq: int
    id: str
    case_id: str | None
    lane: str
    kind: str
    body: Mapping[str, Any]
    state: OutboxState
    attempts: int
    due: datetime
    needs: str | None
    created_at: datetime
    attempted_at: datetime | None
    error: str | None
    result: Any
    priority: int = 1


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget of calls. `refusals` in a row were heard; while there are any, it is paused, or one is probing."""

    name: str
    booked_until: datetime
    paused_until: datetime | None
    refusals: int
    probing: bool


@dataclass(frozen=True, slots=True)
class NewJournalRow:
    """A line of the journal, before it has a place there."""

    actor: str
    what: str
    at: datetime
    case_id: str | None = None
    ticket_id: str | None = None
    why: Any = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class JournalRow:
    """Who did what, when and why; `cause` is the key of the inbox row behind it."""

    id: int
    case_id: str | None
    ticket_id: str | None
    at: datetime
    actor: str
    what: str
    why: Any
    cause: str | None


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What a line of the journal is counted by: when, who, what."""

    at: datetime
    actor: str
    what: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A named value and when it was set: a cursor, a heartbeat."""

    value: Any
    at: datetime

    def read(self, how: Callable[[Any], T]) -> T | None:
        """What `how` makes of the value. None where it can't: a mark that is damaged counts as one that was never
        set, and its next writer mends it."""
        try:
            return how(self.value)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return None
