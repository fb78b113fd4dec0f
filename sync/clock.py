"""Due timers → inbox rows. The timer is just another sender, so several clocks at once are harmless."""

from __future__ import annotations

from datetime import datetime

from store import Store, Tx
from sync.failpoints import Crash, no_crash
from sync.names import ticket_lane

HEARTBEAT = "clock"
BATCH = 200
MOST_BATCHES = 50


def tick(store: Store, now: datetime, *, crash: Crash = no_crash) -> int:
    """Turn what is due into inbox rows and set the heartbeat; how many. Costs what is due, not what is open.

    Raises StoreUnavailable.
    """
    fired = 0
    for _ in range(MOST_BATCHES):
        batch = store.write(lambda tx: _fire(tx, now, crash))
        crash("clock.after_commit")
        fired += batch
        if batch < BATCH:
            break
    return fired


def _fire(tx: Tx, now: datetime, crash: Crash) -> int:
    due = tx.timers.due(now, BATCH)
    for timer in due:
        case = tx.cases.get(timer.case_id)
        lane = ticket_lane(case.ticket_id) if case is not None and case.ticket_id else f"case:{timer.case_id}"
        body = {"case_id": timer.case_id, "timer": timer.kind, "generation": timer.generation}
        tx.inbox.record(f"timer:{timer.case_id}:{timer.kind}:{timer.generation}", "timer", lane, body, now)
        tx.timers.mark_fired(timer.case_id, timer.kind, timer.generation)
    tx.marks.set(HEARTBEAT, None, now)
    crash("clock.before_commit")
    return len(due)
