"""The requester's pages: a request is submitted, read, answered and marked as solved."""

import re

from sandbox import MovableClock, Sandbox
from sandbox.pages import create_pages
from sandbox.pages.scenarios import SCENARIOS
from tests.integration.pages.served_pages import FakeDesk, ServedPages, form_on


def submitted(site: ServedPages, **typed: object) -> str:
    """Submit what the help center suggests; returns the path of the request."""
    return str(site.submit("/", "submit", **typed).url.path)


def test_the_help_center_suggests_the_overdue_assignment(site: ServedPages) -> None:
    form = form_on(site.get("/").text, "submit")
    assert form["assignment_id"] == ["3104482017"]
    assert form["reason"] == ["approval_overdue"]


def test_every_situation_can_be_chosen_and_submitted(site: ServedPages) -> None:
    for row in SCENARIOS:
        answer = site.submit(f"/?as={row.person}&try={row.key}", "submit")
        assert answer.status_code == 200, (row.key, answer.text)
        assert row.assignment_id in answer.text


def test_a_submitted_request_appears_in_the_list(site: ServedPages) -> None:
    path = submitted(site)
    page = site.get("/").text
    assert f'href="{path}"' in page
    assert "Escalation of assignment 3104482017" in page


def test_a_request_is_answered_with_a_redirect(site: ServedPages) -> None:
    answer = site.submit("/", "submit")
    assert [hop.status_code for hop in answer.history] == [303]
    assert "Your request is in" in answer.text


def test_a_request_of_someone_else_is_not_in_the_list(site: ServedPages) -> None:
    submitted(site)
    assert "Escalation of assignment" not in site.get("/?as=marcus").text


def test_a_refused_request_keeps_what_was_typed_and_says_why(site: ServedPages) -> None:
    answer = site.submit("/", "submit", assignment_id="twelve", description="Nobody answers me.")
    assert answer.status_code == 422
    assert "WorkMarket assignment ID" in answer.text
    assert "“twelve” is not a number as it stands" in answer.text
    assert form_on(answer.text, "submit")["description"] == ["Nobody answers me."]


def test_a_request_without_a_description_is_asked_for_one(site: ServedPages) -> None:
    answer = site.submit("/", "submit", description="   ")
    assert answer.status_code == 422
    assert "Please describe what happened" in answer.text


def test_the_requester_reads_the_status_in_plain_words(site: ServedPages, sandbox: Sandbox) -> None:
    path = submitted(site)
    sandbox.zendesk.people.agent_update(1, status="Tier 1: assignment message")
    page = site.get(path).text
    assert "First step: on the assignment" in page
    assert "Tier 1" not in page


def test_the_requester_never_sees_an_internal_note(site: ServedPages, sandbox: Sandbox) -> None:
    path = submitted(site)
    sandbox.zendesk.people.agent_update(1, comment="Between us agents.", public=False)
    assert "Between us agents." not in site.get(path).text


def test_a_reply_appears_in_the_conversation(site: ServedPages, sandbox: Sandbox) -> None:
    path = submitted(site)
    page = site.submit(path, "reply", text="Is there any news?").text
    assert "Is there any news?" in page
    assert sandbox.zendesk.public_comments(1)[-1] == "Is there any news?"


def test_a_reply_to_a_closed_request_leads_to_its_follow_up(site: ServedPages, sandbox: Sandbox) -> None:
    path = submitted(site)
    sandbox.zendesk.people.solve(1)
    sandbox.zendesk.people.close(1)
    answer = site.submit(path, "reply", text="It has come up again.")
    assert answer.url.path == "/requests/2"
    assert "follows" in answer.text


def test_a_request_that_is_assigned_can_be_marked_as_solved(site: ServedPages, sandbox: Sandbox) -> None:
    path = submitted(site)
    sandbox.zendesk.people.agent_update(1, assignee="Ada Agent")
    site.submit(path, "solve")
    assert sandbox.zendesk.ticket(1)["status"] == "solved"


def test_a_request_that_is_nobodys_says_when_it_can_be_marked_as_solved(site: ServedPages) -> None:
    page = site.get(submitted(site)).text
    assert "once an agent is assigned" in page


def test_a_request_that_does_not_exist_is_a_kind_404(site: ServedPages) -> None:
    answer = site.get("/requests/77")
    assert answer.status_code == 404
    assert "does not exist" in answer.text


def test_the_help_center_without_an_account_says_what_is_missing() -> None:
    clock = MovableClock()
    bare = ServedPages(create_pages(Sandbox(clock), FakeDesk(clock))).start()
    try:
        page = bare.get("/")
        assert page.status_code == 200
        assert "parley zendesk apply" in page.text
    finally:
        bare.stop()


def test_all_that_is_wrong_with_a_request_is_said_at_once_and_each_at_its_field(site: ServedPages) -> None:
    answer = site.submit("/", "submit", assignment_id="the one in Newark", description=" ")
    assert answer.status_code == 422
    assert "2 fields need another look" in answer.text
    number = re.search(r'<input id="assignment_id"[^>]*>', answer.text)
    assert number is not None
    assert 'aria-describedby="assignment_id-fault assignment_id-hint" aria-invalid="true"' in number[0]
    assert re.search(r'<p class="fault" id="assignment_id-fault">“the one in Newark” is not a number', answer.text)
    assert re.search(r'<textarea id="description"[^>]* aria-describedby="description-fault"', answer.text)
    assert "Please describe what happened" in answer.text
    assert "aria-invalid" not in site.get("/").text


def test_a_number_is_taken_as_people_paste_it(site: ServedPages) -> None:
    answer = site.submit("/", "submit", assignment_id=" #3104482017 ")
    assert answer.status_code == 200
    assert '<a class="to-other" href="/other-side/3104482017"' in answer.text


def test_a_name_that_turns_the_writing_round_turns_nothing_beside_it(site: ServedPages, sandbox: Sandbox) -> None:
    ticket = sandbox.zendesk.people.submit_request(
        "eve@example.com", "\u202eevE", "3104482017", "worker", None, "Hi."
    )
    for path in ("/agent", f"/agent/tickets/{ticket}", f"/requests/{ticket}"):
        assert "<bdi>\u202eevE</bdi>" in site.get(path).text


def test_only_what_is_settled_is_green(site: ServedPages, sandbox: Sandbox) -> None:
    people = sandbox.zendesk.people
    for label, pill in (("Resolved", "solved"), ("Not eligible", "closed"), ("Closed: off platform", "closed")):
        ticket = people.submit_request("eve@example.com", "Eve", "3104482017", "worker", None, "Hi.")
        people.agent_update(ticket, status=label)
        assert f'<span class="pill pill-{pill}">' in site.get(f"/requests/{ticket}").text
        assert f'<span class="pill pill-{pill}">{label}</span>' in site.get(f"/agent/tickets/{ticket}").text


def test_what_is_longer_than_ten_is_folded(site: ServedPages, sandbox: Sandbox) -> None:
    for _ in range(11):
        sandbox.zendesk.people.submit_request("wanda@example.com", "Wanda", "3104482017", "worker", None, "Hi.")
    assert '<details class="more" id="more-mine"><summary>1 more</summary>' in site.get("/").text
    assert '<details class="more in-flush" id="more-open"><summary>1 more</summary>' in site.get("/agent").text
    assert 'id="more-assignments"' in site.get("/other-side").text
