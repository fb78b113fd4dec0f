"""One Chromium for the sidebar's tests; each has a ticket's page of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.integration.sidebar.fake_host import FakeHost

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: make install")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ZONE = "America/New_York"


@pytest.fixture(scope="session")
def sidebar_browser() -> Iterator[BrowserContext]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the PATH: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile, playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=FLAGS, timezone_id=ZONE, locale="en-US"
        )
        context.set_default_timeout(15_000)
        yield context
        context.close()


@pytest.fixture
def host(sidebar_browser: BrowserContext) -> Iterator[FakeHost]:
    """A page whose console stays silent, and which asks nobody but Zendesk."""
    page = sidebar_browser.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    made = FakeHost(page)
    made.serve(sidebar_browser)
    yield made
    sidebar_browser.unroute_all()
    page.close()
    assert complaints == []
    assert made.strayed == []
