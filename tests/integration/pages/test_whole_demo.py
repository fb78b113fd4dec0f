"""The whole demo, without script: files go each way, and the clock to what was just submitted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest

from tests.integration.pages.served_pages import ServedPages, served_demo
from tests.patience import PATIENCE_S

TICKET, ASSIGNMENT = "/agent/tickets/2", "/other-side/3104482017"
TAG = "escalation_post_to_assignment"
LOOK_EVERY_S = 0.2


@pytest.fixture
def demo() -> Iterator[ServedPages]:
    with served_demo() as running:
        yield running


def seen(demo: ServedPages, path: str, words: str) -> str:
    """The page, once it has the words: the desk works meanwhile, in real time."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / LOOK_EVERY_S)):
        page = demo.get(path).text
        if words in page:
            return page
        pause.wait(LOOK_EVERY_S)
    raise AssertionError(f"{path} never had: {words}")


def test_a_file_goes_each_way_and_an_infected_one_to_a_person_and_nowhere_else(demo: ServedPages) -> None:
    demo.submit("/", "submit", [("rack.jpg", b"\xff\xd8 rack")])
    page = seen(demo, TICKET, "rack.jpg")
    again = re.findall(r'name="again" value="(\d+)"', page)
    demo.submit(TICKET, "update", comment="What she sent.", again=again, tags=[TAG], sample="infected")
    page = seen(demo, TICKET, "malware was found in it. It goes nowhere.")
    page = seen(demo, ASSIGNMENT, "Sent by the WorkMarket escalations desk.")
    (came,) = re.findall(r'<a href="([^"]*/files/[^"]+)"><bdi>rack.jpg', page)
    assert demo.get(came).content == b"\xff\xd8 rack"
    assert "parking-receipt.pdf" not in page.partition('id="talk"')[2].partition("<form")[0]

    demo.submit(ASSIGNMENT, "message", [("order.pdf", b"%PDF order")], author="owner", text="Here is ours.")
    page = seen(demo, TICKET, "A new file is on the assignment: order.pdf.")
    (came,) = re.findall(r'<a href="([^"]*/files/[^"]+)"><bdi>order.pdf', page)
    assert demo.get(came).content == b"%PDF order"
    assert "order.pdf" not in demo.get("/requests/2").text


def test_the_clock_goes_to_the_next_deadline_and_requester_and_operators_have_a_page(demo: ServedPages) -> None:
    demo.submit("/", "submit")
    answer = demo.post("/clock", do="move", by="deadline", back=TICKET)
    assert "The clock was moved" in answer.text
    assert "Tier 2: direct contact</span>" in answer.text
    link = re.search(r'href="[^"]*(/p/\w{22})"', seen(demo, "/requests/2", "without signing in"))
    assert link is not None
    assert '<a href="/desk">The desk</a>' in answer.text
    assert "Sign in with Zendesk" in demo.get("/desk").text
    assert "We are trying to reach the other side." in demo.get(link[1]).text


def test_a_team_lead_has_a_report_of_the_demos_own_cases_by_its_moved_clock(demo: ServedPages) -> None:
    assert "There is no case yet" in demo.get("/reports").text
    demo.submit("/", "submit")
    answer = demo.post("/clock", do="move", by="week", back="/reports")
    assert '<a href="/reports" aria-current="page">Reports</a>' in answer.text
    assert 'href="/reports/last-week"' in answer.text
    report = demo.get("/reports/last-week")
    assert "Escalations: Week" in report.text
    assert "Nothing happened" not in report.text
    assert "style-src 'unsafe-inline'" in report.headers["Content-Security-Policy"]
    assert "This month is not over yet." in demo.get("/reports/this-month").text


def test_a_request_whose_webhook_got_lost_is_found_once_the_clock_has_moved(demo: ServedPages) -> None:
    assert "no case" in demo.get("/agent/tickets/1").text.lower()
    demo.post("/clock", do="move", by="hour", back="/agent")
    assert "Tier 1: assignment message" in demo.get("/agent/tickets/1").text
