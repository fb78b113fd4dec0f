"""The desk's pages in Chromium: read anew while somebody looks, left alone while they write, open to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from jinja2 import DictLoader
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette

from parley.pages.desk.shell import DeskPage, DeskShell, DeskVisit
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.ways_in import ByProxy
from tests.desk import ServedApp
from tests.integration.sidebar.conftest import chromium

__all__ = ["chromium"]

pytestmark = pytest.mark.browser
SEEN = "htmx.trigger('#live', 'parley:seen')"
COUNTS = "window.sent = 0; document.addEventListener('htmx:beforeSend', () => { window.sent += 1 })"
UNFOLDED = "document.querySelector('#live').insertAdjacentHTML('beforeend', '<details open>x</details>')"
FIELD = "document.querySelector('#live').insertAdjacentHTML('beforeend', '<input aria-label=Why>')"


def made_anew() -> DeskShell:
    """A page that says how often it was made, with one form of an operator's."""
    times = count(1)

    def show(visit: DeskVisit) -> Any:
        return visit.page("desk_live_example.html", title="Cases", times=next(times), live=True)

    way = ByProxy(TrustedProxy("x-forwarded-email", [ip_network("127.0.0.1")], ()))
    shell = DeskShell("http://127.0.0.1", way, [DeskPage("/cases", show, name="Cases", about="Every case.")])
    example = "{% extends 'desk.html' %}{% block live %}<p id='times'>made {{ times }} times</p>{% endblock %}"
    loaders: Any = shell._look._templates.loader
    loaders.loaders.append(DictLoader({"desk_live_example.html": example}))
    return shell


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    served = ServedApp(Starlette(routes=made_anew().routes()))
    named = {"X-Forwarded-Email": "ada@example.com"}
    context = chromium.new_context(base_url=f"http://127.0.0.1:{served.port}", extra_http_headers=named)
    yield context.new_page()
    context.close()
    served.leave()


def test_what_is_alive_is_read_anew_and_not_while_somebody_is_at_something_in_it(page: Page) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/desk/cases")
    before = page.inner_text("#times")
    page.evaluate(COUNTS)
    with page.expect_response("**/desk/cases"):
        page.evaluate(SEEN)
    page.wait_for_function("text => document.querySelector('#times').textContent !== text", arg=before)
    assert page.evaluate("window.sent") == 1
    page.evaluate(FIELD)
    page.get_by_label("Why").fill("Over the phone")
    page.evaluate(SEEN)
    page.evaluate("document.querySelector('input').remove()")
    page.evaluate(UNFOLDED)
    page.evaluate(SEEN)
    page.evaluate("document.querySelector('details').remove()")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    page.evaluate(SEEN)
    assert (page.evaluate("window.sent"), wrong) == (1, [])


def test_the_frame_of_the_pages_can_be_used_by_everybody(page: Page) -> None:
    for path in ("/desk", "/desk/cases", "/desk/nothing"):
        page.goto(path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
        assert Axe().run(page).response["violations"] == []
