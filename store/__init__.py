"""Inbox, cases, timers, outbox, journal and account, in one unit of work."""

from store.database.errors import Busy, StoreError, StoreUnavailable, Unsuitable, VersionConflict
from store.database.migrate import migrate
from store.recorder import Recorder
from store.records.case_lists import COUNTED_CASES, CaseFilter, CasePage, OpenCases
from store.records.letters import LetterFilter, LetterPosition, LetterSummary
from store.records.progress_links import PageGiving
from store.records.whole_case import TicketNews, ToldEffect, WholeCase
from store.schema.rows import (
    BudgetRow,
    CaseRow,
    CountedLine,
    DueCount,
    InboxRow,
    JournalRow,
    Mark,
    NewJournalRow,
    NewOutboxRow,
    NewTimer,
    OutboxRow,
    PastRow,
    Receipt,
    Size,
    TimerRow,
)
from store.schema.states import UNFINISHED, Postponed
from store.sql.counting import COUNTED
from store.sql.types import AT_ONCE, NotJson
from store.store import Store
from store.tx import Tx

__all__ = [
    "AT_ONCE",
    "COUNTED",
    "COUNTED_CASES",
    "UNFINISHED",
    "BudgetRow",
    "Busy",
    "CaseFilter",
    "CasePage",
    "CaseRow",
    "CountedLine",
    "DueCount",
    "InboxRow",
    "JournalRow",
    "LetterFilter",
    "LetterPosition",
    "LetterSummary",
    "Mark",
    "NewJournalRow",
    "NewOutboxRow",
    "NewTimer",
    "NotJson",
    "OpenCases",
    "OutboxRow",
    "PageGiving",
    "PastRow",
    "Postponed",
    "Receipt",
    "Recorder",
    "Size",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "TicketNews",
    "TimerRow",
    "ToldEffect",
    "Tx",
    "Unsuitable",
    "VersionConflict",
    "WholeCase",
    "migrate",
]
