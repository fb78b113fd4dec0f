"""`parley zendesk apply` on the stand-in account: what it makes, what it leaves, and what it goes on after."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connector.errors import ConnectorError
from parley.zendesk.account.applying.apply import AccountError
from sandbox.zendesk.records.tongues import LANGUAGES
from tests.account.workspace import Workspace, a_workspace


def test_an_empty_account_gets_everything(workspace: Workspace) -> None:
    report = workspace.apply()
    spec = workspace.spec
    assert (report.found, report.changed, report.warnings) == ([], [], [])
    assert {field.title for field in spec.fields} <= set(workspace.names("field"))
    assert {status.agent_label for status in spec.statuses} <= set(workspace.names("status"))
    assert workspace.names("macro") == sorted(macro.name for macro in spec.macros)
    assert {trigger.title for trigger in spec.triggers} <= set(workspace.names("trigger"))
    assert workspace.names("automation") == [spec.automations[0].title]
    assert workspace.names("view") == sorted(view.title for view in spec.views)
    assert workspace.names("webhook") == ["Parley", "Parley events"]
    assert spec.form.name in workspace.names("form")
    assert spec.trigger_category in workspace.names("category")
    assert "Escalations team" in workspace.names("group")


def test_the_ids_of_everything_are_saved(workspace: Workspace) -> None:
    workspace.apply()
    ids, spec = workspace.ids, workspace.spec
    assert ids.fields.keys() == {field.key for field in spec.fields}
    assert ids.statuses.keys() == {status.key for status in spec.statuses}
    assert ids.macros.keys() == {macro.key for macro in spec.macros}
    assert ids.triggers.keys() == {trigger.key for trigger in spec.triggers}
    assert ids.webhooks.keys() == {"triggers", "events"}
    assert ids.form in workspace.account.forms
    assert ids.user_id == workspace.account.admin.id
    assert ids.categories[str(ids.statuses["tier_1"])] == "hold"
    assert set(ids.categories.values()) == {"new", "open", "pending", "hold", "solved"}


def test_the_signing_secrets_of_both_webhooks_are_saved_and_never_told(workspace: Workspace) -> None:
    plan = workspace.plan()
    report = workspace.run().apply(plan)
    secrets = workspace.state.values["secrets"]
    assert secrets.keys() == {"triggers", "events"}
    told = " ".join(
        (*workspace.said, workspace.told(), repr(plan), repr(workspace.plan()), *report.created, *report.warnings)
    )
    assert not any(secret in told for secret in secrets.values())


def test_a_second_run_makes_no_write_and_finds_everything(workspace: Workspace) -> None:
    first = workspace.apply()
    kept, before = dict(workspace.state.values), len(workspace.writes())
    again = workspace.apply()
    assert len(workspace.writes()) == before
    assert (again.created, again.changed, again.warnings) == ([], [], [])
    assert sorted(again.found) == sorted(first.created)
    assert workspace.state.values == kept
    assert workspace.done() == []


def test_a_plan_writes_and_saves_nothing(workspace: Workspace) -> None:
    plan = workspace.plan()
    assert workspace.writes() == []
    assert workspace.state.values == {}
    assert {step.action for step in plan.steps} == {"create"}


def test_the_form_has_the_systems_fields_and_then_ours(ready: Workspace) -> None:
    on_form = ready.row("form", "it")["ticket_field_ids"]
    types = [ready.account.fields[one]["type"] for one in on_form]
    assert types[:5] == ["subject", "description", "status", "group", "assignee"]
    assert on_form[5:] == [ready.ids.fields[field.key] for field in ready.spec.fields]


def test_a_macro_begins_with_our_text_status_and_tier(ready: Workspace) -> None:
    ids = ready.ids
    actions = {one["field"]: one["value"] for one in ready.row("macro", "tier_1")["actions"]}
    (macro,) = [macro for macro in ready.spec.macros if macro.key == "tier_1"]
    assert actions["comment_value"] == ready.desired.texts(macro, "en")
    assert actions["comment_mode_is_public"] == "true"
    assert actions["custom_status_id"] == str(ids.statuses["tier_1"])
    assert actions[f"custom_fields_{ids.fields['tier']}"] == "escalation_tier_1"


def test_the_link_of_the_policy_stands_in_the_off_platform_macro(ready: Workspace) -> None:
    assert "https://www.adr.org/" in str(ready.row("macro", "off_platform")["actions"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["ticket_side_conversation", "side_conversation_activity"])
def test_the_side_conversation_condition_is_found_by_its_name_in_any_language(
    name: str, language: str, workspace: Workspace
) -> None:
    workspace.account.side_conversation_subject, workspace.account.language = name, language
    workspace.apply()
    some = workspace.row("trigger", "side_conversation_changed")["conditions"]["any"]
    assert {one["field"] for one in some} == {name}
    assert {one["value"] for one in some} == {"created", "replied_to", "reopened", "closed"}


def test_the_dead_mans_switch_writes_to_the_group_of_the_policy(ready: Workspace) -> None:
    actions = {one["field"]: one["value"] for one in ready.row("automation", "silent")["actions"]}
    assert actions["current_tags"] == "escalation_overdue"
    assert actions["notification_group"][0] == str(ready.id("group", "it"))
    assert ready.row("group", "it")["name"] == ready.policy.agents_group


def test_other_triggers_keep_their_place(workspace: Workspace) -> None:
    before = {key: row["position"] for key, row in workspace.account.triggers.items()}
    workspace.apply()
    workspace.row("trigger", "ticket_changed")["position"] = 3
    workspace.row("trigger", "ticket_changed")["active"] = False
    workspace.apply()
    assert workspace.row("trigger", "ticket_changed")["position"] == 3
    assert {key: workspace.account.triggers[key]["position"] for key in before} == before


def test_the_webhook_follows_the_public_address(ready: Workspace) -> None:
    ready.desired = type(ready.desired)(
        ready.spec, ready.desired.texts, "Escalations team", "https://new.example.com/"
    )
    assert ready.done() == ["change webhook triggers", "change webhook events"]
    ready.apply()
    assert ready.row("webhook", "triggers")["endpoint"] == "https://new.example.com/webhooks/zendesk"
    assert ready.done() == []


def test_without_a_public_address_nothing_is_asked(workspace: Workspace) -> None:
    workspace.desired = type(workspace.desired)(workspace.spec, workspace.desired.texts, "Escalations team", "")
    with pytest.raises(AccountError, match="PUBLIC_URL"):
        workspace.plan()
    assert workspace.sandbox.calls == []


def test_a_creation_of_unknown_outcome_is_looked_for_and_not_repeated(workspace: Workspace) -> None:
    workspace.sandbox.faults.next("zendesk", "POST", "macros$", apply=True, drop_reply=True)
    workspace.apply()
    assert workspace.names("macro") == sorted(macro.name for macro in workspace.spec.macros)


def test_a_creation_that_did_not_happen_is_done_again(workspace: Workspace) -> None:
    workspace.sandbox.faults.next("zendesk", "POST", "webhooks$", status=500)
    workspace.apply()
    assert workspace.names("webhook") == ["Parley", "Parley events"]


def test_a_creation_that_never_happens_is_told_and_the_next_run_makes_it(workspace: Workspace) -> None:
    workspace.sandbox.faults.next("zendesk", "POST", "webhooks$", status=500, times=5)
    with pytest.raises(AccountError, match="run this again"):
        workspace.apply()
    workspace.apply()
    assert workspace.names("webhook") == ["Parley", "Parley events"]


@pytest.mark.parametrize(
    "path",
    ["groups", "custom_statuses", "ticket_fields", "ticket_forms", "macros", "webhooks", "triggers", "views"],
)
def test_zendesk_being_away_ends_the_run_and_the_next_one_goes_on(path: str, workspace: Workspace) -> None:
    workspace.sandbox.faults.next("zendesk", "GET", f"{path}$", times=3, status=503)
    with pytest.raises(ConnectorError):
        workspace.apply()
    workspace.apply()
    assert workspace.done() == []


def test_what_is_told_while_it_works_is_in_plain_words(workspace: Workspace) -> None:
    workspace.apply()
    assert workspace.said[0] == "Reading: groups"
    assert "creating: custom status Needs review" in workspace.said
    assert all(re.fullmatch(r"(Reading|creating): [a-z]+.*", line) for line in workspace.said)


def test_what_zendesk_does_not_keep_is_told_when_everything_is_read_back(workspace: Workspace) -> None:
    add = workspace.account.macros.__class__.__setitem__

    class Forgetful(dict[Any, Any]):
        def __setitem__(self, key: Any, row: Any) -> None:
            add(self, key, {**row, "active": False})

    workspace.account.macros = Forgetful()
    warnings = workspace.apply().warnings
    assert len(warnings) == len(workspace.spec.macros)
    assert warnings[0].startswith("Zendesk did not keep it so: change macro “Escalation::Tier 1")


def test_an_account_set_up_before_gets_what_clients_need_and_loses_nothing(workspace: Workspace) -> None:
    whole, younger = workspace.spec, {"kind_of_outcome", "tier_3_client", "off_platform_client"}
    workspace.want(
        fields=tuple(one for one in whole.fields if one.key not in younger),
        macros=tuple(one for one in whole.macros if one.key not in younger),
    )
    workspace.apply()
    before = workspace.everything()
    people = workspace.sandbox.zendesk.people
    ticket = people.submit_request("w@example.com", "W", "4711", "worker", "payment_dispute", outcome="Peace")
    workspace.want(fields=whole.fields, macros=whole.macros)
    steps = [step for step in workspace.plan().steps if step.action != "nothing"]
    assert {step.key for step in steps if step.action == "create"} == younger
    assert {(step.action, step.kind) for step in steps if step.key not in younger} == {("change", "form")}
    workspace.apply()
    assert workspace.done() == []
    assert all(set(before[kind]) <= set(there) for kind, there in workspace.everything().items())
    assert workspace.sandbox.zendesk.ticket(ticket)["by_title"]["Outcome you hope for"] == "Peace"


def test_the_same_files_set_two_accounts_up(workspace: Workspace) -> None:
    with a_workspace() as other:
        other.account.skip_ids(5_000)
        workspace.apply()
        other.apply()
        assert workspace.everything() == other.everything()
        assert workspace.ids.form != other.ids.form
        assert other.done() == []


def test_what_was_made_in_another_account_is_not_taken_for_ours(ready: Workspace) -> None:
    with a_workspace() as other:
        other.state.values.update(ready.state.values)
        for value in other.state.values.values():
            if isinstance(value, dict) and "account" in value:
                value["account"] = "the sandbox"
        assert {step.action for step in other.plan().steps} == {"create"}
        other.apply()
        assert other.done() == []
