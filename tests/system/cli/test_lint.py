"""`parley zendesk lint`, and what `parley doctor` says of the account's own rules."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.zendesk.records.standard import MAILER, older_mailers
from sandbox.zendesk.routes.users import BRAND
from tests.system.cli.advice import ACKNOWLEDGING, follow_the_advice
from tests.system.cli.shell import Said, Shell
from tests.system.processes.spawned_desk import SpawnedDesk

SOLVE_PENDING: dict[str, Any] = {
    "title": "Solve pending after 3 days",
    "conditions": {
        "all": [
            {"field": "status", "operator": "is", "value": "pending"},
            {"field": "PENDING", "operator": "greater_than", "value": "72"},
        ],
        "any": [],
    },
    "actions": [{"field": "status", "value": "solved"}],
}
ACKNOWLEDGE: dict[str, Any] = {
    "title": "Acknowledge new tickets",
    "conditions": {"all": [{"field": "update_type", "operator": "is", "value": "Create"}], "any": []},
    "actions": [{"field": "notification_user", "value": ["requester_id", "We got it", "Thank you"]}],
}


@pytest.fixture
def account(desk: SpawnedDesk) -> SpawnedDesk:
    """Set up, lint's advice about the standard set followed, and its clock has just run."""
    desk.open()
    follow_the_advice(desk)
    desk.store.write(lambda tx: tx.marks.set("clock", None, desk.clock()))
    return desk


def add(desk: SpawnedDesk, rule: dict[str, Any], *, automation: bool = False, **more: Any) -> int:
    held = desk.zendesk.account
    rules = held.automations if automation else held.triggers
    number = held.next_id()
    category = str(next(iter(held.trigger_categories)))
    rules[number] = {"id": number, "active": True, "position": 50, "category_id": category, **rule, **more}
    return number


def opened_without(feature: str, desk: SpawnedDesk) -> None:
    """The account is set up without what its plan or its settings leave out."""
    setattr(desk.zendesk.features, feature, False)
    desk.open()
    follow_the_advice(desk)


def mails_only_where(desk: SpawnedDesk, condition: dict[str, str]) -> None:
    """Somebody has narrowed the trigger that tells requesters of answers."""
    rules = desk.zendesk.account.triggers.values()
    mailer = next(row for row in rules if row["title"] == MAILER)
    mailer["conditions"]["all"].append(condition)


def checks(said: Said) -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in said.json()}


def test_of_an_account_as_it_came_the_two_standard_acknowledgements_are_found(
    desk: SpawnedDesk, operator: Shell
) -> None:
    desk.open()
    said = operator("zendesk", "lint", "--json")
    assert [(one["kind"], one["rule"]["title"]) for one in said.json()] == [
        ("mails twice", title) for title in ACKNOWLEDGING
    ]
    assert "13 active rules" in operator("zendesk", "lint").err


def test_in_an_older_account_the_pair_of_mailers_is_left_to_its_work(account: SpawnedDesk, operator: Shell) -> None:
    older_mailers(account.zendesk.account)
    assert operator("zendesk", "lint").code == 0
    assert checks(operator("doctor", "--json"))["mails"]["grade"] == "ok"


def test_once_the_advice_on_the_standard_set_is_followed_there_is_nothing_to_find(
    account: SpawnedDesk, operator: Shell
) -> None:
    said = operator("zendesk", "lint")
    assert (said.code, said.out) == (0, "")
    assert "none could harm our tickets" in said.err


def test_a_harmful_rule_is_told_with_all_that_one_has_to_know(account: SpawnedDesk, operator: Shell) -> None:
    number = add(account, SOLVE_PENDING, automation=True)
    said = operator("zendesk", "lint")
    assert said.code == 2
    assert "The automation “Solve pending after 3 days” could close or solve our tickets." in said.out
    assert "Hours since pending (calendar) greater than 72" in said.out
    assert "Status category is Pending" in said.out
    assert "Status category: Solved" in said.out
    assert "Add the condition “Form is not Escalate an assignment” under “Meet ALL”." in said.out
    assert f"/admin/objects-rules/rules/automations/{number}" in said.out


def test_people_groups_and_brands_are_told_by_their_names(account: SpawnedDesk, operator: Shell) -> None:
    held = account.zendesk.account
    ada = next(user for user in held.users.values() if user.name == "Ada Agent")
    group = next(key for key, row in held.groups.items() if row["name"] == "Support")
    about = [
        {"field": "assignee_id", "operator": "is_not", "value": str(ada.id)},
        {"field": "group_id", "operator": "is_not", "value": str(group)},
        {"field": "brand_id", "operator": "is", "value": str(BRAND)},
    ]
    every = [*SOLVE_PENDING["conditions"]["all"], *about]
    add(account, SOLVE_PENDING, automation=True, conditions={"all": every, "any": []})
    said = operator("zendesk", "lint")
    assert "Assignee is not Ada Agent, and Group is not Support, and Brand is WorkMarket" in said.out
    assert str(ada.id) not in said.out
    assert "when       at some hour, by itself" in said.out


def test_scripts_get_json(account: SpawnedDesk, operator: Shell) -> None:
    number = add(account, ACKNOWLEDGE)
    said = operator("zendesk", "lint", "--json")
    assert said.code == 2
    (found,) = said.json()
    assert list(found) == ["kind", "rule", "condition", "action", "why", "change"]
    assert found["kind"] == "mails twice"
    assert found["rule"] == {
        "id": str(number),
        "kind": "trigger",
        "title": "Acknowledge new tickets",
        "path": f"/admin/objects-rules/rules/triggers/{number}",
    }


def test_a_rule_that_is_switched_off_is_left_alone(account: SpawnedDesk, operator: Shell) -> None:
    add(account, SOLVE_PENDING, automation=True, active=False)
    assert operator("zendesk", "lint").code == 0


def test_the_proposed_condition_is_enough(account: SpawnedDesk, operator: Shell) -> None:
    number = add(account, SOLVE_PENDING, automation=True)
    assert operator("zendesk", "lint").code == 2
    form = next(
        key for key, row in account.zendesk.account.forms.items() if row["name"] == "Escalate an assignment"
    )
    rule = account.zendesk.account.automations[number]
    rule["conditions"] = {
        "all": [*rule["conditions"]["all"], {"field": "ticket_form_id", "operator": "is_not", "value": str(form)}],
        "any": [],
    }
    assert operator("zendesk", "lint").code == 0


def test_our_own_trigger_altered_by_someone_is_found(account: SpawnedDesk, operator: Shell) -> None:
    ours = next(
        row for row in account.zendesk.account.triggers.values() if row["title"] == "Escalation: a ticket changed"
    )
    ours["conditions"] = {"all": [{"field": "update_type", "operator": "is", "value": "Change"}], "any": []}
    said = operator("zendesk", "lint", "--json")
    assert [(one["kind"], one["rule"]["title"]) for one in said.json()] == [
        ("loop", "Escalation: a ticket changed")
    ]


def test_an_account_that_is_not_set_up_is_one_sentence(operator: Shell) -> None:
    operator("migrate")
    said = operator("zendesk", "lint")
    assert (said.code, said.out) == (1, "")
    assert "parley zendesk apply" in said.err


def test_an_account_that_can_not_be_read_is_a_failure_and_not_a_finding(
    account: SpawnedDesk, operator: Shell
) -> None:
    said = operator("zendesk", "lint", ZENDESK_OAUTH_CLIENT_SECRET="s3cr3t-canary")
    assert (said.code, said.out) == (1, "")
    assert "s3cr3t-canary" not in said.err


def test_each_page_of_rules_costs_one_call(account: SpawnedDesk, operator: Shell) -> None:
    for number in range(250):
        add(account, ACKNOWLEDGE, title=f"Rule {number}", active=False)
    before = len(account.sandbox.calls)
    operator("zendesk", "lint")
    lists = [call.path for call in account.sandbox.calls[before:]]
    assert sum(path.split("/")[-1].startswith("triggers") for path in lists) == 3


def test_doctor_says_that_an_acknowledgement_makes_two_mails(account: SpawnedDesk, operator: Shell) -> None:
    add(account, ACKNOWLEDGE)
    found = checks(operator("doctor", "--json"))
    assert found["mails"]["grade"] == "warning"
    assert "Acknowledge new tickets" in found["mails"]["said"]
    assert found["other rules"]["grade"] == "warning"


def test_doctor_says_in_which_status_nobody_would_hear_from_us(account: SpawnedDesk, operator: Shell) -> None:
    mails_only_where(account, {"field": "status", "operator": "is_not", "value": "solved"})
    found = checks(operator("doctor", "--json"))
    assert found["mails"]["grade"] == "warning"
    assert "Closed: off platform" in found["mails"]["said"]


def test_where_zendesks_own_statuses_stand_for_ours_rules_are_judged_by_them(
    desk: SpawnedDesk, operator: Shell
) -> None:
    opened_without("custom_statuses", desk)
    add(desk, SOLVE_PENDING, automation=True)
    said = operator("zendesk", "lint")
    assert said.code == 2
    assert "The automation “Solve pending after 3 days” could close or solve our tickets." in said.out


def test_on_an_accounts_only_form_the_change_is_a_condition_on_our_field(
    desk: SpawnedDesk, operator: Shell
) -> None:
    opened_without("several_forms", desk)
    add(desk, SOLVE_PENDING, automation=True)
    said = operator("zendesk", "lint")
    assert said.code == 2
    assert "Add the condition ““I am the” not present” under “Meet ALL”." in said.out
    told_by = next(row["id"] for row in desk.zendesk.account.fields.values() if row["title"] == "I am the")
    rule = next(row for row in desk.zendesk.account.automations.values() if row["title"] == SOLVE_PENDING["title"])
    mended = {"field": f"custom_fields_{told_by}", "operator": "not_present", "value": ""}
    rule["conditions"] = {"all": [*rule["conditions"]["all"], mended], "any": []}
    assert operator("zendesk", "lint").code == 0


def test_doctor_finds_an_account_with_one_form_complete(desk: SpawnedDesk, operator: Shell) -> None:
    opened_without("several_forms", desk)
    found = checks(operator("doctor", "--json"))
    assert found["other rules"]["grade"] == found["Zendesk account"]["grade"] == "ok"
    assert "one ticket form" in found["what the account lacks"]["said"]


def test_doctor_says_that_zendesks_own_statuses_stand_for_ours(desk: SpawnedDesk, operator: Shell) -> None:
    opened_without("custom_statuses", desk)
    mails_only_where(desk, {"field": "status", "operator": "is_not", "value": "hold"})
    found = checks(operator("doctor", "--json"))
    assert found["Zendesk account"]["grade"] == found["what the account lacks"]["grade"] == "ok"
    assert "Zendesk's own statuses show where a case is" in found["what the account lacks"]["said"]
    assert "in the status On-hold" in found["mails"]["said"]


def test_doctor_names_a_field_that_keeps_tickets_from_being_solved(account: SpawnedDesk, operator: Shell) -> None:
    fields = account.zendesk.account.fields.values()
    due = next(row for row in fields if row["title"] == "Next update due")
    due["required"] = True
    found = checks(operator("doctor", "--json"))
    assert found["required fields"]["grade"] == "problem"
    assert "“Next update due” is required to solve a ticket" in found["required fields"]["said"]
    due["required"] = False
    next(row for row in fields if row["title"] == "WorkMarket assignment ID")["required"] = True
    assert checks(operator("doctor", "--json"))["required fields"]["grade"] == "warning"


def test_doctor_looks_at_the_conditions_of_the_form(account: SpawnedDesk, operator: Shell) -> None:
    held = account.zendesk.account
    titles = {row["title"]: row["id"] for row in held.fields.values()}
    form = next(row for row in held.forms.values() if row["name"] == "Escalate an assignment")
    child = {"id": titles["Client's average approval time"], "is_required": True}
    form["agent_conditions"] = [
        {"parent_field_id": titles["I am the"], "value": "escalation_party_worker", "child_fields": [child]}
    ]
    assert checks(operator("doctor", "--json"))["required fields"]["grade"] == "problem"
    child["required_on_statuses"] = {"type": "SOME_STATUSES", "statuses": ["new"]}
    assert checks(operator("doctor", "--json"))["required fields"]["grade"] == "ok"


def test_doctor_says_who_gets_what_nobody_has(account: SpawnedDesk, operator: Shell) -> None:
    assert checks(operator("doctor", "--json"))["solving"]["grade"] == "ok"
    policy = account.folder / "nobody.toml"
    policy.write_text('[people]\nsolve_as = "nobody@example.com"\n', encoding="utf-8")
    found = checks(operator("doctor", "--json", POLICY_FILE=str(policy)))
    assert found["solving"]["grade"] == "problem"
    assert "nobody@example.com" in found["solving"]["said"]
