"""Accounts that lack something: what is made there instead, and the way from one mode to the other."""

from __future__ import annotations

from typing import Any

import pytest

from connector.zendesk.account.setup import name_in
from parley.zendesk.account.kinds import KINDS
from tests.account.workspace import Workspace, a_workspace, crashed_on_and_on

NO_STATUSES, NO_HOLD, NEITHER = ("custom_statuses",), ("on_hold",), ("custom_statuses", "on_hold")
MODES = [NO_STATUSES, NO_HOLD, NEITHER]
HELD = {"waiting_for_date", "tier_1", "tier_2", "tier_3"}


def switch(workspace: Workspace, features: tuple[str, ...], on: bool) -> None:
    for feature in features:
        setattr(workspace.account.features, feature, on)


@pytest.fixture(params=MODES, ids=" and ".join)
def features(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """What the account is without."""
    found: tuple[str, ...] = request.param
    return found


@pytest.fixture
def lacking(workspace: Workspace, features: tuple[str, ...]) -> Workspace:
    """An account without them that has been set up; calls are counted from here."""
    switch(workspace, features, False)
    workspace.apply()
    workspace.sandbox.calls.clear()
    return workspace


def actions(workspace: Workspace, macro: str) -> dict[str, Any]:
    return {one["field"]: one["value"] for one in workspace.row("macro", macro)["actions"]}


def asked(workspace: Workspace, view: str) -> list[str]:
    """A view's conditions, our ids as their names."""
    names = {f"custom_fields_{number}": f"@{key}" for key, number in workspace.ids.fields.items()}
    names |= {str(number): f"@{key}" for key, number in workspace.ids.statuses.items()}
    names |= {str(workspace.ids.form): "@form"}
    rows = workspace.row("view", view)["conditions"]["all"]
    return [
        f"{names.get(row['field'], row['field'])} {row['operator']} {names.get(str(row['value']), row['value'])}"
        for row in rows
    ]


def test_the_account_is_set_up_and_a_second_run_writes_nothing(lacking: Workspace) -> None:
    assert lacking.done() == []
    assert lacking.drift() == ()
    lacking.apply()
    assert lacking.writes() == []


def test_every_state_has_a_custom_status_or_zendesks_own(lacking: Workspace) -> None:
    states = {one.key for one in lacking.spec.statuses}
    assert lacking.ids.statuses.keys() | lacking.ids.plain.keys() == states
    assert not lacking.ids.statuses.keys() & lacking.ids.plain.keys()


@pytest.mark.parametrize(
    ("features", "shown"),
    [
        (
            NO_STATUSES,
            {"tier_1": "hold", "needs_review": "open", "confirming_outcome": "pending", "resolved": "solved"},
        ),
        (NO_HOLD, {"tier_1": "open", "waiting_for_date": "open"}),
        (
            NEITHER,
            {"tier_1": "open", "needs_review": "open", "confirming_outcome": "pending", "resolved": "solved"},
        ),
    ],
)
def test_a_state_without_a_status_of_its_own_is_shown_by_zendesks(
    lacking: Workspace, shown: dict[str, str]
) -> None:
    assert {key: lacking.ids.plain[key] for key in shown} == shown


def test_without_on_hold_the_other_custom_statuses_are_made(workspace: Workspace) -> None:
    switch(workspace, NO_HOLD, False)
    workspace.apply()
    assert workspace.ids.plain.keys() == HELD
    assert "Needs review" in workspace.names("status")
    assert "Tier 1: assignment message" not in workspace.names("status")


def test_a_tiers_macro_sets_zendesks_status_the_tier_and_a_tag_for_the_state(lacking: Workspace) -> None:
    found = actions(lacking, "tier_1")
    assert found["status"] == lacking.ids.plain["tier_1"]
    assert "custom_status_id" not in found
    assert found[f"custom_fields_{lacking.ids.fields['tier']}"] == "escalation_tier_1"
    assert found["current_tags"] == "escalation_state_tier_1"


def test_views_ask_for_what_there_is(workspace: Workspace) -> None:
    switch(workspace, NO_STATUSES, False)
    workspace.apply()
    ticked = "@other_side_responded is"
    assert asked(workspace, "needs_review") == ["status is open", "ticket_form_id is @form", f"{ticked} false"]
    responded = ["status less_than solved", "ticket_form_id is @form", f"{ticked} true"]
    assert asked(workspace, "other_side_responded") == responded


def test_a_view_whose_status_can_be_had_asks_for_it(workspace: Workspace) -> None:
    switch(workspace, NO_HOLD, False)
    workspace.apply()
    assert asked(workspace, "needs_review") == ["status less_than solved", "custom_status_id is @needs_review"]


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (NO_STATUSES, ["Custom ticket statuses are switched off"]),
        (NO_HOLD, ["The on-hold status is switched off"]),
        (
            NEITHER,
            [
                "Custom ticket statuses are switched off",
                "The on-hold status is switched off",
                "Without either of the",
            ],
        ),
    ],
)
def test_the_plan_says_what_is_off_where_to_switch_it_on_and_what_works(
    workspace: Workspace, features: Any, said: Any
) -> None:
    switch(workspace, features, False)
    plan = workspace.plan()
    assert plan.problems == ()
    assert [note.startswith(begins) for note, begins in zip(plan.notes, said, strict=True)] == [True] * len(said)
    assert all("Admin Center" in note for note in plan.notes[: len(features)])
    assert all(note in workspace.told() for note in plan.notes)
    assert all(note in workspace.apply().warnings for note in plan.notes)


def test_an_account_that_lacks_nothing_is_told_nothing(workspace: Workspace) -> None:
    assert workspace.plan().notes == ()


def names(workspace: Workspace) -> dict[str, list[str]]:
    """What the account holds, as the stand-in and not as its API tells it."""
    return {
        kind: sorted(name_in(KINDS[kind].resource, row) for row in workspace.rows(kind).values()) for kind in KINDS
    }


def whole() -> dict[str, list[str]]:
    with a_workspace() as other:
        other.apply()
        return other.everything()


def test_what_is_switched_on_later_is_found_made_and_used(lacking: Workspace, features: tuple[str, ...]) -> None:
    switch(lacking, features, True)
    assert "create status tier_1" in lacking.done()
    assert any("create custom status “Tier 1: assignment message”" in line for line in lacking.drift())
    lacking.apply()
    assert lacking.everything() == whole()
    assert (lacking.done(), dict(lacking.ids.plain)) == ([], {})
    found = actions(lacking, "tier_1")
    assert found["custom_status_id"] == str(lacking.ids.statuses["tier_1"])
    assert not {"status", "current_tags"} & found.keys()
    assert asked(lacking, "needs_review")[1] == "custom_status_id is @needs_review"


def test_what_is_switched_off_later_is_found_and_done_without(ready: Workspace, features: tuple[str, ...]) -> None:
    switch(ready, features, False)
    assert any("change macro “Escalation::Tier 1" in line for line in ready.drift())
    ready.apply()
    assert ready.ids.plain["tier_1"] == ("hold" if features == NO_STATUSES else "open")
    assert "custom_status_id" not in actions(ready, "tier_1")
    ready.sandbox.calls.clear()
    ready.apply()
    assert (ready.done(), ready.writes()) == ([], [])


def test_what_could_not_be_had_for_a_while_is_still_ours_afterwards(
    ready: Workspace, features: tuple[str, ...]
) -> None:
    before = {row["id"]: dict(row) for row in ready.rows("status").values()}
    ids = dict(ready.ids.statuses)
    switch(ready, features, False)
    ready.apply()
    assert ready.rows("status") == before
    switch(ready, features, True)
    assert not {"adopt", "create"} & {line.split()[0] for line in ready.done()}
    ready.apply()
    assert dict(ready.ids.statuses) == ids
    assert ready.state.values["made:status:tier_1"]["ours"] is True


def test_a_status_that_somebody_else_put_in_our_macro_gives_way_to_the_only_one_that_works(
    ready: Workspace,
) -> None:
    row = ready.row("macro", "tier_1")
    other = str(ready.ids.statuses["withdrawn"])
    row["actions"] = [
        one | {"value": other} if one["field"] == "custom_status_id" else one for one in row["actions"]
    ]
    switch(ready, NO_STATUSES, False)
    ready.apply()
    assert "custom_status_id" not in actions(ready, "tier_1")
    assert ready.done() == []


def test_a_crash_at_every_write_one_after_the_other_doubles_nothing(workspace: Workspace) -> None:
    switch(workspace, NO_HOLD, False)
    crashed_on_and_on(workspace, before=True)
    with a_workspace() as other:
        switch(other, NO_HOLD, False)
        other.apply()
        assert names(workspace) == names(other)
    assert workspace.done() == []


@pytest.mark.parametrize("on", [True, False])
def test_a_crash_at_every_write_on_the_way_from_one_mode_to_the_other_is_mended(
    workspace: Workspace, on: bool
) -> None:
    switch(workspace, NEITHER, not on)
    workspace.apply()
    switch(workspace, NEITHER, on)
    crashed_on_and_on(workspace, before=True)
    assert (workspace.done(), workspace.drift()) == ([], ())
    assert bool(workspace.ids.plain) is not on


# One form


ONE_FORM = ("several_forms",)


@pytest.fixture
def shared(workspace: Workspace) -> Workspace:
    """An account with one form, which has been set up; calls are counted from here."""
    switch(workspace, ONE_FORM, False)
    workspace.apply()
    workspace.sandbox.calls.clear()
    return workspace


def default_form(workspace: Workspace) -> dict[str, Any]:
    return dict(workspace.account.forms[workspace.account.default_form()])


def test_our_fields_are_added_to_the_only_form_and_nothing_else_of_it_is_changed(workspace: Workspace) -> None:
    switch(workspace, ONE_FORM, False)
    before = default_form(workspace)
    workspace.apply()
    after = default_form(workspace)
    ours = [workspace.ids.fields[one.key] for one in workspace.spec.fields]
    assert after.pop("ticket_field_ids") == [*before.pop("ticket_field_ids"), *ours]
    assert {**after, "updated_at": ""} == {**before, "updated_at": ""}
    assert (len(workspace.account.forms), workspace.ids.form) == (1, after["id"])


def test_on_the_only_form_a_second_run_writes_nothing(shared: Workspace) -> None:
    assert (shared.done(), shared.drift()) == ([], ())
    shared.apply()
    assert shared.writes() == []


def test_nothing_of_ours_is_required_of_those_who_want_something_else(shared: Workspace) -> None:
    rows = [shared.row("field", one.key) for one in shared.spec.fields]
    assert not any(row["required_in_portal"] or row["required"] for row in rows)
    assert "else leave it empty" in shared.row("field", "party")["description"]


def test_rules_and_views_ask_for_our_field_in_the_place_of_the_form(shared: Workspace) -> None:
    told_by = f"custom_fields_{shared.ids.fields['party']}"
    rules = [shared.row("trigger", one.key) for one in shared.spec.triggers]
    rules += [shared.row("automation", "silent"), shared.row("view", "by_tier"), shared.row("view", "overdue")]
    for rule in rules:
        asked_about = {(row["field"], row["operator"]) for row in rule["conditions"]["all"]}
        assert (told_by, "present") in asked_about
        assert "ticket_form_id" not in {field for field, _ in asked_about}
    assert shared.ids.told_by == "party"


def test_the_plan_says_that_there_is_one_form_and_how_requests_are_told_apart(workspace: Workspace) -> None:
    switch(workspace, ONE_FORM, False)
    plan = workspace.plan()
    (note,) = plan.notes
    assert plan.problems == ()
    assert note.startswith("This account has one ticket form only")
    assert "“I am the” is filled in" in note


def test_a_field_of_ours_that_was_taken_off_the_only_form_is_put_back(shared: Workspace) -> None:
    form = shared.account.forms[shared.ids.form]
    form["ticket_field_ids"] = form["ticket_field_ids"][:-1]
    assert shared.done() == ["change form shared"]
    shared.apply()
    assert shared.done() == []


def test_with_several_forms_later_ours_is_made_and_the_other_keeps_its_name(shared: Workspace) -> None:
    switch(shared, ONE_FORM, True)
    assert "create form it" in shared.done()
    shared.apply()
    assert default_form(shared)["name"] == "Default Ticket Form"
    assert shared.ids.form != shared.account.default_form()
    assert (shared.ids.told_by, shared.done()) == ("", [])
    assert shared.row("field", "party")["required_in_portal"] is True
    rule = shared.row("trigger", "request_submitted")["conditions"]["all"]
    assert ("ticket_form_id", str(shared.ids.form)) in {(row["field"], row["value"]) for row in rule}
    assert "made:form:shared" not in shared.state.values


def test_every_lack_at_once_is_set_up_whatever_crashes(workspace: Workspace) -> None:
    switch(workspace, (*NEITHER, *ONE_FORM, "side_conversations"), False)
    crashed_on_and_on(workspace, before=True)
    assert (workspace.done(), workspace.drift()) == ([], ())
    assert [row["name"] for row in workspace.account.forms.values()] == ["Default Ticket Form"]
