"""The desk's own page as this deployment has it: by which way people sign in, and its pages in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from fastapi import FastAPI

from config.companies import Company, names_of
from config.setting_rules import AddressRange
from connector.http.transport import Transport
from connector.zendesk import ZendeskClient
from connector.zendesk.access.channel import reading
from connector.zendesk.access.signing_in import SignInClient, group_names
from escalation.policies.policy import Policy
from parley.case_view.case_reading import CaseViews
from parley.health.readiness import Health
from parley.pages.desk.beginnings import Beginnings
from parley.pages.desk.by_zendesk import ByZendesk
from parley.pages.desk.cases_page import CasesPage
from parley.pages.desk.condition.account_page import AccountPage
from parley.pages.desk.condition.health_page import HealthPage
from parley.pages.desk.dead_letters.letters_page import DeadLettersPage
from parley.pages.desk.dead_letters.one_letter import OneLetterPage
from parley.pages.desk.one_case.case_page import OneCasePage
from parley.pages.desk.places import ROOT, SIGNED_IN
from parley.pages.desk.shell import DeskPage, DeskShell
from parley.pages.desk.signed_in import SignedIn
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.two_weeks import forecast_page
from parley.pages.desk.ways_in import ByProxy, WayIn
from parley.pages.shared.front_page import front_page
from parley.wiring.edge import Now, steady_seconds
from store import Store
from sync.limits.budgets import Budgets


class DeskValues(Protocol):
    """The values of a deployment that the desk's pages go by."""

    @property
    def public_url(self) -> str: ...
    @property
    def zendesk_url(self) -> str: ...
    @property
    def tickets_url(self) -> str: ...
    @property
    def sign_in_client_id(self) -> str: ...
    @property
    def sign_in_client_secret(self) -> str: ...
    @property
    def trusted_proxy_header(self) -> str: ...
    @property
    def trusted_proxies(self) -> tuple[AddressRange, ...]: ...
    @property
    def companies(self) -> tuple[Company, ...]: ...


class DeskParts(Protocol):
    """The parts of the desk that its pages are made from: an App has them, and more."""

    policy: Policy
    store: Store
    case_views: CaseViews
    zendesk: ZendeskClient
    transport: Transport
    budgets: Budgets
    health: Health
    now: Now
    session_now: Now

    @property
    def values(self) -> DeskValues: ...


MakesPages = Callable[[DeskParts], Sequence[DeskPage]]
"""Makes rows of the desk's pages from its parts."""


def _cases(parts: DeskParts) -> Sequence[DeskPage]:
    companies = names_of(parts.values.companies)
    return [CasesPage(parts.store, parts.policy, parts.now, companies, parts.values.tickets_url).row()]


def _case(parts: DeskParts) -> Sequence[DeskPage]:
    zone, tickets = parts.policy.calendar.zone, parts.values.tickets_url
    return OneCasePage(parts.case_views, parts.store, tickets, zone).pages()


def _dead_letters(parts: DeskParts) -> Sequence[DeskPage]:
    given = parts.store, parts.policy, parts.now
    return [DeadLettersPage(*given).row(), OneLetterPage(*given).row()]


def _health(parts: DeskParts) -> Sequence[DeskPage]:
    companies = names_of(parts.values.companies)
    url = parts.values.public_url
    zone = parts.policy.calendar.zone
    made = HealthPage(parts.store, parts.budgets.limits, companies, url, parts.health, parts.now, zone)
    return [made.page()]


def _forecast(parts: DeskParts) -> Sequence[DeskPage]:
    return forecast_page.pages(parts.store, parts.budgets.limits, parts.policy, parts.now)


def _account(parts: DeskParts) -> Sequence[DeskPage]:
    return [AccountPage(parts.store, parts.values.zendesk_url, parts.now, parts.policy.calendar.zone).page()]


PAGES: Final[tuple[MakesPages, ...]] = (_cases, _case, _dead_letters, _forecast, _account, _health)
"""In the order in which the navigation names them."""


def add_desk_pages(web: FastAPI, parts: DeskParts, *, front: bool) -> None:
    """Put the desk's pages into the web application; none where no way to sign in is set. `front`: `/` leads there,
    or says where to go."""
    way = way_in(parts)
    if front:
        web.router.routes.append(front_page(ROOT if way is not None else ""))
    if way is not None:
        pages = [page for made in PAGES for page in made(parts)]
        web.router.routes.extend(DeskShell(parts.values.public_url, way, pages).routes())


def way_in(parts: DeskParts) -> WayIn | None:
    """How people sign in; None where nothing is set for it."""
    values = parts.values
    if not values.public_url:
        return None
    if values.trusted_proxy_header and values.trusted_proxies:
        header = values.trusted_proxy_header.lower()
        return ByProxy(TrustedProxy(header, values.trusted_proxies, parts.policy.operators))
    if not (values.sign_in_client_id and values.sign_in_client_secret):
        return None
    secret = values.sign_in_client_secret
    client = SignInClient(
        values.zendesk_url.rstrip("/"),
        values.sign_in_client_id,
        secret,
        f"{values.public_url}{SIGNED_IN}",
        parts.transport,
        parts.now,
    )
    return ByZendesk(
        client,
        SignedIn(parts.store, parts.session_now, secret),
        Beginnings(secret, parts.session_now),
        lambda number: _groups_of(parts, number),
        parts.policy.operators_group,
        steady_seconds,
    )


def _groups_of(parts: DeskParts, number: int) -> Sequence[str]:
    """The names of somebody's groups, asked for with the desk's own token. Raises ConnectorError."""
    with reading():
        return group_names(parts.zendesk.channel.get(f"users/{number}/groups").body)
