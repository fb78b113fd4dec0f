"""What a person asks of a case by hand, as inbox rows: by a command, or on the desk's page."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex

from escalation.model.messages import CloseCommand, InboxMessage, PauseCommand, ResumeCommand
from store import CaseRow, Store, Tx
from sync.shared.names import ticket_lane
from sync.shared.recording import record


class NotAsked(Exception):
    """What was asked of a case cannot be done; the sentence says why."""


def ask_pause(
    store: Store, case_id: str, until: datetime, reason: str, actor: str, now: datetime, once: str = ""
) -> None:
    """Ask for a pause until an aware moment. Raises NotAsked, and LookupError where there is no such case.

    `once`: what is asked with the same word again is asked once.
    """
    if until <= now:
        raise NotAsked("That moment is in the past: name a later one.")
    _ask(store, case_id, "command.pause", PauseCommand(case_id, until, reason, actor), now, once)


def ask_resume(store: Store, case_id: str, actor: str, now: datetime, reason: str = "", once: str = "") -> None:
    """Ask for a pause to end, in the same way."""
    _ask(store, case_id, "command.resume", ResumeCommand(case_id, actor, reason), now, once)


def ask_close(store: Store, case_id: str, actor: str, now: datetime, reason: str = "", once: str = "") -> None:
    """Ask for a case to be closed by hand, in the same way."""
    _ask(store, case_id, "command.close", CloseCommand(case_id, actor, reason), now, once)


def _ask(store: Store, case_id: str, kind: str, command: InboxMessage, now: datetime, once: str) -> None:
    key = f"{kind}:{case_id}:{once or token_hex(8)}"

    def ask(tx: Tx) -> None:
        case: CaseRow | None = tx.cases.get(case_id)
        if case is None:
            raise LookupError(f"There is no case {case_id}: `parley case list` shows those there are.")
        if not case.open and not tx.inbox.knows(key):
            raise NotAsked(f"Case {case_id} has ended already: it is {case.state.replace('_', ' ')}.")
        lane = ticket_lane(case.ticket_id) if case.ticket_id else f"case:{case_id}"
        record(tx, key, kind, lane, command, now)

    store.write(ask)
