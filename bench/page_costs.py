"""What each page costs as it is sent, with many cases in the database, without the way of a request to it: rows of
`bench.pages`."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final

from starlette.responses import Response

from bench.counting import Tracer
from bench.dead_letters import bury, letters_page
from bench.figures import Figure
from bench.many_cases import page_end
from bench.places import Place
from connector.calls import UPDATES, WORKMARKET, ZENDESK
from parley.case_view.case_reading import CaseViews
from parley.pages.desk.cases_page import AT, CasesPage
from parley.pages.desk.condition.account_page import AccountPage
from parley.pages.desk.condition.health_page import HealthPage
from parley.pages.desk.look import DeskLook
from parley.pages.desk.one_case.case_page import OneCasePage
from parley.pages.desk.two_weeks.forecast_page import pages
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.visit import DeskVisit
from parley.pages.requester.address_book import digest_of
from parley.pages.requester.page_html import shown
from parley.pages.shared.forms import Fields
from parley.wiring.load_policy import load_rules
from parley.zendesk.state.kept_findings import PARTS, AccountFinding, keep_findings
from store import Store, Tx
from sync.limits.bucket import RateLimit

MOST_PAGE_MS: Final = 20.0
"""Of the processor, for a page as it is sent."""
MOST_PAGE_KB: Final = 40.0
OPERATOR: Final = Viewer("Ada", "Zendesk user 7", may_operate=True)
TICKETS: Final = "https://acme.zendesk.com/agent/tickets"
ZONE = "America/New_York"
LIMITS: Final = {ZENDESK: RateLimit.of(400), UPDATES: RateLimit.of(100), WORKMARKET: RateLimit.of(60)}
LOOK: Final = DeskLook((), signs_out=True)
FOUND: Final = (
    "could close or solve our tickets: where Status is Solved, it does Status: Closed (on updates of agents). "
)

CHOICES: Final[tuple[Fields, ...]] = (
    {},
    {"state": ["tier_2"], "company": ["acme"]},
    {"state": ["all"], "due": ["week"], "language": ["en"]},
    {"search": ["4711"]},
    {"tier": ["2"], "after": ["C-500000"]},
)
"""What the page of cases is asked for by turns."""

Made = Callable[[int], Response]
"""A page as it is sent, of the case of a number where it is one case's."""


@dataclass(frozen=True, slots=True)
class PageCosts:
    """What the pages are made from, and how often each is made. `number`: of cases."""

    where: Place
    store: Store
    views: CaseViews
    tracer: Tracer
    number: int
    rounds: int

    def figures(self) -> Iterator[Figure]:
        yield self._figure("a requester's page", self._progress)
        yield self._figure("the page of cases", self._cases())
        yield self._figure("the page of one case", self._case())
        yield self._figure("the page of health", self._health())
        yield self._figure("the page of the forecast", self._forecast())
        yield self._figure("the page of the account", self._account())
        bury(self.store, self.number)
        yield self._figure("the page of dead letters", letters_page(self.store))

    def _figure(self, what: str, made: Made) -> Figure:
        """Each round makes the page of another case. `what` names the page."""
        made(0)  # templates are read once
        began, before, size = process_time(), self.tracer.asked(), 0
        times = []
        for turn in range(self.rounds):
            started = perf_counter()
            answer = made(turn * 7919 % self.number)
            times.append((perf_counter() - started) * 1000)
            if answer.status_code != 200:
                raise SystemExit("A page that should be there is not.")
            size = max(size, len(bytes(answer.body)))
        spent, kilobytes = (process_time() - began) * 1000 / self.rounds, size / 1000
        said = (self.tracer.asked() - before).statements / self.rounds
        median = statistics.median(times)
        cost = f"{spent:.2f} ms of the processor, {kilobytes:.1f} kB, {said:.2f} statements, {median:.2f} ms in all"
        print(f"{self.where.words}, {self.number:,} cases: {what}: {cost}", flush=True)
        return Figure(
            f"{self.where.words}: {what}, of {self.number:,}",
            cost,
            f"under {MOST_PAGE_MS:.0f} ms, {MOST_PAGE_KB:.0f} kB",
            spent < MOST_PAGE_MS and kilobytes < MOST_PAGE_KB,
        )

    def _progress(self, number: int) -> Response:
        page = self.views.of_page(digest_of(page_end(number)))
        if page is None:
            raise SystemExit("A page that was written is not there.")
        return shown(page, "https://acme.zendesk.com/hc/requests/1", pressed=None)

    def _cases(self) -> Made:
        """Narrowed now by this and now by that."""
        page = CasesPage(self.store, load_rules(None), self.store.now, {"acme": "Acme"}, TICKETS)

        def made(turn: int) -> Response:
            return page.show(_visit(AT, CHOICES[turn % len(CHOICES)]))

        return made

    def _case(self) -> Made:
        page = OneCasePage(self.views, self.store, TICKETS, "America/New_York")

        def made(ticket: int) -> Response:
            path = f"/desk/cases/{ticket}"
            return page.show(DeskVisit(OPERATOR, path, path, {"ticket_id": str(ticket)}, render=LOOK.render))

        return made

    def _health(self) -> Made:
        well = {"ready": True, "troubles": [], "database": "ok", "broker": "ok"}
        page = HealthPage(self.store, LIMITS, {}, "https://desk.test", lambda: well, self.store.now, ZONE)
        return lambda _: page.show(_visit("/desk/health"))

    def _forecast(self) -> Made:
        """What its first round takes, which counts all deadlines, is told beside."""
        (page,) = pages(self.store, LIMITS, load_rules(None), self.store.now)

        def made(_: int) -> Response:
            assert page.show is not None
            return page.show(_visit(page.path))

        began, spent = perf_counter(), process_time()
        made(0)
        spent, took = (process_time() - spent) * 1000, (perf_counter() - began) * 1000
        words = f"{self.where.words}, {self.number:,} cases"
        print(f"{words}: counting the forecast, once in five minutes: {took:.0f} ms, {spent:.1f} of the processor")
        return made

    def _account(self) -> Made:
        """Of an account that was found to be in disorder."""
        said, mend = FOUND * 3, "Change it in the Admin Center."
        found = [AccountFinding(f"trigger “{n}”", "warning", said, mend) for n in range(40)]

        def keep(tx: Tx) -> None:
            for part in PARTS:
                keep_findings(tx, part, found, self.store.now())

        self.store.write(keep)
        page = AccountPage(self.store, "https://acme.zendesk.com", self.store.now, ZONE)
        return lambda _: page.show(_visit("/desk/account"))


def _visit(path: str, query: Fields | None = None) -> DeskVisit:
    return DeskVisit(OPERATOR, path, path, query=query or {}, render=LOOK.render)
