"""What Zendesk treats as equal is equal; what stands in the way of our parts is said before anything is sent."""

from __future__ import annotations

import json
from typing import Any

from connector.zendesk.setup import _subjects
from tests.account.bench import Bench


def respelled(value: Any) -> Any:
    """The same in other spellings: booleans as words, JSON with blanks, other line ends."""
    if isinstance(value, str) and value.startswith("{") and not value.startswith("{{"):
        return json.dumps(json.loads(value), indent=4)
    if isinstance(value, str):
        return value.replace("\n", "\r\n")
    if isinstance(value, list):
        return [respelled(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else value


def test_every_value_in_another_spelling_is_no_difference(ready: Bench) -> None:
    for kind in ("field", "macro", "trigger", "automation", "view"):
        for row in ready.rows(kind).values():  # type: ignore[arg-type]
            row["active"] = str(row["active"]).lower() if kind == "field" else row["active"]
            for action in row.get("actions") or ():
                action["value"] = respelled(action["value"])
            for condition in (row.get("conditions") or {}).get("all", ()):
                condition["value"] = (
                    int(condition["value"]) if str(condition["value"]).isdigit() else condition["value"]
                )
                condition["value"] = {"true": True, "false": False}.get(str(condition["value"]), condition["value"])
            if row.get("custom_field_options"):
                row["custom_field_options"] = list(reversed(row["custom_field_options"]))
    assert ready.done() == []


def test_a_list_that_names_things_by_their_value_is_understood() -> None:
    assert set(_subjects([{"title": "Status", "value": "status"}, {"title": "?"}])) == {"status"}


def test_an_option_whose_tag_another_field_has_is_a_problem_before_anything_is_sent(bench: Bench) -> None:
    other = next(iter(bench.account.fields.values()))
    other["custom_field_options"] = [{"name": "W", "value": "escalation_party_worker"}]
    (problem,) = bench.plan().problems
    assert "The tag escalation_party_worker of the ticket field “I am the” is taken by the field" in problem


def test_a_field_that_is_on_another_form_too_and_one_that_conditions_hide_are_said(ready: Bench) -> None:
    party = ready.id("field", "party")
    other = next(row for row in ready.account.forms.values() if row["default"])
    other["ticket_field_ids"] = [*other["ticket_field_ids"], party]
    child = {"parent_field_id": 1, "value": "x", "child_fields": [{"id": party, "is_required": False}]}
    ready.account.forms[ready.ids.form]["agent_conditions"] = [child]
    told = ready.told()
    assert "has fields of ours too: I am the." in told
    assert "hide fields of ours at times: I am the." in told


def test_a_macro_for_some_only_is_said(ready: Bench) -> None:
    key = ready.spec.macros[0].key
    ready.row("macro", key)["restriction"] = {"type": "Group", "id": 1}
    assert f"The macro “{ready.spec.macros[0].name}”" in ready.told()
    assert "is restricted to somebody" in ready.told()


def test_an_inactive_twin_is_said_and_left_alone(ready: Bench) -> None:
    row = ready.row("trigger", ready.spec.triggers[0].key)
    ready.account.triggers[1] = {**row, "id": 1, "active": False}
    assert ready.plan().problems == ()
    assert "(1) is switched off and is left alone" in ready.told()


def test_a_change_of_more_than_a_third_is_sweeping_and_the_first_set_up_is_not(bench: Bench) -> None:
    assert not bench.plan().is_sweeping
    bench.apply()
    assert not bench.plan().is_sweeping
    for kind in ("field", "macro", "trigger", "view", "automation"):
        for row in bench.rows(kind).values():  # type: ignore[arg-type]
            row["active"] = False
    assert bench.plan().is_sweeping
