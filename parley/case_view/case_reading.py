"""Reads a case and all that is told with it from the store, and hands it to the one model of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from connector.reading import moment
from connector.zendesk import AccountIds
from escalation.model.case import Case, JournalEntry
from escalation.policies.policy import Policy
from escalation.telling.audiences import case_view
from escalation.telling.progress_page import ProgressPage, progress_page
from escalation.telling.shapes import AgentsOption, ReaderKind
from escalation.telling.stored import StoredCase, StoredEffect, StoredLetter
from parley.case_view.options import options_of
from parley.case_view.waits import wait_of
from store import CaseRow, NotJson, Store, TicketNews, ToldEffect, Tx, WholeCase
from sync.inbox.process import readable_policy
from sync.shared.codec import decode_effect, readable_case

EVERYTHING: Final = 100_000
"""Rows of a case that a command tells."""
NO_IDS: Final = AccountIds()


class DamagedCase(Exception):
    """A case is there, and its body can't be read; `row` is it."""

    def __init__(self, row: CaseRow) -> None:
        super().__init__(row.id)
        self.row = row


class CaseViews:
    """Views of cases, for pages: safe from any thread. A policy that this process has not met is read once.
    `names` are what people call client companies, by key."""

    def __init__(
        self, store: Store, current: Policy, now: Callable[[], datetime], names: Mapping[str, str] | None = None
    ) -> None:
        self._store = store
        self._names = names or {}
        self._current = current
        self._now = now
        self._policies: dict[str, Policy] = {current.fingerprint(): current}
        self._companies: dict[tuple[str, str], Policy] = {}

    def of_ticket(self, ticket_id: str, reader: ReaderKind, ids: AccountIds = NO_IDS) -> dict[str, Any] | None:
        """The view of a ticket's case; None where there is none. Raises DamagedCase and StoreUnavailable.

        `ids`: the account's, by which agents can do something.
        """
        return self._view(self._store.read(lambda tx: tx.cases.whole("ticket_id", ticket_id)), reader, ids)

    def of_case(self, name: str, reader: ReaderKind, ids: AccountIds = NO_IDS) -> dict[str, Any] | None:
        """The same by a case's id, or its ticket, with every row."""

        def read(tx: Tx) -> WholeCase | None:
            return tx.cases.whole("id", name, EVERYTHING) or tx.cases.whole("ticket_id", name, EVERYTHING)

        return self._view(self._store.read(read), reader, ids)

    def of_page(self, digest: str) -> ProgressPage | None:
        """The page of an address, by its digest; None where it leads to none, or not any more. Raises DamagedCase
        and StoreUnavailable."""
        found = self._store.read(lambda tx: tx.cases.whole("page", digest))
        if found is None:
            return None
        case = _readable(found)
        now, policy = self._now(), self.policy_of(found.case)
        return progress_page(stored_case(found, case, now), now, policy)

    def _view(self, found: WholeCase | None, reader: ReaderKind, ids: AccountIds) -> dict[str, Any] | None:
        if found is None:
            return None
        case = _readable(found)
        now, policy = self._now(), self.policy_of(found.case)
        options = options_of(case, ids, policy.pause_days) if reader != "requester" else ()
        name = self._names.get(case.company, "")
        return case_view(stored_case(found, case, now, options, name), reader, now, policy)

    def policy_of(self, row: CaseRow) -> Policy:
        """The policy that a case began with, as it is for its company; today's where it can't be read."""
        known = self._policies.get(row.policy)
        if known is None:
            body = self._store.read(lambda tx: tx.policies.get(row.policy))
            known = (readable_policy(body, self._current) if body is not None else None) or self._current
            self._policies[row.policy] = known
        if not row.company:
            return known
        if (row.policy, row.company) not in self._companies:
            self._companies[row.policy, row.company] = known.of_company(row.company)
        return self._companies[row.policy, row.company]


def _readable(found: WholeCase) -> Case:
    case = readable_case(found.case.body)
    if case is None:
        raise DamagedCase(found.case)
    return case


def stored_case(
    found: WholeCase, case: Case, now: datetime, options: tuple[AgentsOption, ...] = (), company_name: str = ""
) -> StoredCase:
    """Return rows as the plain values that a view is made of."""
    return StoredCase(
        case,
        policy=found.case.policy,
        version=found.case.version,
        changed_at=found.case.changed_at,
        effects=tuple(_effect(one, found, now) for one in found.effects),
        letters=tuple(map(_letter, found.letters)),
        waiting=tuple(map(_letter, found.waiting)),
        journal=tuple(JournalEntry(line.at, line.actor, line.what, reason_of(line.why)) for line in found.journal),
        crossed=readable_case(found.crossed.body) if found.crossed else None,
        options=options,
        company_name=company_name,
    )


def _letter(news: TicketNews) -> StoredLetter:
    return StoredLetter(news.number, news.kind, news.at, news.attempts, news.error)


def reason_of(why: object) -> str:
    """The reason that a line of the journal gives."""
    return "(The reason can't be read any more.)" if isinstance(why, NotJson) else str(why)


def _effect(told: ToldEffect, found: WholeCase, now: datetime) -> StoredEffect:
    row = told.row
    result = row.result if isinstance(row.result, dict) else {}
    text = result.get("text")
    try:
        effect = decode_effect(row.body)
    except ValueError:
        effect = None
    done_at = moment(result.get("updated_at")) or row.attempted_at or row.created_at
    return StoredEffect(
        row.id,
        row.kind,
        row.state,
        row.attempts,
        row.created_at,
        row.due,
        effect,
        row.attempted_at,
        done_at if row.state == "done" else None,
        text if isinstance(text, str) else None,
        row.error,
        wait_of(told, found.budgets, now),
    )
