"""Macros: kept, previewed, and never saved by a preview."""

from typing import Any

import pytest

from sandbox import Sandbox
from tests.integration.sandbox.conftest import Api
from tests.integration.sandbox.set_up import SetUp, set_up


@pytest.fixture
def made(zd: Api) -> SetUp:
    return set_up(zd)


def _macro(zd: Api, made: SetUp) -> Any:
    actions = [
        {"field": "custom_status_id", "value": str(made.statuses["Tier 1: assignment message"])},
        {"field": f"custom_fields_{made.fields['Escalation tier']}", "value": "escalation_tier_1"},
        {"field": "current_tags", "value": "seen"},
        {
            "field": "comment_value",
            "value": "Dear {{ticket.requester.first_name}}, we wrote on request {{ticket.id}}.",
        },
        {"field": "comment_mode_is_public", "value": "true"},
    ]
    wanted = {"title": "Escalation::Tier 1: assignment message", "actions": actions}
    return zd.post("macros.json", {"macro": wanted})["macro"]


def test_applied_to_a_ticket_it_shows_the_whole_ticket_as_it_would_be(zd: Api, made: SetUp, ticket: int) -> None:
    macro = _macro(zd, made)
    before = zd.get(f"tickets/{ticket}.json")
    after = zd.get(f"tickets/{ticket}/macros/{macro['id']}/apply.json")["result"]["ticket"]
    assert after["status"] == "hold"
    assert after["custom_status_id"] == made.statuses["Tier 1: assignment message"]
    assert {"id": made.fields["Escalation tier"], "value": "escalation_tier_1"} in after["fields"]
    assert after["tags"] == ["escalation_tier_1", "seen"]
    assert after["comment"]["body"] == f"Dear Wanda, we wrote on request {ticket}."
    assert after["comment"]["public"] is True
    assert after["comment"]["scoped_body"] == [["channel:all", after["comment"]["body"]]]
    assert zd.get(f"tickets/{ticket}.json") == before


def test_without_a_ticket_it_shows_the_changes_only(zd: Api, made: SetUp) -> None:
    macro = _macro(zd, made)
    changes = zd.get(f"macros/{macro['id']}/apply.json")["result"]["ticket"]
    assert changes["status"] == "hold"
    assert changes["fields"] == {"id": made.fields["Escalation tier"], "value": "escalation_tier_1"}
    assert "{{ticket.id}}" in changes["comment"]["body"]


def test_a_rich_comment_comes_with_its_html(zd: Api, ticket: int) -> None:
    actions = [{"field": "comment_value_html", "value": "<p>For {{ticket.id}}</p>"}]
    macro = zd.post("macros.json", {"macro": {"title": "M", "actions": actions}})["macro"]
    comment = zd.get(f"tickets/{ticket}/macros/{macro['id']}/apply.json")["result"]["ticket"]["comment"]
    assert comment["html_body"] == f"<p>For {ticket}</p>"
    assert comment["body"] == f"For {ticket}"


def test_an_agent_who_applies_it_makes_one_update(box: Sandbox, zd: Api, made: SetUp, ticket: int) -> None:
    macro = _macro(zd, made)
    box.zendesk.people.agent_update(ticket, macro=macro["title"], comment="My own words", add_tags=["mine"])
    audits = box.zendesk.audits(ticket)
    assert len(audits) == 2
    assert box.zendesk.public_comments(ticket)[-1] == "My own words"
    assert box.zendesk.status_label(ticket) == "Tier 1: assignment message"
    assert box.zendesk.ticket(ticket)["tags"] == ["escalation_tier_1", "mine", "seen"]


def test_what_the_team_edits_is_what_is_shown(zd: Api, made: SetUp, ticket: int) -> None:
    macro = _macro(zd, made)
    actions = [{"field": "comment_value", "value": "Edited"}]
    zd.put(f"macros/{macro['id']}.json", {"macro": {"actions": actions}})
    after = zd.get(f"tickets/{ticket}/macros/{macro['id']}/apply.json")["result"]["ticket"]
    assert after["comment"]["body"] == "Edited"


def test_the_account_says_which_actions_it_knows(zd: Api, made: SetUp) -> None:
    rows = zd.get("macros/definitions.json")["definitions"]["actions"]
    names = {row["subject"] for row in rows}
    assert {"comment_value", "custom_status_id", f"custom_fields_{made.fields['Escalation tier']}"} <= names


def test_an_unknown_action_is_refused_and_a_deleted_macro_is_gone(zd: Api, made: SetUp, ticket: int) -> None:
    wrong = {"macro": {"title": "M", "actions": [{"field": "notification_webhook", "value": "x"}]}}
    zd.post("macros.json", wrong, status=422)
    macro = _macro(zd, made)
    zd.call("DELETE", f"macros/{macro['id']}.json", status=204)
    zd.get(f"tickets/{ticket}/macros/{macro['id']}/apply.json", status=404)


def test_a_list_has_the_comments_mode_as_a_boolean_and_a_single_macro_in_words(zd: Api) -> None:
    actions = [{"field": "comment_value", "value": "x"}, {"field": "comment_mode_is_public", "value": "false"}]
    made = zd.post("macros.json", {"macro": {"title": "M", "actions": actions}})["macro"]
    (listed,) = [one for one in zd.get("macros.json")["macros"] if one["id"] == made["id"]]
    assert listed["actions"][1] == {"field": "comment_mode_is_public", "value": False}
    assert zd.get(f"macros/{made['id']}.json")["macro"]["actions"] == actions


@pytest.mark.parametrize("mode", [False, "false"])
def test_the_preview_of_an_internal_comment_says_that_it_is_internal(mode: object, zd: Api, ticket: int) -> None:
    actions = [{"field": "comment_value", "value": "x"}, {"field": "comment_mode_is_public", "value": mode}]
    made = zd.post("macros.json", {"macro": {"title": "M", "actions": actions}})["macro"]
    shown = zd.get(f"tickets/{ticket}/macros/{made['id']}/apply.json")["result"]["ticket"]["comment"]
    assert shown["public"] is False
