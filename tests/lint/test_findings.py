"""A finding says what meets what, why that matters, and the smallest change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from parley.zendesk.lint import BusinessRule, LintFinding, lint, read_rule
from parley.zendesk.lint.findings import as_json, lint_macros, with_routed_groups
from tests.lint.account import (
    COST_CENTRE,
    FORM,
    IT,
    MAILER,
    NAMES,
    OUR_GROUP,
    OUR_TICKETS,
    OUR_WEBHOOK,
    OWN,
    RESPONDED,
    TIER,
)

MAIL = ("notification_user", ["requester_and_ccs", "Re:", "{{ticket.latest_public_comment}}"])
ON_FORM = ("ticket_form_id", "is", FORM)
CREATED = ("update_type", "is", "Create")
UPDATED = ("update_type", "is", "Change")


def rule(kind: Any, conditions: list[tuple[str, str, Any]], *actions: tuple[str, Any], **more: Any) -> BusinessRule:
    rows = [dict(zip(("field", "operator", "value"), one, strict=True)) for one in conditions]
    done = [{"field": name, "value": value} for name, value in actions]
    return read_rule(kind, {"id": 9, "title": "T", "conditions": {"all": rows}, "actions": done, **more})


def found(one: BusinessRule, *others: BusinessRule) -> LintFinding:
    (finding,) = [finding for finding in lint([MAILER, *others, one], OUR_TICKETS, NAMES) if finding.rule is one]
    return finding


def test_it_is_told_in_the_words_of_the_admin_center() -> None:
    told = found(rule("trigger", [CREATED, ("custom_status_id", "is_not", "36")], ("group_id", IT)))
    assert told.condition == "Ticket is Created, and Ticket status is not Resolved"
    assert told.action == "Group: IT"
    assert told.change == "Add the condition “Form is not Escalate an assignment” under “Meet ALL”."


def test_the_condition_that_matters_comes_first() -> None:
    hours = ("PENDING", "greater_than", 48)
    told = found(rule("automation", [("status", "is", "pending"), hours], ("status", "solved")))
    assert told.condition == "Hours since pending (calendar) greater than 48, and Status category is Pending"


def test_either_of_several_conditions_is_told_as_such() -> None:
    either = [{"field": "via_id", "operator": "is", "value": one} for one in ("0", "4")]
    one = read_rule(
        "trigger", {"conditions": {"all": [], "any": either}, "actions": [{"field": "set_tags", "value": "x"}]}
    )
    assert found(one).condition == "any of: Channel is Web form; Channel is Email"


def test_a_rule_for_our_form_alone_can_not_be_kept_off_it() -> None:
    lone = found(rule("automation", [ON_FORM, ("status", "is", "pending")], ("status", "solved")))
    assert lone.change == "Switch the rule off: it does nothing else."
    assert not lone.mended.active
    more = found(
        rule("automation", [ON_FORM, ("status", "is", "pending")], ("status", "solved"), ("priority", "low"))
    )
    assert more.change == "Take out the action “Status category: Solved”."


def test_what_loops_with_us_is_kept_off_our_own_updates() -> None:
    again = ("notification_webhook", [OUR_WEBHOOK, '{"event":"ticket.changed"}'])
    told = found(rule("trigger", [ON_FORM, UPDATED], again))
    assert told.change == "Add the condition “Current user is not Parley” under “Meet ALL”."


def test_a_field_that_agents_set_too_is_left_to_them_and_not_only_to_us() -> None:
    told = found(rule("trigger", [UPDATED], (f"custom_fields_{TIER}", "escalation_tier_1")))
    assert told.change == "Add the condition “Form is not Escalate an assignment” under “Meet ALL”."


@pytest.mark.parametrize(
    ("kind", "conditions"),
    [
        ("trigger", [UPDATED, ("comment_is_public", "is", "true"), ("role", "is", "agent")]),
        ("trigger", [UPDATED, ("comment_is_public", "is", "true"), ("role", "is", "end_user")]),
        ("automation", [("status", "is", "hold"), ("HOLD", "greater_than", 72)]),
    ],
)
def test_a_status_is_the_desks_in_anybodys_update_and_by_the_clock(kind: str, conditions: Any) -> None:
    told = found(rule(kind, conditions, ("status", "pending")))
    assert told.change == "Add the condition “Form is not Escalate an assignment” under “Meet ALL”."


def test_a_state_of_the_desk_is_not_for_a_rule_to_set_not_even_on_arrival() -> None:
    told = found(rule("trigger", [CREATED], ("custom_status_id", "33")))
    assert (told.kind, told.when) == ("wrong status", ("new request",))
    assert lint([MAILER, rule("trigger", [CREATED], ("custom_status_id", "22"))], OUR_TICKETS) == ()


def test_an_hour_is_a_moment_of_automations_only() -> None:
    told = found(rule("trigger", [UPDATED, ("role", "is", "agent")], (f"custom_fields_{RESPONDED}", "true")))
    assert told.when == ("our update", "agent's update")


def test_an_end_that_is_undone_for_a_missing_field_is_told() -> None:
    undone = [("status", "value", "solved"), (f"custom_fields_{COST_CENTRE}", "not_present", None)]
    told = found(rule("trigger", undone, ("status", "open")))
    assert (told.kind, told.when) == ("loop", ("our update", "agent's update", "requester's update"))
    assert told.change == "Add the condition “Form is not Escalate an assignment” under “Meet ALL”."


def test_a_mailer_that_sets_a_status_goes_on_mailing() -> None:
    both = rule("trigger", [UPDATED, ("comment_is_public", "is", "true")], MAIL, ("status", "pending"))
    (told,) = lint([both], OUR_TICKETS, NAMES)
    assert told.change == "Take out the action “Status category: Pending”."
    assert lint([told.mended], OUR_TICKETS, NAMES) == ()


def test_a_mailer_that_sends_internal_notes_too_is_kept_to_public_comments() -> None:
    notes = ("notification_user", ["requester_id", "Re:", "{{ticket.latest_comment}}"])
    every = rule("trigger", [UPDATED, ("comment_is_public", "is", "not_relevant")], notes)
    (told,) = lint([every], OUR_TICKETS, NAMES)
    assert told.kind == "tells notes"
    assert told.change == "Add the condition “Comment is Public” under “Meet ALL”."
    assert lint([told.mended], OUR_TICKETS, NAMES) == ()


def test_beside_another_mailer_it_is_kept_off_our_form() -> None:
    notes = ("notification_user", ["requester_id", "Re:", "{{ticket.latest_comment}}"])
    told = found(rule("trigger", [UPDATED, ("comment_is_public", "is", "false")], notes))
    assert told.kind == "tells notes"
    assert "internal notes" in told.why
    assert told.change == "Add the condition “Form is not Escalate an assignment” under “Meet ALL”."


def test_a_mail_that_zendesk_suppresses_is_none() -> None:
    suppressed = ("notification_user", ["requester_and_ccs", "Re:", "{{ticket.latest_comment}}"])
    one = rule("trigger", [UPDATED, ("comment_is_public", "is", "false")], suppressed)
    assert lint([MAILER, one], OUR_TICKETS, NAMES) == ()


def test_a_rule_that_lets_the_mailer_fire_is_not_kept_off_our_form() -> None:
    """It sets the tag that the only mailer asks for, and does harm besides."""
    asks = [UPDATED, ("comment_is_public", "is", "true"), ("current_tags", "includes", "notify")]
    mailer = rule("trigger", asks, MAIL, id=7, title="Mailer")
    sets = rule("trigger", [UPDATED], ("current_tags", "notify"), ("group_id", IT))
    (told,) = [one for one in lint([sets, mailer], OUR_TICKETS, NAMES) if one.rule is sets]
    assert told.change == "Take out the action “Group: IT”."


def test_only_our_tags_are_taken_out_of_an_action() -> None:
    told = found(rule("trigger", [UPDATED], ("remove_tags", "waiting escalation_pause")))
    assert told.change == "Take escalation_pause out of the action “Remove tags”."
    assert told.mended.actions[0].values == ("waiting",)


def test_a_mailer_that_greets_too_is_kept_to_updates() -> None:
    every = rule("trigger", [("comment_is_public", "is", "true")], ("notification_user", ["requester_id", "", ""]))
    (told,) = lint([every], OUR_TICKETS, NAMES)
    assert told.change == "Add the condition “Ticket is Updated” under “Meet ALL”."
    assert lint([told.mended], OUR_TICKETS, NAMES) == ()


def test_two_kinds_of_harm_are_two_findings_and_two_of_a_kind_are_one() -> None:
    one = rule("trigger", [CREATED], ("status", "solved"), ("status", "closed"), ("group_id", IT))
    assert [finding.kind for finding in lint([MAILER, one], OUR_TICKETS)] == ["closes", "moves"]


def test_our_own_rule_is_left_out_as_it_is_and_judged_once_altered() -> None:
    own = read_rule("trigger", OWN)
    assert lint([MAILER, own], OUR_TICKETS) == ()
    wider = replace(own, all=own.all[1:])
    assert [finding.kind for finding in lint([MAILER, wider], OUR_TICKETS)] == ["loop"]
    elsewhere = replace(own, category="1")
    assert [finding.kind for finding in lint([MAILER, elsewhere], OUR_TICKETS)] == ["loop"]


def test_the_group_that_the_account_routes_our_form_to_is_ours() -> None:
    unknown = replace(OUR_TICKETS, groups=None)
    routing = rule("trigger", [ON_FORM, CREATED], ("group_id", OUR_GROUP))
    assert with_routed_groups(unknown, [routing]).groups == {OUR_GROUP}
    assert with_routed_groups(unknown, []).groups is None


def test_where_no_group_is_known_a_later_move_counts_and_routing_does_not() -> None:
    unknown = replace(OUR_TICKETS, groups=None)
    arrival, later = rule("trigger", [CREATED], ("group_id", IT)), rule("trigger", [UPDATED], ("group_id", IT))
    assert lint([MAILER, arrival], unknown) == ()
    assert [finding.kind for finding in lint([MAILER, later], unknown)] == ["moves"]


def test_a_group_that_tickets_get_into_by_themselves_is_reached_and_is_not_home() -> None:
    passing = replace(OUR_TICKETS, passing=frozenset({IT}))
    pending = [("group_id", "is", IT), ("status", "is", "pending")]
    assert lint([rule("automation", pending, ("status", "solved"))], OUR_TICKETS) == ()
    assert [one.kind for one in lint([rule("automation", pending, ("status", "solved"))], passing)] == ["closes"]
    assert [one.kind for one in lint([rule("trigger", [CREATED], ("group_id", IT))], passing)] == ["moves"]


def test_scripts_get_the_same_as_people() -> None:
    told = found(rule("automation", [("status", "is", "pending")], ("status", "solved")))
    assert as_json(told) == {
        "kind": "closes",
        "rule": {
            "id": "9",
            "kind": "automation",
            "title": "T",
            "path": "/admin/objects-rules/rules/automations/9",
        },
        "condition": told.condition,
        "action": told.action,
        "why": told.why,
        "change": told.change,
    }


KEYED = replace(OUR_TICKETS, secret_fields=frozenset({RESPONDED}))
"""As if that field held what opens a case."""


@pytest.mark.parametrize("name", ["comment_value", "comment_value_html", "set_subject"])
@pytest.mark.parametrize("placeholder", ["ticket.ticket_field_{}", "ticket.ticket_field_option_title_{}"])
def test_a_macro_that_shows_the_key_of_a_case_is_told_as_a_rule_is(name: str, placeholder: str) -> None:
    shows, shows_not = (
        rule("macro", [], (name, ["channel:all", "{{" + placeholder.format(field) + "}}"]))
        for field in (RESPONDED, "4711")
    )
    (told,) = lint_macros([shows, shows_not, replace(shows, active=False)], KEYED, NAMES)
    assert (told.kind, told.rule, told.when) == ("tells a key", shows, ("agent's update",))
    assert "Other side responded" in told.change


def test_a_trigger_that_takes_the_key_anywhere_is_told_and_the_action_goes() -> None:
    takes = rule(
        "trigger", [ON_FORM], ("notification_webhook", ["hook", f"{{{{ticket.ticket_field_{RESPONDED}}}}}"])
    )
    (told,) = lint([MAILER, takes], KEYED, NAMES)
    assert (told.kind, told.mended.actions) == ("tells a key", ())
