"""What a page of the desk costs as it is sent, at a database of many cases: rows of `bench.pages`."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter, process_time
from typing import Final

from starlette.responses import Response

from bench.counting import Tracer
from bench.figures import Figure
from bench.places import Place
from connector.calls import UPDATES, ZENDESK
from parley.case_view.case_reading import CaseViews
from parley.pages.desk.cases_page import AT, CasesPage
from parley.pages.desk.look import DeskLook
from parley.pages.desk.one_case.case_page import OneCasePage
from parley.pages.desk.two_weeks.forecast_page import pages
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.visit import DeskVisit
from parley.pages.shared.forms import Fields
from parley.wiring.load_policy import load_rules
from store import Store
from sync.limits.bucket import RateLimit

MOST_PAGE_MS: Final = 20.0
"""Of the processor, for a page as it is sent."""
MOST_PAGE_KB: Final = 40.0
OPERATOR: Final = Viewer("Ada", "Zendesk user 7", may_operate=True)

CHOICES: Final[tuple[Fields, ...]] = (
    {},
    {"state": ["tier_2"], "company": ["acme"]},
    {"state": ["all"], "due": ["week"], "language": ["en"]},
    {"search": ["4711"]},
    {"tier": ["2"], "after": ["C-500000"]},
)
"""What the page of cases is asked for by turns."""


def desk_cases(where: Place, store: Store, tracer: Tracer, number: int, rounds: int) -> Figure:
    """The figure of the page of cases, which is narrowed now by this and now by that."""
    tickets = "https://acme.zendesk.com/agent/tickets"
    page = CasesPage(store, load_rules(None), store.now, {"acme": "Acme"}, tickets)
    look = DeskLook((), signs_out=True)

    def made(turn: int) -> Response:
        asked = CHOICES[turn % len(CHOICES)]
        return page.show(DeskVisit(OPERATOR, AT, AT, query=asked, render=look.render))

    return figure_of("the page of cases", where, made, tracer, number, rounds)


def desk_case(where: Place, store: Store, views: CaseViews, tracer: Tracer, number: int, rounds: int) -> Figure:
    """The figure of the page of one case."""
    page = OneCasePage(views, store, "https://acme.zendesk.com/agent/tickets", "America/New_York")
    look = DeskLook((), signs_out=True)

    def made(ticket: int) -> Response:
        path = f"/desk/cases/{ticket}"
        return page.show(DeskVisit(OPERATOR, path, path, {"ticket_id": str(ticket)}, render=look.render))

    return figure_of("the page of one case", where, made, tracer, number, rounds)


def desk_forecast(where: Place, store: Store, tracer: Tracer, number: int, rounds: int) -> Figure:
    """The figure of the forecast's page; what its first round takes, which counts all deadlines, is told beside."""
    limits = {ZENDESK: RateLimit.of(400), UPDATES: RateLimit.of(100)}
    (page,) = pages(store, limits, load_rules(None), store.now)
    look = DeskLook((), signs_out=True)

    def made(_: int) -> Response:
        assert page.show is not None
        return page.show(DeskVisit(OPERATOR, page.path, page.path, {}, render=look.render))

    began, spent = perf_counter(), process_time()
    made(0)
    spent, took = (process_time() - spent) * 1000, (perf_counter() - began) * 1000
    print(
        f"{where.words}, {number:,} cases: the forecast counted, once in five minutes: {took:.0f} ms, {spent:.1f} "
        "of the processor"
    )
    return figure_of("the page of the forecast", where, made, tracer, number, rounds)


def figure_of(
    what: str, where: Place, made: Callable[[int], Response], tracer: Tracer, number: int, rounds: int
) -> Figure:
    """The figure of a page, of which each round makes that of another case."""
    made(0)
    began, before, size = process_time(), tracer.asked(), 0
    for turn in range(rounds):
        answer = made(turn * 7919 % number)
        if answer.status_code != 200:
            raise SystemExit("A page that should be there is not.")
        size = max(size, len(bytes(answer.body)))
    spent, kilobytes = (process_time() - began) * 1000 / rounds, size / 1000
    said = (tracer.asked() - before).statements / rounds
    cost = f"{spent:.2f} ms of the processor, {kilobytes:.1f} kB, {said:.2f} statements"
    print(f"{where.words}, {number:,} cases: {what}: {cost}")
    return Figure(
        f"{where.words}: {what}, of {number:,}",
        cost,
        f"under {MOST_PAGE_MS:.0f} ms, {MOST_PAGE_KB:.0f} kB",
        spent < MOST_PAGE_MS and kilobytes < MOST_PAGE_KB,
    )
