"""What Zendesk treats as equal is equal; what stands in the way of our parts is said before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import ApiAnswer
from connector.zendesk.access.channel import Calls
from connector.zendesk.account.setup import Setup, _subjects
from tests.account.workspace import Workspace


def respelled(value: Any) -> Any:
    """The same in other spellings: booleans as words, JSON with blanks, other line ends."""
    if isinstance(value, str) and value.startswith("{") and not value.startswith("{{"):
        return json.dumps(json.loads(value), indent=4)
    if isinstance(value, str):
        return value.replace("\n", "\r\n")
    if isinstance(value, list):
        return [respelled(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else value


def test_every_value_in_another_spelling_is_no_difference(ready: Workspace) -> None:
    for kind in ("field", "macro", "trigger", "automation", "view"):
        for row in ready.rows(kind).values():
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


def test_an_option_whose_tag_another_field_has_is_a_problem_before_anything_is_sent(workspace: Workspace) -> None:
    other = next(iter(workspace.account.fields.values()))
    other["custom_field_options"] = [{"name": "W", "value": "escalation_party_worker"}]
    (problem,) = workspace.plan().problems
    assert "The tag escalation_party_worker of the ticket field “I am the” is taken by the field" in problem


def test_a_field_that_is_on_another_form_too_and_one_that_conditions_hide_are_said(ready: Workspace) -> None:
    party = ready.id("field", "party")
    other = next(row for row in ready.account.forms.values() if row["default"])
    other["ticket_field_ids"] = [*other["ticket_field_ids"], party]
    child = {"parent_field_id": 1, "value": "x", "child_fields": [{"id": party, "is_required": False}]}
    ready.account.forms[ready.ids.form]["agent_conditions"] = [child]
    told = ready.told()
    assert "has fields of ours too: I am the." in told
    assert "hide fields of ours at times: I am the." in told


def test_a_macro_for_some_only_is_said(ready: Workspace) -> None:
    key = ready.spec.macros[0].key
    ready.row("macro", key)["restriction"] = {"type": "Group", "id": 1}
    assert f"The macro “{ready.spec.macros[0].name}”" in ready.told()
    assert "is restricted to somebody" in ready.told()


def test_an_inactive_twin_is_said_and_left_alone(ready: Workspace) -> None:
    row = ready.row("trigger", ready.spec.triggers[0].key)
    ready.account.triggers[1] = {**row, "id": 1, "active": False}
    assert ready.plan().problems == ()
    assert "(1) is switched off and is left alone" in ready.told()


def test_a_change_of_more_than_a_third_is_sweeping_and_the_first_set_up_is_not(workspace: Workspace) -> None:
    assert not workspace.plan().is_sweeping
    workspace.apply()
    assert not workspace.plan().is_sweeping
    for kind in ("field", "macro", "trigger", "view", "automation"):
        for row in workspace.rows(kind).values():
            row["active"] = False
    assert workspace.plan().is_sweeping


class Otherwise:
    """The same account, whose answers spell every value in another way that Zendesk treats as equal."""

    def __init__(self, calls: Calls, spelling: Callable[[Any], Any]) -> None:
        self._calls, self._spelling = calls, spelling

    def get(self, path: str, **parameters: object) -> ApiAnswer:
        return self._respelled(self._calls.get(path, **parameters))

    def pages(self, path: str, parameters: Mapping[str, object]) -> Iterator[tuple[Any, ApiAnswer]]:
        for body, answer in self._calls.pages(path, parameters):
            yield deep(body, self._spelling), answer

    def send(self, method: str, path: str, body: Mapping[str, object]) -> ApiAnswer:
        return self._respelled(self._calls.send(method, path, body))

    def _respelled(self, answer: ApiAnswer) -> ApiAnswer:
        return replace(answer, body=deep(answer.body, self._spelling))


def deep(value: Any, spelling: Callable[[Any], Any]) -> Any:
    """Every value inside, respelled; what tells of further pages stays."""
    if isinstance(value, dict):
        kept = ("meta", "links", "count", "after_cursor", "after_url", "next_page")
        return {key: one if key in kept else deep(one, spelling) for key, one in value.items()}
    if isinstance(value, list):
        found = [deep(one, spelling) for one in value]
        return found[::-1] if spelling is in_another_order and _are_options(found) else found
    return spelling(value)


def _are_options(rows: list[Any]) -> bool:
    return bool(rows) and all(isinstance(row, dict) and {"name", "value"} <= row.keys() for row in rows)


def with_words(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def with_numbers_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def with_text_as_numbers(value: Any) -> Any:
    plain = isinstance(value, str) and value.isascii() and value.isdigit() and str(int(value)) == value
    return int(value) if plain else value


def with_other_line_ends(value: Any) -> Any:
    return value.replace("\n", "\r\n") if isinstance(value, str) else value


def with_blanks_in_json(value: Any) -> Any:
    is_json = isinstance(value, str) and value.startswith("{") and not value.startswith("{{")
    return json.dumps(json.loads(value), indent=4) if is_json else value


def in_another_order(value: Any) -> Any:
    return value


@pytest.mark.parametrize(
    "spelling",
    [
        with_words,
        with_numbers_as_text,
        with_text_as_numbers,
        with_other_line_ends,
        with_blanks_in_json,
        in_another_order,
    ],
)
def test_whatever_the_spelling_the_plan_is_empty_after_apply_and_apply_changes_nothing(
    ready: Workspace, spelling: Callable[[Any], Any]
) -> None:
    run = ready.run(Setup(Otherwise(ready.channel, spelling)))
    plan = run.plan()
    assert [(step.action, step.name, step.edits) for step in plan.changes] == []
    assert plan.problems == ()
    run.apply()
    assert ready.done() == []


def test_one_cause_is_one_sentence_for_all_parts_that_it_concerns(workspace: Workspace) -> None:
    class WithoutVisibility(Setup):
        def definitions(self, resource):  # type: ignore[no-untyped-def]
            found = super().definitions(resource)
            known = {name: one for name, one in found.actions.items() if name != "comment_mode_is_public"}
            return replace(found, actions=known) if resource.kind == "macro" else found

    said = [
        one
        for one in workspace.run(WithoutVisibility(workspace.channel)).plan().warnings
        if "comment_mode_is_public" in one
    ]
    assert len(said) == 1
    assert said[0].count("the macro “") == len([one for one in workspace.spec.macros if one.comment])


def test_what_only_follows_from_a_problem_is_not_listed(ready: Workspace) -> None:
    party = ready.row("field", "party")
    ready.account.fields[1] = {**party, "id": 1, "type": "text"}
    party["type"] = "text"
    (problem,) = ready.plan().problems
    assert "There is more than one ticket field named" in problem


def test_the_twin_away_what_was_wrong_besides_is_told(ready: Workspace) -> None:
    ready.row("field", "party")["type"] = "text"
    (problem,) = ready.plan().problems
    assert "that can't be changed" in problem


class Older(Otherwise):
    """An account whose settings don't know the key `custom_statuses_enabled`."""

    def get(self, path: str, **parameters: object) -> ApiAnswer:
        answer = super().get(path, **parameters)
        if path == "account/settings":
            answer.body["settings"]["tickets"].pop("custom_statuses_enabled")  # type: ignore[index]
        return answer


def test_where_the_settings_say_nothing_of_custom_statuses_the_list_of_them_tells(ready: Workspace) -> None:
    assert ready.run(Setup(Older(ready.channel, with_words))).plan().changes == ()
