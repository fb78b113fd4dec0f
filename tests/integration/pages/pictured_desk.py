"""A desk on a busy Wednesday, with something to see on each page of `/desk`, for pictures of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import cycle
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from config.companies import Company
from connector.calls import UPDATES, WORKMARKET, ZENDESK
from connector.zendesk import BearerToken
from escalation.model.case import Case, Pause
from escalation.model.values import Party
from escalation.model.views import ZendeskUser
from parley.health.overview import LOOPS
from parley.wiring.app import App, AppValues
from parley.zendesk.account.watching import DRIFT
from parley.zendesk.state.accounts import IDS
from parley.zendesk.state.kept_findings import AccountFinding, Part, keep_findings
from store import NewOutboxRow, NewTimer, Store, Tx
from sync.limits.bucket import RateLimit
from sync.limits.company_troubles import PREFIX
from sync.reconciling.pulses import PARTS, failed, worked
from sync.runtime.clock import HEARTBEAT as CLOCK
from sync.runtime.heartbeats import DELIVERY, LoopBeats
from sync.runtime.heartbeats import HANDLING as WORKER
from tests.desk import ServedApp
from tests.integration.pages.dead_letters import NO_CASE, DeadLetters
from tests.integration.pages.desk_cases import a_case, row_of
from tests.integration.sync.desk_on_fakes import Services
from tests.migrated import migrated
from tests.pseudo import pseudo
from tests.unit.escalation.case_world import NEW_YORK, in_tier, local, policy
from tests.unit.escalation.corpus import world_in
from tests.unit.pages.desk_visits import ADA

NOW: Final = local(2026, 3, 4, 12, 20)
ONE_CASE: Final = "35"
"""The ticket whose case has its page pictured."""
NUMBER: Final = 900
COMPANIES: Final = {"acme": "Acme Field Services", "globex": "Globex", "initech": "Initech Installations"}
PEOPLE: Final = (
    "Wanda Worker", "Wilson Wire", "Carla Cable", "Ivo Panel", "Mai Nguyen", "Bo Larsen", "Rosa Díaz", "Tom Rack",
)  # fmt: skip
REFUSED: Final = "Zendesk refused ticket {}: RecordInvalid: Assignee can't be blank."
NO_ACCESS: Final = (
    "Zendesk answered 403 to an update of ticket {}: “You do not have access to this page. Please contact the "
    "account owner of this help desk for further help.”"
)
FOUND: Final[Mapping[Part, tuple[AccountFinding, ...]]] = {
    "drift": (
        AccountFinding(
            "view “Escalation: needs review”", "problem", "it is not there any more.", "Run `parley zendesk apply`."
        ),
        AccountFinding(
            "macro “Escalation::Tier 2: requester update”",
            "warning",
            "it sets the field “Tier” to “Tier 1”, and ours to “Tier 2”.",
            "Change it back in Zendesk, or run `parley zendesk apply`.",
        ),
    ),
    "lint": (
        AccountFinding(
            "trigger “Notify requester and CCs of received request”",
            "warning",
            "mails the requester seconds before our first answer (on new tickets).",
            "Add the condition “Form is not Escalate an assignment”.",
            "/admin/objects-rules/rules/triggers/360001",
        ),
        AccountFinding(
            "automation “Close tickets 4 days after they are solved”",
            "warning",
            "closes our tickets before the requester's objection can come in.",
            "Add the condition “Form is not Escalate an assignment”.",
            "/admin/objects-rules/rules/automations/360007",
        ),
    ),
    "rights": (),
}


@dataclass(frozen=True, slots=True)
class PicturedDesk:
    """Where it is served, and who may look: whoever is named in `header`."""

    url: str
    header: Mapping[str, str]


@contextmanager
def pictured_desk(folder: Path, *, foreign: bool = False) -> Iterator[PicturedDesk]:
    """The desk's real pages on a port of this machine. `foreign`: all that people have named is in a language that
    nobody speaks, longer and from the right."""
    url = migrated(folder / "desk.db")
    names = {key: pseudo(name * 2) if foreign else name for key, name in COMPANIES.items()}
    people = tuple(pseudo(name * 2) for name in PEOPLE) if foreign else PEOPLE
    with Store.open(url, now=lambda: NOW) as store:
        one_case(store)
        store.write(lambda tx: many_cases(tx, people))
        store.write(condition)
        letters(store)
        for loop in LOOPS:
            LoopBeats(store, lambda: NOW - timedelta(seconds=3)).watched(loop, lambda: None)()
    values = AppValues(
        database_url=url,
        broker_url="memory://",
        zendesk_url="https://acme.zendesk.com",
        workmarket_url="https://workmarket.test",
        zendesk_credentials=BearerToken("not used"),
        workmarket_token="",
        workmarket_secret="",
        public_url="https://parley.example.com",
        tickets_url="https://acme.zendesk.com/agent/tickets",
        trusted_proxy_header="X-Forwarded-Email",
        trusted_proxies=(ip_network("127.0.0.1"),),
        companies=tuple(Company(key, name, SecretStr("x"), SecretStr("x")) for key, name in names.items()),
    )
    rules = replace(policy(), operators=(ADA,), languages=("en", "es-419", "de"))
    limits = {ZENDESK: RateLimit.of(400), UPDATES: RateLimit.of(2.6), WORKMARKET: RateLimit.of(60)}
    with App(values, rules, now=lambda: NOW, limits=limits) as app:
        served = ServedApp(app.web())
        yield PicturedDesk(f"http://127.0.0.1:{served.port}", {"X-Forwarded-Email": ADA})
        served.stop()


def one_case(store: Store) -> None:
    """A case that was lived through to tier 2, one update of which was refused."""
    services = Services()
    desk = services.desk(store)
    desk.arrive()
    services.clock.at = NOW - timedelta(hours=2, minutes=5)
    desk.wait(minutes=5)
    case, told = desk.case().id, [row for row in desk.effects() if row.kind == "update_ticket"][-1]

    def refuse(tx: Tx) -> None:
        row = NewOutboxRow(f"{case}.900", told.lane, told.kind, told.body, NOW, case)
        tx.outbox.add([row], NOW)
        tx.outbox.dead(row.id, REFUSED.format(ONE_CASE))

    store.write(refuse)


def many_cases(tx: Tx, people: tuple[str, ...]) -> None:
    """Cases in every state, most of them open, with deadlines over three days."""
    dice = random.Random(7)  # noqa: S311  it guards nothing
    tx.policies.keep("p1", policy().to_json())
    lived = [
        in_tier(1),
        in_tier(2),
        world_in("needs review"),
        in_tier(2, Party.CLIENT),
        in_tier(3),
        world_in("confirming outcome"),
        in_tier(1),
        world_in("resolved"),
    ]
    worlds, companies, languages = cycle(lived), cycle(COMPANIES), cycle(("en", "en", "es-419", "en", "de"))
    for number in range(10, NUMBER):
        case = a_case(
            next(worlds),
            number,
            company=next(companies),
            language=next(languages),
            requester=ZendeskUser(str(500 + number), f"p{number}@example.com", people[number % len(people)]),
        )
        if number % 17 == 0 and case.deadlines:
            case = replace(case, paused=Pause(NOW + timedelta(days=3), "Holidays.", "Ada Agent"))
        case = _spread(case, dice)
        row = row_of(case)
        tx.cases.save(replace(row, body={"id": 7}, next_due=None) if number == 16 else row, 0)
        tx.timers.replace(case.id, {kind: NewTimer(one.due, 1) for kind, one in case.deadlines.items()})


def _spread(case: Case, dice: random.Random) -> Case:
    """The same with its deadlines on this day or the next two, at hours at which people work."""

    def moment() -> datetime:
        day = NOW.astimezone(NEW_YORK).replace(hour=0, minute=0) + timedelta(days=dice.choice((0, 1, 2)))
        at = day + timedelta(hours=dice.triangular(9, 18, 11.5))
        return at if at > NOW or dice.random() < 0.1 else at + timedelta(days=1)

    return replace(case, deadlines={kind: replace(one, due=moment()) for kind, one in case.deadlines.items()})


def condition(tx: Tx) -> None:
    """All is at work but one part of the sweep; one company is locked out, and the account is in disorder."""
    at = NOW - timedelta(seconds=3)
    tx.account.set(IDS, {"form": 7}, at)
    for mark in (CLOCK, WORKER, DELIVERY):
        tx.marks.set(mark, None, at)
    tx.marks.set(DRIFT, {"findings": 2, "first": [one.what for one in FOUND["drift"]]}, NOW - timedelta(minutes=20))
    for part in PARTS:
        worked(tx, part, NOW - timedelta(minutes=2))
    failed(tx, "assignments", "WorkMarket answered 500.", at)
    why = {"since": (NOW - timedelta(hours=2)).isoformat(), "why": "WorkMarket refused our token."}
    tx.marks.set(f"{PREFIX}globex", why, NOW)
    for found, findings in FOUND.items():
        keep_findings(tx, found, findings, NOW - timedelta(minutes=20))
    rows = [
        NewOutboxRow(f"C-W{n}.1", f"ticket:9{n}", "update_ticket", {"home": f"ticket:9{n}"}, NOW) for n in range(12)
    ]
    tx.outbox.add(rows, NOW)


def letters(store: Store) -> None:
    """Dead letters of four causes beside that of the one case."""
    made = DeadLetters(store)
    made.time = NOW
    made.bury(40, REFUSED, ticket=110)
    made.bury(7, NO_CASE, kind="workmarket.event", ticket=110)
    made.bury(2, NO_ACCESS, ticket=110)
    made.bury(1, "The body is no JSON.", kind="zendesk.unreadable", ticket=110)
