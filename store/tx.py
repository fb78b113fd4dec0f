"""One unit of work: the verbs of every table over one transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from store.account import Account, Marks
from store.budgets import Budgets
from store.cases import Cases, Moments, Policies
from store.inbox import Inbox
from store.journal import Journal
from store.outbox import Outbox
from store.timers import Timers


class Tx:
    """The verbs by table. Belongs to the function it was handed to, and ends with it."""

    __slots__ = (
        "account",
        "budgets",
        "cases",
        "inbox",
        "journal",
        "marks",
        "moments",
        "outbox",
        "policies",
        "timers",
    )

    def __init__(self, connection: Connection) -> None:
        self.inbox = Inbox(connection)
        self.cases = Cases(connection)
        self.policies = Policies(connection)
        self.moments = Moments(connection)
        self.timers = Timers(connection)
        self.outbox = Outbox(connection)
        self.journal = Journal(connection)
        self.account = Account(connection)
        self.marks = Marks(connection)
        self.budgets = Budgets(connection)
