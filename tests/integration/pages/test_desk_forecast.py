"""The forecast in Chromium: whoever signs in finds it, and everybody can use it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from connector.calls import UPDATES, ZENDESK
from parley.pages.desk.shell import DeskShell
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.two_weeks.forecast_page import pages
from parley.pages.desk.ways_in import ByProxy
from parley.wiring.load_policy import load_rules
from store import CaseRow, NewTimer, Store, Tx
from sync.limits.bucket import RateLimit
from tests.desk import ServedApp
from tests.integration.sidebar.conftest import chromium
from tests.integration.store.conftest import NOW
from tests.migrated import migrated

__all__ = ["chromium"]

pytestmark = pytest.mark.browser
LIMITS = {ZENDESK: RateLimit(300, 100), UPDATES: RateLimit(1 / 10, 1 / 20)}
"""Three updates in an hour."""


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A desk on which six updates are due tomorrow within an hour, as a reader sees it."""

    def fill(tx: Tx) -> None:
        tx.policies.keep("p", {})
        for number in range(6):
            tx.cases.save(CaseRow(f"c{number}", "tier_1", "p", NOW, ticket_id=str(number)), 0)
            tx.timers.replace(f"c{number}", {"next_update": NewTimer(NOW + timedelta(days=3), 1)})

    with Store.open(migrated(tmp_path / "parley.db"), now=lambda: NOW) as store:
        store.write(fill)
        way = ByProxy(TrustedProxy("x-forwarded-email", [ip_network("127.0.0.1")], ()))
        made = pages(store, LIMITS, load_rules(None), lambda: NOW)
        served = ServedApp(Starlette(routes=DeskShell("http://127.0.0.1", way, made).routes()))
        named = {"X-Forwarded-Email": "rita@example.com"}
        context = chromium.new_context(base_url=f"http://127.0.0.1:{served.port}", extra_http_headers=named)
        yield context.new_page()
        context.close()
        served.leave()


def test_a_breach_of_the_next_days_is_read_by_everybody_before_it_comes(page: Page) -> None:
    page.goto("/desk")
    page.get_by_role("navigation").get_by_role("link", name="Forecast").click()
    told = page.get_by_role("region", name="More comes due than the budget allows")
    assert told.get_by_role("listitem").all_inner_texts()[0] == (
        "Mon 23 Nov, 10:00–11:00: 6 updates due, the budget allows 3; the last would leave 60 min late."
    )
    assert page.locator("td.over").all_inner_texts()[0] == "6!"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert Axe().run(page).response["violations"] == []
