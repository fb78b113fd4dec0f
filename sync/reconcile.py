"""What webhooks missed: changed tickets, updated assignments and side conversations, as inbox rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from connector.calls import EXPORTS, WORKMARKET
from connector.errors import ConnectorError
from connector.zendesk import Changed, ChangedTicket
from store import CaseRow, Store, Tx
from sync.budgets import Budgets, Wait
from sync.counting import Count, no_count
from sync.failpoints import Crash, no_crash
from sync.gates import LISTING, PAGE
from sync.names import ticket_lane
from sync.ports import WorkMarket, Zendesk

T = TypeVar("T")
log = structlog.get_logger()
LOCK = "reconcile"
TICKETS, ASSIGNMENTS, CONVERSATIONS = "reconcile.tickets", "reconcile.assignments", "reconcile.conversations"
BEGUN = "reconcile.begun"

# How far back the first round of all looks.
FIRST = timedelta(hours=1)
# The two services' clocks and ours may differ by this much.
OVERLAP = timedelta(minutes=2)
# Zendesk allows ten of these calls a minute.
MOST_PAGES = 7
# In these states the other side may answer in a side conversation. Two rounds must reach every case.
WRITTEN_TO = ("tier_2", "tier_3", "other_side_responded")
MOST_CONVERSATIONS = 200


@dataclass(frozen=True, slots=True)
class Reconciler:
    """One round asks both services what changed since the last one. A round that fails is made up by the next."""

    store: Store
    zendesk: Zendesk
    workmarket: WorkMarket
    crash: Crash = no_crash
    count: Count = no_count
    budgets: Budgets | None = None

    def round(self, now: datetime) -> int:
        """Record what changed; how many rows. Nothing where another process is at it. Raises StoreUnavailable."""
        with self.store.lock(LOCK) as free:
            if not free:
                return 0
            parts: tuple[Callable[[datetime], int], ...] = (self._tickets, self._assignments, self._conversations)
            return sum(self._part(part, now) for part in parts)

    def _part(self, part: Callable[[datetime], int], now: datetime) -> int:
        try:
            return part(now)
        except ConnectorError as error:
            self.count("failed", "reconcile")
            # What follows the colon are the service's own words, which may name people.
            log.warning("reconcile_failed", reason=error.reason.partition(": ")[0])
            return 0

    def _asked(self, needs: Mapping[str, int], kind: str, ask: Callable[[], T]) -> T | None:
        """What a service answers; None where it may not be called now, which the next round makes up."""
        budgets = self.budgets or Budgets(self.store, now=self.store.now)
        with budgets.within(needs, kind) as leave:
            return None if isinstance(leave, Wait) else ask()

    def _start(self, now: datetime) -> datetime:
        return self.store.write(lambda tx: first_begins(tx, now))

    def _tickets(self, now: datetime) -> int:
        mark = self.store.read(lambda tx: tx.marks.get(TICKETS))
        cursor = mark.value if mark else None
        start = now if cursor else self._start(now)
        found = 0
        for _ in range(MOST_PAGES):
            page = self._asked(PAGE, EXPORTS, lambda cursor=cursor: self.zendesk.changed_tickets(cursor, start))  # type: ignore[misc]
            if page is None:
                break
            found += self.store.write(lambda tx, page=page: self._keep_page(tx, page, now))  # type: ignore[misc]
            self.crash("reconcile.after_commit")
            if page.end or page.cursor == cursor:
                break
            cursor = page.cursor
        return found

    def _keep_page(self, tx: Tx, page: Changed, now: datetime) -> int:
        """The rows and the cursor in one commit, so that no page is passed over.

        A case goes on wherever its ticket was moved; no trigger tells of it there.
        """
        moved = tx.cases.on_tickets([ticket.id for ticket in page.tickets if not ticket.on_form])
        ours = [ticket for ticket in page.tickets if ticket.on_form or ticket.id in moved]
        new = sum(_keep_ticket(tx, ticket, now) for ticket in ours)
        tx.marks.set(TICKETS, page.cursor, now)
        self.crash("reconcile.before_commit")
        return new

    def _assignments(self, now: datetime) -> int:
        mark = self.store.read(lambda tx: tx.marks.get(ASSIGNMENTS))
        since = (datetime.fromisoformat(mark.value) if mark else self._start(now)) - OVERLAP
        numbers = self._asked(LISTING, WORKMARKET, lambda: self.workmarket.updated_since(since))
        if numbers is None:
            return 0

        def keep(tx: Tx) -> int:
            new = sum(_keep_assignment(tx, number, now) for number in numbers)
            tx.marks.set(ASSIGNMENTS, now.isoformat(), now)
            return new

        return self.store.write(keep)

    def _conversations(self, now: datetime) -> int:
        """A part of the open cases with side conversations, in turn: each comes up in every second round."""
        return self.store.write(lambda tx: _keep_conversations(tx, now))


def first_begins(tx: Tx, now: datetime) -> datetime:
    """Where the first round of all begins: kept when this is asked first, so that it stays there however long that
    round fails. Setting the account up asks, so that nothing is older."""
    known = tx.marks.get(BEGUN)
    if known is None:
        tx.marks.set(BEGUN, (now - FIRST).isoformat(), now)
    return now - FIRST if known is None else datetime.fromisoformat(known.value)


def _keep_ticket(tx: Tx, ticket: ChangedTicket, now: datetime) -> bool:
    # Also where the last write was ours: somebody else's within the same second would hide behind it.
    # Either stamp is news: some updates of the system's move the generated one alone.
    stamps = (ticket.updated_at, *((ticket.generated_at,) if ticket.generated_at else ()))
    key = ":".join((TICKETS, ticket.id, *(stamp.isoformat() for stamp in stamps)))
    return tx.inbox.record(key, "reconcile.ticket", ticket_lane(ticket.id), {"ticket_id": ticket.id}, now)


def _keep_assignment(tx: Tx, number: str, now: datetime) -> bool:
    if not tx.cases.open_by_assignment(number):
        return False
    fold = f"{ASSIGNMENTS}:{number}"
    key = f"{fold}:{now.isoformat()}"
    body = {"assignment_id": number}
    return tx.inbox.record(key, "reconcile.assignment", f"assignment:{number}", body, now, fold=fold)


def _keep_conversations(tx: Tx, now: datetime) -> int:
    counts = tx.cases.counts()
    mark = tx.marks.get(CONVERSATIONS)
    reached: dict[str, str | None] = dict(mark.value) if mark else {}
    new = 0
    for state in WRITTEN_TO:
        share = min(-(-counts.get(state, 0) // 2), MOST_CONVERSATIONS)
        cases, reached[state] = _next(tx, state, reached.get(state), share)
        new += sum(_keep_conversation(tx, case, now) for case in cases if case.body.get("conversations"))
    tx.marks.set(CONVERSATIONS, reached, now)
    return new


def _next(tx: Tx, state: str, after: str | None, share: int) -> tuple[Sequence[CaseRow], str | None]:
    """The next cases of a state in turn, from the start again after the last one."""
    if share == 0:
        return (), None
    cases = tx.cases.list(open=True, state=state, limit=share, after=after)
    if len(cases) < share and after is not None:
        known = {case.id for case in cases}
        begin = tx.cases.list(open=True, state=state, limit=share - len(cases))
        cases += [case for case in begin if case.id not in known]
    return cases, cases[-1].id if cases else None


def _keep_conversation(tx: Tx, case: CaseRow, now: datetime) -> bool:
    if case.ticket_id is None:
        return False
    fold = f"{CONVERSATIONS}:{case.ticket_id}"
    key = f"{fold}:{now.isoformat()}"
    lane = ticket_lane(case.ticket_id)
    return tx.inbox.record(key, CONVERSATIONS, lane, {"ticket_id": case.ticket_id}, now, fold=fold)
