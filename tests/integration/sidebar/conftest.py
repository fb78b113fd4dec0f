"""One Chromium for the sidebar's tests; each has a ticket's page of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.integration.sidebar.fake_host import FakeHost

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make install")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ZONE = "America/New_York"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the PATH: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


def _context(browser: Browser) -> BrowserContext:
    context = browser.new_context(timezone_id=ZONE, locale="en-US")
    context.set_default_timeout(15_000)
    return context


@pytest.fixture(scope="session")
def sidebar_browser(chromium: Browser) -> Iterator[BrowserContext]:
    context = _context(chromium)
    yield context
    context.close()


@contextmanager
def _host(context: BrowserContext, *, timed: bool) -> Iterator[FakeHost]:
    """A page whose console stays silent, and which asks nobody but Zendesk."""
    page = context.new_page()
    if timed:
        page.clock.install()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    made = FakeHost(page)
    made.serve(context)
    yield made
    context.unroute_all()
    page.close()
    assert complaints == []
    assert made.strayed == []


@pytest.fixture
def host(sidebar_browser: BrowserContext) -> Iterator[FakeHost]:
    with _host(sidebar_browser, timed=False) as made:
        yield made


@pytest.fixture
def timed_host(chromium: Browser) -> Iterator[FakeHost]:
    """One whose time a test moves: `page.clock`, which is its whole context's."""
    context = _context(chromium)
    with _host(context, timed=True) as made:
        yield made
    context.close()
