"""Pages of the desk's condition over a real database, without a server, and one who looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import Page
from starlette.applications import Starlette

from connector.calls import ZENDESK
from parley.pages.desk.condition.account_page import AccountPage
from parley.pages.desk.condition.health_page import HealthPage
from parley.pages.desk.shell import DeskPage, DeskShell
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.ways_in import ByProxy
from store import Store
from sync.limits.bucket import RateLimit
from tests.desk import ServedApp
from tests.migrated import migrated
from tests.unit.pages.desk_visits import ADA, ORIGIN, Browser, by_proxy

ZONE = "America/New_York"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
WELL = {"ready": True, "troubles": [], "database": "ok", "broker": "ok"}
LIMITS = {ZENDESK: RateLimit(90, 15)}


class ConditionDesk:
    """What the pages read, with a clock that stands."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.ready: Mapping[str, Any] = WELL
        self.store = Store.open(migrated(folder / "desk.db"), now=lambda: self.now)
        self.companies: dict[str, str] = {}

    def health(self) -> HealthPage:
        return HealthPage(
            self.store, LIMITS, self.companies, "https://desk.test", lambda: self.ready, lambda: self.now, ZONE
        )

    def pages(self) -> list[DeskPage]:
        account = AccountPage(self.store, "https://acme.zendesk.com", lambda: self.now, ZONE)
        return [account.page(), self.health().page()]

    def shell(self) -> DeskShell:
        return DeskShell(ORIGIN, by_proxy(), self.pages())

    def text(self, path: str) -> str:
        answer = Browser(self.shell(), ADA).get(path)
        assert answer.status == 200, answer.text
        return " ".join(answer.text.split())


@contextmanager
def condition_desk(folder: Path) -> Iterator[ConditionDesk]:
    desk = ConditionDesk(folder)
    yield desk
    desk.store.close()


@contextmanager
def page_of(chromium: ChromiumBrowser, desk: ConditionDesk, *, width: int) -> Iterator[Page]:
    """A page of Chromium's that goes to the desk by a proxy."""
    way = ByProxy(TrustedProxy("x-forwarded-email", [ip_network("127.0.0.1")], ()))
    served = ServedApp(Starlette(routes=DeskShell("http://127.0.0.1", way, desk.pages()).routes()))
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{served.port}",
        extra_http_headers={"X-Forwarded-Email": ADA},
        viewport={"width": width, "height": 800},
    )
    yield context.new_page()
    context.close()
    served.leave()
