"""Cases in a store of their own, and the desk's page of cases over it, as a proxy's people see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from escalation.model.case import Case, Pause
from escalation.policies.policy import Policy
from parley.pages.desk.cases_page import CasesPage
from parley.pages.desk.shell import DeskShell
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.ways_in import ByProxy
from store import CaseRow, Store, Tx
from sync.shared.codec import encode_case
from sync.shared.listed_by import listed_by
from sync.shared.names import case_id_of
from tests.migrated import migrated
from tests.unit.escalation.case_world import START, CaseWorld, in_tier
from tests.unit.escalation.corpus import world_in
from tests.unit.pages.desk_visits import ADA, ORIGIN, PROXY

COMPANIES = {"acme": "Acme Field Services", "globex": "Globex"}
TICKETS = "https://acme.zendesk.com/agent/tickets"


def a_case(world: CaseWorld, number: int, **changes: Any) -> Case:
    """A case as that of a world is, of another ticket: number 1 is `C-000001` of ticket 101."""
    own = {"id": case_id_of(number), "ticket_id": str(100 + number), "assignment_id": str(88_000 + number)}
    return replace(world.case, **own, **changes)


def row_of(case: Case) -> CaseRow:
    return CaseRow(
        case.id,
        case.state,
        "p1",
        START,
        ticket_id=case.ticket_id,
        assignment_id=case.assignment_id,
        requester_id=case.requester.id,
        tier=case.tier,
        open=not case.ended,
        company=case.company or None,
        body=encode_case(case),
        opened_at=START,
        **listed_by(case),
    )


class ListedCases:
    """A store that is filled as a test likes, and the page over it at a moment."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store = store
        self.time = now

    def keep(self, *rows: CaseRow) -> None:
        def write(tx: Tx) -> None:
            tx.policies.keep("p1", {})
            for row in rows:
                tx.cases.save(row, 0)

        self.store.write(write)

    def shell(self, policy: Policy, companies: Mapping[str, str] = COMPANIES, peer: str = PROXY) -> DeskShell:
        page = CasesPage(self.store, policy, lambda: self.time, companies, TICKETS)
        proxy = TrustedProxy("x-forwarded-email", [ip_network(peer)], (ADA,))
        return DeskShell(ORIGIN, ByProxy(proxy), [page.row()])


@contextmanager
def listed_cases(folder: Path, now: datetime) -> Iterator[ListedCases]:
    with Store.open(migrated(folder / "desk.db"), now=lambda: now) as store:
        yield ListedCases(store, now)


def some_cases() -> tuple[CaseRow, ...]:
    """Of Acme one in tier 2 and one, in German, that is paused in tier 1; of Globex one that waits for an agent,
    one that has ended, and one that can't be read."""
    world, first, review, ended = in_tier(2), in_tier(1), world_in("needs review"), world_in("resolved")
    paused = Pause(world.now + timedelta(days=3), "Asked for.", "Ada")
    return (
        row_of(a_case(world, 1, company="acme", language="en")),
        row_of(a_case(first, 2, company="acme", language="de", paused=paused)),
        row_of(a_case(review, 3, company="globex", language="en")),
        row_of(a_case(ended, 4, company="globex", language="en")),
        replace(row_of(a_case(world, 5, company="globex", language="en")), body={"id": 7}, next_due=None),
    )
