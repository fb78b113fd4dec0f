"""The report in Chromium: everybody can read it, it is no wider than a phone, and a week is one printed page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.integration.pages.pictured_report import pictured_report
from tests.integration.sidebar.conftest import chromium

__all__ = ["chromium"]
pytestmark = pytest.mark.browser


@contextmanager
def shown(browser: Browser, *, scheme: str = "light", foreign: bool = False) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 320, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(pictured_report(foreign=foreign))
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_the_report(chromium: Browser, scheme: str) -> None:
    with shown(chromium, scheme=scheme) as page:
        assert Axe().run(page).response["violations"] == []


def test_it_is_no_wider_than_a_phone_whatever_companies_are_called(chromium: Browser) -> None:
    with shown(chromium, foreign=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_week_is_one_printed_page(chromium: Browser) -> None:
    with shown(chromium) as page:
        printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
