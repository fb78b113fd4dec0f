"""Audits: one an update, with our metadata in it, page by page."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from sandbox import Sandbox
from tests.integration.sandbox.conftest import Api
from tests.integration.sandbox.set_up import set_up


def _update(zd: Api, ticket: int, number: int) -> None:
    wanted = {"comment": {"body": f"Note {number}", "public": False}, "metadata": {"effect": f"e-{number}"}}
    zd.put(f"tickets/{ticket}.json", {"ticket": wanted})


def test_an_audit_tells_everything_that_one_update_did(zd: Api, ticket: int) -> None:
    made = set_up(zd)
    tier = made.fields["Escalation tier"]
    wanted = {
        "comment": {"body": "We *wrote* to them.", "public": True},
        "custom_status_id": made.statuses["Tier 1: assignment message"],
        "custom_fields": [{"id": tier, "value": "escalation_tier_1"}],
        "metadata": {"effect": "e-1"},
    }
    answer = zd.put(f"tickets/{ticket}.json", {"ticket": wanted})
    audit = zd.get(f"tickets/{ticket}/audits.json")["audits"][-1]
    assert answer["audit"] == audit
    assert audit["metadata"]["custom"] == {"effect": "e-1"}
    assert audit["author_id"] == zd.get("users/me.json")["user"]["id"]
    assert audit["via"]["channel"] == "api"
    events = {event.get("field_name", event["type"]): event for event in audit["events"]}
    assert events["Comment"]["public"] is True
    assert "<em>wrote</em>" in events["Comment"]["html_body"]
    assert (events["status"]["previous_value"], events["status"]["value"]) == ("new", "hold")
    assert events[str(tier)]["value"] == "escalation_tier_1"
    assert events["tags"]["value"] == ["escalation_tier_1"]


def test_of_two_audits_the_later_may_have_the_lower_id_and_the_list_goes_by_their_moments(
    box: Sandbox, zd: Api, ticket: int
) -> None:
    for number in range(20):
        box.clock.move(timedelta(seconds=30))
        _update(zd, ticket, number)
    listed = zd.get(f"tickets/{ticket}/audits.json?sort=-created_at")["audits"]
    assert [row["created_at"] for row in listed] == sorted((row["created_at"] for row in listed), reverse=True)
    numbers = [row["id"] for row in reversed(listed)]
    assert len(set(numbers)) == len(numbers)
    assert sum(later < earlier for earlier, later in pairwise(numbers)) > 4


def test_the_first_audit_creates(zd: Api, ticket: int) -> None:
    [audit] = zd.get(f"tickets/{ticket}/audits.json")["audits"]
    kinds = {event["type"] for event in audit["events"]}
    assert kinds == {"Comment", "Create", "TicketSentimentEvent"}
    assert "requester_id" in {event.get("field_name") for event in audit["events"]}


def test_audits_come_page_by_page_newest_first_where_asked(zd: Api, ticket: int) -> None:
    for number in range(4):
        _update(zd, ticket, number)
    query: dict[str, Any] = {"page[size]": 2, "sort": "-created_at", "include": "users"}
    seen = []
    while True:
        page = zd.get(f"tickets/{ticket}/audits.json", params=query)
        seen += [audit["metadata"]["custom"].get("effect") for audit in page["audits"]]
        assert page["users"]
        assert page["after_cursor"] == page["meta"]["after_cursor"]
        if not page["meta"]["has_more"]:
            break
        query["page[after]"] = page["meta"]["after_cursor"]
    assert seen == ["e-3", "e-2", "e-1", "e-0", None]


def test_the_link_to_the_next_page_can_be_followed(zd: Api, ticket: int) -> None:
    for number in range(3):
        _update(zd, ticket, number)
    page = zd.get(f"tickets/{ticket}/audits.json", params={"page[size]": 3})
    [last] = zd.http.get(page["links"]["next"]).json()["audits"]
    assert last["metadata"]["custom"] == {"effect": "e-2"}


def test_without_a_cursor_pages_are_numbered(zd: Api, ticket: int) -> None:
    for number in range(3):
        _update(zd, ticket, number)
    page = zd.get(f"tickets/{ticket}/audits.json", params={"per_page": 3})
    assert page["count"] == 4
    assert len(zd.http.get(page["next_page"]).json()["audits"]) == 1


def test_a_cursor_of_another_list_is_refused(zd: Api, ticket: int) -> None:
    query = {"page[size]": "2", "page[after]": "bm90aGluZw"}
    zd.get(f"tickets/{ticket}/audits.json", params=query, status=400)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("[here](http://evil.example)", '<a href="http://evil.example">here</a>'),
        (r"\[here\](http://evil.example)", "[here](http://evil.example)"),
        ("![x](http://evil.example/p.gif)", "<img"),
    ],
)
def test_a_body_is_read_as_markdown(box: Sandbox, zd: Api, ticket: int, body: str, shown: str) -> None:
    zd.put(f"tickets/{ticket}.json", {"ticket": {"comment": {"body": body}}})
    comment = zd.get(f"tickets/{ticket}/comments.json")["comments"][-1]
    assert comment["body"] == body
    assert shown in comment["html_body"]


def test_html_is_taken_as_it_is(zd: Api, ticket: int) -> None:
    zd.put(f"tickets/{ticket}.json", {"ticket": {"comment": {"html_body": "<p>One</p><p>Two &amp; more</p>"}}})
    comment = zd.get(f"tickets/{ticket}/comments.json")["comments"][-1]
    assert comment["plain_body"] == "One\nTwo & more"


def test_braces_in_an_agents_comment_are_rendered(box: Sandbox, zd: Api, ticket: int) -> None:
    text = "They wrote: {{ticket.requester.email}}{% if 1 %}!{% endif %}"
    zd.put(f"tickets/{ticket}.json", {"ticket": {"comment": {"body": text}}})
    assert box.zendesk.public_comments(ticket)[-1] == "They wrote: wanda@example.com!"


def test_braces_of_a_requester_stay_as_they_are(box: Sandbox, ticket: int) -> None:
    box.zendesk.people.reply(ticket, "{{ticket.id}}")
    assert box.zendesk.public_comments(ticket)[-1] == "{{ticket.id}}"
