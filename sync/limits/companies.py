"""Whose assignment is asked of whom: by one pair of credentials, or by those of several client companies, each
within a budget and a breaker of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from connector.calls import WORKMARKET, workmarket_of
from connector.errors import ConnectorError, Misconfigured, Permanent, Transient
from connector.ports import UpdatedPage, WorkMarket, WorkMarketOfCompany
from connector.spool import Spool
from escalation.model.effects import CopyFile, Look, PostFile, PostMessage
from escalation.model.files import AssignmentFile
from escalation.model.views import Absent, AssignmentSeen, AssignmentView, Message
from store import OutboxRow, Store
from sync.limits.budgets import Budgets, Denied
from sync.limits.call_costs import costs_of
from sync.limits.company_troubles import CompanyTroubles

T = TypeVar("T")
PATIENCE: Final = timedelta(minutes=15)
"""So long a look whose assignment nobody shows waits for companies that can't be asked; then agents are told."""
MOST_CANDIDATES: Final = 3
"""So many numbers of a reply are asked of every company."""
MOST_AT_ONCE: Final = 4
"""So many calls of one company are under way at once in a process."""
MOST_NAMED: Final = 3
"""So many companies that could not be asked are named in one sentence."""


class NotNow(Exception):
    """The company may not be called before `until`: that was no attempt at anything."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(f"The budget {denied.name} is used up or paused.")
        self.denied = denied


@dataclass(frozen=True, slots=True)
class OneCompany:
    """The one pair of credentials: whatever an assignment's company is said to be, there is nobody else to ask."""

    workmarket: WorkMarket

    def held(self, row: OutboxRow) -> Denied | None:  # noqa: ARG002
        """Whether a row has to wait for a company of its own: there is none."""
        return None

    def costs(self, row: OutboxRow) -> dict[str, int]:
        """The calls that the next step with a row is expected to take, by budget."""
        return costs_of(row)

    def read(self, look: Look, assignment_id: str, named: str, *, asked: datetime | None = None) -> AssignmentSeen:  # noqa: ARG002
        return self.workmarket.read(assignment_id)

    def candidates(self, look: Look, most: int, *, asked: datetime | None) -> tuple[AssignmentSeen, ...]:  # noqa: ARG002
        return tuple(self.workmarket.read(one) for one in look.candidates[:most])

    def post(self, effect: PostMessage) -> None:
        self.workmarket.post(effect)

    def find(self, effect: PostMessage) -> tuple[Message, ...]:
        return self.workmarket.find(effect.assignment_id, effect.reference)

    def fetch_file(self, effect: CopyFile, into: Spool) -> None:
        self.workmarket.fetch_file(effect.file.uuid, into)

    def add_file(self, effect: PostFile, content: Spool) -> None:
        self.workmarket.add_file(effect, content)

    def find_files(self, effect: PostFile) -> tuple[AssignmentFile, ...]:
        return self.workmarket.find_files(effect.assignment_id, effect.reference)


@dataclass(frozen=True, slots=True)
class Member:
    """A client company: `key` in the database, `name` for people, and its WorkMarket."""

    key: str
    name: str
    workmarket: WorkMarketOfCompany


class SeveralCompanies:
    """Safe from any thread. Every verb may raise NotNow before anybody was called."""

    def __init__(
        self, members: Sequence[Member], store: Store, budgets: Budgets, now: Callable[[], datetime]
    ) -> None:
        self._members = {member.key: member for member in members}
        self._called = {name.casefold(): member for member in members for name in (member.name, member.key)}
        self._store = store
        self._budgets = budgets
        self._now = now
        self._troubles = CompanyTroubles(store, now)
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._members)

    def holds_token(self, key: str) -> bool:
        """Whether a company's next call needs no new access token."""
        return self._members[key].workmarket.holds_token

    def held(self, row: OutboxRow) -> Denied | None:
        """Until when a row has to wait, where it is known to go to a company that may not be called now."""
        member, calls = self._members.get(str(row.body.get("company"))), costs_of(row).get(WORKMARKET, 0)
        if member is None or not calls or row.body.get("named"):
            return None
        return self._busy(member) or self._budgets.denied(workmarket_of(member.key), calls)

    def _busy(self, member: Member) -> Denied | None:
        """Whether as many threads as one company may have wait for it already: where it hangs, the others go on."""
        if self._under_way[member.key] < MOST_AT_ONCE:
            return None
        return Denied(workmarket_of(member.key), self._now() + timedelta(seconds=1), paused=False)

    def costs(self, row: OutboxRow) -> dict[str, int]:
        """Without WorkMarket's calls: each is counted against its company's budget when it is made."""
        return {name: calls for name, calls in costs_of(row).items() if name != WORKMARKET}

    def read(self, look: Look, assignment_id: str, named: str, *, asked: datetime | None = None) -> AssignmentSeen:
        """The assignment, as the company shows it that agents named, else the one it was last seen at, else each in
        turn. `asked` is since when the look waits. Raises the errors of `connector.errors`."""
        if named:
            member = self._called.get(named.casefold())
            if member is None:
                why = f"No client company is called “{named}” here: see the field Client company."
                return Absent(assignment_id, why)
            return self._read(member, assignment_id)
        if (known := self._members.get(look.company or "")) is not None:
            return self._read(known, assignment_id)
        return self._search(assignment_id, patient=asked is None or self._now() - asked < PATIENCE)

    def candidates(self, look: Look, most: int, *, asked: datetime | None) -> tuple[AssignmentSeen, ...]:
        """The first numbers of a reply, as whichever company shows them."""
        wanted = look.candidates[: min(most, MOST_CANDIDATES)]
        return tuple(self.read(look, one, look.named or "", asked=asked) for one in wanted)

    def post(self, effect: PostMessage) -> None:
        """One attempt, where the assignment was seen."""
        member = self._member_of(effect)
        self._of(member, lambda market: market.post(effect))

    def find(self, effect: PostMessage) -> tuple[Message, ...]:
        member = self._member_of(effect)
        return self._of(member, lambda market: market.find(effect.assignment_id, effect.reference))

    def fetch_file(self, effect: CopyFile, into: Spool) -> None:
        """Read a file of the assignment, where that was seen."""
        self._of(self._member_of(effect), lambda market: market.fetch_file(effect.file.uuid, into))

    def add_file(self, effect: PostFile, content: Spool) -> None:
        """One attempt, where the assignment was seen."""
        self._of(self._member_of(effect), lambda market: market.add_file(effect, content))

    def find_files(self, effect: PostFile) -> tuple[AssignmentFile, ...]:
        member = self._member_of(effect)
        return self._of(member, lambda market: market.find_files(effect.assignment_id, effect.reference))

    def updated_page(self, key: str, since: datetime, start: int) -> UpdatedPage:
        """One page of what changed at a company."""
        return self._of(self._members[key], lambda market: market.updated_page(since, start), sweep=True)

    def _member_of(self, effect: PostMessage | PostFile | CopyFile) -> Member:
        """Where a message or a file goes: nothing is sent on a guess."""
        known = self._members.get(effect.company or "")
        if known is not None:
            return known
        seen = self._search(effect.assignment_id, patient=True)
        if isinstance(seen, AssignmentView):
            return self._members[seen.company]
        raise Misconfigured(f"No client company shows us assignment {effect.assignment_id}. {seen.why}".strip())

    def _read(self, member: Member, assignment_id: str) -> AssignmentSeen:
        seen = self._of(member, lambda market: market.read(assignment_id))
        return replace(seen, company=member.key) if isinstance(seen, AssignmentView) else seen

    def _search(self, assignment_id: str, *, patient: bool) -> AssignmentSeen:
        """Ask each company until one shows the assignment. Where none does, those that could not be asked matter:
        they are waited for as long as we are `patient`, and then named to agents, as those that refuse us are."""
        unsure: list[Exception] = []
        why: list[str] = []
        for member in self._cheapest_first() if _is_number(assignment_id) else ():
            try:
                seen = self._of(member, lambda market: market.glance(assignment_id), sweep=True)
            except Misconfigured:
                why.append(f"{member.name} does not let the desk in.")
            except (Transient, NotNow) as error:
                unsure.append(error)
                why.append(f"{member.name} could not be asked.")
            else:
                if isinstance(seen, AssignmentView):
                    return replace(seen, company=member.key)
        if unsure and patient:
            raise unsure[0]
        return Absent(assignment_id, _listed(why))

    def _cheapest_first(self) -> list[Member]:
        """Those that may be called at once, of them those that need no new token, of them those with most cases."""
        counts = self._store.read(lambda tx: tx.cases.open_by_company())

        def cost(member: Member) -> tuple[bool, bool, int]:
            held = self._budgets.denied(workmarket_of(member.key), 1, sweep=True) is not None
            return held, not member.workmarket.holds_token, -counts.get(member.key, 0)

        return sorted(self._members.values(), key=cost)

    def _of(self, member: Member, call: Callable[[WorkMarketOfCompany], T], *, sweep: bool = False) -> T:
        """Call one company within its budget; what it says of itself is kept where readiness finds it."""
        budget = workmarket_of(member.key)
        with self._lock:
            if (busy := self._busy(member)) is not None:
                raise NotNow(busy)
            self._under_way[member.key] += 1
        try:
            return self._within(budget, member, call, sweep=sweep)
        finally:
            with self._lock:
                self._under_way[member.key] -= 1

    def _within(self, budget: str, member: Member, call: Callable[[WorkMarketOfCompany], T], *, sweep: bool) -> T:
        with self._budgets.within({budget: 1}, budget, sweep=sweep) as permit:
            if isinstance(permit, Denied):
                raise NotNow(permit)
            try:
                found = call(member.workmarket)
            except Permanent:
                raise
            except ConnectorError as error:
                self._troubles.failed(member.key, error)
                raise
            self._troubles.worked(member.key)
            return found


Assignments = OneCompany | SeveralCompanies
"""Where assignments are read and messages go."""


def assignments_of(workmarket: WorkMarket | SeveralCompanies) -> Assignments:
    return workmarket if isinstance(workmarket, SeveralCompanies) else OneCompany(workmarket)


def _is_number(assignment_id: str) -> bool:
    return assignment_id.strip().isascii() and assignment_id.strip().isdigit()


def _listed(why: Iterable[str]) -> str:
    said = list(dict.fromkeys(why))
    more = len(said) - MOST_NAMED
    return " ".join((*said[:MOST_NAMED], *([f"And {more} more like it."] if more > 0 else ())))
