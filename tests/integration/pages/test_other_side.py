"""The other side's pages: assignments, their messages, what can be done with them, and the mailbox."""

import re

from sandbox import Sandbox
from sandbox.zendesk.behaviour import conversations
from tests.integration.pages.served_pages import ServedPages

OVERDUE = "/other-side/3104482017"


def written_to(sandbox: Sandbox, ticket_id: int = 1) -> str:
    """The desk writes to the project manager; returns the side conversation."""
    message = {
        "subject": "About assignment 3104482017",
        "to": [{"email": "sally.moreno@harbor-retail.example", "name": "Sally Moreno"}],
        "body": "Could you give us an update?",
    }
    started = conversations.start(
        sandbox.zendesk.engine, ticket_id, {"message": message}, sandbox.zendesk.account.admin
    )
    return started.id


def steps(page: str) -> list[str]:
    return re.findall(r'name="step" value="(\w+)"', page)


def test_every_seeded_assignment_is_listed_and_has_a_page(site: ServedPages, sandbox: Sandbox) -> None:
    page = site.get("/other-side").text
    for assignment_id in sandbox.workmarket.assignments:
        assert f'href="/other-side/{assignment_id}"' in page
        assert site.get(f"/other-side/{assignment_id}").status_code == 200


def test_the_owner_answers_on_the_assignment(site: ServedPages, sandbox: Sandbox) -> None:
    page = site.submit(OVERDUE, "message", author="owner", text="I will look at it today.").text
    assert "I will look at it today." in page
    assert sandbox.workmarket.notes("3104482017")[-1].author == "Owen Clarke"


def test_the_worker_and_the_support_contact_can_write_too(site: ServedPages, sandbox: Sandbox) -> None:
    site.submit(OVERDUE, "message", author="worker", text="Thank you.")
    site.submit(OVERDUE, "message", author="support", text="Gladly.")
    authors = [note.author for note in sandbox.workmarket.notes("3104482017")]
    assert authors[-2:] == ["Wanda Worker", "Sally Moreno"]


def test_an_empty_message_is_not_posted(site: ServedPages, sandbox: Sandbox) -> None:
    before = len(sandbox.workmarket.notes("3104482017"))
    answer = site.submit(OVERDUE, "message", author="owner", text=" ")
    assert answer.status_code == 422
    assert len(sandbox.workmarket.notes("3104482017")) == before


def test_nobody_else_can_write_there(site: ServedPages) -> None:
    answer = site.submit(OVERDUE, "message", author="Ivy Integration", text="Hello.")
    assert answer.status_code == 422
    assert "Choose who writes" in answer.text


def test_an_assignment_is_approved_and_then_paid(site: ServedPages, sandbox: Sandbox) -> None:
    assert steps(site.get(OVERDUE).text) == ["approve", "send_back", "cancel", "hide"]
    approved = site.post(OVERDUE, do="step", step="approve")
    assert "Invoiced" in approved.text
    site.post(OVERDUE, do="step", step="pay")
    assert sandbox.workmarket.assignments["3104482017"].status == "paid"


def test_a_step_that_is_no_longer_possible_is_refused(site: ServedPages, sandbox: Sandbox) -> None:
    answer = site.post(OVERDUE, do="step", step="pay")
    assert answer.status_code == 422
    assert "has moved on" in answer.text
    assert sandbox.workmarket.assignments["3104482017"].status == "complete"


def test_an_assignment_is_hidden_from_the_integration_and_shown_again(site: ServedPages, sandbox: Sandbox) -> None:
    site.post(OVERDUE, do="step", step="hide")
    assert not sandbox.workmarket.assignments["3104482017"].visible
    assert "show" in steps(site.get(OVERDUE).text)
    site.post(OVERDUE, do="step", step="show")
    assert sandbox.workmarket.assignments["3104482017"].visible


def test_an_assignment_leads_to_its_ticket_and_back(site: ServedPages) -> None:
    site.submit("/", "submit")
    assert 'href="/agent/tickets/1"' in site.get(OVERDUE).text
    assert f'href="{OVERDUE}"' in site.get("/agent/tickets/1").text
    assert f'href="{OVERDUE}"' in site.get("/requests/1").text


def test_a_number_that_is_no_assignment_leads_nowhere(site: ServedPages) -> None:
    site.submit("/?try=wrong_number", "submit")
    assert "/other-side/3104499999" not in site.get("/agent/tickets/1").text
    assert site.get("/other-side/3104499999").status_code == 404


def test_the_project_manager_reads_and_answers_an_e_mail(site: ServedPages, sandbox: Sandbox) -> None:
    site.submit("/", "submit")
    written_to(sandbox)
    assert "Could you give us an update?" in site.get("/mailbox").text
    page = site.submit("/mailbox", "reply", text="We are on it.").text
    assert "We are on it." in page
    event = sandbox.zendesk.conversations(1)[0]["events"][-1]
    assert event["actor"]["email"] == "sally.moreno@harbor-retail.example"


def test_the_mailbox_of_one_ticket_leaves_out_the_others(site: ServedPages, sandbox: Sandbox) -> None:
    site.submit("/", "submit")
    site.submit("/?try=past_due", "submit")
    written_to(sandbox, 2)
    assert "Could you give us an update?" not in site.get("/mailbox?ticket=1").text
    assert "Could you give us an update?" in site.get("/mailbox?ticket=2").text


def test_only_someone_who_was_written_to_can_reply(site: ServedPages, sandbox: Sandbox) -> None:
    site.submit("/", "submit")
    written_to(sandbox)
    answer = site.submit("/mailbox", "reply", sender="mallory@example.com", text="Hello.")
    assert answer.status_code == 422
    assert len(sandbox.zendesk.conversations(1)[0]["events"]) == 1


def test_a_client_company_is_switched_down_and_up_again_where_there_are_several(
    site: ServedPages, sandbox: Sandbox
) -> None:
    assert "Client companies" not in site.get("/other-side").text
    harbor = sandbox.workmarket.add_company("harbor")
    sandbox.workmarket.add_company("northwind")
    assert (
        "answers that company with an error"
        in site.submit("/other-side", "company", company="harbor", to="down").text
    )
    assert harbor.trouble is not None
    assert "Harbor Retail" in site.get("/other-side").text
    assert sandbox.workmarket.companies["northwind"].trouble is None
    site.submit("/other-side", "company", company="harbor", to="up")
    assert harbor.trouble is None
    assert site.submit("/other-side", "company", company="nobody", to="down").status_code == 422
