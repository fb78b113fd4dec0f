"""Inbox, cases, timers, outbox, journal and account, in one unit of work."""

from store.database.errors import Busy, Conflict, StoreError, StoreUnavailable, Unsuitable
from store.database.migrate import migrate
from store.recorder import Recorder
from store.records.letters import Place, Which
from store.schema.rows import (
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
from store.schema.states import UNFINISHED, Postponed
from store.sql.types import AT_ONCE, NotJson
from store.store import Store
from store.tx import Tx

__all__ = [
    "AT_ONCE",
    "UNFINISHED",
    "BudgetRow",
    "Busy",
    "CaseRow",
    "Conflict",
    "Effect",
    "InboxRow",
    "JournalRow",
    "Line",
    "Mark",
    "NotJson",
    "OutboxRow",
    "PastRow",
    "Place",
    "Postponed",
    "Receipt",
    "Recorder",
    "Size",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "Timer",
    "TimerRow",
    "Tx",
    "Unsuitable",
    "Which",
    "migrate",
]
