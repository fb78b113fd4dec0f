"""What all pages share: the clock, foreign text shown as text, other sites' forms, and the version."""

from datetime import timedelta

import pytest

from sandbox import MovableClock, Sandbox
from sandbox.pages import DoneByDesk
from sandbox.zendesk.behaviour import conversations
from tests.integration.pages.served_pages import FakeDesk, ServedPages, case

PAGES = (
    "/",
    "/?as=dana",
    "/requests/1",
    "/agent",
    "/agent/tickets/1",
    "/other-side",
    "/other-side/3104482017",
    "/mailbox",
    "/mailbox?ticket=1",
)
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)> {{ 7*7 }} javascript:alert(1)'


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_with_the_time_and_one_main_heading(site: ServedPages, path: str) -> None:
    site.submit("/", "submit")
    page = site.get(path)
    assert page.status_code == 200
    assert "Mon 2 Mar 2026, 10:00 EST" in page.text
    assert page.text.count("<h1") == 1
    assert '<html lang="en">' in page.text


@pytest.mark.parametrize("path", ["/nowhere", "/agent/tickets/99", "/agent/tickets/x", "/other-side/none"])
def test_what_does_not_exist_is_a_kind_404(site: ServedPages, path: str) -> None:
    page = site.get(path)
    assert page.status_code == 404
    assert "Back to the help center" in page.text


@pytest.mark.parametrize(
    ("by", "span"), [("hour", timedelta(hours=1)), ("day", timedelta(days=1)), ("week", timedelta(weeks=1))]
)
def test_the_clock_moves_by_a_span(site: ServedPages, desk: FakeDesk, by: str, span: timedelta) -> None:
    site.post("/clock", do="move", by=by, back="/agent")
    assert desk.moves == [span]


def test_moving_the_clock_leads_back_to_where_one_was(site: ServedPages) -> None:
    answer = site.post("/clock", do="move", by="week", back="/mailbox?ticket=1")
    assert answer.url.path == "/mailbox"
    assert answer.url.params["ticket"] == "1"
    assert "Mon 9 Mar 2026, 11:00 EDT" in answer.text


def test_the_clock_goes_to_the_next_deadline(site: ServedPages, desk: FakeDesk, clock: MovableClock) -> None:
    desk.held["1"] = case()
    answer = site.post("/clock", do="move", by="deadline", back="/")
    assert "Wed 4 Mar 2026, 10:00 EST" in answer.text


def test_without_a_deadline_the_page_says_that_nothing_is_waited_for(site: ServedPages) -> None:
    assert "No open case is waiting" in site.post("/clock", do="move", by="deadline", back="/").text


@pytest.mark.parametrize(
    "back", ["https://example.com/", "//example.com", "/\\example.com", "javascript:alert(1)", "/a\r\nX: 1"]
)
def test_the_clock_never_leads_to_another_site(site: ServedPages, back: str) -> None:
    answer = site.http.post("/clock", data={"do": "move", "by": "hour", "back": back}, follow_redirects=False)
    assert answer.headers["location"].startswith("/?")


def test_an_unknown_move_leaves_the_clock_alone(site: ServedPages, desk: FakeDesk) -> None:
    assert site.post("/clock", do="move", by="year", back="/").status_code == 422
    assert desk.moves == []


def test_foreign_text_is_shown_as_text_everywhere(site: ServedPages, sandbox: Sandbox, desk: FakeDesk) -> None:
    site.submit("/", "submit", description=HOSTILE, outcome=HOSTILE)
    sandbox.workmarket.message("3104482017", "Owen Clarke", HOSTILE)
    sandbox.zendesk.account.users[sandbox.zendesk.ticket(1)["requester_id"]].name = HOSTILE
    message = {"subject": HOSTILE, "to": [{"email": "pm@example.com", "name": HOSTILE}], "body": HOSTILE}
    conversations.start(sandbox.zendesk.engine, 1, {"message": message}, sandbox.zendesk.account.admin)
    sandbox.zendesk.people.agent_update(1, comment="Seen.")
    told = [{"at": "2026-03-02T15:00:00Z", "actor": HOSTILE, "what": HOSTILE, "why": HOSTILE}]
    desk.held["1"] = case(journal=told)
    for path in PAGES:
        page = site.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert 'href="javascript:' not in page, path
        assert " 49 " not in page, path


def test_what_was_typed_into_a_refused_form_is_shown_as_text(site: ServedPages) -> None:
    answer = site.submit("/", "submit", assignment_id='"><script>alert(1)</script>', description=HOSTILE)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_newlines_of_a_comment_are_kept(site: ServedPages) -> None:
    site.submit("/", "submit", description="First line\nsecond line\n\nNew paragraph")
    assert "First line\nsecond line\n\nNew paragraph" in site.get("/requests/1").text


def test_pages_allow_no_script_but_their_own(site: ServedPages) -> None:
    for path in PAGES[:2]:
        policy = site.get(path).headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_no_page_asks_another_host_for_anything(site: ServedPages) -> None:
    site.submit("/", "submit")
    for path in PAGES:
        page = site.get(path).text
        assert 'src="http' not in page
        assert '<link rel="stylesheet" href="/static/pages.css">' in page
        assert " onclick" not in page


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://example.com"}, {"origin": "null"}]
)
def test_a_form_that_another_site_sends_does_nothing(
    site: ServedPages, desk: FakeDesk, headers: dict[str, str]
) -> None:
    form = {"do": "move", "by": "week", "back": "/"}
    answer = site.http.post("/clock", data=form, headers=headers)
    assert answer.status_code == 403
    assert desk.moves == []


def test_our_own_forms_are_let_through(site: ServedPages, desk: FakeDesk) -> None:
    form = {"do": "move", "by": "week", "back": "/"}
    site.http.post("/clock", data=form, headers={"origin": site.url})
    site.http.post("/clock", data=form, headers={"sec-fetch-site": "same-origin", "origin": site.url})
    assert len(desk.moves) == 2


def version(site: ServedPages, path: str = "/version") -> str:
    return str(site.get(path).json()["version"])


def test_the_version_stays_while_nothing_happens(site: ServedPages) -> None:
    assert version(site) == version(site)


def test_the_version_changes_with_tickets_assignments_cases_and_time(
    site: ServedPages, sandbox: Sandbox, desk: FakeDesk
) -> None:
    seen = {version(site)}
    site.submit("/", "submit")
    seen.add(version(site))
    sandbox.workmarket.message("3104482017", "owner", "Hello.")
    seen.add(version(site))
    desk.held["1"] = case()
    seen.add(version(site))
    desk.move(timedelta(minutes=1))
    seen.add(version(site))
    assert len(seen) == 5


def test_the_version_of_a_ticket_changes_with_its_journal(site: ServedPages, desk: FakeDesk) -> None:
    desk.held["1"] = case()
    before = version(site, "/version?ticket=1")
    desk.held["1"] = case(journal=[])
    assert version(site, "/version?ticket=1") != before


def test_a_button_that_no_page_has_is_refused(site: ServedPages) -> None:
    answer = site.post("/", do="explode")
    assert answer.status_code == 422
    assert "does not know that button" in answer.text


def test_what_a_moved_clock_did_is_listed_and_folded_after_ten(site: ServedPages, desk: FakeDesk) -> None:
    before: DoneByDesk = {"at": desk.now() - timedelta(hours=1), "ticket_id": "9", "what": "before", "why": ""}
    desk.done.append(before)
    desk.done.extend(
        {"at": desk.now() + timedelta(minutes=one), "ticket_id": "1", "what": f"tier_1 to {one}", "why": ""}
        for one in range(12)
    )
    page = site.post("/clock", do="move", by="day", back="/agent").text
    listed = page.partition('<ol class="moved">')[2]
    assert "Tier 1 to 0</li>" in listed
    assert "before" not in listed
    assert '<details class="more" id="moved-more"><summary>2 more</summary>' in listed
    assert 'class="moved"' not in site.get("/agent?since=nonsense&done=moved").text
