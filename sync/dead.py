"""Dead letters of both boxes, for a person to see, replay or discard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalation.events import Refused
from store import InboxRow, OutboxRow, Store, Tx
from sync.books import refusal_key, tell


class NotPossible(Exception):
    """What was asked of a dead letter cannot be done; the sentence says why."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`id` is `in-…` for what could not be handled, `out-…` for what could not be delivered."""

    id: str
    kind: str
    at: datetime
    attempts: int
    error: str
    case_id: str | None
    body: Mapping[str, Any]


def dead_letters(store: Store, limit: int = 100) -> list[DeadLetter]:
    """Both boxes' dead letters, youngest first."""

    def collect(tx: Tx) -> list[DeadLetter]:
        letters = [_inbox(row) for row in tx.inbox.dead(limit)]
        return letters + [_outbox(row) for row in tx.outbox.dead_letters(limit)]

    return sorted(store.read(collect), key=lambda letter: letter.at, reverse=True)[:limit]


def show(store: Store, letter_id: str) -> DeadLetter:
    """One dead letter with its body. Raises NotPossible."""
    return store.read(lambda tx: _find(tx, letter_id))


def replay(store: Store, letter_id: str, now: datetime) -> None:
    """Try a dead letter again; an effect that was attempted is read back first. Raises NotPossible."""

    def again(tx: Tx) -> None:
        letter = _find(tx, letter_id)
        box, name = _split(letter_id)
        if box == "in":
            tx.inbox.replay(int(name), now)
            return
        if tx.inbox.knows(refusal_key(name)):
            raise NotPossible(f"{letter.id} was refused and its case went on without it: discard it instead.")
        tx.outbox.replay(name, now)

    store.write(again)


def discard(store: Store, letter_id: str, now: datetime) -> None:
    """Settle a dead letter for good. A case that still waits for the effect goes on without it.

    Raises NotPossible.
    """

    def drop(tx: Tx) -> None:
        _find(tx, letter_id)
        box, name = _split(letter_id)
        if box == "in":
            tx.inbox.discard(int(name), now)
            return
        row = tx.outbox.get(name)
        tx.outbox.discard(name)
        if row is not None and row.case_id is not None and row.kind != "look":
            gone = Refused(row.id, "invalid", "A person discarded it.")
            tell(tx, row, refusal_key(row.id), gone, now)

    store.write(drop)


def _split(letter_id: str) -> tuple[str, str]:
    box, _, name = letter_id.partition("-")
    if box not in ("in", "out") or not name or (box == "in" and not (name.isascii() and name.isdigit())):
        raise NotPossible(f"{letter_id[:60]} is no dead letter's id: it begins with in- or out-.")
    return box, name


def _find(tx: Tx, letter_id: str) -> DeadLetter:
    box, name = _split(letter_id)
    if box == "in":
        event = tx.inbox.get(int(name)) if len(name) < 19 else None
        if event is not None and event.state == "dead":
            return _inbox(event)
    else:
        effect = tx.outbox.get(name)
        if effect is not None and effect.state == "dead":
            return _outbox(effect)
    raise NotPossible(f"There is no dead letter {letter_id}: `parley dead list` shows those there are.")


def _inbox(row: InboxRow) -> DeadLetter:
    case_id = row.body.get("case_id")
    known = case_id if isinstance(case_id, str) else None
    return DeadLetter(f"in-{row.id}", row.kind, row.received_at, row.attempts, row.error or "", known, row.body)


def _outbox(row: OutboxRow) -> DeadLetter:
    at = row.attempted_at or row.created_at
    return DeadLetter(f"out-{row.id}", row.kind, at, row.attempts, row.error or "", row.case_id, row.body)
