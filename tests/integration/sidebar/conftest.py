"""One Chromium and one ticket's page for a module of the sidebar's tests; each opens the app in it anew.

While Playwright runs, its event loop counts as running in this thread, so it ends with the module.
"""

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
# Else each frame of another origin is a process of its own, begun and ended with each test.
FLAGS += ["--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process"]
ZONE = "America/New_York"


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def sidebar_browser(chromium: Browser) -> Iterator[BrowserContext]:
    context = _context(chromium)
    yield context
    context.close()


@contextmanager
def _page(context: BrowserContext, *, timed: bool = False) -> Iterator[FakeHost]:
    page = context.new_page()
    if timed:
        page.clock.install()
    made = FakeHost(page)
    made.serve(context)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("console", lambda line: made.complaints.append(line.text) if line.type == "error" else None)
    yield made
    context.unroute_all()


def _silent(made: FakeHost) -> Iterator[FakeHost]:
    """A page whose console stays silent, and which asks nobody but Zendesk."""
    made.forget()
    yield made
    assert made.complaints == []
    assert made.strayed == []


@pytest.fixture(scope="module")
def ticket_page(sidebar_browser: BrowserContext) -> Iterator[FakeHost]:
    with _page(sidebar_browser) as made:
        yield made


@pytest.fixture(scope="module")
def timed_page(chromium: Browser) -> Iterator[FakeHost]:
    context = _context(chromium)
    with _page(context, timed=True) as made:
        yield made
    context.close()


@pytest.fixture
def host(ticket_page: FakeHost) -> Iterator[FakeHost]:
    yield from _silent(ticket_page)


@pytest.fixture
def timed_host(timed_page: FakeHost) -> Iterator[FakeHost]:
    """One whose time a test moves: `page.clock`, which is its whole context's."""
    yield from _silent(timed_page)
