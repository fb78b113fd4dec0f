"""Inbox, cases, timers, outbox, journal and account, in one unit of work."""

from store.errors import Busy, Conflict, StoreError, StoreUnavailable, Taken, Unsuitable
from store.letters import Place, Which
from store.migrate import migrate
from store.recorder import Recorder
from store.rows import (
    BudgetRow,
    CaseRow,
    Effect,
    InboxRow,
    JournalRow,
    Line,
    Mark,
    OutboxRow,
    PastRow,
    Receipt,
    Size,
    Timer,
    TimerRow,
)
from store.store import Store
from store.tx import Tx
from store.types import AT_ONCE

__all__ = [
    "AT_ONCE",
    "BudgetRow",
    "Busy",
    "CaseRow",
    "Conflict",
    "Effect",
    "InboxRow",
    "JournalRow",
    "Line",
    "Mark",
    "OutboxRow",
    "PastRow",
    "Place",
    "Receipt",
    "Recorder",
    "Size",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "Taken",
    "Timer",
    "TimerRow",
    "Tx",
    "Unsuitable",
    "Which",
    "migrate",
]
