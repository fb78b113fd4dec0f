"""After a database was put back from a backup: nothing is sent that may have been sent after the backup was taken.

What stood in the outbox then is read back before it is sent. What was decided since then is forgotten, so every
open case pauses for a person, and nothing that is decided from now on bears a name that was used meanwhile. Where
the desk's hand is seen on a ticket, unknown to this database, `sync.inbox.unknown_tickets` makes a dead letter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.model.case import Case
from escalation.model.messages import PauseCommand
from escalation.policies.policy import Policy
from store import CaseRow, Store, Tx
from sync.inbox.handlers import handle_message
from sync.inbox.process import PolicyVersions, ProcessFunctions
from sync.inbox.work import Work
from sync.shared.codec import encode_case, readable_case
from sync.shared.names import ticket_lane
from sync.shared.recording import record

# More than a desk can have used between two backups.
ROOM_IN_CASES = 1_000
ROOM_IN_INBOX = 100_000
PAUSED_FOR = timedelta(days=3650)
REASON = "the database was restored from a backup"
PAGE = 200


@dataclass(frozen=True, slots=True)
class Restored:
    """How many effects are read back before they are sent, the open cases that pause, and those that nobody can
    read: nothing can be decided for them, so that they send nothing."""

    unclear: int
    paused: tuple[str, ...]
    damaged: tuple[str, ...] = ()


def restored(store: Store, policy: Policy, actor: str, now: datetime) -> Restored:
    """Make a restored database safe to go on with, in one transaction, while nothing else runs on it.

    Raises StoreUnavailable.
    """

    def work(tx: Tx) -> Restored:
        tx.inbox.leave_room(ROOM_IN_INBOX, f"restored:{now.isoformat()}", now)
        unclear = tx.outbox.doubt(now)
        paused: list[str] = []
        damaged: list[str] = []
        policies = PolicyVersions(policy)
        for row in _every_case(tx):
            case = readable_case(row.body)
            if case is None:
                damaged.append(row.id)
                continue
            moved = _leave_room(tx, row, case)
            if moved.open:
                _pause(tx, moved, policies, actor, now)
                paused.append(row.id)
        return Restored(unclear, tuple(paused), tuple(damaged))

    return store.write(work)


def _every_case(tx: Tx) -> list[CaseRow]:
    found: list[CaseRow] = []
    while page := tx.cases.list(limit=PAGE, after=found[-1].id if found else None):
        found += page
    return found


def _leave_room(tx: Tx, row: CaseRow, case: Case) -> CaseRow:
    case = replace(
        case,
        next_effect=case.next_effect + ROOM_IN_CASES,
        next_reference=case.next_reference + ROOM_IN_CASES,
    )
    return tx.cases.save(replace(row, body=encode_case(case)), row.version)


def _pause(tx: Tx, row: CaseRow, policies: PolicyVersions, actor: str, now: datetime) -> None:
    """Before whatever waits in the inbox for this case, and so not in its turn there."""
    key = f"restored:{row.id}:{now.isoformat()}"
    pause = PauseCommand(row.id, now + PAUSED_FOR, REASON, actor)
    lane = ticket_lane(row.ticket_id) if row.ticket_id else f"case:{row.id}"
    record(tx, key, "command.pause", lane, pause, now)
    asked = tx.inbox.by_key(key)
    if asked is not None:
        handle_message(Work(tx, asked, now, ProcessFunctions(), policies))
        tx.inbox.mark_done(asked.id, now)
