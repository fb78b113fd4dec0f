"""What a person asks of a case by hand, as inbox rows."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex

from escalation.model.messages import CloseCommand, InboxMessage, PauseCommand, ResumeCommand
from store import CaseRow, Store, Tx
from sync.shared.names import ticket_lane
from sync.shared.recording import record


def ask_pause(store: Store, case_id: str, until: datetime, reason: str, actor: str, now: datetime) -> None:
    """Ask for a pause until an aware moment. LookupError where there is no such case."""
    _ask(store, case_id, "command.pause", PauseCommand(case_id, until, reason, actor), now)


def ask_resume(store: Store, case_id: str, actor: str, now: datetime) -> None:
    """Ask for a pause to end. LookupError where there is no such case."""
    _ask(store, case_id, "command.resume", ResumeCommand(case_id, actor), now)


def ask_close(store: Store, case_id: str, actor: str, now: datetime) -> None:
    """Ask for a case to be closed by hand. LookupError where there is no such case."""
    _ask(store, case_id, "command.close", CloseCommand(case_id, actor), now)


def _ask(store: Store, case_id: str, kind: str, command: InboxMessage, now: datetime) -> None:
    def ask(tx: Tx) -> None:
        case: CaseRow | None = tx.cases.get(case_id)
        if case is None:
            raise LookupError(f"There is no case {case_id}: `parley case list` shows those there are.")
        lane = ticket_lane(case.ticket_id) if case.ticket_id else f"case:{case_id}"
        record(tx, f"{kind}:{case_id}:{token_hex(8)}", kind, lane, command, now)

    store.write(ask)
