"""Ways to get the protocol wrong. Each puts one part in the place of the desk's own; each must be caught."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connector.ports import Written
from connector.zendesk import ZendeskClient
from escalation.engine.turn import Decision
from escalation.model.case import Case
from escalation.model.effects import UpdateTicket
from escalation.model.events import Event, Observed, TimerDue
from escalation.policies.policy import Policy
from store import OutboxRow, Store, Tx
from store.database.errors import explain
from store.writer import InlineWriter
from sync.inbox.process import ProcessFunctions
from sync.outbox.attempts import Sent
from sync.outbox.deliver import Deliverer, Job, for_ever
from sync.outbox.retry_schedule import RetrySchedule
from sync.shared.failpoints import Crash
from sync.shared.names import ticket_lane
from tests.simulation.life import Decide

MOST_TRIES = 11


class BlindRetry(Deliverer):
    """Sends again without reading what became of it."""

    def _settle(self, job: Job) -> bool:
        return self._send(job, None)


class NoSettleTime(Deliverer):
    """Looks once more just before it sends, and does not wait for what may still land."""

    def __init__(self, store: Any, zendesk: Any, workmarket: Any, schedule: Any, **more: Any) -> None:
        super().__init__(store, zendesk, workmarket, replace(schedule, settle=timedelta(0)), **more)


class Hasty(RetrySchedule):
    """Tries again each settle time, and gives up after so many tries, however short a time they took."""

    __slots__ = ()

    def after(self, attempts: int, **_: Any) -> timedelta:  # noqa: ARG002
        return self.settle

    def over(self, attempts: int, tried_for: timedelta) -> bool:  # noqa: ARG002
        return attempts > MOST_TRIES


class GivesUp(Deliverer):
    """Counts its tries and not the time."""

    def __init__(self, store: Any, zendesk: Any, workmarket: Any, schedule: Any, **more: Any) -> None:
        hasty = Hasty(schedule.settle, schedule.unreadable, schedule.waits, schedule.jitter)
        super().__init__(store, zendesk, workmarket, hasty, **more)


class DoneBeforeDoing(Deliverer):
    """Writes down that it is done, and then does it."""

    def _send(self, job: Job, stamp: datetime | None) -> bool:
        self._results.done(job.row, job.effect, Sent(self._now()), self._now())
        self._crash("deliver.before_request")
        try:
            job.sender.send(job.effect, stamp, first=True)
        except Exception:
            return True
        return True


class AnyOrder(Deliverer):
    """Takes whatever is due, whatever stands before it."""

    def ready(self, now: datetime, limit: int = 64) -> list[OutboxRow]:
        rows = self._store.read(lambda tx: tx.outbox.unfinished(limit))
        return [row for row in reversed(rows) if row.due <= now]


class NoStamp(ZendeskClient):
    """Writes whatever the ticket has become meanwhile."""

    def write(self, update: UpdateTicket, *, stamp: datetime | None, first: bool = True) -> Written:  # noqa: ARG002
        # As a first write, since the connector refuses to repeat one without a stamp.
        return super().write(update, stamp=None, first=True)


def unfenced(decide: Decide) -> Decide:
    """Hears every timer as if it were the case's present one."""

    def told(case: Case, event: Event, now: datetime, policy: Policy) -> Decision:
        if isinstance(event, TimerDue) and event.timer in case.deadlines:
            event = replace(event, generation=case.deadlines[event.timer].generation)
        return decide(case, event, now, policy)

    return told


def by_the_highest_id(decide: Decide) -> Decide:
    """Takes the highest id of an update that was seen for a watermark."""

    def told(case: Case, event: Event, now: datetime, policy: Policy) -> Decision:
        if isinstance(event, Observed):
            mark = max(case.heard.seen.updates, default=0)
            event = replace(event, updates=tuple(one for one in event.updates if one.id > mark))
        return decide(case, event, now, policy)

    return told


def in_english_only(decide: Decide) -> Decide:
    """Tells every requester everything in English."""

    def told(case: Case, event: Event, now: datetime, policy: Policy) -> Decision:
        return decide(case, event, now, replace(policy, texts=replace(policy.texts, translations={})))

    return told


def in_the_desks_own(decide: Decide) -> Decide:
    """Writes to every company in the language of the desk's policy."""

    def told(case: Case, event: Event, now: datetime, policy: Policy) -> Decision:
        return decide(case, event, now, replace(policy, language="en"))

    return told


def late_tick(store: Store, now: datetime, *, crash: Crash) -> int:
    """Reads what is due, and notes it a while later whatever became of it meanwhile."""
    due = store.read(lambda tx: tx.timers.due(now))
    if due:
        crash("clock.read")

    def note(tx: Tx) -> None:
        for timer in due:
            case = tx.cases.get(timer.case_id)
            lane = ticket_lane(str(case.ticket_id)) if case else timer.case_id
            key = f"timer:{timer.case_id}:{timer.kind}:{timer.generation}"
            body = {"case_id": timer.case_id, "timer": timer.kind, "generation": timer.generation}
            tx.inbox.record(key, "timer", lane, body, now)
            tx.timers.mark_fired(timer.case_id, timer.kind, timer.generation)

    store.write(note)
    return len(due)


def forgetful(key: str, now: datetime) -> str:
    """Remembers what it was told for a day."""
    return f"{key}:{now.date()}"


class JumpingClock(Deliverer):
    """Measures the settle time by the machine's clock, whoever sets that."""

    def __init__(self, store: Any, zendesk: Any, workmarket: Any, schedule: Any, **more: Any) -> None:
        super().__init__(
            store, zendesk, workmarket, schedule, **{**more, "now": store.sim.wall, "settles_by": for_ever}
        )


class KeepsItsSession(InlineWriter):
    """Goes on with a session that has refused a write."""

    def submit(self, work: Callable[[Tx], Any], *, first: bool = False) -> Future[Any]:  # noqa: ARG002
        future: Future[Any] = Future()
        try:
            with self._engine.begin() as connection:
                future.set_result(work(Tx(connection)))
        except BaseException as error:
            future.set_exception(explain(error))
        return future


MUTANTS: dict[str, dict[str, Any]] = {
    "blind retry": {"deliverer": BlindRetry},
    "acknowledge before commit": {"answer first": True},
    "no stamp": {"zendesk": NoStamp},
    "adapter retries": {"retries": 3},
    "lease by time": {"lease_s": 30.0},
    "re-check instead of settle": {"deliverer": NoSettleTime},
    "mark done before doing": {"deliverer": DoneBeforeDoing},
    "no sweep": {"no sweep": True},
    "no fence on timers": {
        "tick": late_tick,
        "process": ProcessFunctions(decide=unfenced(ProcessFunctions().decide)),
    },
    "no reconcile": {"no reconcile": True},
    "order ignored": {"deliverer": AnyOrder},
    "dedupe forgotten after a day": {"key": forgetful},
    "writes down: give up after attempts": {"deliverer": GivesUp},
    "settle time by a clock that jumps": {"deliverer": JumpingClock, "works by the wall": True},
    "a writer that keeps a refused session": {"writer": KeepsItsSession},
    "requesters read English": {"process": ProcessFunctions(decide=in_english_only(ProcessFunctions().decide))},
    "companies read the desk's language": {
        "process": ProcessFunctions(decide=in_the_desks_own(ProcessFunctions().decide))
    },
    "highest id is a watermark": {"process": ProcessFunctions(decide=by_the_highest_id(ProcessFunctions().decide))},
}
