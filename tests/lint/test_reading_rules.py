"""Rules come as Zendesk sends them, in several shapes; what can't be read may be anything."""

from __future__ import annotations

import pytest

from parley.zendesk.lint import Condition, RuleAction, lint, read_rule
from parley.zendesk.lint.conditions.matching import regions
from tests.lint.account import MAILER, OUR_TICKETS


def test_values_come_as_words_numbers_lists_or_nothing() -> None:
    rule = read_rule(
        "trigger",
        {
            "id": 5,
            "conditions": {
                "all": [
                    {"field": "group_id", "operator": "is", "value": 12},
                    {"field": "custom_status_id", "operator": "includes", "value": [1, "2"]},
                    {"field": "comment_is_public", "operator": "is", "value": True},
                    {"field": "assignee_id", "operator": "changed", "value": None},
                    {"field": "current_tags", "operator": "includes", "value": "VIP  late,new"},
                ],
                "any": None,
            },
        },
    )
    assert [one.values for one in rule.all] == [("12",), ("1", "2"), ("true",), ("",), ("vip", "late", "new")]
    assert rule.any == ()


def test_conditions_may_stand_without_their_wrapper() -> None:
    rule = read_rule("automation", {"all": [{"field": "status", "operator": "is", "value": "open"}], "any": []})
    assert rule.all == (Condition("status", "is", ("open",)),)


def test_a_condition_without_an_operator_means_is_and_old_names_of_fields_are_understood() -> None:
    rule = read_rule(
        "trigger",
        {
            "conditions": {
                "all": [
                    {"field": "update_type", "value": "Create"},
                    {"field": "ticket_fields_7", "operator": "present"},
                ]
            },
            "actions": [{"field": "ticket_fields_8", "value": "x"}],
        },
    )
    assert rule.all == (Condition("update_type", "is", ("Create",)), Condition("custom_fields_7", "present", ("",)))
    assert rule.actions == (RuleAction("custom_fields_8", ("x",)),)


def test_what_is_not_understood_is_kept() -> None:
    rule = read_rule("trigger", {"title": "T", "raw_title": "{{dc.t}}", "description": "D"})
    assert rule.more == {"raw_title": "{{dc.t}}", "description": "D"}


@pytest.mark.parametrize("condition", ["nonsense", {}, {"field": "moon_phase", "operator": "is", "value": "full"}])
def test_a_condition_that_can_not_be_read_may_hold(condition: object) -> None:
    rule = read_rule(
        "trigger", {"conditions": {"all": [condition]}, "actions": [{"field": "status", "value": "solved"}]}
    )
    assert [one.kind for one in lint([MAILER, rule], OUR_TICKETS)] == ["closes"]


def test_an_unknown_operator_keeps_nothing_out() -> None:
    odd = {"field": "status", "operator": "is_nearly", "value": "solved"}
    assert regions(read_rule("trigger", {"conditions": {"all": [odd]}}), OUR_TICKETS)


def test_an_action_that_can_not_be_read_does_nothing_known() -> None:
    rule = read_rule("trigger", {"conditions": {"all": []}, "actions": ["nonsense", {"value": "solved"}]})
    assert rule.actions[0] == RuleAction("?", ())
    assert lint([MAILER, rule], OUR_TICKETS) == ()


def test_a_rule_without_conditions_fires_on_everything() -> None:
    rule = read_rule("trigger", {"title": "T", "actions": [{"field": "ticket_form_id", "value": "11"}]})
    (found,) = lint([MAILER, rule], OUR_TICKETS)
    assert (found.kind, found.condition) == ("moves", "none: it fires on every ticket")


def test_hours_since_solved_may_count_for_a_ticket_that_was_opened_again() -> None:
    """Whether they do is not documented, so such a rule is not taken to be impossible."""
    rule = read_rule(
        "automation",
        {
            "conditions": {
                "all": [
                    {"field": "SOLVED", "operator": "greater_than", "value": "48"},
                    {"field": "status", "operator": "is", "value": "open"},
                ]
            },
            "actions": [{"field": "status", "value": "solved"}],
        },
    )
    assert [one.kind for one in lint([rule], OUR_TICKETS)] == ["closes"]
