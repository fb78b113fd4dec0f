"""The pages in a real browser: with JavaScript they follow what happens; keyboard and small screens work."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sandbox import Sandbox
from tests.integration.pages.served_pages import FakeDesk, ServedPages, case, served_demo
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make install")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH: apt-get install chromium"),
]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, SMALL_WIDTHS = {"width": 1280, "height": 900}, (390, 320)


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    with tempfile.TemporaryDirectory() as profile, playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=FLAGS, viewport=WIDE
        )
        context.set_default_timeout(1000 * PATIENCE_S)
        playwright.expect.set_options(timeout=1000 * PATIENCE_S)
        yield context
        context.close()


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """A page whose console has to stay silent; what a refused form (422) or a missing icon logs is named here."""
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    yield opened
    opened.close()
    assert [line for line in complaints if "status of 422" not in line] == []


@pytest.fixture
def site(site: ServedPages, page: Page) -> Iterator[ServedPages]:
    """A page looks every two seconds, so it is closed before what it looks at."""
    yield site
    page.close()


def test_a_file_goes_each_way_with_the_real_desk_behind_the_pages(page: Page) -> None:
    with served_demo() as demo:
        page.goto(demo.url)
        page.get_by_label("Your files").set_input_files(
            {"name": "rack.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8 rack"}
        )
        page.get_by_role("button", name="Submit the request").click()
        playwright.expect(page.locator("#talk")).to_contain_text("Escalations desk")
        page.get_by_role("navigation", name="This case").get_by_role("link", name="Agent").click()
        page.get_by_label("Comment", exact=True).fill("This is what Wanda sent.")
        page.get_by_label("rack.jpg").check()
        page.get_by_label("Post this comment, with its files, to the assignment").check()
        page.get_by_role("button", name="Submit the update").click()
        page.get_by_role("navigation", name="This case").get_by_role("link", name="Other side").click()
        playwright.expect(page.locator("#all-files")).to_contain_text("Sent by the WorkMarket escalations desk.")
        page.get_by_label("Message", exact=True).fill("Thank you, here is ours.")
        page.get_by_label("Or one that is here already").select_option(label="invoice-1047.pdf (an invoice)")
        page.get_by_role("button", name="Post the message").click()
        playwright.expect(page.locator("#all-files")).to_contain_text("invoice-1047.pdf")
        page.get_by_role("navigation", name="This case").get_by_role("link", name="Agent").click()
        came = page.locator("#talk .note").filter(has_text="A new file is on the assignment")
        playwright.expect(came.get_by_role("link", name="invoice-1047.pdf")).to_be_visible()
        page.close()


def test_a_request_is_submitted_and_the_clock_moved(page: Page, site: ServedPages, desk: FakeDesk) -> None:
    page.goto(site.url)
    page.get_by_role("link", name="Payment past due").click()
    playwright.expect(page.get_by_label("WorkMarket assignment ID")).to_have_value("3104482034")
    page.get_by_role("button", name="Submit the request").click()
    playwright.expect(page.get_by_role("heading", level=1)).to_have_text("Escalation of assignment 3104482034")
    playwright.expect(page.get_by_text("Your request is in.")).to_be_visible()
    desk.held["1"] = case()
    page.get_by_role("button", name="To the next deadline").click()
    playwright.expect(page.locator("#clock")).to_contain_text("Wed 4 Mar 2026, 10:00 EST")
    playwright.expect(page).to_have_url(f"{site.url}/requests/1")


def test_a_page_follows_what_happens_elsewhere(page: Page, site: ServedPages, sandbox: Sandbox) -> None:
    site.submit("/", "submit")
    page.goto(f"{site.url}/requests/1")
    sandbox.zendesk.people.agent_update(1, comment="They will call you today.")
    playwright.expect(page.locator("#talk")).to_contain_text("They will call you today.")


def test_what_is_being_typed_survives_what_happens_elsewhere(
    page: Page, site: ServedPages, sandbox: Sandbox
) -> None:
    site.submit("/", "submit")
    page.goto(f"{site.url}/agent/tickets/1")
    page.get_by_label("Comment", exact=True).fill("Half a sent")
    sandbox.zendesk.people.agent_update(1, comment="A note of someone else.", public=False)
    playwright.expect(page.locator("#talk")).to_contain_text("A note of someone else.")
    playwright.expect(page.get_by_label("Comment", exact=True)).to_have_value("Half a sent")


def test_a_list_fills_by_itself(page: Page, site: ServedPages) -> None:
    page.goto(f"{site.url}/agent")
    site.submit("/", "submit")
    playwright.expect(page.locator("#tickets")).to_contain_text("Escalation of assignment 3104482017")


def test_foreign_markup_runs_nothing(page: Page, site: ServedPages, sandbox: Sandbox) -> None:
    site.submit("/", "submit", description="<img src=x onerror=\"document.title='taken'\">")
    for path in ("/requests/1", "/agent/tickets/1"):
        page.goto(site.url + path)
        playwright.expect(page.locator("#talk")).to_contain_text("<img src=x onerror=")
        assert page.locator("#talk img").count() == 0
        assert "taken" not in page.title()


def test_a_macro_is_applied_and_its_text_edited_before_it_is_sent(
    page: Page, site: ServedPages, sandbox: Sandbox
) -> None:
    site.submit("/", "submit")
    page.goto(f"{site.url}/agent/tickets/1")
    page.get_by_label("Macro").select_option(label="Tier 1: assignment message")
    page.get_by_role("button", name="Apply").click()
    playwright.expect(page.get_by_label("Comment", exact=True)).to_have_value(re.compile("left a message"))
    page.get_by_label("Comment", exact=True).fill("Hello Wanda, we have asked them.")
    page.get_by_role("button", name="Submit the update").click()
    playwright.expect(page.get_by_text("The update was submitted.")).to_be_visible()
    assert sandbox.zendesk.public_comments(1)[-1] == "Hello Wanda, we have asked them."


@pytest.mark.parametrize("path", ["/", "/requests/1", "/agent", "/agent/tickets/1", "/other-side", "/mailbox"])
def test_a_small_screen_needs_no_scrolling_sideways(
    page: Page, site: ServedPages, desk: FakeDesk, path: str
) -> None:
    site.submit("/", "submit")
    desk.held["1"] = case()
    for width in SMALL_WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/", "/requests/1", "/agent/tickets/1", "/other-side/3104482017", "/mailbox"])
def test_every_input_has_a_label(page: Page, site: ServedPages, path: str) -> None:
    site.submit("/", "submit")
    page.goto(site.url + path)
    bare = "els => els.filter(el => !el.labels || !el.labels.length).map(el => el.outerHTML)"
    assert page.eval_on_selector_all("input:not([type=hidden]), select, textarea", bare) == []


def test_the_first_key_leads_past_the_frame(page: Page, site: ServedPages) -> None:
    page.goto(site.url)
    page.keyboard.press("Tab")
    playwright.expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()


def test_what_was_typed_outlives_a_moved_clock_and_lost_files_are_named(site: ServedPages, page: Page) -> None:
    page.goto(f"{site.url}/?as=wanda&try=overdue")
    page.get_by_label("Description").fill("A draft of mine.")
    page.get_by_label("Your files").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    page.get_by_role("button", name="+1 hour").click()
    playwright.expect(page.locator("#main")).to_contain_text("Choose these files again: a.jpg.")
    playwright.expect(page.get_by_label("Description")).to_have_value("A draft of mine.")
    page.get_by_role("button", name="Submit the request").click()
    playwright.expect(page.locator("#talk")).to_contain_text("A draft of mine.")
