"""Due timers → inbox rows. The timer is just another sender, so several clocks at once are harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from escalation.model.messages import TimerFired
from store import Store, Tx
from sync.shared.failpoints import Crash, no_crash
from sync.shared.names import ticket_lane
from sync.shared.recording import record

HEARTBEAT = "clock"
UNSURE = "unsure"
Told = Mapping[str, float]
NOTHING: Told = {}
BATCH = 200
MOST_BATCHES = 50


def may_tick(store: Store, now: Callable[[], datetime], *, sure: Callable[[], bool], told: Told) -> bool:
    """Whether what is due may fire: `sure` tells whether the clock is known to be right. Until it is nothing fires,
    however late it becomes, since what has fired too early can't be taken back. Raises StoreUnavailable."""
    if not store.read(lambda tx: tx.timers.due(now(), 1)) or sure():
        return True
    store.write(lambda tx: tx.marks.set(HEARTBEAT, {UNSURE: True, **told}, now()))
    return False


def tick(store: Store, now: datetime, *, crash: Crash = no_crash, told: Told = NOTHING) -> int:
    """Turn what is due into inbox rows and set the heartbeat; how many. Costs what is due, not what is open.

    `told` is left with the heartbeat. Raises StoreUnavailable.
    """
    fired = 0
    for _ in range(MOST_BATCHES):
        batch = store.write(lambda tx: _fire(tx, now, crash, told))
        crash("clock.after_commit")
        fired += batch
        if batch < BATCH:
            break
    return fired


def _fire(tx: Tx, now: datetime, crash: Crash, told: Told) -> int:
    due = tx.timers.due(now, BATCH)
    for timer in due:
        case = tx.cases.get(timer.case_id)
        lane = ticket_lane(case.ticket_id) if case is not None and case.ticket_id else f"case:{timer.case_id}"
        fired = TimerFired(timer.case_id, timer.kind, timer.generation)
        record(tx, f"timer:{timer.case_id}:{timer.kind}:{timer.generation}", "timer", lane, fired, now)
        tx.timers.mark_fired(timer.case_id, timer.kind, timer.generation)
    tx.marks.set(HEARTBEAT, dict(told) or None, now)
    crash("clock.before_commit")
    return len(due)
