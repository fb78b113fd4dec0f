"""What becomes of what people do in Zendesk: kept, repaired, made again, taken over; drift finds exactly that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.zendesk_specs import OptionSpec
from parley.zendesk.account.applying.apply import AccountError
from parley.zendesk.account.kinds import KINDS
from parley.zendesk.account.planning.drift import MEND, finding_lines
from tests.account.workspace import Workspace

ONE_OF_EACH: list[tuple[str, str]] = [
    ("group", "it"),
    ("status", "tier_1"),
    ("field", "reason"),
    ("form", "it"),
    ("macro", "tier_1"),
    ("webhook", "triggers"),
    ("category", "it"),
    ("trigger", "ticket_changed"),
    ("automation", "silent"),
    ("view", "by_tier"),
]
SWITCHED_OFF = [one for one in ONE_OF_EACH if one[0] not in ("group", "category")]
TEXTS: list[tuple[str, str, str]] = [
    ("group", "it", "description"),
    ("status", "tier_1", "end_user_label"),
    ("status", "tier_1", "description"),
    ("field", "reason", "agent_description"),
    ("field", "reason", "title_in_portal"),
    ("form", "it", "display_name"),
    ("macro", "tier_1", "description"),
    ("trigger", "ticket_changed", "description"),
    ("view", "by_tier", "description"),
]
BROKEN: list[tuple[str, str, str, Any]] = [
    ("field", "reason", "editable_in_portal", False),
    ("field", "reason", "required", True),
    ("field", "assignment_id", "regexp_for_validation", "x"),
    ("form", "it", "end_user_visible", False),
    ("webhook", "triggers", "endpoint", "https://elsewhere.example.com"),
    ("webhook", "triggers", "http_method", "PUT"),
    ("webhook", "events", "subscriptions", ["zen:event-type:ticket.merged"]),
    ("trigger", "ticket_changed", "conditions", {"all": [], "any": []}),
    ("trigger", "ticket_changed", "actions", [{"field": "current_tags", "value": "x"}]),
    ("automation", "silent", "actions", [{"field": "current_tags", "value": "escalation_overdue"}]),
    ("view", "by_tier", "conditions", {"all": [], "any": []}),
]


@pytest.mark.parametrize(("kind", "key"), SWITCHED_OFF)
def test_what_was_switched_off_is_found_and_switched_on_again(kind: str, key: str, ready: Workspace) -> None:
    ready.row(kind, key).update({"status": "inactive"} if kind == "webhook" else {"active": False})
    assert ready.done() == [f"change {kind} {key}"]
    (finding,) = ready.drift()
    assert "It was changed in Zendesk in a way that the desk can't work with." in finding
    ready.apply()
    assert len(ready.writes()) == 1
    assert ready.done() == []


@pytest.mark.parametrize(("kind", "key"), ONE_OF_EACH)
def test_what_was_deleted_is_found_and_made_again(kind: str, key: str, ready: Workspace) -> None:
    ready.rows(kind).pop(ready.id(kind, key))
    if kind == "field":
        ready.row("form", "it")["ticket_field_ids"].remove(ready.id(kind, key))
    lost = ready.step(kind, key)
    assert (lost.action, lost.why) == ("create", "It was deleted in Zendesk.")
    assert any(f"“{lost.name}”: It was deleted in Zendesk." in finding for finding in ready.drift())
    ready.apply()
    assert ready.done() == []
    assert ready.id(kind, key) in ready.rows(kind)


def test_what_names_a_thing_that_was_deleted_says_so_and_not_that_we_want_it_otherwise(ready: Workspace) -> None:
    deleted = ready.id("field", "next_update_due")
    ready.rows("field").pop(deleted)
    ready.row("form", "it")["ticket_field_ids"].remove(deleted)
    changed = [step for step in ready.plan().steps if step.action == "change"]
    assert {step.kind for step in changed} >= {"form", "view"}
    name = ready.step("field", "next_update_due").name
    why = f"The ticket field “{name}” that it names was deleted in Zendesk."
    assert {step.why for step in changed} == {why}
    told = dict(finding_lines(ready.plan()))
    assert told.pop(f"ticket field {name}").startswith("It was deleted in Zendesk.")
    assert {said.removeprefix(why).strip() for said in told.values()} == {MEND}


@pytest.mark.parametrize(("kind", "key", "name"), TEXTS)
def test_a_text_that_was_edited_is_kept_and_is_no_drift(kind: str, key: str, name: str, ready: Workspace) -> None:
    ready.row(kind, key)[name] = "The team's own words"
    assert ready.done() == [f"keep {kind} {key}"]
    assert ready.drift() == ()
    ready.apply()
    assert ready.writes() == []
    assert ready.row(kind, key)[name] == "The team's own words"


@pytest.mark.parametrize(("kind", "key", "name", "value"), BROKEN)
def test_an_edit_that_breaks_the_mechanism_is_found_and_repaired(
    kind: str, key: str, name: str, value: Any, ready: Workspace
) -> None:
    before = ready.row(kind, key)[name]
    ready.row(kind, key)[name] = value
    assert ready.done() == [f"change {kind} {key}"]
    assert len(ready.drift()) == 1
    ready.apply()
    assert ready.done() == []
    if name != "actions":
        assert ready.row(kind, key)[name] == before


@pytest.mark.parametrize(("kind", "key"), ONE_OF_EACH)
def test_what_was_renamed_gets_its_name_back_since_it_is_found_by_it(kind: str, key: str, ready: Workspace) -> None:
    name = {"status": "agent_label", "group": "name", "form": "name", "webhook": "name", "category": "name"}
    row = ready.row(kind, key)
    row[name.get(kind, "title")] = "Renamed"
    assert ready.done() == [f"change {kind} {key}"]
    assert "“Renamed” → " in ready.told() or "Renamed → " in ready.told()
    ready.apply()
    assert ready.done() == []
    assert len(ready.rows(kind)) == len({ready.id(kind, key), *ready.rows(kind)})


def test_the_text_of_a_macro_is_kept_while_its_status_is_repaired(ready: Workspace) -> None:
    macro = ready.row("macro", "tier_1")
    own = {"field": "priority", "value": "high"}
    macro["actions"] = [{"field": "comment_value", "value": "The team's own words"}, own]
    step = ready.step("macro", "tier_1")
    assert step.action == "change"
    assert [edit.name for edit in step.edits if edit.kept] == ["comment", "action comment_mode_is_public"]
    ready.apply()
    actions = {row["field"]: row["value"] for row in macro["actions"]}
    assert actions["comment_value"] == "The team's own words"
    assert actions["custom_status_id"] == str(ready.ids.statuses["tier_1"])
    assert own in macro["actions"]
    assert ready.done() == ["keep macro tier_1"]


def set_mode(macro: dict[str, Any], mode: Any) -> None:
    next(row for row in macro["actions"] if row["field"] == "comment_mode_is_public")["value"] = mode


def action(macro: dict[str, Any], name: str) -> Any:
    return next(row["value"] for row in macro["actions"] if row["field"] == name)


@pytest.mark.parametrize("internal", [False, "false"])
def test_a_macro_made_internal_stays_so_with_its_words_and_the_plan_says_what_that_means(
    internal: Any, ready: Workspace
) -> None:
    macro = ready.row("macro", "tier_1")
    set_mode(macro, internal)
    words = action(macro, "comment_value")
    texts = ready.desired.texts
    ready.desired = replace(ready.desired, texts=lambda *spec: texts(*spec).replace("We", "We all"))
    assert "keep macro tier_1" in ready.done()
    assert "is internal, and stays so: the desk doesn't say it" in ready.told()
    ready.apply()
    assert action(macro, "comment_mode_is_public") == internal
    assert action(macro, "comment_value") == words


@pytest.mark.parametrize("shown", ["ticket.latest_comment", "ticket.latest_comment_html"])
def test_a_macro_that_shows_internal_notes_is_warned_of(shown: str, ready: Workspace) -> None:
    comment = next(row for row in ready.row("macro", "tier_1")["actions"] if row["field"] == "comment_value")
    comment["value"] = f"Hello, {{{{{shown}}}}}"
    assert "which shows internal notes too" in ready.told()
    comment["value"] = "Hello, {{ticket.latest_public_comment}}"
    assert "which shows internal notes too" not in ready.told()


def test_a_macro_of_the_name_that_is_internal_is_taken_over_and_stays_internal(workspace: Workspace) -> None:
    texts = [
        {"field": "comment_value", "value": "Tell nobody."},
        {"field": "comment_mode_is_public", "value": "false"},
    ]
    workspace.setup.create(
        KINDS["macro"].resource, {"title": "Escalation::Tier 1: assignment message", "actions": texts}
    )
    workspace.apply()
    macro = next(row for row in workspace.account.macros.values() if row["title"].startswith("Escalation::Tier 1"))
    assert action(macro, "comment_mode_is_public") in (False, "false")
    assert action(macro, "comment_value") == "Tell nobody."


def test_a_macro_of_the_name_that_says_nothing_of_its_readers_is_not_made_public(workspace: Workspace) -> None:
    texts = [{"field": "comment_value", "value": "Tell nobody."}]
    workspace.setup.create(
        KINDS["macro"].resource, {"title": "Escalation::Tier 1: assignment message", "actions": texts}
    )
    workspace.apply()
    macro = next(row for row in workspace.account.macros.values() if row["title"].startswith("Escalation::Tier 1"))
    assert not any(row["field"] == "comment_mode_is_public" for row in macro["actions"])


def test_tags_that_were_added_to_an_action_of_ours_stay(ready: Workspace) -> None:
    macro = ready.row("macro", "post")
    macro["actions"] = [{"field": "current_tags", "value": "theirs"}]
    ready.apply()
    assert macro["actions"] == [{"field": "current_tags", "value": "theirs escalation_post_to_assignment"}]


def test_a_mail_text_of_the_automation_is_the_teams(ready: Workspace) -> None:
    (mail,) = [row for row in ready.row("automation", "silent")["actions"] if row["field"] == "notification_group"]
    mail["value"] = [mail["value"][0], "Wake up", "Parley sleeps."]
    assert ready.done() == ["keep automation silent"]


def test_columns_of_a_view_are_the_teams(ready: Workspace) -> None:
    ready.row("view", "by_tier")["execution"]["columns"].pop()
    assert ready.done() == ["keep view by_tier"]


def test_a_text_of_ours_that_nobody_edited_is_brought_up_to_date(ready: Workspace) -> None:
    texts = ready.desired.texts
    ready.desired = replace(ready.desired, texts=lambda *spec: texts(*spec).replace("We", "We all"))
    changed = [step for step in ready.plan().steps if step.action == "change"]
    assert changed
    assert {step.why for step in changed} == {"We want it otherwise now."}
    ready.apply()
    assert ready.done() == []


def test_a_text_of_ours_does_not_go_over_one_that_was_edited(ready: Workspace) -> None:
    ready.row("macro", "tier_1")["actions"][0]["value"] = "The team's own words"
    ready.desired = replace(ready.desired, texts=lambda *_: "New words of ours")
    ready.apply()
    assert ready.row("macro", "tier_1")["actions"][0]["value"] == "The team's own words"
    assert ready.row("macro", "tier_2")["actions"][0]["value"] == "New words of ours"
    assert ready.done() == ["keep macro tier_1"]


def test_a_missing_option_is_added_a_label_is_kept_and_theirs_stays(ready: Workspace) -> None:
    field = ready.row("field", "reason")
    options = field["custom_field_options"]
    options[1]["name"] = "The team's label"
    kept = {one["value"]: one["id"] for one in options[1:]}
    extra = {**options[0], "id": 1, "value": "their_own", "name": "Their own", "raw_name": "Their own"}
    field["custom_field_options"] = [*options[1:], extra]
    assert ready.done() == ["change field reason"]
    ready.apply()
    now = {one["value"]: one for one in field["custom_field_options"]}
    assert now.keys() == {*(one["value"] for one in options), "their_own"}
    assert {tag: now[tag]["id"] for tag in kept} == kept
    assert now[options[1]["value"]]["name"] == "The team's label"
    assert ready.done() == ["keep field reason"]


def test_a_new_option_of_ours_is_added(ready: Workspace) -> None:
    fields = tuple(
        replace(field, options=(*field.options, OptionSpec("escalation_reason_other", "Something else")))
        if field.key == "reason"
        else field
        for field in ready.spec.fields
    )
    ready.want(fields=fields)
    ready.apply()
    assert "escalation_reason_other" in [
        row["value"] for row in ready.row("field", "reason")["custom_field_options"]
    ]


def test_fields_on_the_form_are_added_and_others_keep_their_place(ready: Workspace) -> None:
    form = ready.row("form", "it")
    form["ticket_field_ids"] = list(reversed(form["ticket_field_ids"][:-1]))
    before = list(form["ticket_field_ids"])
    assert ready.done() == ["change form it"]
    ready.apply()
    assert form["ticket_field_ids"] == [*before, ready.ids.fields["next_update_due"]]


def test_a_form_limited_to_some_statuses_gets_ours_added(ready: Workspace) -> None:
    ids = ready.ids
    kept = {"id": "x", "ticket_form_id": ids.form, "custom_status_id": ids.statuses["resolved"]}
    ready.account.form_statuses[ids.form] = [kept]
    assert ready.done() == ["change form it"]
    ready.apply()
    allowed = [one["custom_status_id"] for one in ready.account.form_statuses[ids.form]]
    assert set(allowed) == set(ids.statuses.values())
    assert ready.done() == []


@pytest.mark.parametrize("key", ["triggers", "events"])
def test_a_new_signing_secret_is_found_and_learnt_and_never_told(key: str, ready: Workspace) -> None:
    new = ready.sandbox.zendesk.webhooks.reset_secret(ready.id("webhook", key))
    assert ready.done() == [f"learn webhook {key} secret"]
    assert len(ready.drift()) == 1
    assert new not in ready.told()
    ready.apply()
    assert ready.state.values["secrets"][key] == new
    assert ready.done() == []


def test_what_was_there_before_is_taken_over_with_its_texts(workspace: Workspace) -> None:
    theirs = {"title": "Escalation tier", "type": "tagger", "agent_description": "Their own text"}
    tag = {"name": "Their label", "value": "escalation_tier_1"}
    made = workspace.setup.create(KINDS["field"].resource, {**theirs, "custom_field_options": [tag]})
    step = workspace.step("field", "tier")
    assert (step.action, step.id) == ("adopt", made.id)
    workspace.apply()
    field = workspace.row("field", "tier")
    assert str(field["id"]) == made.id
    assert field["agent_description"] == "Their own text"
    options = {row["value"]: row["name"] for row in field["custom_field_options"]}
    assert options["escalation_tier_1"] == "Their label"
    assert len(options) == 3
    assert workspace.done() == ["keep field tier"]


def test_an_account_whose_memory_was_lost_is_taken_over_and_given_what_it_never_shows(
    ready: Workspace,
) -> None:
    ready.row("macro", "tier_1")["actions"][0]["value"] = "The team's own words"
    ready.state.values.clear()
    assert {step.action for step in ready.plan().steps} == {"adopt"}
    ready.apply()
    assert {path.split("/")[3] for path in ready.writes()} == {"apps"}
    assert ready.done() == ["keep macro tier_1"]


def test_what_we_made_and_no_longer_want_is_switched_off_once(ready: Workspace) -> None:
    trigger = ready.row("trigger", "ticket_changed")
    ready.want(triggers=tuple(one for one in ready.spec.triggers if one.key != "ticket_changed"))
    assert ready.done() == ["deactivate trigger ticket_changed"]
    ready.apply()
    assert trigger["active"] is False
    assert ready.done() == []
    assert ready.done(destroy=True) == ["delete trigger ticket_changed"]
    ready.apply(destroy=True)
    assert trigger["id"] not in ready.account.triggers
    assert ready.done(destroy=True) == []


def test_what_was_there_before_us_is_never_switched_off(workspace: Workspace) -> None:
    view = workspace.spec.views[0]
    status = {"field": "status", "operator": "less_than", "value": "solved"}
    made = workspace.setup.create(KINDS["view"].resource, {"title": view.title, "all": [status]})
    workspace.apply()
    workspace.want(views=workspace.spec.views[1:])
    assert workspace.done(destroy=True) == []
    workspace.apply(destroy=True)
    assert workspace.account.views[int(made.id)]["active"] is True


def test_a_deleted_field_takes_its_values_along_and_the_plan_says_of_how_many_tickets(ready: Workspace) -> None:
    ready.sandbox.zendesk.people.submit_request("w@example.com", "W", "4711", "worker", outcome="Peace")
    ready.sandbox.clock.move(timedelta(minutes=3))  # the search that counts is minutes behind
    ready.want(fields=tuple(one for one in ready.spec.fields if one.key != "outcome"))
    (step,) = [step for step in ready.plan(destroy=True).steps if step.action == "delete"]
    assert (step.key, step.tickets) == ("outcome", 1)
    ready.apply(destroy=True)
    assert "Outcome you hope for" not in ready.names("field")


def test_a_part_under_a_new_key_is_not_switched_off_under_its_old_one(ready: Workspace) -> None:
    ready.want(views=tuple(replace(one, key=f"{one.key}_new") for one in ready.spec.views))
    assert {step.action for step in ready.plan().changes} == {"adopt"}
    ready.apply()
    assert all(row["active"] for row in ready.account.views.values() if not row["default"])
    assert ready.done() == []


@pytest.mark.parametrize(("kind", "key"), ONE_OF_EACH)
def test_two_of_one_name_are_refused_with_both_ids(kind: str, key: str, ready: Workspace) -> None:
    one = ready.row(kind, key)
    other: Any = 4711
    if kind == "webhook":
        other = ready.setup.create(KINDS[kind].resource, one).id
    else:
        ready.rows(kind)[other] = {**one, "id": str(other) if kind == "category" else other}
    ready.sandbox.calls.clear()
    with pytest.raises(AccountError) as caught:
        ready.apply()
    assert str(other) in str(caught.value)
    assert str(one["id"]) in str(caught.value)
    assert ready.writes() == []


def test_a_renamed_part_beside_another_of_its_name_is_refused_with_both_ids(ready: Workspace) -> None:
    macro = ready.row("macro", "post")
    ready.account.macros[4711] = {**macro, "id": 4711}
    macro["title"] = "Renamed"
    (problem,) = ready.plan().problems
    assert "4711" in problem
    assert str(macro["id"]) in problem


def test_a_field_of_another_type_is_refused(workspace: Workspace) -> None:
    workspace.setup.create(KINDS["field"].resource, {"type": "text", "title": "Escalation tier"})
    with pytest.raises(AccountError, match=r"“Escalation tier” .* has text as its type, and not tagger"):
        workspace.apply()


def test_a_status_of_another_category_is_refused(workspace: Workspace) -> None:
    workspace.setup.create(KINDS["status"].resource, {"status_category": "open", "agent_label": "Waiting for date"})
    with pytest.raises(AccountError, match=r"“Waiting for date” .* has open as its status category, and not hold"):
        workspace.apply()


def test_ids_are_told_by_the_names_that_people_know(ready: Workspace) -> None:
    conditions = ready.row("view", "needs_review")["conditions"]
    conditions["all"][1] = {**conditions["all"][1], "value": str(ready.ids.statuses["resolved"])}
    assert "custom_status_id is “Resolved”" in ready.told()
    assert "custom_status_id is “Needs review”" in ready.told()
