"""What a failed attempt means for its row: when it is tried again, what is unclear, what a person has to see."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from connector.errors import Conflict, ConnectorError, Limited, Misconfigured, Permanent, Transient
from store import OutboxRow
from sync.books import Books
from sync.budgets import Budgets
from sync.patience import LONGEST_READ_WAIT, Patience
from sync.senders import Outgoing

log = structlog.get_logger()
# What cannot be any more once its ticket is gone.
GO_WITH_TICKET = frozenset({"update_ticket", "start_conversation"})
AFTER_CONFLICT = timedelta(seconds=2)
MISCONFIGURED_WAIT = 300.0


class Failures:
    """Puts what failed into the books; each verb tells whether something moved. Raises StoreUnavailable."""

    def __init__(self, books: Books, patience: Patience, budgets: Budgets) -> None:
        self._books = books
        self._patience = patience
        self._budgets = budgets

    def of_look(self, row: OutboxRow, error: Exception, now: datetime) -> bool:
        """A look got no answer: it is asked again."""
        asked = None
        if isinstance(error, ConnectorError):
            if self._paused(row, error):
                return True
            asked = error.retry_after if isinstance(error, Transient) else None
            # A service that is away, for however long, keeps no case from going on by itself afterwards.
            over = now - row.created_at > self._patience.whole and not isinstance(error, Transient)
            why = error.reason
        else:
            self._log_surprise(row, error)
            over, why = self._patience.spent(row.attempts + 1), _surprise(error)
        if over:
            return self._books.given_up(row, why)
        wait = self._patience.after(row.attempts + 1, asked=asked, longest=LONGEST_READ_WAIT)
        return self._books.postpone(row, "todo", now + wait, why)

    def of_send(self, row: OutboxRow, effect: Outgoing, error: Exception, now: datetime) -> bool:
        """A write was refused, surely did not leave, or nobody knows what became of it."""
        if isinstance(error, ConnectorError) and self._paused(row, error):
            return True
        if isinstance(error, Permanent):
            return self._books.refused(row, effect, error, now)
        if isinstance(error, Transient):
            return self._try_again(row, error, now)
        if isinstance(error, Conflict):
            return self._books.postpone(row, "unclear", now + AFTER_CONFLICT, error.reason)
        if isinstance(error, ConnectorError):
            return self._books.postpone(row, "unclear", now + self._patience.settle, error.reason)
        self._log_surprise(row, error)
        return self._books.postpone(row, "unclear", now + self._patience.settle, _surprise(error))

    def of_reading(self, row: OutboxRow, effect: Outgoing, error: Exception, now: datetime) -> bool:
        """What became of a write could not be read."""
        if isinstance(error, Permanent):
            if row.kind in GO_WITH_TICKET and error.code == "gone":
                return self._books.refused(row, effect, error, now)
            return self._unreadable(row, error.reason, now)
        if isinstance(error, ConnectorError):
            return self._paused(row, error) or self._unreadable(row, error.reason, now)
        self._log_surprise(row, error)
        return self._unreadable(row, _surprise(error), now)

    def _try_again(self, row: OutboxRow, error: Transient, now: datetime) -> bool:
        attempts = row.attempts + 1
        if isinstance(error, Misconfigured):
            wait = self._patience.after(attempts, longest=MISCONFIGURED_WAIT)
        elif self._patience.spent(attempts):
            return self._books.given_up(row, f"{error.reason} It was tried {attempts} times.")
        else:
            tried_for = now - row.created_at
            wait = self._patience.after(attempts, asked=error.retry_after, tried_for=tried_for)
        # An earlier attempt whose outcome was unclear may still land, so that is read back every time.
        state = "todo" if row.state == "todo" else "unclear"
        return self._books.postpone(row, state, now + wait, error.reason)

    def _unreadable(self, row: OutboxRow, why: str, now: datetime) -> bool:
        since = row.attempted_at or row.created_at
        due = now + self._patience.reading(now - since)
        if row.state == "todo":
            return self._books.postpone(row, "todo", due, why)
        if row.kind == "post_message":
            if now - since >= self._patience.unreadable:
                return self._books.unreadable(row, due, why, now)
        elif now - since > self._patience.whole:
            return self._books.given_up(row, why)
        return self._books.postpone(row, "unclear", due, why)

    def _paused(self, row: OutboxRow, error: ConnectorError) -> bool:
        """Keep the pause that an answer asked for. Whether it was too many calls: then the row waits for its end,
        and that was no attempt."""
        until = self._budgets.refused(error, row.kind)
        if until is None or not isinstance(error, Limited):
            return False
        state = "todo" if row.state == "todo" or row.kind == "look" else "unclear"
        self._books.postpone(row, state, until, error.reason, counted=False)
        return True

    def _log_surprise(self, row: OutboxRow, error: Exception) -> None:
        log.error("delivery_failed", effect_id=row.id, kind=row.kind, error=type(error).__name__)


def _surprise(error: Exception) -> str:
    return f"An error of ours, {type(error).__name__}, came in between."
