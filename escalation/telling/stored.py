"""What a view is made of: a case and the rows around it, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from escalation.model.case import Case, JournalEntry
from escalation.model.effects import Effect
from escalation.telling.shapes import AgentsOption, WaitKind


@dataclass(frozen=True, slots=True)
class Wait:
    """Why an effect waits. `until` is when it may go on, where that is known."""

    kind: WaitKind
    since: datetime
    until: datetime | None = None
    service: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class StoredEffect:
    """A row of the outbox. `effect` is None where its body can't be read; `done_at` is when it was proved done,
    `text` the words that were really said, where the service told."""

    id: str
    kind: str
    state: str
    attempts: int
    created_at: datetime
    due: datetime
    effect: Effect | None = None
    attempted_at: datetime | None = None
    done_at: datetime | None = None
    text: str | None = None
    error: str | None = None
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """Something that came for the case's ticket, and could not be handled or is yet to be."""

    number: int
    kind: str
    at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case and all that is told with it; `effects` and `journal` are the oldest first. `options` are what agents
    can do; `crossed` is the other side's case, where there is one. `waiting` is what came and is to be handled.
    `company_name`: what people call the client company, where there are several."""

    case: Case
    policy: str = ""
    version: int = 0
    changed_at: datetime | None = None
    effects: tuple[StoredEffect, ...] = ()
    letters: tuple[StoredLetter, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    crossed: Case | None = None
    options: tuple[AgentsOption, ...] = ()
    waiting: tuple[StoredLetter, ...] = ()
    company_name: str = ""
