"""Custom statuses, and fields that mirror tags."""

from typing import Any

import pytest

from sandbox import Sandbox
from tests.integration.sandbox.conftest import Api
from tests.integration.sandbox.set_up import SetUp, option, set_up


@pytest.fixture
def made(zd: Api) -> SetUp:
    return set_up(zd)


def _value(zd: Api, ticket: int, field_id: int) -> Any:
    rows = zd.get(f"tickets/{ticket}.json")["ticket"]["custom_fields"]
    return next(row["value"] for row in rows if row["id"] == field_id)


def _set(zd: Api, ticket: int, field_id: int, value: Any, **more: Any) -> Any:
    return zd.put(
        f"tickets/{ticket}.json", {"ticket": {"custom_fields": [{"id": field_id, "value": value}]}}, **more
    )


def test_a_status_is_the_category_of_the_custom_status(zd: Api, made: SetUp, ticket: int) -> None:
    wanted = {"custom_status_id": made.statuses["Tier 1: assignment message"], "status": "open"}
    changed = zd.put(f"tickets/{ticket}.json", {"ticket": wanted})["ticket"]
    assert (changed["status"], changed["custom_status_id"]) == ("hold", wanted["custom_status_id"])


def test_setting_a_status_takes_the_categorys_default(zd: Api, made: SetUp, ticket: int) -> None:
    changed = zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "hold"}})["ticket"]
    default = zd.get("custom_statuses.json", params={"status_categories": "hold", "default": "true"})
    assert changed["custom_status_id"] == default["custom_statuses"][0]["id"]
    assert changed["custom_status_id"] != made.statuses["Tier 1: assignment message"]


def test_on_hold_can_be_switched_off(box: Sandbox, zd: Api, ticket: int) -> None:
    box.zendesk.features.on_hold = False
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "hold"}}, status=422)
    wanted = {"status_category": "hold", "agent_label": "Waiting"}
    zd.post("custom_statuses.json", {"custom_status": wanted}, status=422)


def test_a_status_on_hold_that_was_made_before_can_not_be_set_any_more(
    box: Sandbox, zd: Api, made: SetUp, ticket: int
) -> None:
    box.zendesk.features.on_hold = False
    wanted = {"custom_status_id": made.statuses["Tier 1: assignment message"]}
    zd.put(f"tickets/{ticket}.json", {"ticket": wanted}, status=422)


def test_without_custom_statuses_a_ticket_has_a_status_only(
    box: Sandbox, zd: Api, made: SetUp, ticket: int
) -> None:
    tier_1 = made.statuses["Tier 1: assignment message"]
    zd.put(f"tickets/{ticket}.json", {"ticket": {"custom_status_id": tier_1}})
    box.zendesk.features.custom_statuses = False
    assert "custom_status_id" not in zd.get(f"tickets/{ticket}.json")["ticket"]
    assert "custom_status_id" not in zd.get(f"requests/{ticket}.json")["request"]
    assert box.zendesk.status_label(ticket) == "On-hold"
    zd.put(f"tickets/{ticket}.json", {"ticket": {"custom_status_id": tier_1}}, status=422)
    zd.get(f"ticket_forms/{made.form}/ticket_form_statuses.json", status=403)
    changed = zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "pending"}})
    assert changed["ticket"]["status"] == "pending"
    assert "custom_status_id" not in {event.get("field_name") for event in changed["audit"]["events"]}


def test_a_status_that_is_unknown_or_switched_off_is_refused(zd: Api, made: SetUp, ticket: int) -> None:
    zd.put(f"tickets/{ticket}.json", {"ticket": {"custom_status_id": 1}}, status=422)
    status = made.statuses["Needs review"]
    zd.put(f"custom_statuses/{status}.json", {"custom_status": {"active": False}})
    zd.put(f"tickets/{ticket}.json", {"ticket": {"custom_status_id": status}}, status=422)


def test_a_label_has_up_to_48_characters(zd: Api) -> None:
    wanted = {"status_category": "open", "agent_label": "x" * 49}
    assert "48" in str(zd.post("custom_statuses.json", {"custom_status": wanted}, status=422))


def test_a_drop_down_brings_its_tag_and_takes_its_siblings_away(zd: Api, made: SetUp, ticket: int) -> None:
    tier = made.fields["Escalation tier"]
    _set(zd, ticket, tier, "escalation_tier_1")
    _set(zd, ticket, tier, "escalation_tier_2")
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["tags"] == ["escalation_tier_2"]
    _set(zd, ticket, tier, None)
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["tags"] == []


def test_a_tag_sets_its_drop_down_and_dropping_it_clears_the_field(zd: Api, made: SetUp, ticket: int) -> None:
    tier = made.fields["Escalation tier"]
    zd.put(f"tickets/{ticket}.json", {"ticket": {"additional_tags": ["escalation_tier_1"]}})
    assert _value(zd, ticket, tier) == "escalation_tier_1"
    zd.put(f"tickets/{ticket}.json", {"ticket": {"additional_tags": ["escalation_tier_3"]}})
    assert _value(zd, ticket, tier) == "escalation_tier_3"
    zd.put(f"tickets/{ticket}.json", {"ticket": {"tags": ["something_else"]}})
    assert _value(zd, ticket, tier) is None
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["tags"] == ["something_else"]


def test_a_choice_of_several_mirrors_all_its_tags(zd: Api, made: SetUp, ticket: int) -> None:
    attempts = made.fields["How did you try to reach them?"]
    _set(zd, ticket, attempts, ["escalation_attempt_phone", "escalation_attempt_message"])
    assert _value(zd, ticket, attempts) == ["escalation_attempt_message", "escalation_attempt_phone"]
    zd.put(f"tickets/{ticket}.json", {"ticket": {"remove_tags": ["escalation_attempt_phone"]}})
    assert _value(zd, ticket, attempts) == ["escalation_attempt_message"]


def test_a_check_box_is_false_until_it_is_ticked(zd: Api, made: SetUp, ticket: int) -> None:
    box_id = made.fields["Other side responded"]
    assert _value(zd, ticket, box_id) is False
    _set(zd, ticket, box_id, "true")
    assert _value(zd, ticket, box_id) is True


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Escalation tier", "escalation_tier_9"),
        ("WorkMarket assignment ID", "12 34"),
        ("How did you try to reach them?", ["escalation_attempt_pigeon"]),
        ("Other side responded", "perhaps"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_the_field_is_named(
    zd: Api, made: SetUp, ticket: int, title: str, value: Any
) -> None:
    body = _set(zd, ticket, made.fields[title], value, status=422)
    assert title in body["details"][str(made.fields[title])][0]["description"]


def test_a_field_that_does_not_exist_is_named(zd: Api, ticket: int) -> None:
    assert "Custom field 42" in str(_set(zd, ticket, 42, "x", status=422))


def test_a_tag_belongs_to_one_field(zd: Api, made: SetUp) -> None:
    wanted = {"type": "tagger", "title": "Another", "custom_field_options": [option("escalation_tier_1")]}
    body = zd.post("ticket_fields.json", {"ticket_field": wanted}, status=422)
    assert "escalation_tier_1 is already used in Escalation tier" in str(body)


def test_options_keep_their_ids_when_more_are_added(zd: Api, made: SetUp) -> None:
    path = f"ticket_fields/{made.fields['I am the']}.json"
    before = {row["value"]: row["id"] for row in zd.get(path)["ticket_field"]["custom_field_options"]}
    options = [option(tag) for tag in [*before, "escalation_party_witness"]]
    zd.put(path, {"ticket_field": {"custom_field_options": options}})
    after = {row["value"]: row["id"] for row in zd.get(path)["ticket_field"]["custom_field_options"]}
    assert {tag: after[tag] for tag in before} == before
    assert "escalation_party_witness" in after


def test_a_field_that_is_required_stops_solving(zd: Api, made: SetUp, ticket: int) -> None:
    field = made.fields["Outcome you hope for"]
    zd.put(f"ticket_fields/{field}.json", {"ticket_field": {"required": True}})
    me = zd.get("users/me.json")["user"]["id"]
    wanted = {"status": "solved", "assignee_id": me, "ticket_form_id": made.form}
    assert "Outcome you hope for" in str(zd.put(f"tickets/{ticket}.json", {"ticket": wanted}, status=422))


def test_the_statuses_of_a_form_can_be_chosen(zd: Api, made: SetUp) -> None:
    path = f"ticket_forms/{made.form}/ticket_form_statuses.json"
    assert zd.get(path)["ticket_form_statuses"] == []
    wanted = {"ticket_form_status": [{"custom_status_id": made.statuses["Needs review"]}]}
    [row] = zd.post(path, wanted)["ticket_form_statuses"]
    assert row["custom_status_id"] == made.statuses["Needs review"]
