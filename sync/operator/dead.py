"""Dead letters of both boxes, for a person to see by pages, and to replay or discard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any, Final, Literal

from escalation.engine.journaled import DISCARDED, REPLAYED
from escalation.model.effect_kinds import LOOK
from escalation.model.events import Refused
from store import InboxRow, LetterFilter, LetterPosition, LetterSummary, OutboxRow, Store, Tx
from sync.operator.causes import cause_of
from sync.outbox.results import refusal_key, tell
from sync.shared.codec import named_in
from sync.shared.names import lanes_of_ticket, ticket_of_lane

PAGE: Final = 200
NOBODY: Final = "the operator"
ANY_NUMBER: Final = 2**63 - 1
Act = Literal["replay", "discard"]


class NotPossible(Exception):
    """What was asked of a dead letter cannot be done; the sentence says why."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`id` is `in-…` for what could not be handled, `out-…` for what could not be delivered.

    `at` is when it came in, or was decided to be sent.
    """

    id: str
    kind: str
    at: datetime
    attempts: int
    error: str
    case_id: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LetterSelection:
    """Some of the letters; None is any. `since`: begun then or later; `cause`: the key of why they are dead."""

    kind: str | None = None
    since: datetime | None = None
    ticket_id: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts, when and why, and what has chosen the letters where they are many; what the journal keeps."""

    actor: str
    at: datetime
    reason: str = ""
    chosen: str = ""


EVERY: Final = LetterSelection()


def dead_letters(
    store: Store, limit: int | None = 100, *, wanted: LetterSelection = EVERY, after: str | None = None
) -> list[DeadLetter]:
    """Letters about messages and tickets, youngest first, then what the doors could not read, youngest first.

    `after`: those that follow this letter, which may be settled by now. Raises NotPossible.
    """
    most = ANY_NUMBER if limit is None else limit
    return store.read(lambda tx: _page(tx, wanted, most, after))


def every_letter(store: Store, wanted: LetterSelection = EVERY, after: str | None = None) -> Iterator[DeadLetter]:
    """All of them in that order, read page by page."""
    while page := dead_letters(store, PAGE, wanted=wanted, after=after):
        yield from (one for one in page if wanted.cause in (None, cause_of(one.error).key))
        after = page[-1].id


def count(store: Store, wanted: LetterSelection = EVERY) -> int:
    """How many there are."""
    if wanted.cause is not None:
        return sum(1 for _ in every_letter(store, wanted))
    return store.read(lambda tx: tx.letters.count(_which(tx, wanted)))


def show(store: Store, letter_id: str) -> DeadLetter:
    """One dead letter with its body. Raises NotPossible."""
    return store.read(lambda tx: _find(tx, letter_id))


def replay(store: Store, letter_id: str, now: datetime, by: Operator | None = None) -> None:
    """Try a dead letter again; an effect that was attempted is read back first. Raises NotPossible."""
    store.write(lambda tx: _replay(tx, letter_id, by or Operator(NOBODY, now)))


def discard(store: Store, letter_id: str, now: datetime, by: Operator | None = None) -> None:
    """Settle a dead letter for good. A case that still waits for the effect goes on without it.

    Raises NotPossible.
    """
    store.write(lambda tx: _discard(tx, letter_id, by or Operator(NOBODY, now)))


def summaries(store: Store, wanted: LetterSelection = EVERY, limit: int = PAGE) -> list[LetterSummary]:
    """What was given up and is chosen, youngest first, without what it holds; of so many of any cause at most.

    What could not be read comes last: anybody may send any number of it.
    """
    found = store.read(lambda tx: tx.letters.summaries(_which(tx, wanted), limit))
    return [one for one in found if wanted.cause in (None, cause_of(one.error).key)]


def in_words(wanted: LetterSelection) -> str:
    """What has chosen letters, for the journal."""
    chosen = {
        "kind": wanted.kind,
        "ticket": wanted.ticket_id,
        "since": None if wanted.since is None else wanted.since.isoformat(),
        "cause": wanted.cause,
    }
    said = ", ".join(f"{name} {value}" for name, value in chosen.items() if value is not None)
    return said or "nothing: all there were"


def still_chosen(tx: Tx, letter_id: str, wanted: LetterSelection) -> bool:
    """Whether a letter is there, dead still, and of the kind, age, ticket and cause that were chosen."""
    try:
        row = _row_of(tx, letter_id)
    except NotPossible:
        return False
    if row is None or row.state != "dead" or wanted.kind not in (None, row.kind):
        return False
    begun = row.received_at if isinstance(row, InboxRow) else row.created_at
    which = _which(tx, wanted)
    its_case = isinstance(row, OutboxRow) and which.case_id is not None and row.case_id == which.case_id
    return (
        (which.since is None or begun >= which.since)
        and (not which.lanes or row.lane in which.lanes or its_case)
        and wanted.cause in (None, cause_of(row.error or "").key)
    )


def _replay(tx: Tx, letter_id: str, by: Operator) -> None:
    letter = _find(tx, letter_id)
    box, name = _split(letter_id)
    if box == "out" and tx.inbox.knows(refusal_key(name)):
        raise NotPossible(f"{letter.id} was refused and its case went on without it: discard it instead.")
    if box == "in" and tx.letters.is_unreadable(letter.kind):
        sentence = "could not be read, and says the same whenever it is tried: mend what sends it, and discard it."
        raise NotPossible(f"{letter.id} {sentence}")
    done = tx.inbox.replay(int(name), by.at) if box == "in" else tx.outbox.replay(name)
    _write_down(tx, letter, REPLAYED, by, done=done)


def _discard(tx: Tx, letter_id: str, by: Operator) -> None:
    letter = _find(tx, letter_id)
    box, name = _split(letter_id)
    done = tx.inbox.discard(int(name), by.at) if box == "in" else tx.outbox.discard(name)
    _write_down(tx, letter, DISCARDED, by, done=done)
    row = tx.outbox.get(name) if box == "out" else None
    if row is not None and row.case_id is not None and row.kind != LOOK:
        gone = Refused(row.id, "invalid", "A person discarded it.")
        tell(tx, row, refusal_key(row.id), gone, by.at)


ACTS: Final[Mapping[Act, Callable[[Tx, str, Operator], None]]] = {"replay": _replay, "discard": _discard}


def _write_down(tx: Tx, letter: DeadLetter, what: str, by: Operator, *, done: bool) -> None:
    """Who did it and why; not what the letter says, since the journal is kept for ever.

    Raises NotPossible where somebody else was first, which is seen only as the row is changed.
    """
    if not done:
        raise NotPossible(f"{letter.id} was settled by somebody else just now.")
    row = _row_of(tx, letter.id)
    case = tx.cases.get(letter.case_id) if letter.case_id else None
    ticket_id = case.ticket_id if case else ticket_of_lane(row.lane) if row else None
    if case is None and ticket_id is not None:
        case = tx.cases.by_ticket(ticket_id)
    chosen = f", {by.chosen}" if by.chosen else ""
    why = f"It is {letter.id} ({letter.kind}){chosen}. {by.reason or 'No reason was given.'}"
    tx.journal.append(by.actor, what, by.at, case_id=case.id if case else None, ticket_id=ticket_id, why=why)


def _which(tx: Tx, wanted: LetterSelection) -> LetterFilter:
    if wanted.ticket_id is None:
        return LetterFilter(wanted.kind, wanted.since)
    case = tx.cases.by_ticket(wanted.ticket_id)
    return LetterFilter(wanted.kind, wanted.since, lanes_of_ticket(wanted.ticket_id), case.id if case else None)


def _page(tx: Tx, wanted: LetterSelection, limit: int, after: str | None) -> list[DeadLetter]:
    which, before = _which(tx, wanted), _before(tx, after)
    found: list[DeadLetter] = []
    if before.readable:
        events = tx.letters.events(which, limit, readable=True, before=before.events)
        effects = tx.letters.effects(which, limit, before.effects)
        # Of two of one moment, what was to be delivered comes first.
        told = [((row.received_at, 0, row.id), _inbox(row)) for row in events]
        sent = [((row.created_at, 1, row.seq), _outbox(row)) for row in effects]
        found = [letter for _, letter in merge(told, sent, key=lambda one: one[0], reverse=True)][:limit]
    if len(found) < limit:
        left = limit - len(found)
        found += map(_inbox, tx.letters.events(which, left, readable=False, before=before.unreadable))
    return found


@dataclass(frozen=True, slots=True)
class _Before:
    """Where to go on in each of the three rows of letters; `readable`: whether the first two are not through."""

    readable: bool = True
    events: LetterPosition | None = None
    effects: LetterPosition | None = None
    unreadable: LetterPosition | None = None


def _before(tx: Tx, after: str | None) -> _Before:
    if after is None:
        return _Before()
    row = _row_of(tx, after)
    if row is None:
        raise NotPossible(f"There is no letter {after} to go on after: begin anew with `parley dead list`.")
    if isinstance(row, OutboxRow):
        return _Before(events=(row.created_at, ANY_NUMBER), effects=(row.created_at, row.seq))
    if tx.letters.is_unreadable(row.kind):
        return _Before(readable=False, unreadable=(row.received_at, row.id))
    return _Before(events=(row.received_at, row.id), effects=(row.received_at, 0))


def _split(letter_id: str) -> tuple[str, str]:
    box, _, name = letter_id.partition("-")
    if box not in ("in", "out") or not name or (box == "in" and not (name.isascii() and name.isdigit())):
        raise NotPossible(f"{letter_id[:60]} is no dead letter's id: it begins with in- or out-.")
    return box, name


def _row_of(tx: Tx, letter_id: str) -> InboxRow | OutboxRow | None:
    box, name = _split(letter_id)
    if box == "in":
        return tx.inbox.get(int(name)) if len(name) < 19 else None
    return tx.outbox.get(name)


def _find(tx: Tx, letter_id: str) -> DeadLetter:
    row = _row_of(tx, letter_id)
    if row is None or row.state != "dead":
        raise NotPossible(f"There is no dead letter {letter_id}: `parley dead list` shows those there are.")
    return _inbox(row) if isinstance(row, InboxRow) else _outbox(row)


def _inbox(row: InboxRow) -> DeadLetter:
    case_id, _ = named_in(row.body)
    return DeadLetter(f"in-{row.id}", row.kind, row.received_at, row.attempts, row.error or "", case_id, row.body)


def _outbox(row: OutboxRow) -> DeadLetter:
    return DeadLetter(
        f"out-{row.id}", row.kind, row.created_at, row.attempts, row.error or "", row.case_id, row.body
    )
