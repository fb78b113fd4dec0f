"""One Chromium and one page for a module; it asks for a requester's page, and nothing else may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from parley.pages.requester.page_html import About
from tests.integration.requester_pages.examples import ADDRESS, answer
from tests.integration.sidebar.conftest import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

__all__ = ["chromium"]
OpenExample = Callable[..., "Page"]


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(timezone_id="America/New_York", locale="en-US")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def open_example(blank: Page) -> Iterator[OpenExample]:
    """Opens an example as the desk would answer: `open_example("tier_2", "pseudo", scheme="dark", width=320)`."""
    complaints: list[str] = []
    strayed: list[str] = []

    def listen(line: object) -> None:
        complaints.append(str(getattr(line, "text", line)))

    def build(
        name: str, language: str = "en", *, scheme: str = "light", width: int = 390, pressed: About | None = None
    ) -> Page:
        made = answer(name, language, pressed=pressed)

        def serve(route: Route) -> None:
            if route.request.url != ADDRESS:
                strayed.append(route.request.url)
                route.abort()
                return
            route.fulfill(status=made.status_code, headers=dict(made.headers), body=bytes(made.body))

        blank.unroute_all()
        blank.route("**/*", serve)
        blank.emulate_media(color_scheme=scheme, media="screen")  # type: ignore[arg-type]
        blank.set_viewport_size({"width": width, "height": 900})
        blank.goto(ADDRESS)
        return blank

    blank.on("console", listen)
    blank.on("pageerror", listen)
    yield build
    blank.remove_listener("console", listen)
    blank.remove_listener("pageerror", listen)
    assert strayed == []
    assert [one for one in complaints if "404" not in one] == []
