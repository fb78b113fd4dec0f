"""What it costs to read one case as a page, the sidebar or a command shows it, with 100,000 cases in the database;
and what comes due of all of them.

    python -m bench.pages [--cases 100000] [--on servers]

The cases are one that was lived through to tier 2, with all of its rows, again and again, with deadlines
over two weeks. Statements are counted in the driver: a page is one question.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from datetime import timedelta
from time import perf_counter, process_time
from typing import Any, Final, get_args

from sqlalchemy import insert
from starlette.responses import Response

from bench import dead_letters
from bench.counting import Tracer, traced
from bench.figures import Figure, leave, parser
from bench.page_costs import MOST_PAGE_KB, MOST_PAGE_MS, desk_case, desk_cases, desk_forecast
from bench.places import Place, add_place, place
from connector.calls import UPDATES, WORKMARKET, ZENDESK
from escalation.telling.shapes import ReaderKind
from parley.case_view.case_reading import CaseViews
from parley.pages.desk.condition.account_page import AccountPage
from parley.pages.desk.condition.health_page import HealthPage
from parley.pages.desk.look import DeskLook
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.visit import DeskVisit
from parley.pages.requester.address_book import digest_of
from parley.pages.requester.page_html import shown
from parley.wiring.load_policy import load_rules
from parley.zendesk.state.kept_findings import PARTS, AccountFinding, keep_findings
from store import Store, Tx
from store.schema.tables import cases, journal, outbox, progress_links, timers
from sync.limits.bucket import RateLimit
from sync.operator.forecast import DAYS
from sync.shared.codec import encode_case, encode_effect
from sync.shared.listed_by import listed_by
from tests.unit.escalation.case_world import CaseWorld, in_tier

MOST_MS: Final = 5.0
AT_ONCE: Final = 1000
LINES: Final = 12
ADA: Final = Viewer("Ada Agent", "an agent of Zendesk", may_operate=True)


def fill(store: Store, number: int) -> CaseWorld:
    """Write so many cases, each with its effects and its journal."""
    world = in_tier(2)
    now, body, listed = world.now, encode_case(world.case), listed_by(world.case)
    effects = [(one.type, encode_effect(one, "ticket:1")) for one in world.asked]
    store.write(lambda tx: tx.policies.keep("policy", world.policy.to_json()))
    for first in range(0, number, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, number))

        def write(tx: Tx, numbers: Sequence[int] = numbers) -> None:
            connection = tx._connection
            connection.execute(insert(cases), [_case(n, body, listed, now) for n in numbers])
            rows = [_effect(n, m, *one, now) for n in numbers for m, one in enumerate(effects)]
            connection.execute(insert(outbox), rows)
            connection.execute(insert(progress_links), [_link(n, now) for n in numbers])
            connection.execute(insert(timers), [one for n in numbers for one in _timers(n, now)])
            lines = [
                {
                    "case_id": f"C-{n}",
                    "ticket_id": str(n),
                    "at": now,
                    "actor": "parley",
                    "what": "looked",
                    "why": "x",
                }
                for n in numbers
                for _ in range(LINES)
            ]
            connection.execute(insert(journal), lines)

        store.write(write)
    return world


def _case(number: int, body: dict[str, Any], listed: dict[str, Any], now: Any) -> dict[str, Any]:
    return {
        "id": f"C-{number}", "ticket_id": str(number), "assignment_id": f"8{number}", "party": "worker",
        "requester_id": "501", "state": "tier_2", "tier": 2, "open": True, "blocks": True,
        "body": {**body, "id": f"C-{number}", "ticket_id": str(number)}, "policy": "policy", "version": 9,
        "opened_at": now, "changed_at": now, "company": "acme", **listed,
    }  # fmt: skip


def _link(number: int, now: Any) -> dict[str, Any]:
    return {
        "case_id": f"C-{number}", "person": "501", "digest": digest_of(f"C-{number}"), "ticket_id": str(number),
        "given_in": f"C-{number}.0", "at": now,
    }  # fmt: skip


def _timers(number: int, now: Any) -> list[dict[str, Any]]:
    """An update for each case, and the end of its tier for two of three."""
    kinds = ("next_update", "tier_ends") if number % 3 else ("next_update",)
    due = [now + timedelta(seconds=number * step % (DAYS * 86400)) for step in (7919, 104729)]
    return [
        {"case_id": f"C-{number}", "kind": kind, "generation": 1, "due": at, "why": {}, "fired": False}
        for kind, at in zip(kinds, due, strict=False)
    ]


def _effect(number: int, place: int, kind: str, body: dict[str, Any], now: Any) -> dict[str, Any]:
    return {
        "id": f"C-{number}.{place}", "case_id": f"C-{number}", "lane": f"ticket:{number}", "kind": kind,
        "body": body, "state": "done", "attempts": 1, "due": now, "created_at": now, "attempted_at": now,
        "priority": 1,
    }  # fmt: skip


def measured(where: Place, number: int, rounds: int) -> list[Figure]:
    """The figures of each audience."""
    found: list[Figure] = []
    with traced() as tracer, where.database() as url, Store.open(url, now=lambda: world_now[0]) as store:
        world_now = [in_tier(2).now]
        world = fill(store, number)
        world_now[0] = world.now + timedelta(hours=1)
        views = CaseViews(store, load_rules(None), store.now)
        views.of_ticket("0", "agent")  # from here on its policy is known
        for reader in get_args(ReaderKind):
            times, spent, before = [], process_time(), tracer.asked()
            for turn in range(rounds):
                began = perf_counter()
                view = views.of_ticket(str(turn * 7919 % number), reader)
                times.append((perf_counter() - began) * 1000)
            spent, asked = (process_time() - spent) * 1000 / rounds, tracer.asked() - before
            if view is None:
                raise SystemExit("A case that was written is not there.")
            median = statistics.median(times)
            size, said = len(json.dumps(view).encode()), asked.statements / rounds
            print(
                f"{where.words}, {number:,} cases: a case for its {reader}: {median:.2f} ms, {spent:.2f} of the "
                f"processor, {size / 1000:.1f} kB of JSON, {said:.2f} statements"
            )
            what = f"{where.words}: a case for its {reader}, of {number:,}"
            found.append(
                Figure(
                    what,
                    f"{median:.2f} ms, {said:.2f} statements",
                    f"under {MOST_MS:.0f} ms, 1",
                    median < MOST_MS and said <= 1,
                )
            )
        found.append(progress_page(where, views, number, rounds))
        found.append(desk_cases(where, store, tracer, number, rounds))
        found.append(desk_case(where, store, views, tracer, number, rounds))
        found.append(health_page(where, store, tracer, number, rounds))
        found.append(desk_forecast(where, store, tracer, number, rounds))
        found.append(account_page(where, store, tracer, number, rounds))
        dead_letters.bury(store, number)
        what = f"{where.words}: the page of dead letters, of {number:,}"
        found.append(desk_page(what, tracer, rounds, dead_letters.page_by_turns(store)))
    return found


def health_page(where: Place, store: Store, tracer: Tracer, number: int, rounds: int) -> Figure:
    """The figure of the desk's page health, as it is sent."""
    well = {"ready": True, "troubles": [], "database": "ok", "broker": "ok"}
    limits = {ZENDESK: RateLimit.of(400), UPDATES: RateLimit.of(100), WORKMARKET: RateLimit.of(60)}
    page = HealthPage(store, limits, {}, "https://desk.test", lambda: well, store.now)
    visit = DeskVisit(ADA, "/desk/health", "/desk/health", render=DeskLook((), signs_out=False).render)
    return desk_page(f"{where.words}: the page health, of {number:,}", tracer, rounds, lambda: page.show(visit))


def account_page(where: Place, store: Store, tracer: Tracer, number: int, rounds: int) -> Figure:
    """The figure of the desk's page account, of one that was found to be in disorder."""
    said = (
        "could close or solve our tickets: where Status is Solved, it does Status: Closed (on updates of agents). "
    )
    found = [
        AccountFinding(f"trigger “{n}”", "warning", said * 3, "Change it in the Admin Center.") for n in range(40)
    ]

    def keep(tx: Tx) -> None:
        for part in PARTS:
            keep_findings(tx, part, found, store.now())

    store.write(keep)
    page = AccountPage(store, "https://acme.zendesk.com", store.now)
    visit = DeskVisit(ADA, "/desk/account", "/desk/account", render=DeskLook((), signs_out=False).render)
    return desk_page(f"{where.words}: the page account, of {number:,}", tracer, rounds, lambda: page.show(visit))


def desk_page(what: str, tracer: Tracer, rounds: int, show: Callable[[], Response]) -> Figure:
    """The figure of a page of the desk, without the way of a request to it."""
    show()  # templates are read once
    began, before, size = process_time(), tracer.asked(), 0
    for _ in range(rounds):
        size = len(bytes(show().body))
    spent, kilobytes = (process_time() - began) * 1000 / rounds, size / 1000
    asked = (tracer.asked() - before).statements / rounds
    cost = f"{spent:.2f} ms of the processor, {kilobytes:.1f} kB"
    print(f"{what}: {cost}, {asked:.1f} statements")
    return Figure(
        what,
        cost,
        f"under {MOST_PAGE_MS:.0f} ms, {MOST_PAGE_KB:.0f} kB",
        spent < MOST_PAGE_MS and kilobytes < MOST_PAGE_KB,
    )


def progress_page(where: Place, views: CaseViews, number: int, rounds: int) -> Figure:
    """The figure of a requester's page, as it is sent."""
    began, size = process_time(), 0
    for turn in range(rounds):
        page = views.of_page(digest_of(f"C-{turn * 7919 % number}"))
        if page is None:
            raise SystemExit("A page that was written is not there.")
        size = len(bytes(shown(page, "https://acme.zendesk.com/hc/requests/1", pressed=False).body))
    spent, kilobytes = (process_time() - began) * 1000 / rounds, size / 1000
    cost = f"{spent:.2f} ms of the processor, {kilobytes:.1f} kB"
    print(f"{where.words}, {number:,} cases: a requester's page: {cost}")
    return Figure(
        f"{where.words}: a requester's page, of {number:,}",
        cost,
        f"under {MOST_PAGE_MS:.0f} ms, {MOST_PAGE_KB:.0f} kB",
        spent < MOST_PAGE_MS and kilobytes < MOST_PAGE_KB,
    )


def main() -> None:
    options = parser("bench.pages", __doc__)
    add_place(options)
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=500)
    chosen = options.parse_args()
    with place(chosen.on, broker=False) as where:
        leave(measured(where, chosen.cases, chosen.rounds))
    print(f"Again: python -m bench.pages --on {where.name}")


if __name__ == "__main__":
    main()
