"""Requesters and agents, as they act through the stand-in's pages or a test."""

import threading

import pytest

from sandbox import Sandbox
from sandbox.zendesk.records.errors import ApiError
from tests.integration.sandbox.conftest import Api, make_ticket
from tests.integration.sandbox.set_up import SetUp, set_up


@pytest.fixture
def made(zd: Api) -> SetUp:
    return set_up(zd)


def _submit(box: Sandbox, **more: object) -> int:
    given = {
        "reason": "approval_overdue",
        "description": "Not approved for weeks.",
        "attempts": ["message", "phone"],
    }
    return box.zendesk.people.submit_request("wanda@example.com", "Wanda Worker", "3000000017", **{**given, **more})  # type: ignore[arg-type]


def test_a_request_goes_through_the_form(box: Sandbox, made: SetUp) -> None:
    ticket = box.zendesk.ticket(_submit(box, outcome="An answer"))
    assert ticket["ticket_form_id"] == made.form
    assert ticket["by_title"]["WorkMarket assignment ID"] == "3000000017"
    assert ticket["by_title"]["I am the"] == "escalation_party_worker"
    assert ticket["by_title"]["How did you try to reach them?"] == [
        "escalation_attempt_message",
        "escalation_attempt_phone",
    ]
    assert ticket["by_title"]["Outcome you hope for"] == "An answer"
    assert ticket["via"]["channel"] == "web"
    assert "escalation_reason_approval_overdue" in ticket["tags"]


def test_a_requester_is_verified_or_not(box: Sandbox, zd: Api, made: SetUp) -> None:
    ticket = box.zendesk.ticket(_submit(box, verified=False))
    assert zd.get(f"users/{ticket['requester_id']}.json")["user"]["verified"] is False


def test_the_form_insists_on_its_required_field(box: Sandbox, made: SetUp) -> None:
    with pytest.raises(ApiError, match="WorkMarket assignment ID: cannot be blank"):
        box.zendesk.people.submit_request("wanda@example.com", "Wanda", None)


def test_without_the_form_there_is_nothing_to_fill_in(box: Sandbox) -> None:
    with pytest.raises(LookupError, match="no form"):
        _submit(box)


def test_a_requester_can_mark_it_solved_once_an_agent_has_it(box: Sandbox, made: SetUp) -> None:
    ticket = _submit(box)
    with pytest.raises(ApiError):
        box.zendesk.people.mark_solved(ticket)
    box.zendesk.people.agent_update(ticket, assignee="Ada Agent")
    box.zendesk.people.mark_solved(ticket)
    assert box.zendesk.status_label(ticket) == "Solved"


def test_an_agents_update_is_one_update(box: Sandbox, made: SetUp) -> None:
    ticket = _submit(box)
    box.zendesk.people.agent_update(
        ticket,
        comment="We are on it.",
        status="Tier 1: assignment message",
        tier=1,
        fields={"Other side responded": True},
        add_tags=["escalation_pause"],
    )
    assert len(box.zendesk.audits(ticket)) == 2
    assert box.zendesk.status_label(ticket) == "Tier 1: assignment message"
    found = box.zendesk.ticket(ticket)
    assert found["by_title"]["Escalation tier"] == "escalation_tier_1"
    assert found["by_title"]["Other side responded"] is True
    assert "escalation_pause" in found["tags"]
    assert box.zendesk.public_comments(ticket)[-1] == "We are on it."
    author = box.zendesk.audits(ticket)[-1]["author_id"]
    assert box.zendesk.account.users[author].name == "Ada Agent"


def test_a_tier_can_be_cleared_and_a_tag_taken_off(box: Sandbox, made: SetUp) -> None:
    ticket = _submit(box)
    box.zendesk.people.agent_update(ticket, tier=2, add_tags=["escalation_pause"])
    box.zendesk.people.agent_update(ticket, tier=0, remove_tags=["escalation_pause"])
    found = box.zendesk.ticket(ticket)
    assert found["by_title"]["Escalation tier"] is None
    assert not {"escalation_tier_2", "escalation_pause"} & set(found["tags"])


def test_an_agent_who_solves_what_is_nobodys_gets_it(box: Sandbox, made: SetUp) -> None:
    ticket = _submit(box)
    box.zendesk.people.solve(ticket, status="Resolved")
    found = box.zendesk.ticket(ticket)
    assert found["status"] == "solved"
    assert box.zendesk.account.users[found["assignee_id"]].name == "Ada Agent"


def test_another_agent_is_made_when_first_named(box: Sandbox, zd: Api, ticket: int) -> None:
    box.zendesk.people.agent_update(ticket, "Bob Backup", comment="Mine", public=False)
    assert box.zendesk.notes(ticket) == ["Mine"]
    assert zd.get("users/search.json", params={"query": "bob@example.com"})["users"][0]["role"] == "agent"


def test_labels_tell_what_became_of_a_ticket(box: Sandbox, zd: Api, ticket: int) -> None:
    people = box.zendesk.people
    people.delete(ticket)
    assert box.zendesk.status_label(ticket) == "Deleted"
    people.undelete(ticket)
    assert box.zendesk.status_label(ticket) == "New"
    target = make_ticket(zd)
    people.merge(ticket, target)
    assert box.zendesk.status_label(ticket) == "Closed"
    people.spam(target)
    assert box.zendesk.ticket(target)["deleted"] is True


def test_two_threads_do_not_meet_halfway(box: Sandbox, zd: Api, ticket: int) -> None:
    def write() -> None:
        for _ in range(25):
            box.zendesk.people.agent_update(ticket, comment="Note", public=False)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(25):
        zd.put(f"tickets/{ticket}.json", {"ticket": {"comment": {"body": "Note", "public": False}}})
    for thread in threads:
        thread.join()
    assert len(box.zendesk.notes(ticket)) == 100
    assert len(box.zendesk.audits(ticket)) == 101
