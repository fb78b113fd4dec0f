"""The sidebar beside the demo's agent's ticket: it reads by the proxy, and what it sets moves the case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from parley.demo import SIDEBAR_SECRET
from tests.integration.pages.served_pages import ServedPages, served_demo
from tests.integration.pages.test_browser import browser, page

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make install")

__all__ = ["browser", "page"]
TICKET = "/agent/tickets/2"


@pytest.fixture(scope="module")
def demo() -> Iterator[ServedPages]:
    with served_demo() as running:
        running.submit("/", "submit")
        yield running


def sidebar(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=Parley]")


def proxied(demo: ServedPages, **asked: object) -> httpx.Response:
    text = demo.get(TICKET).text
    where = text.partition('data-proxy="')[2].partition('"')[0]
    return demo.http.post(where, json=asked)


@pytest.mark.browser
def test_an_agent_overrules_from_the_sidebar_and_the_case_moves(demo: ServedPages, page: Page) -> None:
    seen: list[str] = []
    page.on("response", lambda answer: seen.append(answer.url))
    page.goto(f"{demo.url}{TICKET}")
    case = sidebar(page)
    state = case.get_by_role("heading", level=1)
    playwright.expect(state).to_contain_text("in tier 1")
    # As in Zendesk the app stays, so that it knows what was asked for until the desk has taken it in.
    case.locator("html").evaluate("one => { one.ownerDocument.defaultView.stayed = true; }")
    case.get_by_role("button", name="Tier 2", exact=False).first.click()
    playwright.expect(page.locator("#update")).to_contain_text("is filled in below")
    playwright.expect(page.get_by_label("Status")).to_have_value("Tier 2: direct contact")
    page.get_by_role("button", name="Submit the update").click()
    playwright.expect(state).to_contain_text("in tier 2")
    playwright.expect(case.locator("header").get_by_role("status")).to_have_count(0)
    assert case.locator("html").evaluate("one => one.ownerDocument.defaultView.stayed")
    playwright.expect(page.locator("#talk")).to_contain_text("we are now writing to the other side directly")
    assert not any(SIDEBAR_SECRET in url for url in seen)
    assert SIDEBAR_SECRET not in page.content()


def test_the_proxy_fills_the_key_in_for_the_desk_alone(demo: ServedPages) -> None:
    headers = {"X-Parley-Installation": "{{setting.installation_key}}"}
    elsewhere = proxied(demo, url="https://example.com/", headers=headers, secure=True)
    assert elsewhere.json()["status"] == 403
    changing = proxied(demo, url=f"{demo.url}/api/sidebar/cases/2", type="POST", headers=headers, secure=True)
    assert changing.json()["status"] == 403


def test_the_page_and_the_app_never_hold_the_key(demo: ServedPages) -> None:
    values = demo.get(f"{TICKET}/app-values").json()
    assert SIDEBAR_SECRET not in json.dumps(values) + demo.get(TICKET).text
    assert values["ticket.id"] == 2
