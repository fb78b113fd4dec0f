"""What a failed attempt means for its row: when it is tried again, what is unclear, what a person has to see."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from connector.errors import Conflict, ConnectorError, Limited, Misconfigured, Permanent, Transient
from escalation.model.effect_kinds import EFFECT_KINDS, LOOK
from store import OutboxRow, Postponed
from sync.limits.budgets import Budgets
from sync.outbox.books import Books
from sync.outbox.patience import LONGEST_READ_WAIT, Patience
from sync.outbox.senders import Outgoing

log = structlog.get_logger()
AFTER_CONFLICT = timedelta(seconds=2)
# Of somebody who types in the same ticket; more in a row are trouble as any other.
QUICK_CONFLICTS = 5
MISCONFIGURED_WAIT = timedelta(seconds=300)


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
            return self._books.given_up(row, why, now)
        wait = self._patience.after(row.attempts + 1, asked=asked, longest=LONGEST_READ_WAIT)
        return self._books.postpone(row, "todo", now + wait, why)

    def of_send(self, row: OutboxRow, effect: Outgoing, error: Exception, now: datetime) -> bool:
        """A write was refused, surely did not leave, or nobody knows what became of it."""
        if isinstance(error, ConnectorError) and self._paused(row, error):
            return True
        if isinstance(error, Permanent):
            return self._books.refused(row, effect, error, now)
        if isinstance(error, Misconfigured):
            return self._wait_for_a_person(row, error, now)
        if isinstance(error, Transient):
            return self._try_again(row, effect, error, now)
        if isinstance(error, Conflict):
            return self._books.postpone(row, "unclear", now + self._after_conflict(row, now), error.reason)
        if isinstance(error, ConnectorError):
            return self._books.postpone(row, "unclear", now + self._after_unclear(row, now), error.reason)
        self._log_surprise(row, error)
        return self._books.postpone(row, "unclear", now + self._after_unclear(row, now), _surprise(error))

    def _after_unclear(self, row: OutboxRow, now: datetime) -> timedelta:
        """When an attempt is read back, and made again where it is absent: it may land within the settle time, and
        a service that takes no writes for hours is left alone as the policy's waits say."""
        wait = self._patience.after(row.attempts + 1, tried_for=now - row.created_at)
        return max(self._patience.settle, wait)

    def _after_conflict(self, row: OutboxRow, now: datetime) -> timedelta:
        beyond = row.attempts + 1 - QUICK_CONFLICTS
        if beyond <= 0:
            return AFTER_CONFLICT
        return max(AFTER_CONFLICT, self._patience.after(beyond, tried_for=now - row.created_at))

    def of_reading(self, row: OutboxRow, effect: Outgoing, error: Exception, now: datetime) -> bool:
        """What became of a write could not be read."""
        if isinstance(error, Permanent):
            if EFFECT_KINDS[effect.type].goes_with_ticket and error.code == "gone":
                return self._books.refused(row, effect, error, now)
            return self._unreadable(row, effect, error.reason, now)
        if isinstance(error, ConnectorError):
            return self._paused(row, error) or self._unreadable(row, effect, error.reason, now)
        self._log_surprise(row, error)
        return self._unreadable(row, effect, _surprise(error), now)

    def _wait_for_a_person(self, row: OutboxRow, error: Misconfigured, now: datetime) -> bool:
        """Refused as such until somebody mends it, for however long: that was no attempt at this row."""
        wait = min(self._patience.reading(now - row.created_at), MISCONFIGURED_WAIT)
        return self._books.postpone(row, _as_it_was(row), now + wait, error.reason, counted=False)

    def _try_again(self, row: OutboxRow, effect: Outgoing, error: Transient, now: datetime) -> bool:
        attempts, tried_for = row.attempts + 1, now - row.created_at
        if self._patience.over(attempts, tried_for):
            return self._books.given_up(row, f"{error.reason} It was tried {attempts} times.", now, effect)
        wait = self._patience.after(attempts, asked=error.retry_after, tried_for=tried_for)
        return self._books.postpone(row, _as_it_was(row), now + wait, error.reason)

    def _unreadable(self, row: OutboxRow, effect: Outgoing, why: str, now: datetime) -> bool:
        since = row.attempted_at or row.created_at
        due = now + self._patience.reading(now - since)
        if row.state == "todo":
            return self._books.postpone(row, "todo", due, why)
        if EFFECT_KINDS[effect.type].waits_unread:
            if now - since >= self._patience.unreadable:
                return self._books.unreadable(row, due, why, now)
        elif now - since > self._patience.whole:
            return self._books.given_up(row, why, now, effect)
        return self._books.postpone(row, "unclear", due, why)

    def _paused(self, row: OutboxRow, error: ConnectorError) -> bool:
        """Keep the pause that an answer asked for. Whether it was too many calls: then the row waits for its end,
        and that was no attempt."""
        until = self._budgets.refused(error, row.kind)
        if until is None or not isinstance(error, Limited):
            return False
        self._books.postpone(row, _as_it_was(row), until, error.reason, counted=False)
        return True

    def _log_surprise(self, row: OutboxRow, error: Exception) -> None:
        log.error("delivery_failed", effect_id=row.id, kind=row.kind, error=type(error).__name__)


def _as_it_was(row: OutboxRow) -> Postponed:
    """What was not sent now: an earlier attempt whose outcome was unclear may still land, so that is read back."""
    return "todo" if row.state == "todo" or row.kind == LOOK else "unclear"


def _surprise(error: Exception) -> str:
    return f"An error of ours, {type(error).__name__}, came in between."
