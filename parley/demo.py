"""`parley demo`: the desk with a stand-in Zendesk and WorkMarket, pages to click, and a clock to move."""

from __future__ import annotations

import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import structlog
from fastapi import FastAPI
from pydantic import SecretStr

from config.companies import Company
from config.packaged import ALWAYS_OPEN
from connector.zendesk import ClientCredentials
from escalation.policies.plain_values import Addressee
from parley.commands.common import Host, Port, sentences, settings_for_logs
from parley.commands.terminal import say
from parley.demo_desk import DemoDesk
from parley.pages.desk.places import SIGNED_IN
from parley.wiring.account_setup import set_up_account, watch_of
from parley.wiring.app import App, AppValues
from parley.wiring.edge import Now, system_clock
from parley.wiring.load_policy import load_rules
from parley.wiring.pace import Pace
from parley.wiring.roles import running, serve
from parley.wiring.rounds import SpacedRound
from parley.wiring.stopping import Stopping
from parley.zendesk.account.watching import EVERY
from sandbox.pages import create_pages, seed
from sandbox.pages.seed import UNHEARD_ABOUT
from sandbox.pages.wording import CLIENT_COMPANIES, client_company
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from sandbox.workmarket.escalating import EscalateOption
from sandbox.zendesk.records.tongues import ENGLISH
from store import migrate
from sync.runtime.heartbeats import DELIVERY, HANDLING, WorkerBeats
from sync.runtime.loops import every

log = structlog.get_logger()
PUBLISHED_TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="  # noqa: S105  Zendesk publishes it
"""Zendesk publishes it for tries before a webhook exists; only the demo takes it, so that `curl` can be tried:
https://developer.zendesk.com/documentation/webhooks/verifying/"""
WORKMARKET_TOKEN = "sandbox-webhook-token"  # noqa: S105  it opens a stand-in
INTAKE_SECRET = "whsec_dGhlIGRlbW8ncyBtYXJrZXRwbGFjZSBzaWducyB0aGlz"  # noqa: S105  the demo's stand-in signs with it
SIDEBAR_SECRET = "only-the-demos-stand-ins-are-read-with-it"  # noqa: S105  it opens a stand-in's cases
LANGUAGES = ("en", "es-419")
AGENTS = "Support"
"""The stand-in's first group, which Ada Agent is in: she may act on the desk's own page."""
ACCOUNT_MANAGERS = {
    "77": Addressee("Harriet Vale", "harriet.vale@marketplace.example"),
    "78": Addressee("Harriet Vale", "harriet.vale@marketplace.example"),
    "81": Addressee("Ben Okafor", "ben.okafor@marketplace.example"),
}
"""Who looks after the demo's clients, by their projects. Nobody is known for 82: its month goes by without one."""
LOOK_EVERY_S = 0.3
RECONCILED_EVERY = timedelta(minutes=5)


def sandbox_values(sandbox: Sandbox, database_url: str, secrets: tuple[str, ...] = ()) -> AppValues:
    """Return the values of a desk whose accounts are the stand-ins; where the stand-in has companies with names, of
    a desk that serves those."""
    given = sandbox.zendesk.credentials
    companies = [one for one in sandbox.workmarket.companies.values() if one.name]
    return AppValues(
        database_url=database_url,
        broker_url="memory://",
        zendesk_url=sandbox.zendesk_url,
        workmarket_url=sandbox.workmarket_url,
        zendesk_credentials=ClientCredentials(given.oauth_client_id, given.oauth_client_secret),
        workmarket_token="sandbox-token",  # noqa: S106  it opens a stand-in
        workmarket_secret="sandbox-secret",  # noqa: S106  it opens a stand-in
        webhook_secrets=secrets,
        workmarket_webhook_token=None if companies else WORKMARKET_TOKEN,
        companies=tuple(
            Company(
                one.name,
                client_company(one.name),
                SecretStr(one.token),
                SecretStr(one.secret),
                SecretStr(one.webhook_token or ""),
            )
            for one in companies
        ),
    )


@contextmanager
def demo_desk(sandbox: Sandbox, folder: Path, now: Now, public_url: str) -> Iterator[App]:
    """Build the desk on a new database and set the stand-in account up, as an admin would: in the languages of the
    people who are in the demo."""
    url = f"sqlite:///{folder / 'demo.db'}"
    migrate(url)
    given = sandbox.zendesk.credentials
    sandbox.zendesk.screens.pages_url = public_url
    given.sign_in_redirect_uris = [f"{public_url}{SIGNED_IN}"]
    sandbox.zendesk.account.own_apps.builds_after = 0
    values = replace(
        sandbox_values(sandbox, url),
        intake_secrets=(INTAKE_SECRET,),
        sidebar_secrets=(SIDEBAR_SECRET,),
        progress_secrets=(secrets.token_hex(16),),
        requests_url=f"{public_url}/requests",
        tickets_url=f"{public_url}/agent/tickets",
        public_url=public_url,
        sign_in_client_id=given.sign_in_client_id,
        sign_in_client_secret=given.sign_in_client_secret,
    )
    # Whoever tries it does so at any hour, and stays signed in when they move its clock.
    policy = replace(
        load_rules(ALWAYS_OPEN),
        languages=LANGUAGES,
        operators_group=AGENTS,
        account_managers=ACCOUNT_MANAGERS,
    )
    with App(values, policy, now=now, session_now=system_clock) as app:
        set_up_account(app, public_url)
        app.account.save("secrets", {**stored_secrets(app), "published test secret": PUBLISHED_TEST_SECRET})
        sandbox.workmarket.webhook_url = f"{public_url}/webhooks/workmarket"
        sandbox.workmarket.webhook_token = WORKMARKET_TOKEN
        sandbox.workmarket.escalate_option = EscalateOption(f"{public_url}/webhooks/requests", INTAKE_SECRET)
        yield app


def stored_secrets(app: App) -> dict[str, str]:
    return dict(app.store.read(lambda tx: tx.account.get("secrets")) or {})


def leave_one_unheard(sandbox: Sandbox) -> int:
    """Submit a request whose webhook gets lost, so that somebody can send it by hand; its ticket's number."""
    zendesk, usual = sandbox.zendesk, sandbox.zendesk.webhook_policy
    zendesk.webhook_policy = lambda _: "drop"
    try:
        return zendesk.people.submit_request(
            "wanda@example.com",
            "Wanda Worker",
            UNHEARD_ABOUT,
            "worker",
            "approval_overdue",
            "I replaced the panel nine days ago and asked about it on the assignment. Nobody has answered.",
            ("message",),
            "I would like the work to be looked at.",
        )
    finally:
        zendesk.webhook_policy = usual


def demo(port: Port = None, host: Host = "127.0.0.1") -> None:
    """The whole thing with no account: a stand-in Zendesk and WorkMarket, with a clock that can be moved."""
    with Stopping() as stopping, sentences():
        settings = settings_for_logs()
        run_demo(host, settings.port if port is None else port, stopping)


def run_demo(host: str, port: int, stopping: Stopping) -> None:
    """Serve the demo until it is stopped. Everything is in memory and a temporary folder, and goes with it."""
    public_url = f"http://127.0.0.1:{port}"
    with whole_demo(public_url) as demo:
        log.info("demo_ready", url=public_url, unheard_ticket=demo.unheard)
        if sys.stderr.isatty():
            for line in ("", f"  The demo is at {public_url} (Ctrl-C ends it).", ""):
                say(line, err=True)
        serve(demo.site, host, port, stopping)


@dataclass(frozen=True, slots=True)
class WholeDemo:
    """The demo at work: what is served at its address, the stand-ins, and the ticket whose webhook got lost."""

    site: FastAPI
    sandbox: Sandbox
    unheard: int


@contextmanager
def whole_demo(public_url: str) -> Iterator[WholeDemo]:
    """Set the demo up and let its desk work; `public_url` is where its site is about to be served."""
    clock = MovableClock(ticking=True)
    with tempfile.TemporaryDirectory(prefix="parley-demo-") as folder, Sandbox(clock) as sandbox:
        sandbox.zendesk.account.language = ENGLISH
        for company in CLIENT_COMPANIES:
            sandbox.workmarket.add_company(company)
        seed(sandbox)
        with demo_desk(sandbox, Path(folder), clock, public_url) as app:
            unheard = leave_one_unheard(sandbox)
            reconciler = app.reconciler()
            missed = SpacedRound("reconcile", RECONCILED_EVERY, lambda: reconciler.round(clock()), clock)
            pace = Pace(clock, app.store, app.desk(), app.tick, sandbox.pump, [missed])
            site = demo_site(app, sandbox, DemoDesk(app, clock, pace))
            with at_work(pace, app, watch_of(app, public_url).round):
                yield WholeDemo(site, sandbox, unheard)


def demo_site(app: App, sandbox: Sandbox, desk: DemoDesk) -> FastAPI:
    """The doors, and the pages behind every other path."""
    site = app.web(front=False)
    site.mount("/", create_pages(sandbox, desk))
    return site


@contextmanager
def at_work(pace: Pace, app: App, look: Callable[[], object]) -> Iterator[None]:
    """Keep the desk working in real time while nobody moves the clock, and looking at its account beside that."""
    stop = threading.Event()
    beats = WorkerBeats(app.store, app.now)
    watch = SpacedRound("account", EVERY, app.loop_beats().watched("account", look), app.now)

    def working(stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY_S):
            try:
                pace.work()
                beats.beat(HANDLING)
                beats.beat(DELIVERY)
            except Exception as error:
                log.error("demo_failed", error=type(error).__name__)

    def looking(stop: threading.Event) -> None:
        every(LOOK_EVERY_S, watch, stop, name="account")

    with running(stop, working, looking):
        yield
