"""Outbox row → connector → result by the inbox; what is unclear is read back before anything is sent again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from connector.errors import ConnectorError
from connector.ports import WorkMarket, Zendesk
from escalation.model.effect_kinds import ENDS_WITH_CASE, LOOK, UPDATE
from escalation.model.effects import CopyFile, Effect, Look, StartConversation, UpdateTicket
from store import UNFINISHED, OutboxRow, Postponed, Store, StoreUnavailable, Tx
from sync.limits.budgets import Budgets, Denied
from sync.limits.companies import NotNow, SeveralCompanies, assignments_of
from sync.outbox.attempts import Doubtful, Later, Missing, Now, Sent
from sync.outbox.file_ledger import FileLedger
from sync.outbox.looking import Looker
from sync.outbox.results import OutboxResults
from sync.outbox.retry_policy import RetryDecision, RetryPolicy
from sync.outbox.retry_schedule import RetrySchedule
from sync.outbox.senders import Outgoing, Sender, senders
from sync.outbox.wanted import Wanted
from sync.shared.codec import decode_effect
from sync.shared.failpoints import Crash, no_crash
from sync.shared.loop_counts import Count, no_count
from sync.shared.page_addresses import NO_PAGES, PageAddresses
from sync.shared.priority import leaves_room
from sync.shared.tracing import UNTRACED, Tracing

log = structlog.get_logger()
# By so much may the clocks of two processes differ, each being held against the services'.
PROCESSES_DIFFER = timedelta(seconds=10)
LANDS_WITHIN = timedelta(minutes=6)
"""An update of which nothing was heard may be applied so late, where no stamp keeps it from that."""
HELD_S = 60.0
"""Seconds until what is held with its case is looked at again."""

Decide = Callable[[OutboxRow, Exception, datetime, datetime | None], RetryDecision]


def for_ever() -> timedelta:
    """How long a clock that nobody sets has gone without a jump."""
    return timedelta.max


@dataclass(frozen=True, slots=True)
class Job:
    """One row that this process holds the lane's lock for."""

    row: OutboxRow
    effect: Outgoing
    sender: Sender


class Deliverer:
    """Delivers one row at a time; safe from any thread, and beside other processes. Decides nothing."""

    def __init__(
        self,
        store: Store,
        zendesk: Zendesk,
        workmarket: WorkMarket | SeveralCompanies,
        schedule: RetrySchedule,
        *,
        now: Now,
        crash: Crash = no_crash,
        count: Count = no_count,
        budgets: Budgets | None = None,
        settles_by: Callable[[], timedelta] = for_ever,
        pages: PageAddresses = NO_PAGES,
        tracing: Tracing = UNTRACED,
    ) -> None:
        self._store = store
        self._last = ""
        self._schedule = schedule
        self._now = now
        self._crash = crash
        self._tracing = tracing
        self._results = OutboxResults(store, crash, count, now, tracing)
        self._settles_by = settles_by
        self._assignments = assignments_of(workmarket)
        self._senders = senders(zendesk, self._assignments, now, FileLedger(store, now), pages)
        self._looker = Looker(zendesk, self._assignments)
        self._wanted = Wanted(store, now)
        self._budgets = budgets or Budgets(store, now=now)
        self._retries = RetryPolicy(schedule)

    def ready(self, now: datetime, limit: int = 64) -> list[OutboxRow]:
        """The first row of each lane that is due and may call now, by priority. Raises StoreUnavailable."""

        def look(tx: Tx) -> list[OutboxRow]:
            among = self._budgets.may_call(self._budgets.lately(tx), now)
            found, self._last = tx.outbox.ready_from(self._last, now, limit, among)
            return found

        return self._store.read(look)

    def free_at(self, now: datetime) -> datetime | None:
        """When something that is due may call again; None where nothing is held. For who moves the clock."""

        def look(tx: Tx) -> datetime | None:
            return self._budgets.free_at(tx.budgets.all(), now) if tx.outbox.ready(now, 1) else None

        return self._store.read(look)

    def deliver(self, effect_id: str, lane: str, listed: OutboxRow | None = None) -> bool:
        """Go one step with a row that was ready; False where there is nothing to do or another has the lane.

        `listed` is the row as `ready` told it. Where it waits it is not read again: noting its attempt finds out
        whether it still does. Raises StoreUnavailable; what the vendors do wrong ends in the row.
        """
        with self._store.lock(lane) as free:
            row = self._row(effect_id, listed) if free else None
            if row is None or row.state not in UNFINISHED or row.due > self._now():
                return False
            if row.state == "in_flight" and row.kind != LOOK:
                # In flight under a free lock: whoever sent it was killed, or could not note what came of it. When
                # that one gave up is not known, only that it has by now.
                why = "Its process ended while it was being sent."
                return self._results.postpone(row, "unclear", self._now() + self._schedule.settle, why)
            try:
                effect = decode_effect(row.body)
            except ValueError as error:
                return self._results.given_up(row, f"It could not be read ({type(error).__name__}).", self._now())
            if (held := self._assignments.held(row)) is not None:
                return self._results.hold(row, self._budgets.turn_of(held))
            costs = self._assignments.costs(row)
            with self._budgets.within(costs, row.kind, sweep=leaves_room(row.priority)) as permit:
                return self._held(row, permit) if isinstance(permit, Denied) else self._attempted(row, effect)

    def _row(self, effect_id: str, listed: OutboxRow | None) -> OutboxRow | None:
        if listed is not None and listed.state == "todo":
            return listed
        return self._store.read(lambda tx: tx.outbox.get(effect_id))

    def _held(self, row: OutboxRow, denied: Denied) -> bool:
        """It may not call now, which is no attempt. Only a look is listed while WorkMarket is paused."""
        return row.kind == LOOK and denied.paused and self._results.hold(row, denied.until)

    def _attempted(self, row: OutboxRow, effect: Effect) -> bool:
        try:
            return self._step(row, effect)
        finally:
            self._tracing.attempted(row.id)

    def _step(self, row: OutboxRow, effect: Effect) -> bool:
        if isinstance(effect, Look):
            return self._look(row, effect)
        job = Job(row, effect, self._senders[effect.type])
        return self._send(job, None) if row.state == "todo" else self._settle(job)

    def _look(self, row: OutboxRow, look: Look) -> bool:
        if row.state == "todo":
            begun = self._results.begin(row, look, self._now())
            if begun is None:
                return False
            if begun.body != row.body:
                # Another one has joined it since it was listed.
                row = replace(row, body=begun.body)
                asked = decode_effect(row.body)
                look = asked if isinstance(asked, Look) else look
        elif not self._results.mark(row, self._now()):
            return False
        self._tracing.attempt(self._store, row)
        self._crash("deliver.before_request")
        try:
            seen = self._looker.perform(look, row.created_at)
        except StoreUnavailable:
            raise  # nobody was asked; it is looked again once the database is there
        except Exception as error:
            return self._failed(row, None, error, self._retries.of_look)
        self._crash("deliver.after_request")
        return self._results.observed(row, look, seen, self._now())

    def _failed(self, row: OutboxRow, effect: Outgoing | None, error: Exception, decide: Decide) -> bool:
        """Keep the pause that an answer asked for, and what is decided of the row."""
        now, paused = self._now(), None
        if isinstance(error, NotNow):
            turn = self._budgets.turn_of(error.denied)
            return self._results.decided(row, effect, self._retries.of_budget(row, turn), now)
        if isinstance(error, ConnectorError):
            paused = self._budgets.refused(error, row.kind)
        else:
            log.error("delivery_failed", effect_id=row.id, kind=row.kind, error=type(error).__name__)
        return self._results.decided(row, effect, decide(row, error, now, paused), now)

    def _send(self, job: Job, stamp: datetime | None) -> bool:
        row, now = job.row, self._now()
        try:
            effect = self._wanted.now(row, job.effect)
        except ValueError as error:
            return self._results.given_up(
                row, f"Its case could not be read ({type(error).__name__}).", now, job.effect
            )
        if effect is None:
            return self._drop(row, now, "It was not wanted any more before it was sent.")
        if self._wanted.is_held(row, effect):
            # What was attempted before was just proved absent, so it needn't be read back again while it is held.
            due = now + timedelta(seconds=HELD_S)
            return self._results.postpone(row, "todo", due, "Its case sends nothing just now.")
        if isinstance(effect, StartConversation):
            return self._send_letter(job, effect)
        if stamp is None and row.state == "todo":
            begun = self._results.begin(row, effect, now)
            if begun is None:
                return False
            stamp = begun.stamp
            if stamp is None and isinstance(effect, UpdateTicket | CopyFile):
                # Without one a late first attempt could not be told from a second one: read before writing.
                return self._settle(job)
        elif not self._results.mark(row, now):
            return False
        return self._sent(job, effect, stamp)

    def _send_letter(self, job: Job, effect: StartConversation) -> bool:
        """Also what goes with it to the same person."""
        begun = self._results.begin_letter(job.row, effect, self._now())
        return begun is not None and self._sent(replace(job, effect=begun), begun, None)

    def _sent(self, job: Job, effect: Outgoing, stamp: datetime | None) -> bool:
        row = job.row
        self._tracing.attempt(self._store, row)
        self._crash("deliver.before_request")
        try:
            sent = job.sender.send(effect, stamp, first=row.attempts == 0)
        except Exception as error:
            return self._failed(row, job.effect, error, self._retries.of_send)
        self._crash("deliver.after_request")
        if isinstance(sent, Later):
            return self._wait(row, sent, counted=False)
        return self._done(row, effect, sent)

    def _wait(self, row: OutboxRow, later: Later, *, counted: bool = True) -> bool:
        """Go on when reading can tell, or it may be sent: what was never begun stays so."""
        state: Postponed = "todo" if row.state == "todo" else "unclear"
        due = self._now() + timedelta(seconds=later.seconds)
        return self._results.postpone(row, state, due, later.why, counted=counted)

    def _done(self, row: OutboxRow, effect: Outgoing, sent: Sent) -> bool:
        if isinstance(effect, StartConversation):
            return self._results.letter_done(row, effect, sent, self._now())
        return self._results.done(row, effect, sent, self._now())

    def _settle(self, job: Job) -> bool:
        row = job.row
        self._tracing.attempt(self._store, row, "read back")
        try:
            found = job.sender.settle(job.effect)
        except Exception as error:
            return self._failed(row, job.effect, error, self._retries.of_reading)
        self._crash("deliver.after_settle")
        return self._settled(job, found)

    def _settled(self, job: Job, found: Sent | Missing | Later | Doubtful) -> bool:
        row, now = job.row, self._now()
        if isinstance(found, Sent):
            return self._done(row, job.effect, found)
        if isinstance(found, Doubtful):
            return self._results.unsettled(row, found.reason, found.found, now)
        if isinstance(found, Later):
            return self._wait(row, found)
        return self._missing(job, found, now)

    def _missing(self, job: Job, found: Missing, now: datetime) -> bool:
        """It is proved absent, so it is sent again: a ticket by its stamp, all else after the settle time."""
        row = job.row
        if found.stamp is None and (left := self._still_settles(row, now)) > timedelta(0):
            return self._results.postpone(row, "unclear", now + left, row.error or "It may still arrive.")
        if row.kind in ENDS_WITH_CASE and self._wanted.has_ended(row):
            return self._drop(row, now, "The case ended before it was sent.")
        if self._schedule.over(row.attempts, now - row.created_at):
            why = f"{row.error or 'It did not arrive.'} Sent {row.attempts} times."
            return self._results.given_up(row, why, now, job.effect)
        return self._send(job, found.stamp)

    def _drop(self, row: OutboxRow, now: datetime, why: str) -> bool:
        """Leave it. A stamp makes it safe to send an update again at once, whenever the attempt before lands; where
        nothing is sent again, nothing keeps that one from landing, so it is read back until it hardly can."""
        longer = LANDS_WITHIN if row.kind == UPDATE else timedelta(0)
        left = self._still_settles(row, now, longer) if row.state == "unclear" else timedelta(0)
        if left > timedelta(0):
            return self._results.postpone(row, "unclear", now + left, row.error or "It may still arrive.")
        return self._results.dropped(row, why)

    def _still_settles(self, row: OutboxRow, now: datetime, at_least: timedelta = timedelta(0)) -> timedelta:
        """How long an attempt may still land: counted is only what the clock has gone through without a jump."""
        if row.attempted_at is None:
            return timedelta(0)
        passed = min(now - row.attempted_at, self._settles_by() - PROCESSES_DIFFER)
        return max(self._schedule.settle, at_least) - max(passed, timedelta(0))
