"""Dead letters in a store of their own, and the desk's page over them, as a proxy's people see it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import insert

from parley.pages.desk.dead_letters.letters_page import DeadLettersPage
from parley.pages.desk.dead_letters.one_letter import OneLetterPage
from parley.pages.desk.shell import DeskShell
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.ways_in import ByProxy
from parley.wiring.load_policy import load_rules
from store import NewOutboxRow, Store, Tx
from store.schema.tables import inbox
from sync.operator import dead
from tests.migrated import migrated
from tests.unit.pages.desk_visits import ADA, ORIGIN, Browser, DeskAnswer

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
REFUSED = "Zendesk refused ticket {}: RecordInvalid: Assignee can't be blank."
NO_CASE = "There is no assignment {}."


class DeadLetters:
    """A store that is filled as a test likes, and the page over it. Time stands until a test moves it, or goes on
    by a `step` whenever the page looks at the clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.time = NOW
        self.step = timedelta(0)
        self._number = 0

    def bury(self, number: int, error: str = REFUSED, *, kind: str = "ticket.changed", ticket: int = 100) -> None:
        """So many events, each of a ticket of its own and a minute older, that could not be handled."""

        rows = []
        for _ in range(number):
            self._number += 1
            of, at = ticket + self._number, self.time - timedelta(minutes=self._number)
            rows.append(
                {
                    "key": f"e{self._number}", "kind": kind, "lane": f"ticket:{of}", "body": {}, "received_at": at,
                    "state": "dead", "attempts": 1, "due": at, "error": error.format(of),
                }
            )  # fmt: skip
        self.store.write(lambda tx: tx._connection.execute(insert(inbox), rows))

    def bury_effect(self, error: str, body: Mapping[str, Any] = MappingProxyType({})) -> None:
        def work(tx: Tx) -> None:
            row = NewOutboxRow("C-7.0", "ticket:7", "update_ticket", dict(body), NOW)
            tx.outbox.add([row], NOW)
            tx.outbox.dead(row.id, error)

        self.store.write(work)

    def now(self) -> datetime:
        self.time += self.step
        return self.time

    def left(self) -> int:
        return dead.count(self.store)

    def shell(self, peer: str = "10.0.0.7", origin: str = ORIGIN) -> DeskShell:
        given = self.store, load_rules(None), self.now
        pages = [DeadLettersPage(*given).row(), OneLetterPage(*given).row()]
        way = ByProxy(TrustedProxy("x-forwarded-email", [ip_network(peer)], (ADA,)))
        return DeskShell(origin, way, pages)

    def get(self, query: str = "", who: str = ADA) -> str:
        """What somebody reads at this address."""
        answer = Browser(self.shell(), who).get(f"/desk/dead{query}")
        assert answer.status == 200, answer.status
        assert len(answer.body) < 40_000
        return answer.text

    def send(
        self, text: str, act: str, reason: str = "Zendesk is mended.", who: str = ADA, **fields: str
    ) -> DeskAnswer:
        """Press a button of the form that stands in a page."""
        place = re.findall(r'class="settle" method="post" action="([^"]+)"', text)[0]
        form = {"order": order_in(text), "act": act, "reason": reason, **fields}
        return Browser(self.shell(), who).post(html.unescape(place), urlencode(form))

    def journal(self, ticket: int) -> list[tuple[str, str, str]]:
        lines = self.store.read(lambda tx: tx.journal.of_ticket(str(ticket)))
        return [(one.actor, one.what, one.why or "") for one in lines]


@contextmanager
def dead_letters(folder: Path) -> Iterator[DeadLetters]:
    with Store.open(migrated(folder / "desk.db"), now=lambda: NOW) as store:
        yield DeadLetters(store)


def order_in(text: str) -> str:
    """The order that a form holds; that of one letter needs none."""
    return next(iter(re.findall(r'name="order" value="([^"]+)"', text)), "")


def words(text: str) -> str:
    """The page as it is read, without its head."""
    body = re.sub(r"<[^>]+>", " ", text.split("<main", 1)[1])
    return " ".join(html.unescape(body).split())
