"""The page of cases in Chromium: chosen from by hand, kept in the address, open to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from tests.desk import ServedApp
from tests.integration.pages.desk_cases import listed_cases, some_cases
from tests.integration.pages.test_desk_cases import NOW, POLICY, tickets
from tests.integration.sidebar.conftest import chromium
from tests.unit.pages.desk_visits import ADA

__all__ = ["chromium"]

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with listed_cases(tmp_path, NOW) as cases:
        cases.keep(*some_cases())
        served = ServedApp(Starlette(routes=cases.shell(POLICY, peer="127.0.0.1").routes()))
        yield f"http://127.0.0.1:{served.port}"
        served.stop()


@contextmanager
def opened(chromium: Browser, address: str, *, script: bool) -> Iterator[Page]:
    named = {"X-Forwarded-Email": ADA}
    context = chromium.new_context(base_url=address, extra_http_headers=named, java_script_enabled=script)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_what_was_chosen_stays_in_the_address_and_the_form_and_everybody_can_use_it(
    chromium: Browser, address: str
) -> None:
    with opened(chromium, address, script=False) as page:
        page.goto("/desk/cases")
        page.get_by_label("Company", exact=True).select_option("Acme Field Services")
        page.get_by_label("Search", exact=True).fill("501")
        page.get_by_role("button", name="Show").click()
        assert tickets(page.content()) == ["101", "102"]
        page.get_by_label("Tier", exact=True).select_option("Tier 1")
        page.get_by_label("Search", exact=True).press("Enter")
        page.goto(page.url)
        assert tickets(page.content()) == ["102"]
        assert page.get_by_label("Search", exact=True).input_value() == "501"
        assert page.get_by_label("Company", exact=True).input_value() == "acme"
    with opened(chromium, address, script=True) as page:
        for width, query in ((1280, "?search=999"), (390, "?state=all&tier=9")):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"/desk/cases{query}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert Axe().run(page).response["violations"] == []
