"""What a failed attempt means for its row, as a value: tried again then, refused, given up, told to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.errors import Conflict, ConnectorError, Limited, Misconfigured, Permanent, Transient
from escalation.model.effect_kinds import EFFECT_KINDS, LOOK
from store import OutboxRow, Postponed
from sync.outbox.retry_schedule import LONGEST_READ_WAIT, RetrySchedule

AFTER_CONFLICT = timedelta(seconds=2)
# Of somebody who types in the same ticket; more in a row are trouble as any other.
QUICK_CONFLICTS = 5
MISCONFIGURED_WAIT = timedelta(seconds=300)
MAY_HAVE_ARRIVED = "It was attempted before, so it may have arrived."


@dataclass(frozen=True, slots=True)
class Postpone:
    """It goes on at `due` in this state; `counted`: whether what failed was an attempt."""

    state: Postponed
    due: datetime
    why: str
    counted: bool = True


@dataclass(frozen=True, slots=True)
class TellPerson:
    """It could not be read back for so long that a person is told, once; it is still tried at `due`."""

    due: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """It will never be done; the case goes on without it."""

    error: Permanent


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It is a dead letter."""

    why: str


RetryDecision = Postpone | TellPerson | Refuse | GiveUp


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Decides, and does nothing. `paused`: until when the service asked to be left alone, where it did."""

    schedule: RetrySchedule

    def of_look(
        self, row: OutboxRow, error: Exception, now: datetime, paused: datetime | None
    ) -> Postpone | GiveUp:
        """A look got no answer: it is asked again."""
        if paused is not None and isinstance(error, Limited):
            return _left_alone(row, error, paused)
        asked = None
        if isinstance(error, ConnectorError):
            asked = error.retry_after if isinstance(error, Transient) else None
            # A service that is away, for however long, keeps no case from going on by itself afterwards.
            over = now - row.created_at > self.schedule.whole and not isinstance(error, Transient)
        else:
            over = self.schedule.spent(row.attempts + 1)
        if over:
            return GiveUp(_why(error))
        wait = self.schedule.after(row.attempts + 1, asked=asked, longest=LONGEST_READ_WAIT)
        return Postpone("todo", now + wait, _why(error))

    def of_budget(self, row: OutboxRow, turn: datetime) -> Postpone:
        """The one company that it goes to may not be called now: nobody was, which is no attempt."""
        return Postpone(_as_it_was(row), turn, "It waits for the budget of its client company.", counted=False)

    def of_send(
        self, row: OutboxRow, error: Exception, now: datetime, paused: datetime | None
    ) -> Postpone | Refuse | GiveUp:
        """A write was refused, surely did not leave, or nobody knows what became of it."""
        if paused is not None and isinstance(error, Limited):
            return _left_alone(row, error, paused)
        if isinstance(error, Permanent):
            return Refuse(error)
        if isinstance(error, Misconfigured):
            # Refused as such until somebody mends it, for however long: that was no attempt at this row.
            wait = min(self.schedule.reading(now - row.created_at), MISCONFIGURED_WAIT)
            return Postpone(_as_it_was(row), now + wait, error.reason, counted=False)
        if isinstance(error, Transient):
            return self._try_again(row, error, now)
        wait = self._after_conflict(row, now) if isinstance(error, Conflict) else self._after_unclear(row, now)
        return Postpone("unclear", now + wait, _why(error))

    def of_reading(self, row: OutboxRow, error: Exception, now: datetime, paused: datetime | None) -> RetryDecision:
        """What became of a write could not be read."""
        if paused is not None and isinstance(error, Limited):
            return _left_alone(row, error, paused)
        if isinstance(error, Permanent) and EFFECT_KINDS[row.kind].goes_with_ticket and error.code == "gone":
            return Refuse(error if row.state == "todo" else _may_have_arrived(error))
        why, since = _why(error), row.attempted_at or row.created_at
        due = now + self.schedule.reading(now - since)
        if row.state == "todo":
            return Postpone("todo", due, why)
        if EFFECT_KINDS[row.kind].waits_unread:
            if now - since >= self.schedule.unreadable:
                return TellPerson(due, why)
        elif now - since > self.schedule.whole:
            return GiveUp(why)
        return Postpone("unclear", due, why)

    def _after_unclear(self, row: OutboxRow, now: datetime) -> timedelta:
        """When an attempt is read back, and made again where it is absent: it may land within the settle time, and
        a service that takes no writes for hours is left alone as the policy's waits say."""
        wait = self.schedule.after(row.attempts + 1, tried_for=now - row.created_at)
        return max(self.schedule.settle, wait)

    def _after_conflict(self, row: OutboxRow, now: datetime) -> timedelta:
        beyond = row.attempts + 1 - QUICK_CONFLICTS
        if beyond <= 0:
            return AFTER_CONFLICT
        return max(AFTER_CONFLICT, self.schedule.after(beyond, tried_for=now - row.created_at))

    def _try_again(self, row: OutboxRow, error: Transient, now: datetime) -> Postpone | GiveUp:
        attempts, tried_for = row.attempts + 1, now - row.created_at
        if self.schedule.over(attempts, tried_for):
            return GiveUp(f"{error.reason} It was tried {attempts} times.")
        wait = self.schedule.after(attempts, asked=error.retry_after, tried_for=tried_for)
        return Postpone(_as_it_was(row), now + wait, error.reason)


def _left_alone(row: OutboxRow, error: Limited, until: datetime) -> Postpone:
    """Too many calls: it waits for the end of the pause, and that was no attempt."""
    return Postpone(_as_it_was(row), until, error.reason, counted=False)


def _as_it_was(row: OutboxRow) -> Postponed:
    """What was not sent now: an earlier attempt whose outcome was unclear may still land, so that is read back."""
    return "todo" if row.state == "todo" or row.kind == LOOK else "unclear"


def _may_have_arrived(error: Permanent) -> Permanent:
    """The same of a write that was attempted before: what held its traces is gone, so nobody can tell."""
    reason = f"{error.reason} {MAY_HAVE_ARRIVED}"
    return Permanent(error.code, reason, error.named, error.lacking)


def _why(error: Exception) -> str:
    if isinstance(error, ConnectorError):
        return error.reason
    return f"An error of ours, {type(error).__name__}, came in between."
