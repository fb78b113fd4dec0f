"""Keeps a message in the inbox, as a row of a kind, and writes down which rows became dead letters."""

from __future__ import annotations

from datetime import datetime

from escalation.engine.journaled import DIED
from escalation.engine.office import DESK
from escalation.model.messages import InboxMessage
from store import InboxRow, OutboxRow, Tx
from sync.shared.codec import encode_message, home_of, named_in
from sync.shared.names import ticket_of_lane


def record(
    tx: Tx, key: str, kind: str, lane: str, message: InboxMessage, now: datetime, *, dedupe_key: str | None = None
) -> bool:
    """`Inbox.record` of a message; False when the key is known, or an unhandled row has the same dedupe key."""
    return tx.inbox.record(key, kind, lane, encode_message(kind, message), now, dedupe_key=dedupe_key)


def event_died(tx: Tx, row: InboxRow, error: str, now: datetime) -> bool:
    """`Inbox.mark_dead`, and a line in the journal, without the row's words: the journal is kept for ever."""
    dead = tx.inbox.mark_dead(row.id, error)
    if dead:
        case_id, ticket_id = named_in(row.body)
        case = tx.cases.get(case_id) if case_id else None
        ticket_id = ticket_id or ticket_of_lane(row.lane)
        case = case or (tx.cases.by_ticket(ticket_id) if ticket_id else None)
        letter_began(tx, f"in-{row.id}", row.kind, case.id if case else None, ticket_id, now)
    return dead


def effect_died(tx: Tx, row: OutboxRow, error: str, now: datetime) -> bool:
    """`Outbox.dead`, and a line in the journal, in the same way."""
    dead = tx.outbox.dead(row.id, error)
    if dead:
        letter_began(tx, f"out-{row.id}", row.kind, row.case_id, ticket_of_lane(home_of(row.body)), now)
    return dead


def letter_began(tx: Tx, letter: str, kind: str, case_id: str | None, ticket_id: str | None, now: datetime) -> None:
    """Write down in the journal that there is a dead letter of this id."""
    tx.journal.append(DESK, DIED, now, case_id=case_id, ticket_id=ticket_id, why=f"It is {letter} ({kind}).")
