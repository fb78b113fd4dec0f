"""The page of one case over a desk at work: what is asked there is done, and the journal says by whom and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from starlette.applications import Starlette

from escalation.model.values import State
from parley.case_view.case_reading import CaseViews
from parley.pages.desk.one_case.case_page import OneCasePage
from parley.pages.desk.shell import DeskShell
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.ways_in import ByProxy
from store import JournalRow, Store
from sync.operator.case_requests import NotAsked, ask_close, ask_pause, ask_resume
from tests.desk import ServedApp
from tests.integration.sidebar.conftest import chromium
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Services
from tests.integration.sync.policy import policy
from tests.migrated import migrated
from tests.unit.pages.desk_visits import ADA, ORIGIN, PROXY, RITA, Browser, DeskAnswer

__all__ = ["chromium"]

AT = "/desk/cases/35"
ZONE = "America/New_York"
TICKETS = "https://acme.zendesk.com/agent/tickets"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskOnFakes]:
    """A desk whose case of ticket 35 is in tier 1."""
    services = Services()
    with Store.open(migrated(tmp_path / "parley.db"), now=services.clock) as store:
        desk = services.desk(store)
        assert desk.arrive().state is State.TIER_1
        yield desk


def shell(desk: DeskOnFakes, peer: str = PROXY) -> DeskShell:
    page = OneCasePage(CaseViews(desk.store, policy(), desk.clock), desk.store, TICKETS, ZONE)
    return DeskShell(ORIGIN, ByProxy(TrustedProxy("x-forwarded-email", [ip_network(peer)], (ADA,))), page.pages())


def browser(desk: DeskOnFakes, who: str = ADA) -> Browser:
    return Browser(shell(desk), who)


def sent(desk: DeskOnFakes, who: str = ADA, **fields: str) -> DeskAnswer:
    return browser(desk, who).post(AT, urlencode(fields))


def journal(desk: DeskOnFakes) -> list[JournalRow]:
    return desk.store.read(lambda tx: tx.journal.of_case(desk.case().id))


def asked(desk: DeskOnFakes) -> int:
    """How many rows of the inbox an operator has brought about."""
    with desk.store._read_engine.connect() as connection:
        query = "SELECT count(*) FROM inbox WHERE kind LIKE 'command.%'"
        return int(connection.exec_driver_sql(query).scalar_one())


def paused(desk: DeskOnFakes) -> DeskOnFakes:
    ask_pause(desk.store, desk.case().id, desk.clock() + timedelta(days=9), "Holidays.", "Ada", desk.clock())
    desk.work()
    assert desk.case().paused
    return desk


def test_a_pause_that_an_operator_ends_is_in_the_journal_with_their_name_and_reason(desk: DeskOnFakes) -> None:
    answer = sent(paused(desk), do="resume", reason="They are  back.")
    assert (answer.status, answer.headers["location"]) == (303, f"{AT}?asked=resume")
    desk.work()
    assert desk.case().paused is None
    assert ("resumed", "They are back.") in [(one.what, one.why) for one in journal(desk)]
    assert any(one.actor.startswith(ADA) and one.actor != ADA for one in journal(desk))
    assert "They are back." in browser(desk).get(AT).text


def test_a_pause_is_asked_for_by_the_clock_of_the_policy(desk: DeskOnFakes) -> None:
    sent(desk, do="pause", reason="Holidays.", until="2030-01-02T15:00")
    desk.work()
    paused = desk.case().paused
    assert paused is not None
    assert (paused.until.isoformat(), paused.reason) == ("2030-01-02T20:00:00+00:00", "Holidays.")


def test_the_form_of_a_pause_speaks_of_the_month_that_runs(desk: DeskOnFakes) -> None:
    assert "Nothing is sent until then; the month runs on." in browser(desk).get(AT).text


def test_a_case_that_an_operator_closes_ends_with_their_reason(desk: DeskOnFakes) -> None:
    sent(desk, do="close", reason="Agreed on the phone.")
    desk.work()
    assert desk.case().state is State.RESOLVED
    (ended,) = [one for one in journal(desk) if one.what == "tier_1 → resolved"]
    assert ended.why == "Agreed on the phone."


def test_a_form_that_is_sent_twice_asks_once(desk: DeskOnFakes) -> None:
    (once, *_) = re.findall(r'name="once" value="([0-9a-f]{16})"', browser(desk).get(AT).text)
    for _ in range(2):
        assert sent(desk, do="close", reason="Agreed.", once=once).status == 303
    assert asked(desk) == 1
    desk.work()
    assert sent(desk, do="close", reason="Agreed.", once=once).status == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "close"}, "Say why"),
        ({"do": "close", "reason": " \u202e\n "}, "Say why"),
        ({"do": "close", "reason": "x" * 501}, "at most 500"),
        ({"do": "pause", "reason": "x", "until": "2020-01-01T10:00"}, "in the past"),
        ({"do": "pause", "reason": "x", "until": "soon"}, "until when"),
        ({"do": "pause", "reason": "x", "until": "0001-01-01T00:00+14:00"}, "until when"),
        ({"do": "resume", "reason": "x"}, "not paused"),
        ({"do": "delete", "reason": "x"}, "no such button"),
        ({}, "no such button"),
    ],
)
def test_what_cannot_be_asked_is_kindly_refused_and_changes_nothing(
    desk: DeskOnFakes, fields: dict[str, str], said: str
) -> None:
    answer = sent(desk, **fields)
    assert answer.status == 400
    assert "Nothing was done." in answer.text
    assert said in answer.text
    assert asked(desk) == 0


def test_what_was_typed_stands_in_its_form_again_as_it_was_typed(desk: DeskOnFakes) -> None:
    text = sent(desk, do="pause", reason='"><script>alert(1)</script>', until="2020-01-01T10:00").text
    assert text.count('value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"') == 1
    assert 'value="2020-01-01T10:00"' in text


def test_nothing_can_be_asked_of_a_case_that_has_ended_by_page_or_command(desk: DeskOnFakes) -> None:
    case = desk.case().id
    ask_close(desk.store, case, "Ada", desk.clock())
    desk.work()
    before = asked(desk)
    assert "<form" not in browser(desk).get(AT).text.partition('id="main"')[2]
    until = desk.clock() + timedelta(days=1)
    for fields in ({"do": "close"}, {"do": "resume"}, {"do": "pause", "until": until.isoformat()}):
        assert "has ended already: it is resolved." in sent(desk, reason="x", **fields).text
    for ask in (
        lambda: ask_close(desk.store, case, "Ada", desk.clock()),
        lambda: ask_resume(desk.store, case, "Ada", desk.clock()),
        lambda: ask_pause(desk.store, case, until, "x", "Ada", desk.clock()),
    ):
        with pytest.raises(NotAsked, match="has ended already"):
            ask()
    assert asked(desk) == before


def test_a_reader_sees_the_forms_grey_with_the_reason_and_is_refused(desk: DeskOnFakes) -> None:
    text = browser(desk, RITA).get(AT).text
    forms = text[text.index('id="act"') :]
    assert 'id="why-not"' in forms
    parts = [one for one in re.findall(r"<(?:button|input)[^>]*>", forms) if "hidden" not in one]
    assert len(parts) == 5
    assert all('disabled aria-describedby="why-not"' in one for one in parts)
    assert sent(desk, RITA, do="close", reason="x").status == 403
    assert asked(desk) == 0


def test_another_site_asks_for_nothing(desk: DeskOnFakes) -> None:
    answer = browser(desk).post(AT, urlencode({"do": "close", "reason": "x"}), Sec_Fetch_Site="cross-site")
    assert (answer.status, asked(desk)) == (403, 0)


def test_of_a_ticket_without_a_case_nothing_can_be_asked(desk: DeskOnFakes) -> None:
    assert browser(desk).post("/desk/cases/36", urlencode({"do": "close", "reason": "x"})).status == 404


@pytest.fixture
def page(desk: DeskOnFakes, chromium: Chromium) -> Iterator[Page]:
    """An operator's browser, in front of a desk whose case is paused."""
    served = ServedApp(Starlette(routes=shell(paused(desk), "127.0.0.1").routes()))
    named = {"X-Forwarded-Email": ADA}
    context = chromium.new_context(base_url=f"http://127.0.0.1:{served.port}", extra_http_headers=named)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
    served.stop()


@pytest.mark.browser
def test_an_operator_reads_the_line_of_time_and_resumes_with_a_reason(desk: DeskOnFakes, page: Page) -> None:
    page.goto(AT)
    titles = page.locator("svg title").all_text_contents()
    assert [one.partition(".")[0] for one in titles][:3] == ["checking", "tier 1", "tier 2"]
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('svg').getBoundingClientRect().width") > 300
        assert Axe().run(page).response["violations"] == []
    resume = page.get_by_role("form", name="Resume")
    resume.get_by_label("Why").fill("They are back.")
    resume.get_by_role("button").click()
    page.get_by_role("status").wait_for()
    desk.work()
    page.reload()
    assert "They are back." in page.locator("#live").inner_text()
    assert page.get_by_role("form", name="Resume").count() == 0
