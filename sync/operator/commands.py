"""What a person asks of a case by hand, as inbox rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from store import CaseRow, Store, Tx
from sync.shared.names import ticket_lane


def ask_pause(store: Store, case_id: str, until: datetime, reason: str, actor: str, now: datetime) -> None:
    """Ask for a pause until an aware moment. LookupError where there is no such case."""
    _ask(store, case_id, "command.pause", {"until": until.isoformat(), "reason": reason, "actor": actor}, now)


def ask_resume(store: Store, case_id: str, actor: str, now: datetime) -> None:
    """Ask for a pause to end. LookupError where there is no such case."""
    _ask(store, case_id, "command.resume", {"actor": actor}, now)


def ask_close(store: Store, case_id: str, actor: str, now: datetime) -> None:
    """Ask for a case to be closed by hand. LookupError where there is no such case."""
    _ask(store, case_id, "command.close", {"actor": actor}, now)


def _ask(store: Store, case_id: str, kind: str, body: Mapping[str, Any], now: datetime) -> None:
    def record(tx: Tx) -> None:
        case: CaseRow | None = tx.cases.get(case_id)
        if case is None:
            raise LookupError(f"There is no case {case_id}: `parley case list` shows those there are.")
        lane = ticket_lane(case.ticket_id) if case.ticket_id else f"case:{case_id}"
        tx.inbox.record(f"{kind}:{case_id}:{token_hex(8)}", kind, lane, {"case_id": case_id, **body}, now)

    store.write(record)
