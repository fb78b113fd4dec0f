"""A worker opens the address in a mail that a scanner has opened before them, and presses a button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parley.wiring.load_policy import load_rules
from tests.desk import Desk, beside
from tests.prepared import PUBLIC_URL

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    # Over sockets: a browser has an event loop of its own in this thread.
    made = Desk(beside(tmp_path)._replace(over_http=True), load_rules(None))
    made.app.values = replace(
        made.app.values,
        progress_secrets=("n" * 32,),
        public_url=PUBLIC_URL,
        requests_url="https://acme.test/requests",
    )
    made.zendesk.account.mails_are_scanned = True
    yield made
    made.close()


def carried_to(desk: Desk, page: Page) -> None:
    """What the browser asks of the desk's address is asked of this one."""

    def carry(route: Route) -> None:
        asked = route.request
        if not asked.url.startswith(PUBLIC_URL):
            route.abort()
            return
        kept = {name: value for name, value in asked.all_headers().items() if not name.startswith(":")}
        answer = desk.http.request(
            asked.method, asked.url, content=asked.post_data_buffer or b"", headers=kept, follow_redirects=True
        )
        headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

    page.unroute_all()
    page.route("**/*", carry)


def test_a_worker_opens_what_a_scanner_has_opened_and_asks_for_a_look(desk: Desk, blank: Page) -> None:
    _, ticket = desk.begun()
    (mail,) = [one for one in desk.zendesk.mails if "without signing in" in one.body]
    address = re.findall(rf"{PUBLIC_URL}/p/\w{{22}}", mail.body)[-1]
    scanned = [status for sent, status in desk.sandbox.outgoing.delivered if sent.url == address]
    assert scanned[:2] == [200, 200]
    carried_to(desk, blank)
    blank.goto(address)
    assert blank.locator(".turn").inner_text() == "We wait for the other side"
    assert (
        "If we hear nothing from the other side by Wed 4 Mar 2026, 10:00 EST" in blank.locator("main").inner_text()
    )
    blank.get_by_role("button", name="This is settled").click()
    assert "We are looking again now" in blank.get_by_role("status").inner_text()
    desk.live()
    assert desk.journal(ticket).count("the requester says it is settled") == 1
    assert desk.state(ticket) == "tier_1"
    assert blank.get_by_role("link", name="Open your request").get_attribute("href") == (
        f"https://acme.test/requests/{ticket}"
    )
