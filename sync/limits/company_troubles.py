"""Which client companies can't be used just now, and since when and why: kept where readiness finds it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.errors import ConnectorError, Limited, Misconfigured
from store import Store, StoreUnavailable, Tx

PREFIX: Final = "company:"
FAILURES: Final = 3
"""So many in a row are an outage; a refusal is known for one at once."""
REMEMBERED: Final = timedelta(seconds=30)
"""How old a process may take what the others know to be."""


@dataclass(frozen=True, slots=True)
class CompanyTrouble:
    """What keeps the desk from a company; `why` says nothing about people."""

    company: str
    since: datetime
    why: str


class CompanyTroubles:
    """Safe from any thread. Writes where something changes only."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._in_a_row: Counter[str] = Counter()
        self._known: frozenset[str] = frozenset()
        self._read_at: datetime | None = None
        self._lock = threading.Lock()

    def failed(self, company: str, error: ConnectorError) -> None:
        """A call of the company came to nothing."""
        with self._lock:
            self._in_a_row[company] += 1
            lasts = isinstance(error, Misconfigured | Limited) or self._in_a_row[company] >= FAILURES
        if lasts and company not in self._failing():
            why, now = without_their_words(error), self._now()
            self._keep(company, {"since": now.isoformat(), "why": why}, now)

    def worked(self, company: str) -> None:
        """A call of the company was answered."""
        with self._lock:
            self._in_a_row.pop(company, None)
        if company in self._failing():
            self._keep(company, None, self._now())

    def _failing(self) -> frozenset[str]:
        """Those that are known to fail, as it was some seconds ago."""
        now = self._now()
        with self._lock:
            if self._read_at is not None and timedelta(0) <= now - self._read_at <= REMEMBERED:
                return self._known
        found = frozenset(trouble.company for trouble in self._store.read(lambda tx: list(company_troubles(tx))))
        with self._lock:
            self._known, self._read_at = found, now
        return found

    def _keep(self, company: str, value: dict[str, str] | None, now: datetime) -> None:
        try:
            self._store.write(lambda tx: tx.marks.set(f"{PREFIX}{company}", value, now))
        except StoreUnavailable:
            return  # it is only told; whoever called goes on
        with self._lock:
            self._known = self._known | {company} if value else self._known - {company}


def company_troubles(tx: Tx) -> Iterator[CompanyTrouble]:
    """Every company that can't be used now, by name."""
    for name, mark in tx.marks.beginning(PREFIX).items():
        if mark.value and (said := mark.read(read_trouble)) is not None:
            yield CompanyTrouble(name.removeprefix(PREFIX), *said)


def read_trouble(value: Any) -> tuple[datetime, str]:
    """Since when and why, as the value of a company's mark says."""
    return datetime.fromisoformat(value["since"]), str(value["why"])


def without_their_words(error: ConnectorError) -> str:
    """A reason without the service's own words, which may name people."""
    return error.reason.partition(": ")[0].rstrip(".") + "."
