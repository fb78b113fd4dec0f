"""Changed tickets for a user who may not export: those changed last, by listing, and those of open cases in turn.

Only admins may export. What an agent may read is slower and tells less: a list by the last change leaves out what
was deleted, so the tickets of open cases are asked for too, and one that is not there is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from connector.calls import ZENDESK
from connector.ports import Changed, ChangedTicket, Zendesk
from escalation.model.messages import TicketHint
from store import CaseRow, Store, Tx
from sync.shared.names import ticket_lane
from sync.shared.recording import record
from sync.shared.steady import seen_up_to

MARK: Final = "reconcile.listing"
EXPORT_ASKED_EVERY: Final = timedelta(hours=1)
OVERLAP: Final = timedelta(minutes=10)
"""Each change is seen by two rounds, so that a ticket deleted between two pages hides none."""
MOST_PAGES, LAST_PAGE = 10, 100
"""Pages a round, and Zendesk's own end of a list."""
MOST_BATCHES, BATCH = 3, 100
"""Calls a round for the tickets of open cases, and how many each asks for: two rounds reach 600 cases."""
CALL: Final = {ZENDESK: 1}

BudgetedCall = Callable[[Mapping[str, int], str, Callable[[], Any]], Any]
"""Asks within a budget; raises where that is not to be had."""
Keep = Callable[[Tx, Sequence[ChangedTicket], datetime], int]


@dataclass(frozen=True, slots=True)
class ListingPosition:
    """Where the listing stands: everything up to `since` was seen; a walk that `began` later goes on at `page`.

    `asked` is when the export was refused last, `after` the case whose ticket was asked for last.
    """

    asked: str
    why: str
    since: str
    began: str | None = None
    page: int = 1
    after: str | None = None


@dataclass(frozen=True, slots=True)
class TicketListing:
    """`ask` and `keep` are the reconciler's own."""

    store: Store
    zendesk: Zendesk
    ask: BudgetedCall
    keep: Keep

    def place(self) -> ListingPosition | None:
        """None where the export is not known to be refused."""
        return self.store.read(_place)

    def begin(self, why: str, since: datetime, now: datetime) -> ListingPosition:
        """The export was refused, for the first time or once more."""
        known = self.place() or ListingPosition("", "", since.isoformat())
        place = replace(known, asked=now.isoformat(), why=why)
        self.store.write(lambda tx: _set(tx, place, now))
        return place

    def end(self, now: datetime) -> None:
        """The export is allowed."""
        if self.place() is not None:
            self.store.write(lambda tx: _set(tx, None, now))

    def round(self, place: ListingPosition, now: datetime) -> int:
        """Record what changed; how many rows."""
        found, place = self._newest(place, now)
        return found + self._in_turn(place, now)

    def _newest(self, place: ListingPosition, now: datetime) -> tuple[int, ListingPosition]:
        found, since = 0, seen_up_to(datetime.fromisoformat(place.since), now) - OVERLAP
        place = replace(place, began=place.began or now.isoformat())
        for _ in range(MOST_PAGES):
            page = place.page
            listed: Changed = self.ask(CALL, ZENDESK, partial(self.zendesk.listed_tickets, page))
            fresh = [ticket for ticket in listed.tickets if ticket.updated_at >= since]
            if listed.end or len(fresh) < len(listed.tickets) or page >= LAST_PAGE:
                # The answer may have set a clock right that was ahead when it was asked for.
                began = min(datetime.fromisoformat(place.began or place.since), self.store.now())
                place = replace(place, since=began.isoformat(), began=None, page=1)
            else:
                place = replace(place, page=page + 1)
            found += self._keep(fresh, (), place, now)
            if place.began is None:
                break
        return found, place

    def _in_turn(self, place: ListingPosition, now: datetime) -> int:
        found = 0
        for _ in range(MOST_BATCHES):
            cases = self.store.read(partial(_open_cases, after=place.after))
            wanted = [case.ticket_id for case in cases if case.ticket_id is not None]
            there: Sequence[ChangedTicket] = ()
            if wanted:
                there = self.ask(CALL, ZENDESK, partial(self.zendesk.tickets_now, wanted))
            seen = {ticket.id for ticket in there}
            place = replace(place, after=cases[-1].id if len(cases) == BATCH else None)
            found += self._keep(there, [one for one in wanted if one not in seen], place, now)
            if place.after is None:
                break
        return found

    def _keep(
        self, tickets: Sequence[ChangedTicket], gone: Sequence[str], place: ListingPosition, now: datetime
    ) -> int:
        """The rows and the place in one commit, so that nothing is passed over."""

        def keep(tx: Tx) -> int:
            _set(tx, place, now)
            return self.keep(tx, tickets, now) + sum(_keep_gone(tx, one, now) for one in gone)

        return self.store.write(keep)


def is_due(place: ListingPosition, now: datetime) -> bool:
    """Whether the export may be asked again: somebody may have made our user an admin."""
    return not timedelta(0) <= now - datetime.fromisoformat(place.asked) < EXPORT_ASKED_EVERY


def _open_cases(tx: Tx, after: str | None) -> list[CaseRow]:
    return tx.cases.list(open=True, limit=BATCH, after=after)


def _keep_gone(tx: Tx, ticket_id: str, now: datetime) -> bool:
    dedupe_key = f"reconcile.tickets:{ticket_id}:gone"
    key = f"{dedupe_key}:{now.isoformat()}"
    return record(
        tx, key, "reconcile.ticket", ticket_lane(ticket_id), TicketHint(ticket_id), now, dedupe_key=dedupe_key
    )


def _place(tx: Tx) -> ListingPosition | None:
    mark = tx.marks.get(MARK)
    return mark.read(read_position) if mark and mark.value else None


def read_position(value: Any) -> ListingPosition:
    """The place that the listing's mark says."""
    after = value["after"]
    place = ListingPosition(
        str(value["asked"]), str(value["why"]), str(value["since"]), value["began"], int(value["page"]),
        None if after is None else str(after),
    )  # fmt: skip
    for moment in filter(None, (place.asked, place.since, place.began)):
        datetime.fromisoformat(moment)
    return place


def _set(tx: Tx, place: ListingPosition | None, now: datetime) -> None:
    tx.marks.set(MARK, asdict(place) if place else None, now)
