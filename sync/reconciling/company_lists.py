"""What webhooks missed of assignments, where there are several client companies: each is asked what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from connector.errors import ConnectorError, Transient
from escalation.model.messages import AssignmentHint
from store import CaseRow, Store, Tx
from sync.limits.companies import NotNow, SeveralCompanies
from sync.limits.company_troubles import PREFIX as TROUBLES
from sync.shared.recording import record
from sync.shared.steady import seen_up_to

PLACES: Final = "reconcile.assignments:"
UNPLACED: Final = "reconcile.unplaced"
OVERLAP: Final = timedelta(minutes=2)
MOST_CALLS: Final = 2
"""Of one company in one round, a new access token among them; what does not fit into them, the next round reads."""
MOST_TIME: Final = timedelta(minutes=2)
"""Of one round: companies that do not answer keep it no longer, and those asked longest ago come first then."""
PAGE, A_ROUND = 100, 20
"""Cases that nobody knows a company of: so many are read at once, and so many looked at in a round."""


@dataclass(frozen=True, slots=True)
class CompanyPlace:
    """Where a company's list stands: everything up to `since` was seen; a walk that `began` goes on at `start`."""

    since: str
    began: str | None = None
    start: int = 0


@dataclass(frozen=True, slots=True)
class CompaniesListing:
    """`first` says where the first round of all begins."""

    store: Store
    companies: SeveralCompanies
    first: Callable[[datetime], datetime]

    def round(self, now: datetime) -> int:
        """Record what changed at the companies that have open cases; how many rows. Raises Transient where none of
        them could be asked: one that could not is named by its own trouble, and holds up no other."""
        self._forget_others(now)
        counts = self.store.read(lambda tx: tx.cases.open_by_company())
        places = self.store.read(lambda tx: tx.marks.beginning(PLACES))
        asked = [key for key in self.companies.keys if counts.get(key)]
        asked.sort(key=lambda key: places[PLACES + key].at.timestamp() if PLACES + key in places else 0.0)
        found, worked, why = 0, 0, ""
        until = self.store.now() + MOST_TIME
        for key in asked:
            known = places.get(PLACES + key)
            place = (known.read(read_place) if known else None) or CompanyPlace(self.first(now).isoformat())
            try:
                found += self._listed(key, place, now)
                worked += 1
            except NotNow as error:
                why = f"The budget of calls of {error.denied.name} is used up, or it asked to be left alone."
            except ConnectorError as error:
                why = error.reason
            if self.store.now() > until:
                break
        if asked and not worked:
            raise Transient(why)
        return found + self._unplaced(counts, now)

    def _forget_others(self, now: datetime) -> None:
        """Nobody is in trouble whom the file does not name any more."""
        troubles = self.store.read(lambda tx: tx.marks.beginning(TROUBLES))
        if gone := [name for name in troubles if name.removeprefix(TROUBLES) not in self.companies.keys]:
            self.store.write(lambda tx: tx.past.take_marks(gone, now))

    def _listed(self, key: str, place: CompanyPlace, now: datetime) -> int:
        """Read on, within a round's calls of one company."""
        since = seen_up_to(datetime.fromisoformat(place.since), now) - OVERLAP
        found, place = 0, replace(place, began=place.began or now.isoformat())
        for _ in range(MOST_CALLS if self.companies.holds_token(key) else MOST_CALLS - 1):
            page = self.companies.updated_page(key, since, place.start)
            if page.next is None:
                # The answer may have set a clock right that was ahead when it was asked for.
                began = min(datetime.fromisoformat(place.began or place.since), self.store.now())
                place = CompanyPlace(began.isoformat())
            else:
                place = replace(place, start=page.next)
            found += self._keep(key, page.ids, place, now)
            if place.began is None:
                break
        return found

    def _keep(self, key: str, numbers: Iterable[str], place: CompanyPlace, now: datetime) -> int:
        """The rows and the place in one commit, so that nothing is passed over."""

        def keep(tx: Tx) -> int:
            tx.marks.set(PLACES + key, asdict(place), now)
            return sum(_keep_assignment(tx, number, key, now) for number in numbers)

        return self.store.write(keep)

    def _unplaced(self, counts: dict[str | None, int], now: datetime) -> int:
        """Have the open cases looked at, once, that no company is known of, or one that is not there any more: say
        those of a desk that had one. Each is found where it is, and from then on by its company's list."""
        keys = sorted(self.companies.keys)
        if not set(counts) - set(keys):
            return 0

        def keep(tx: Tx) -> int:
            mark = tx.marks.get(UNPLACED)
            after, done = (mark.read(partial(_read_unplaced, keys)) if mark else None) or (None, False)
            if done:
                return 0
            page = tx.cases.list(open=True, limit=PAGE, after=after)
            wanted = [case for case in page if case.company not in keys and case.assignment_id][:A_ROUND]
            ended = len(wanted) < A_ROUND and len(page) < PAGE
            last = wanted[-1] if len(wanted) == A_ROUND else page[-1] if page else None
            place = {"companies": keys, "after": last.id if last else None, "done": ended}
            tx.marks.set(UNPLACED, place, now)
            return sum(_keep_unplaced(tx, case, now) for case in wanted)

        return self.store.write(keep)


def read_place(value: Any) -> CompanyPlace:
    """The place that a company's mark says."""
    place = CompanyPlace(str(value["since"]), value["began"], int(value["start"]))
    for moment in filter(None, (place.since, place.began)):
        datetime.fromisoformat(moment)
    return place


def _read_unplaced(keys: list[str], value: Any) -> tuple[str | None, bool]:
    """The case that was looked at last, and whether all were, of just these companies."""
    if value["companies"] != keys:
        return None, False
    return (None if value["after"] is None else str(value["after"])), value["done"] is True


def _keep_assignment(tx: Tx, number: str, company: str, now: datetime) -> bool:
    if not any(case.company in (None, company) for case in tx.cases.open_by_assignment(number)):
        return False
    return _recorded(tx, AssignmentHint(number, company), now)


def _keep_unplaced(tx: Tx, case: CaseRow, now: datetime) -> bool:
    return _recorded(tx, AssignmentHint(case.assignment_id or ""), now)


def _recorded(tx: Tx, hint: AssignmentHint, now: datetime) -> bool:
    dedupe_key = f"reconcile.assignments:{hint.assignment_id}" + (f":{hint.company}" if hint.company else "")
    key = f"{dedupe_key}:{now.isoformat()}"
    lane = f"assignment:{hint.assignment_id}"
    return record(tx, key, "reconcile.assignment", lane, hint, now, dedupe_key=dedupe_key)
