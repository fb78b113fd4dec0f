"""The wiring: every part built once, from a few values, and handed what it needs."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from config.companies import Company, names_of
from config.setting_rules import AddressRange
from config.settings import Settings
from connector.broker.queue import BrokerQueue
from connector.calls import EXPORTS, UPDATES, ZENDESK, workmarket_of
from connector.http.internet import Internet
from connector.http.transport import Transport
from connector.workmarket import WorkMarketClient
from connector.zendesk import ApiToken, BearerToken, ClientCredentials, ZendeskClient, ZendeskCredentials
from connector.zendesk.account.signing import SigningSecrets
from escalation.policies.policy import Policy
from parley.case_view.case_keys import CaseKeys
from parley.case_view.case_reading import CaseViews
from parley.health.case_gauges import CaseGauges
from parley.health.readiness import Health
from parley.health.timekeeping import Timekeeper
from parley.pages.reference.reference_page import add_reference_page
from parley.pages.requester.address_book import PageAddressBook
from parley.report.handing_on import ReportSender
from parley.wiring.desk_pages import add_desk_pages
from parley.wiring.edge import Now
from parley.wiring.metrics import LoopMetrics
from parley.wiring.progress_pages import ProgressPages
from parley.wiring.span_export import SpanExport
from parley.zendesk.state.accounts import AccountBook
from parley.zendesk.state.rotation import Rotation
from parley.zendesk.state.shared_tokens import SharedTokens
from store import Recorder, Store
from sync.inbox.handle import InboxHandler
from sync.limits.bucket import RateLimit
from sync.limits.budgets import Budgets
from sync.limits.call_costs import NEW_REQUESTS
from sync.limits.companies import Member, SeveralCompanies
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.reconciling.reconcile import Reconciler
from sync.runtime.clock import may_tick, tick
from sync.runtime.heartbeats import LoopBeats
from sync.runtime.loops import Worker, announce
from sync.runtime.stepped import SteppedDesk
from sync.shared.codec import encode_message
from sync.shared.failpoints import Crash, no_crash
from sync.shared.tracing import Tracing, linked
from sync.upkeep.case_columns import fill_case_columns
from sync.upkeep.ended_sessions import drop_ended_sessions
from sync.upkeep.pruning import Pruner
from webhooks import SidebarDeps, WebhookDeps, create_app


@dataclass(frozen=True, slots=True)
class AppValues:
    """The few values that the parts are built from. Secrets are not shown."""

    database_url: str
    broker_url: str
    zendesk_url: str
    workmarket_url: str
    zendesk_credentials: ZendeskCredentials = field(repr=False)
    workmarket_token: str = field(repr=False)
    workmarket_secret: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    intake_secrets: tuple[str, ...] = field(default=(), repr=False)
    workmarket_webhook_token: str | None = field(default=None, repr=False)
    sidebar_secrets: tuple[str, ...] = field(default=(), repr=False)
    progress_secrets: tuple[str, ...] = field(default=(), repr=False)
    public_url: str = ""
    requests_url: str = ""
    tickets_url: str = ""
    sign_in_client_id: str = ""
    sign_in_client_secret: str = field(default="", repr=False)
    trusted_proxy_header: str = ""
    trusted_proxies: tuple[AddressRange, ...] = ()
    proxy: str = field(default="", repr=False)
    authorities: str = ""
    companies: tuple[Company, ...] = ()
    traced: bool = False


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


def credentials_of(settings: Settings) -> ZendeskCredentials:
    """Return the way to sign in that is set; the settings have been checked to hold exactly one."""
    if settings.zendesk_credential == "oauth_client":
        return ClientCredentials(
            settings.zendesk_oauth_client_id or "", _revealed(settings.zendesk_oauth_client_secret)
        )
    if settings.zendesk_credential == "oauth_token":
        return BearerToken(_revealed(settings.zendesk_oauth_token))
    return ApiToken(settings.zendesk_email or "", _revealed(settings.zendesk_api_token))


def values_of(settings: Settings) -> AppValues:
    """Return the values of a deployment."""
    return AppValues(
        database_url=settings.sqlalchemy_url,
        broker_url=settings.broker_url.get_secret_value(),
        zendesk_url=settings.zendesk_base_url or "",
        workmarket_url=settings.workmarket_url or "",
        zendesk_credentials=credentials_of(settings),
        workmarket_token=_revealed(settings.workmarket_token),
        workmarket_secret=_revealed(settings.workmarket_secret),
        webhook_secrets=settings.webhook_secrets,
        intake_secrets=settings.intake_secret_list,
        sidebar_secrets=settings.sidebar_secret_list,
        progress_secrets=settings.progress_secret_list,
        public_url=settings.public_url or "",
        requests_url=f"{settings.zendesk_base_url}/hc/requests",
        tickets_url=f"{settings.zendesk_base_url}/agent/tickets",
        workmarket_webhook_token=_revealed(settings.workmarket_webhook_token) or None,
        sign_in_client_id=settings.zendesk_sign_in_client_id or "",
        sign_in_client_secret=_revealed(settings.zendesk_sign_in_client_secret),
        trusted_proxy_header=settings.trusted_proxy_header or "",
        trusted_proxies=settings.trusted_proxies,
        proxy=_revealed(settings.https_proxy),
        authorities=settings.ssl_cert_file or "",
        companies=settings.companies,
        traced=settings.traces_url is not None,
    )


def pairs_of(values: AppValues) -> dict[str, tuple[str, str]]:
    """Return WorkMarket's tokens and secrets by company; that of a single pair has no name."""
    if not values.companies:
        return {"": (values.workmarket_token, values.workmarket_secret)}
    return {one.key: (_revealed(one.token), _revealed(one.secret)) for one in values.companies}


def limits_of(settings: Settings) -> dict[str, RateLimit]:
    """Return the budgets of calls a minute, by what the vendors limit."""
    own = {company.key: company.calls_per_minute for company in settings.companies}
    calls = settings.workmarket_calls_per_minute
    return {
        ZENDESK: RateLimit.of(settings.zendesk_calls_per_minute),
        UPDATES: RateLimit.of(settings.zendesk_updates_per_minute),
        # A round reads several pages one after the other, and is quiet until the next.
        EXPORTS: RateLimit.of(settings.zendesk_exports_per_minute, share=0.78),
        **{workmarket_of(key): RateLimit.of(number or calls) for key, number in (own or {"": None}).items()},
        # With what a new request leads to once it is a case, half of all calls stay for the cases there are.
        NEW_REQUESTS: RateLimit.of(settings.zendesk_calls_per_minute / 4),
    }


class App:
    """Every part of the desk. Nothing runs until a role is asked for; `close` lets go of everything.

    `sleep` waits so many seconds before a read is repeated; None waits in real time. `limits`: the budgets of
    calls; what has none is only paused where a service asks for it. `transport` carries the calls; None: sockets.
    `session_now`: by which clock people stay signed in; None: `now`. `spans`: who is shown traces; None: nobody.
    """

    def __init__(
        self,
        values: AppValues,
        policy: Policy,
        *,
        now: Now,
        crash: Crash = no_crash,
        sleep: Callable[[float], object] | None = None,
        limits: Mapping[str, RateLimit] | None = None,
        transport: Transport | None = None,
        session_now: Now | None = None,
        spans: SpanExport | None = None,
    ) -> None:
        self.values = values
        self.policy = policy
        self.now = now
        self.crash = crash
        self.registry = CollectorRegistry()
        self.metrics = LoopMetrics(self.registry)
        self.spans = spans
        self.tracing = Tracing(None if spans is None else spans.begin)
        self.store = Store.open(values.database_url, now=now)
        self.time = Timekeeper(self.store, now, (self._ask_workmarket, self._ask_zendesk))
        self.budgets = Budgets(self.store, limits, now=now)
        self.case_views = CaseViews(self.store, policy, now, names_of(values.companies))
        self.queue = BrokerQueue(values.broker_url)
        self.account = AccountBook(self.store, now, values.webhook_secrets)
        self.case_keys = CaseKeys(lambda: self.values.sidebar_secrets)
        self.page_addresses = PageAddressBook(
            self.store, lambda: self.values.progress_secrets, lambda: self.values.public_url, now
        )
        self.session_now = session_now or now
        self.transport = internet = transport or Internet(proxy=values.proxy, authorities=values.authorities)
        self.zendesk = ZendeskClient(
            values.zendesk_url,
            values.zendesk_credentials,
            ids=self.account.ids_in_use,
            now=now,
            solve_as=policy.solve_as,
            sleep=sleep,
            transport=internet,
            tokens=SharedTokens(self.store, now),
            for_agents=policy.texts.holds_agents_words,
            heard=self.time.heard,
            case_key=self.case_keys.of,
        )
        self.workmarkets = {
            company: WorkMarketClient(
                values.workmarket_url,
                *pair,
                now=now,
                sleep=sleep,
                transport=internet,
                heard=self.time.heard,
                company=company,
            )
            for company, pair in pairs_of(values).items()
        }
        self.workmarket: WorkMarketClient | SeveralCompanies = self.workmarkets.get("") or SeveralCompanies(
            [Member(one.key, one.name, self.workmarkets[one.key]) for one in values.companies],
            self.store,
            self.budgets,
            now,
        )
        self._company_tokens = {
            one.key: one.webhook_token.get_secret_value() for one in values.companies if one.webhook_token
        }
        self.health = Health(self.store, self.queue, now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.queue.close()
        self.zendesk.close()
        for workmarket in self.workmarkets.values():
            workmarket.close()
        self.store.close()
        if self.spans is not None:
            self.spans.close()

    def _ask_zendesk(self) -> None:
        self.zendesk.whoami()

    def _ask_workmarket(self) -> None:
        """Of several companies any one: all are told the time by the same WorkMarket."""
        next(iter(self.workmarkets.values())).ping()

    def handler(self) -> InboxHandler:
        return InboxHandler(
            self.store, self.policy, crash=self.crash, count=self.metrics.count, tracing=self.tracing
        )

    def deliverer(self) -> Deliverer:
        return Deliverer(
            self.store,
            self.zendesk,
            self.workmarket,
            RetrySchedule.of(self.policy, random.Random().random),  # noqa: S311  spreads waits, guards nothing
            now=self.now,
            crash=self.crash,
            count=self.metrics.count,
            budgets=self.budgets,
            settles_by=self.time.ran_for,
            pages=self.page_addresses,
            tracing=self.tracing,
        )

    def desk(self) -> SteppedDesk:
        """Handle and deliver step by step on the caller's thread."""
        return SteppedDesk(self.handler(), self.deliverer(), self.now)

    def worker(self) -> Worker:
        """Handle and deliver on threads of their own."""
        return Worker(
            self.store,
            self.handler(),
            self.deliverer(),
            now=self.now,
            queue=self.queue,
            may_decide=self.time.may_decide,
            may_send=self.time.is_sure,
        )

    def tick(self) -> int:
        told = self.time.told()
        if not may_tick(self.store, self.now, sure=self.time.is_sure, told=told):
            return 0
        return tick(self.store, self.now(), crash=self.crash, told=told)

    def reconciler(self) -> Reconciler:
        return Reconciler(self.store, self.zendesk, self.workmarket, self.crash, self.metrics.count, self.budgets)

    def pruner(self, rest: Callable[[float], object]) -> Pruner:
        return Pruner(self.store, self.policy, self.crash, rest)

    def prune(self, pruner: Pruner) -> int:
        """Take out what is over; nothing until a service confirms the clock, since it can't be had back."""
        fill_case_columns(self.store)
        if not self.time.is_sure():
            return 0
        return pruner.round(self.now()) + drop_ended_sessions(self.store, self.session_now())

    def loop_beats(self) -> LoopBeats:
        return LoopBeats(self.store, self.now)

    def report_sender(self) -> ReportSender:
        names = names_of(self.values.companies)
        return ReportSender(self.store, self.policy, self.now, names, self.crash)

    def send_report(self, sender: ReportSender) -> bool:
        """Hand the last week's or month's report on; not until a service confirms the clock."""
        return bool(self.policy.report_to) and self.time.is_sure() and sender.round()

    def rotation(self, sleep: Callable[[float], object] | None = None) -> Rotation:
        """Changes the webhooks' signing secrets; `sleep` waits so many seconds, None in real time."""
        zendesk = SigningSecrets(self.zendesk.channel)
        return Rotation(self.store, self.account, zendesk, self.now, sleep or threading.Event().wait, self.crash)

    def web(self, on_event: Callable[[], object] | None = None, *, front: bool = True) -> FastAPI:
        """The doors, and the pages that people open. `on_event` is called for each new event besides the queue's
        announcement; `front`: there is a page at `/`, where nothing else is mounted."""

        def tell(row_id: int) -> None:
            if on_event is not None:
                on_event()
            announce(self.queue, "inbox", row_id)

        recorder = self.store.recorder()
        web = create_app(
            WebhookDeps(
                recorder=recorder,
                encode=encode_message,
                now=self.now,
                zendesk_secrets=self.account.known_secrets,
                intake_secrets=lambda: self.values.intake_secrets,
                workmarket_token=lambda: self.values.workmarket_webhook_token,
                company_tokens=lambda: self._company_tokens,
                announce=tell,
                readiness=self.health,
                changing_secrets=self.account.known_while_changing,
                sure_of_time=self.time.is_told,
                refresh=self.account.look,
                registry=self.registry,
                sidebar=SidebarDeps(self.case_keys.opens, self._case_for_agents),
                links=linked if self.values.traced else None,
                pages=lambda put: self._progress_pages(recorder).routes(self.registry, put),
            )
        )
        self.registry.register(CaseGauges(self.store, self.now))
        add_desk_pages(web, self, front=front)
        add_reference_page(web)
        return web

    def _progress_pages(self, recorder: Recorder) -> ProgressPages:
        return ProgressPages(
            self.page_addresses,
            self.case_views,
            self.policy.texts,
            recorder,
            self.now,
            lambda: self.values.public_url,
            lambda ticket_id: f"{self.values.requests_url}/{ticket_id}",
        )

    def _case_for_agents(self, ticket_id: str) -> dict[str, Any] | None:
        """What the sidebar shows of a ticket's case."""
        return self.case_views.of_ticket(ticket_id, "agent", self.account.ids())
