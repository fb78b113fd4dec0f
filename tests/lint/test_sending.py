"""Fields without which Zendesk would refuse an update of ours."""

from __future__ import annotations

from typing import Any

import pytest

from parley.zendesk.lint.described import Described
from parley.zendesk.lint.sending import obstacles


def field(number: int, title: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": title, "type": "text", "removable": True, "active": True, **more}


def account(*fields: dict[str, Any], conditions: tuple[dict[str, Any], ...] = ()) -> Described:
    """Field 1 is the requester's, 2 the desk's, 3 the agents'; 9 is not on the form."""
    return Described(
        form={"id": 10, "ticket_field_ids": [1, 2, 3, 4, 5], "agent_conditions": list(conditions)},
        fields=fields,
        statuses=(),
        form_statuses=frozenset(),
        our_statuses=frozenset({"33"}),
        fillers={"1": "requester", "2": "desk", "3": "agents"},
        taken_off=frozenset(),
        macro_tags=frozenset(),
        user="900",
        groups=None,
        passing=frozenset(),
        webhooks=frozenset(),
        own=(),
    )


def test_nothing_required_is_no_obstacle() -> None:
    assert obstacles(account(field(1, "A"), field(2, "B"))) == ()


def test_a_required_field_that_nobody_fills_in_keeps_every_ticket_from_being_solved() -> None:
    (found,) = obstacles(account(field(4, "Root cause", required=True)))
    assert (found.field, found.always) == ("Root cause", True)


def test_one_that_the_requester_fills_in_keeps_only_those_without_it() -> None:
    (found,) = obstacles(account(field(1, "Number", required=True)))
    assert not found.always
    assert "e-mail" in found.why


@pytest.mark.parametrize("more", [{"removable": False, "type": "subject"}, {"active": False}, {"id": 9}])
def test_fields_that_are_always_there_or_never_asked_for_are_none(more: dict[str, Any]) -> None:
    assert obstacles(account({**field(4, "X", required=True), **more})) == ()


def test_zendesks_priority_may_be_required_too() -> None:
    (found,) = obstacles(account(field(5, "Priority", type="priority", removable=False, required=True)))
    assert found.always


@pytest.mark.parametrize(
    ("child", "asked"),
    [
        ({"is_required": True}, True),
        ({"is_required": False}, False),
        ({"required_on_statuses": {"type": "ALL_STATUSES"}}, True),
        ({"is_required": True, "required_on_statuses": {"type": "NO_STATUSES"}}, False),
        ({"required_on_statuses": {"type": "SOME_STATUSES", "statuses": ["new"]}}, False),
        ({"required_on_statuses": {"type": "SOME_STATUSES", "statuses": ["new", "solved"]}}, True),
        ({"required_on_statuses": {"type": "SOME_STATUSES", "custom_statuses": [33]}}, True),
        ({"required_on_statuses": {"type": "SOME_STATUSES", "custom_statuses": [99]}}, False),
    ],
)
def test_a_field_of_a_condition_counts_in_the_statuses_that_we_set(child: dict[str, Any], asked: bool) -> None:
    given = {"parent_field_id": 1, "value": "yes", "child_fields": [{"id": 4, **child}]}
    found = obstacles(account(field(1, "A"), field(4, "Reason"), conditions=(given,)))
    assert [(one.field, one.always) for one in found] == ([("Reason", True)] if asked else [])


def test_a_condition_on_a_field_that_is_not_ours_is_less_sure() -> None:
    given = {"parent_field_id": 5, "value": "yes", "child_fields": [{"id": 4, "is_required": True}]}
    (found,) = obstacles(account(field(5, "Q"), field(4, "Reason"), conditions=(given,)))
    assert not found.always
