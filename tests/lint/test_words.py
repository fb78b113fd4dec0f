"""Findings speak the Admin Center's words: names and not ids, labels and not the API's names, and all of them."""

from __future__ import annotations

import re

import pytest

from parley.zendesk.lint import BusinessRule, LintFinding, lint, read_rule
from parley.zendesk.lint.facts.labels import NamesById, action_words, condition_words
from tests.lint.recipes import account as a
from tests.lint.recipes.recipe import Recipe, rule
from tests.lint.recipes.test_recipes import HARMFUL, account_of

NAMES: NamesById = {
    "ticket_form_id": {a.FORM: "Escalate an assignment", a.SUPPORT_FORM: "Support", a.BILLING_FORM: "Billing"},
    "custom_fields": {str(row["id"]): row["title"] for row in a.FIELDS},
    "custom_status_id": {str(row["id"]): row["agent_label"] for row in a.STATUSES},
    "group_id": {a.ESCALATIONS: "Escalations", a.SUPPORT: "Support", a.BILLING: "Billing", a.NIGHT: "Night shift"},
    "organization_id": {"8001": "Acme"},
    "users": {a.PARLEY: "Parley", a.ADA: "Ada Agent", a.BOT: "Bot", "8": "Olive Owner"},
    "notification_webhook": {a.OUR_HOOK: "Parley", a.SLACK: "Slack"},
    f"custom_fields_{a.TIER}": {"escalation_tier_1": "Tier 1: assignment message"},
}
TAG = re.compile(r"\b(?:escalation|call|jira|bump|auto|root|was|cause|hold|urgent|product)_\w+")


def said(found: LintFinding) -> str:
    return TAG.sub("", f"{found.condition} | {found.action} | {found.change}")


def one(kind: str, every: str, *actions: tuple[str, object], some: str = "") -> BusinessRule:
    return read_rule(kind, rule("T", every, *actions, some=some))  # type: ignore[arg-type]


@pytest.mark.parametrize("recipe", HARMFUL, ids=str)
def test_no_finding_shows_an_id_or_a_name_of_the_api(recipe: Recipe) -> None:
    _, given = account_of(recipe)
    for found in lint(given, a.OUR_TICKETS, NAMES):
        names = {part.field for part in (*found.rule.conditions, *found.rule.actions) if "_" in part.field}
        assert not [name for name in names if name in said(found)]
        assert not re.search(r"\b(?:500|501|502|503|900|901|902|8001|custom_fields_\d+)\b", said(found))
        assert "_" not in said(found)
        assert not re.search(r"and \d+ more|…|doesn't know|can't be read", said(found))


def test_every_condition_and_every_value_is_shown() -> None:
    (found,) = lint(
        [
            one(
                "automation",
                "status is pending; PENDING greater_than 72; current_tags includes x y z w; "
                "ticket_is_public is public; brand_id is_not 4; role is 901; subject_includes_word includes a b",
                ("status", "solved"),
                some="via_id is 0; via_id is 4; current_via_id is_not 5; group_id is 501",
            )
        ],
        a.OUR_TICKETS,
        NAMES,
    )
    assert found.condition == (
        "Hours since pending (calendar) greater than 72, and Status category is Pending, and Tags contains at "
        "least one of the following x, y, z, w, and Privacy is Ticket has public comments, and Brand is not a "
        "brand that can't be read, and Current user is Ada Agent, and Subject text contains at least one of the "
        "following words a b, and any of: Channel is Web form; Channel is Email; Update via is not Web service "
        "(API); Group is Support"
    )


def test_options_of_fields_and_people_have_their_names() -> None:
    rule = one(
        "trigger",
        f"custom_fields_{a.TIER} is escalation_tier_1; assignee_id is {a.ADA}; requester_id is_not current_user",
        ("notification_user", [a.ADA, "Subject", "Text"]),
    )
    assert [condition_words(part, NAMES) for part in rule.all] == [
        "“Escalation tier” is Tier 1: assignment message",
        "Assignee is Ada Agent",
        "Requester is not (current user)",
    ]
    assert action_words(rule.actions[0], NAMES) == "User email: Ada Agent"


def test_what_has_no_name_here_is_told_as_that() -> None:
    rule = one("trigger", "moon_phase is full; custom_fields_12345 present", ("notification_target", ["77", "x"]))
    assert [condition_words(part, NAMES) for part in rule.all] == [
        "A condition that Parley doesn't know is full",
        "A field that can't be read present",
    ]
    assert action_words(rule.actions[0], NAMES) == "Target: a target that can't be read"
