"""What webhooks missed: changed tickets, updated assignments and side conversations, as inbox rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from connector.calls import EXPORTS, WORKMARKET
from connector.errors import ConnectorError, Permanent, ScopeLacks, Transient
from connector.ports import Changed, ChangedTicket, WorkMarket, Zendesk
from escalation.model.messages import AssignmentHint, ConversationsHint, TicketHint
from escalation.model.tiers import BY_EMAIL
from escalation.model.values import State
from store import CaseRow, Store, Tx
from sync.limits.budgets import Budgets, Denied
from sync.limits.call_costs import LISTING, PAGE
from sync.limits.companies import SeveralCompanies
from sync.limits.company_troubles import without_their_words
from sync.reconciling.company_lists import CompaniesListing
from sync.reconciling.listing import TicketListing, is_due
from sync.reconciling.pulses import BEGUN, BY_EXPORT, BY_LIST, failed, worked
from sync.shared.codec import has_conversations
from sync.shared.failpoints import Crash, no_crash
from sync.shared.loop_counts import Count, no_count
from sync.shared.names import ticket_lane
from sync.shared.recording import record
from sync.shared.steady import seen_up_to

T = TypeVar("T")
log = structlog.get_logger()
LOCK = "reconcile"
TICKETS, ASSIGNMENTS, CONVERSATIONS = "reconcile.tickets", "reconcile.assignments", "reconcile.conversations"

# How far back the first round of all looks.
FIRST = timedelta(hours=1)
# The two services' clocks and ours may differ by this much.
OVERLAP = timedelta(minutes=2)
# Zendesk allows ten of these calls a minute.
MOST_PAGES = 7
# In these states the other side may answer in a side conversation. Two rounds must reach every case.
WRITTEN_TO = (*(tier.state.value for tier in BY_EMAIL), State.OTHER_SIDE_RESPONDED.value)
MOST_CONVERSATIONS = 200
NOT_NOW = "The budget of calls is used up, or the service asked to be left alone."


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows a part brought; for tickets also by which way, and why not by the export."""

    rows: int
    way: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reconciler:
    """One round asks both services what changed since the last one. A round that fails is made up by the next."""

    store: Store
    zendesk: Zendesk
    workmarket: WorkMarket | SeveralCompanies
    crash: Crash = no_crash
    count: Count = no_count
    budgets: Budgets | None = None

    def round(self, now: datetime) -> int:
        """Record what changed; how many rows. Nothing where another process is at it. Raises StoreUnavailable."""
        with self.store.lock(LOCK) as free:
            if not free:
                return 0
            parts = {
                "tickets": self._tickets,
                "assignments": self._assignments,
                "conversations": self._conversations,
            }
            return sum(self._part(name, part, now) for name, part in parts.items())

    def _part(self, name: str, part: Callable[[datetime], Found], now: datetime) -> int:
        try:
            found = part(now)
        except ConnectorError as error:
            self.count("failed", "reconcile")
            why = _unspoken(error)
            log.warning("reconcile_failed", part=name, reason=why)
            self.store.write(lambda tx: failed(tx, name, why, now))
            return 0
        self.store.write(lambda tx: worked(tx, name, now, found.way, found.why))
        return found.rows

    def _asked(self, costs: Mapping[str, int], kind: str, ask: Callable[[], T]) -> T:
        """What a service answers. Raises Transient where it may not be called now; the next round makes it up."""
        budgets = self.budgets or Budgets(self.store, now=self.store.now)
        with budgets.within(costs, kind) as permit:
            if isinstance(permit, Denied):
                raise Transient(NOT_NOW)
            return ask()

    def _start(self, now: datetime) -> datetime:
        return self.store.write(lambda tx: first_begins(tx, now))

    def _tickets(self, now: datetime) -> Found:
        """By the export; by listing for the next hour where our user may not export."""
        listing = TicketListing(self.store, self.zendesk, self._asked, self._keep_tickets)
        place = listing.place()
        if place is None or is_due(place, now):
            try:
                found = Found(self._exported(now), BY_EXPORT)
            except (Permanent, ScopeLacks) as refusal:
                if isinstance(refusal, Permanent) and refusal.code != "forbidden":
                    raise
                place = listing.begin(_unspoken(refusal), self._unseen_since(now), now)
            else:
                listing.end(now)
                return found
        return Found(listing.round(place, now), BY_LIST, place.why)

    def _unseen_since(self, now: datetime) -> datetime:
        """When the export was last read, or where the first round of all begins."""
        mark = self.store.read(lambda tx: tx.marks.get(TICKETS))
        return mark.at if mark else self._start(now)

    def _exported(self, now: datetime) -> int:
        mark = self.store.read(lambda tx: tx.marks.get(TICKETS))
        cursor = mark.read(read_cursor) if mark else None
        start = now if cursor else self._start(now)
        found = 0
        for number in range(MOST_PAGES):
            try:
                page = self._asked(PAGE, EXPORTS, lambda cursor=cursor: self.zendesk.changed_tickets(cursor, start))  # type: ignore[misc]
            except Transient as error:
                if number == 0 or error.reason != NOT_NOW:
                    raise
                break
            found += self.store.write(lambda tx, page=page: self._keep_page(tx, page, now))  # type: ignore[misc]
            self.crash("reconcile.after_commit")
            if page.end or page.cursor == cursor:
                break
            cursor = page.cursor
        return found

    def _keep_page(self, tx: Tx, page: Changed, now: datetime) -> int:
        """The rows and the cursor in one commit, so that no page is passed over."""
        new = self._keep_tickets(tx, page.tickets, now)
        tx.marks.set(TICKETS, page.cursor, now)
        self.crash("reconcile.before_commit")
        return new

    @staticmethod
    def _keep_tickets(tx: Tx, tickets: Sequence[ChangedTicket], now: datetime) -> int:
        """A case goes on wherever its ticket was moved; no trigger tells of it there."""
        moved = tx.cases.on_tickets([ticket.id for ticket in tickets if not ticket.on_form])
        ours = [ticket for ticket in tickets if ticket.on_form or ticket.id in moved]
        return sum(_keep_ticket(tx, ticket, now) for ticket in ours)

    def _assignments(self, now: datetime) -> Found:
        if isinstance(self.workmarket, SeveralCompanies):
            return Found(CompaniesListing(self.store, self.workmarket, self._start).round(now))
        return self._assignments_of_one(self.workmarket, now)

    def _assignments_of_one(self, workmarket: WorkMarket, now: datetime) -> Found:
        mark = self.store.read(lambda tx: tx.marks.get(ASSIGNMENTS))
        known = mark.read(datetime.fromisoformat) if mark else None
        since = seen_up_to(known or self._start(now), now) - OVERLAP
        numbers = self._asked(LISTING, WORKMARKET, lambda: workmarket.updated_since(since))

        def keep(tx: Tx) -> int:
            new = sum(_keep_assignment(tx, number, now) for number in numbers)
            # The answer may have set a clock right that was ahead when it was asked for.
            tx.marks.set(ASSIGNMENTS, min(now, self.store.now()).isoformat(), now)
            return new

        return Found(self.store.write(keep))

    def _conversations(self, now: datetime) -> Found:
        """A part of the open cases with side conversations, in turn: each comes up in every second round."""
        return Found(self.store.write(lambda tx: _keep_conversations(tx, now)))


def _unspoken(error: ConnectorError) -> str:
    """What is told of an error; which scope is lacking are our own words."""
    return error.reason if isinstance(error, ScopeLacks) else without_their_words(error)


def first_begins(tx: Tx, now: datetime) -> datetime:
    """Where the first round of all begins: kept when this is asked first, so that it stays there however long that
    round fails. Setting the account up asks, so that nothing is older."""
    known = tx.marks.get(BEGUN)
    if known is None:
        tx.marks.set(BEGUN, (now - FIRST).isoformat(), now)
        return now - FIRST
    # Where it can't be read, the moment at which it was set says as much.
    return seen_up_to(known.read(datetime.fromisoformat) or known.at - FIRST, now)


def read_cursor(value: Any) -> str | None:
    """The export's cursor, as its mark says."""
    if value is None or isinstance(value, str):
        return value or None
    raise TypeError("It is no text.")


def read_reached(value: Any) -> dict[str, str | None]:
    """The case of each state that was looked at last, as the mark says."""
    return {str(state): None if case is None else str(case) for state, case in value.items()}


def _keep_ticket(tx: Tx, ticket: ChangedTicket, now: datetime) -> bool:
    # Also where the last write was ours: somebody else's within the same second would hide behind it.
    # Either stamp is news: some updates of the system's move the generated one alone.
    stamps = (ticket.updated_at, *((ticket.generated_at,) if ticket.generated_at else ()))
    key = ":".join((TICKETS, ticket.id, *(stamp.isoformat() for stamp in stamps)))
    return record(tx, key, "reconcile.ticket", ticket_lane(ticket.id), TicketHint(ticket.id), now)


def _keep_assignment(tx: Tx, number: str, now: datetime) -> bool:
    if not tx.cases.open_by_assignment(number):
        return False
    dedupe_key = f"{ASSIGNMENTS}:{number}"
    key = f"{dedupe_key}:{now.isoformat()}"
    hint, lane = AssignmentHint(number), f"assignment:{number}"
    return record(tx, key, "reconcile.assignment", lane, hint, now, dedupe_key=dedupe_key)


def _keep_conversations(tx: Tx, now: datetime) -> int:
    counts = tx.cases.counts()
    mark = tx.marks.get(CONVERSATIONS)
    reached: dict[str, str | None] = (mark.read(read_reached) or {}) if mark else {}
    new = 0
    for state in WRITTEN_TO:
        share = min(-(-counts.get(state, 0) // 2), MOST_CONVERSATIONS)
        cases, reached[state] = _next(tx, state, reached.get(state), share)
        new += sum(_keep_conversation(tx, case, now) for case in cases if has_conversations(case.body))
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
    dedupe_key = f"{CONVERSATIONS}:{case.ticket_id}"
    key = f"{dedupe_key}:{now.isoformat()}"
    hint, lane = ConversationsHint(case.ticket_id), ticket_lane(case.ticket_id)
    return record(tx, key, CONVERSATIONS, lane, hint, now, dedupe_key=dedupe_key)
