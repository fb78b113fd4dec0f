"""Triggers: when they fire, what they change, and whom they tell."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox import MovableClock, Sandbox
from sandbox.zendesk.records.standard import MAILER
from tests.integration.sandbox.conftest import Api, Receiver, make_ticket
from tests.integration.sandbox.set_up import set_up


def _trigger(zd: Api, conditions: list[dict[str, Any]], actions: list[dict[str, Any]], **more: Any) -> Any:
    wanted = {"title": "T", "conditions": {"all": conditions, "any": []}, "actions": actions, **more}
    return zd.post("triggers.json", {"trigger": wanted})["trigger"]


def _when(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def _tag(tag: str) -> dict[str, Any]:
    return {"field": "current_tags", "value": tag}


def _tags(zd: Api, ticket: int) -> list[str]:
    return list(zd.get(f"tickets/{ticket}.json")["ticket"]["tags"])


CREATED = _when("update_type", "is", "Create")
UPDATED = _when("update_type", "is", "Change")


def _note(public: bool) -> dict[str, Any]:
    return {"ticket": {"comment": {"body": "Said", "public": public}}}


@pytest.mark.parametrize(
    ("condition", "change", "fires"),
    [
        (_when("status", "value", "pending"), {"status": "pending"}, True),
        (_when("status", "changed"), {"subject": "Other"}, False),
        (_when("status", "value_previous", "new"), {"status": "open"}, True),
        (_when("status", "not_value", "open"), {"status": "open"}, False),
        (_when("status", "less_than", "solved"), {"status": "pending"}, True),
        (_when("current_tags", "includes", "vip urgent"), {"tags": ["urgent"]}, True),
        (_when("current_tags", "not_includes", "urgent"), {"tags": ["urgent"]}, False),
        (_when("comment_is_public", "is", "true"), _note(True)["ticket"], True),
        (_when("comment_is_public", "is", "true"), _note(False)["ticket"], False),
        (_when("comment_is_public", "is", "not_relevant"), _note(False)["ticket"], True),
        (_when("comment_is_public", "is", "not_relevant"), {"status": "open"}, False),
        (_when("role", "is", "end_user"), {"status": "open"}, False),
        (_when("role", "is", "agent"), {"status": "open"}, True),
        (_when("assignee_id", "is", ""), {"status": "open"}, True),
        (_when("via_id", "is", "5"), {"status": "open"}, True),
    ],
)
def test_a_condition_holds_or_not(
    zd: Api, ticket: int, condition: dict[str, Any], change: dict[str, Any], fires: bool
) -> None:
    _trigger(zd, [UPDATED, condition], [_tag("fired")])
    zd.put(f"tickets/{ticket}.json", {"ticket": change})
    assert ("fired" in _tags(zd, ticket)) is fires


def test_conditions_on_custom_fields_and_forms(zd: Api) -> None:
    made = set_up(zd)
    tier, ticked = made.fields["Escalation tier"], made.fields["Other side responded"]
    _trigger(zd, [_when("ticket_form_id", "is", str(made.form)), CREATED], [_tag("of_the_form")])
    _trigger(zd, [_when(f"custom_fields_{tier}", "value", "escalation_tier_2")], [_tag("tier_two")])
    _trigger(zd, [_when(f"custom_fields_{ticked}", "is", "true")], [_tag("ticked")])
    status = str(made.statuses["Needs review"])
    _trigger(zd, [_when("custom_status_id", "includes", [status])], [_tag("review")])
    ticket = make_ticket(zd, ticket_form_id=made.form)
    assert _tags(zd, ticket) == ["of_the_form"]
    assert _tags(zd, make_ticket(zd)) == []
    change = {
        "custom_fields": [{"id": tier, "value": "escalation_tier_2"}, {"id": ticked, "value": True}],
        "custom_status_id": int(status),
    }
    zd.put(f"tickets/{ticket}.json", {"ticket": change})
    assert {"tier_two", "ticked", "review"} <= set(_tags(zd, ticket))


def test_any_needs_one(zd: Api, ticket: int) -> None:
    conditions = {"all": [UPDATED], "any": [_when("status", "is", "open"), _when("status", "is", "hold")]}
    zd.post("triggers.json", {"trigger": {"title": "T", "conditions": conditions, "actions": [_tag("any")]}})
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "pending"}})
    assert _tags(zd, ticket) == []
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "hold"}})
    assert _tags(zd, ticket) == ["any"]


def test_a_triggers_change_is_in_the_same_audit_and_sets_off_others(zd: Api, ticket: int) -> None:
    _trigger(zd, [_when("current_tags", "includes", "first")], [_tag("second")], position=1)
    first = _trigger(zd, [UPDATED], [_tag("first")], position=2)
    audit = zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "open"}})["audit"]
    assert _tags(zd, ticket) == ["first", "second"]
    by_rule = [event for event in audit["events"] if event.get("via", {}).get("channel") == "rule"]
    assert by_rule[0]["via"]["source"]["from"] == {"id": first["id"], "title": "T"}
    assert [event["value"] for event in by_rule] == [["first"], ["first", "second"]]


def test_each_trigger_fires_once_an_update(zd: Api, box: Sandbox, ticket: int) -> None:
    ping = _trigger(zd, [UPDATED], [{"field": "status", "value": "pending"}])
    pong = _trigger(zd, [UPDATED], [{"field": "status", "value": "open"}])
    audit = zd.put(f"tickets/{ticket}.json", {"ticket": {"subject": "Round"}})["audit"]
    fired = [e["via"]["source"]["from"]["id"] for e in audit["events"] if "via" in e]
    assert set(fired) == {ping["id"], pong["id"]}
    assert fired.count(ping["id"]) == 2  # status and custom status, once each


def test_an_inactive_trigger_does_nothing(zd: Api, ticket: int) -> None:
    made = _trigger(zd, [UPDATED], [_tag("fired")])
    zd.put(f"triggers/{made['id']}.json", {"trigger": {"active": False}})
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "open"}})
    assert _tags(zd, ticket) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": {"all": [_when("moon_phase", "is", "full")]}},
        {"conditions": {"all": [_when("update_type", "resembles", "Create")]}},
        {"conditions": {"all": []}},
        {"actions": [{"field": "make_coffee", "value": "now"}]},
        {"actions": [{"field": "custom_status_id", "value": "1"}]},
        {"actions": [{"field": "notification_webhook", "value": ["01NOPE", "{}"]}]},
        {"actions": []},
        {"category_id": "1"},
        {"title": ""},
    ],
)
def test_what_the_account_does_not_know_is_refused(zd: Api, wrong: dict[str, Any]) -> None:
    wanted = {"title": "T", "conditions": {"all": [CREATED]}, "actions": [_tag("x")], **wrong}
    assert zd.post("triggers.json", {"trigger": wanted}, status=422)["error"] == "RecordInvalid"


def test_definitions_name_the_side_conversation_condition(box: Sandbox, zd: Api) -> None:
    box.zendesk.account.side_conversation_subject = "collab_thread"
    rows = zd.get("triggers/definitions.json")["definitions"]["conditions_all"]
    [found] = [row for row in rows if row["title"] == "Side conversation"]
    assert found["subject"] == "collab_thread"
    assert {row["title"] for row in found["values"]} == {"Created", "Closed", "Replied to", "Reopened"}


def test_without_side_conversations_there_is_no_such_condition(box: Sandbox, zd: Api) -> None:
    box.zendesk.features.side_conversations = False
    rows = zd.get("triggers/definitions.json")["definitions"]["conditions_all"]
    assert "Side conversation" not in {row["title"] for row in rows}


def test_the_accounts_own_trigger_mails_a_public_comment_to_the_requester(
    box: Sandbox, zd: Api, ticket: int
) -> None:
    zd.put(f"tickets/{ticket}.json", _note(False))
    assert [mail for mail in box.zendesk.mails if mail.why == MAILER] == []
    zd.put(f"tickets/{ticket}.json", _note(True))
    [mail] = [mail for mail in box.zendesk.mails if mail.why == MAILER]
    assert (mail.to, mail.subject) == ("wanda@example.com", "[Sandbox] Not approved")
    assert "Said" in mail.body


def test_nobody_is_mailed_what_they_wrote_themselves(box: Sandbox, ticket: int) -> None:
    box.zendesk.mails.clear()
    box.zendesk.people.reply(ticket, "Mine")
    assert box.zendesk.mails == []


def test_a_ticket_that_an_agent_makes_is_told_to_its_requester_and_to_all_other_agents(
    box: Sandbox, ticket: int
) -> None:
    assert [(mail.to, mail.why) for mail in box.zendesk.mails] == [
        ("wanda@example.com", "Notify requester of new proactive ticket"),
        ("ada@example.com", "Notify all agents of received request"),
    ]


def test_a_mail_to_requester_and_ccs_about_an_internal_note_is_suppressed(
    box: Sandbox, zd: Api, ticket: int
) -> None:
    for to in ("requester_and_ccs", "requester_id"):
        mail = {"field": "notification_user", "value": [to, "S", "B"]}
        conditions = {"all": [{"field": "update_type", "operator": "is", "value": "Change"}]}
        zd.post("triggers.json", {"trigger": {"title": to, "conditions": conditions, "actions": [mail]}})
    box.zendesk.mails.clear()
    zd.put(f"tickets/{ticket}.json", _note(False))
    assert [mail.why for mail in box.zendesk.mails] == ["requester_id"]


def test_placeholders_in_a_webhooks_body_are_filled_in(box: Sandbox, zd: Api, receiver: Receiver) -> None:
    webhook = make_webhook(zd, receiver)
    body = '{"event": "request.submitted", "ticket_id": "{{ticket.id}}", "nothing": "{{ticket.nonsense}}"}'
    _trigger(zd, [CREATED], [{"field": "notification_webhook", "value": [webhook["id"], body]}])
    ticket = make_ticket(zd)
    assert box.pump() == 1
    assert receiver.bodies() == [{"event": "request.submitted", "ticket_id": str(ticket), "nothing": ""}]


def make_webhook(zd: Api, receiver: Receiver, **more: Any) -> Any:
    wanted = {
        "name": "Parley",
        "status": "active",
        "endpoint": receiver.url,
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": ["conditional_ticket_events"],
        **more,
    }
    return zd.post("webhooks", {"webhook": wanted})["webhook"]


def test_triggers_are_kept_by_category(zd: Api) -> None:
    category = zd.post("trigger_categories", {"trigger_category": {"name": "WorkMarket escalations"}})
    category_id = category["trigger_category"]["id"]
    assert isinstance(category_id, str)
    made = _trigger(zd, [CREATED], [_tag("x")], category_id=category_id)
    listed = zd.get("triggers.json", params={"category_id": category_id})["triggers"]
    assert [row["id"] for row in listed] == [made["id"]]
    zd.call("DELETE", f"trigger_categories/{category_id}", status=400)
    zd.call("DELETE", f"triggers/{made['id']}.json", status=204)
    zd.call("DELETE", f"trigger_categories/{category_id}", status=204)


def test_a_change_of_a_trigger_replaces_conditions_as_a_whole(zd: Api) -> None:
    made = _trigger(zd, [CREATED, _when("status", "is", "new")], [_tag("x")])
    path = f"triggers/{made['id']}.json"
    zd.put(path, {"trigger": {"conditions": {"all": [UPDATED]}}})
    found = zd.get(path)["trigger"]
    assert found["conditions"] == {"all": [UPDATED], "any": []}
    assert found["actions"] == [_tag("x")]


def test_definitions_offer_custom_statuses_where_there_are_some(box: Sandbox, zd: Api) -> None:
    def offered(kind: str, part: str) -> set[str]:
        return {row["subject"] for row in zd.get(f"{kind}/definitions.json")["definitions"][part]}

    parts = [("triggers", "conditions_all"), ("triggers", "actions"), ("macros", "actions")]
    parts += [("automations", "conditions_all")]
    for kind, part in parts:
        assert {"status", "custom_status_id"} <= offered(kind, part)
    box.zendesk.features.custom_statuses = False
    for kind, part in parts:
        assert "status" in offered(kind, part)
        assert "custom_status_id" not in offered(kind, part)


def test_without_custom_statuses_no_macro_may_set_one(box: Sandbox, zd: Api) -> None:
    status = str(set_up(zd).statuses["Needs review"])
    box.zendesk.features.custom_statuses = False
    macro = {"title": "Review", "actions": [{"field": "custom_status_id", "value": status}]}
    zd.post("macros.json", {"macro": macro}, status=422)
    zd.post("macros.json", {"macro": {**macro, "actions": [{"field": "status", "value": "open"}]}})


HOURS = {"field": "updated_at", "operator": "greater_than", "value": "96"}
OPEN = {"field": "status", "operator": "less_than", "value": "solved"}
UNTAGGED = {"field": "current_tags", "operator": "not_includes", "value": "late"}


def _automation(*every: Any, **more: Any) -> dict[str, Any]:
    return {"automation": {"title": "A", "conditions": {"all": every}, "actions": [_tag("late")], **more}}


def test_automations_and_views_are_kept_and_changed(zd: Api) -> None:
    made = zd.post("automations.json", _automation(HOURS, OPEN, UNTAGGED))["automation"]
    assert zd.get(f"automations/{made['id']}.json")["automation"]["conditions"]["all"] == [HOURS, OPEN, UNTAGGED]
    view = zd.post("views.json", {"view": {"title": "V", "all": [OPEN]}})["view"]
    assert view["id"] in {row["id"] for row in zd.get("views.json")["views"]}
    zd.put(f"views/{view['id']}.json", {"view": {"output": {"columns": ["status"]}, "active": False}})
    shown = zd.get(f"views/{view['id']}.json")["view"]
    assert (shown["active"], shown["conditions"]["all"]) == (False, [OPEN])
    assert [column["id"] for column in shown["execution"]["columns"]] == ["status"]
    for path in (f"views/{view['id']}.json", f"automations/{made['id']}.json"):
        zd.call("DELETE", path, status=204)
        zd.get(path, status=404)


@pytest.mark.parametrize("left_out", [HOURS, OPEN, UNTAGGED])
def test_an_automation_needs_hours_a_status_and_an_end(left_out: dict[str, str], zd: Api) -> None:
    rest = [row for row in (HOURS, OPEN, UNTAGGED) if row is not left_out]
    zd.post("automations.json", _automation(*rest), status=422)


def test_text_fields_and_changes_can_be_asked_about_in_triggers_only(zd: Api) -> None:
    field = zd.post("ticket_fields.json", {"ticket_field": {"type": "text", "title": "F"}})["ticket_field"]["id"]
    for row in (
        {"field": f"custom_fields_{field}", "operator": "present", "value": ""},
        {"field": "update_type", "operator": "is", "value": "Change"},
    ):
        trigger = {"title": "T", "conditions": {"all": [row]}, "actions": [_tag("x")]}
        zd.post("triggers.json", {"trigger": trigger})
        zd.post("views.json", {"view": {"title": "V", "all": [OPEN, row]}}, status=422)
        zd.post("automations.json", _automation(HOURS, OPEN, UNTAGGED, row), status=422)


def test_a_view_has_ten_columns_at_most_and_asks_about_a_status(zd: Api) -> None:
    columns = [f"c{number}" for number in range(11)]
    zd.post("views.json", {"view": {"title": "V", "all": [OPEN], "output": {"columns": columns}}}, status=422)
    zd.post("views.json", {"view": {"title": "V", "all": [UNTAGGED]}}, status=422)


def test_automations_fire_once_on_what_has_been_left_alone(box: Sandbox, zd: Api, ticket: int) -> None:
    group = zd.get("groups.json")["groups"][0]["id"]
    mail = {"field": "notification_group", "value": [str(group), "Late", "Look"]}
    zd.post("automations.json", _automation(HOURS, OPEN, UNTAGGED, actions=[_tag("late"), mail]))
    assert box.zendesk.run_automations() == []
    box.clock.move(timedelta(hours=97))
    box.zendesk.mails.clear()
    assert box.zendesk.run_automations() == [ticket]
    assert box.zendesk.run_automations() == []
    assert "late" in box.zendesk.ticket(ticket)["tags"]
    assert [(sent.to, sent.subject) for sent in box.zendesk.mails] == [("group Support", "Late")]


def test_definitions_tell_what_automations_and_views_may_ask(zd: Api) -> None:
    for kind in ("automations", "views"):
        told = zd.get(f"{kind}/definitions.json")["definitions"]["conditions_all"]
        names = {row["subject"] for row in told}
        assert {"status", "updated_at"} <= names
        assert "update_type" not in names


def test_a_group_is_renamed_and_deleted_but_the_default_one_stays(zd: Api) -> None:
    group = zd.post("groups.json", {"group": {"name": "G"}})["group"]["id"]
    assert zd.put(f"groups/{group}.json", {"group": {"name": "H"}})["group"]["name"] == "H"
    zd.call("DELETE", f"groups/{group}.json", status=204)
    zd.call("DELETE", f"groups/{zd.get('groups.json')['groups'][0]['id']}.json", status=422)


def test_tickets_with_a_value_in_a_field_are_counted(zd: Api, ticket: int, clock: MovableClock) -> None:
    field = zd.post("ticket_fields.json", {"ticket_field": {"type": "text", "title": "F"}})["ticket_field"]["id"]
    query = {"query": f"type:ticket custom_field_{field}:*"}
    assert zd.get("search/count.json", params=query)["count"] == 0
    zd.put(f"tickets/{ticket}.json", {"ticket": {"custom_fields": [{"id": field, "value": "v"}]}})
    clock.move(timedelta(minutes=3))
    assert zd.get("search/count.json", params=query)["count"] == 1
