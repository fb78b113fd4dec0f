"""The page of dead letters in Chromium: forty replayed by a filter, without script, open to everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from starlette.applications import Starlette

from tests.desk import ServedApp
from tests.integration.pages.dead_letters import ADA, NO_CASE, dead_letters
from tests.integration.sidebar.conftest import chromium
from tests.unit.pages.desk_visits import RITA

__all__ = ["chromium"]

pytestmark = pytest.mark.browser


def test_an_operator_replays_forty_letters_by_a_filter(chromium: Browser, tmp_path: Path) -> None:
    with dead_letters(tmp_path) as letters:
        letters.bury(40)
        letters.bury(2, NO_CASE, kind="workmarket.event")
        served = ServedApp(Starlette(routes=letters.shell(peer="127.0.0.1").routes()))
        context = chromium.new_context(
            base_url=f"http://127.0.0.1:{served.port}",
            extra_http_headers={"X-Forwarded-Email": ADA},
            java_script_enabled=False,
        )
        page = context.new_page()
        page.goto("/desk/dead")
        page.get_by_label("Kind").select_option("ticket.changed")
        page.get_by_role("button", name="Show").click()
        assert "kind=ticket.changed" in page.url
        page.get_by_label("Why").fill("The assignee is there again.")
        page.get_by_role("button", name="Try 40 letters again").click()
        assert "40 letters are to be tried again." in page.inner_text("#outcome")
        assert "kind=ticket.changed" in page.url
        assert letters.left() == 2
        context.close()
        served.leave()


@pytest.mark.parametrize("who", [ADA, RITA])
def test_everybody_can_use_the_page(chromium: Browser, tmp_path: Path, who: str) -> None:
    with dead_letters(tmp_path) as letters:
        letters.bury(30)
        letters.bury(1, "The body is no JSON: " + "x" * 500, kind="zendesk.unreadable")
        served = ServedApp(Starlette(routes=letters.shell(peer="127.0.0.1").routes()))
        context = chromium.new_context(
            base_url=f"http://127.0.0.1:{served.port}", extra_http_headers={"X-Forwarded-Email": who}
        )
        page = context.new_page()
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto("/desk/dead")
        page.locator("summary").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert Axe().run(page).response["violations"] == []
        context.close()
        served.leave()
