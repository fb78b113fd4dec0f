"""`parley zendesk plan`, `apply` and `drift`: shows, asks, does, and changes nothing the second time."""

from __future__ import annotations

from parley.wiring.sidebar import NOT_SET
from tests.system.cli.shell import Shell
from tests.system.processes.spawned_desk import SpawnedDesk


def test_without_a_terminal_and_without_yes_it_changes_nothing(desk: SpawnedDesk, operator: Shell) -> None:
    before = len(desk.zendesk.account.macros)
    said = operator("zendesk", "apply")
    assert (said.code, said.out) == (1, "")
    assert "+ create form “Escalate an assignment”: Workers and clients ask the desk for help with it." in said.err
    assert "say --yes" in said.err
    assert len(desk.zendesk.account.macros) == before


def test_with_yes_it_creates_once(desk: SpawnedDesk, operator: Shell) -> None:
    first = operator("zendesk", "apply", "--yes")
    assert first.code == 0
    assert "created form Escalate an assignment" in first.out.splitlines()
    assert first.err.splitlines()[-1] == "Done: 54 created, 0 changed, 0 deleted."
    macros = len(desk.zendesk.account.macros)
    again = operator("zendesk", "apply", "--yes", "--json")
    assert again.code == 0
    assert (again.json()["created"], again.json()["changed"]) == ([], [])
    assert "form Escalate an assignment" in again.json()["found"]
    assert len(desk.zendesk.account.macros) == macros
    last = operator("zendesk", "apply")
    assert (last.code, last.err.splitlines()[-1]) == (0, "Nothing to do: the account is as it should be.")


def test_no_secret_of_the_account_is_shown(desk: SpawnedDesk, operator: Shell) -> None:
    said = operator("zendesk", "apply", "--yes", "--json", LOG_LEVEL="DEBUG")
    for webhook in desk.zendesk.account.webhooks:
        assert desk.zendesk.webhooks.secret(webhook) not in said.out + said.err
    assert desk.zendesk.credentials.oauth_client_secret not in said.out + said.err


def test_it_needs_an_address_for_the_webhooks(operator: Shell) -> None:
    said = operator("zendesk", "apply", "--yes", PUBLIC_URL="")
    assert (said.code, said.out) == (1, "")
    assert "PUBLIC_URL" in said.err


def test_what_the_account_is_set_up_without_is_said_with_what_works(desk: SpawnedDesk, operator: Shell) -> None:
    desk.zendesk.features.custom_statuses = False
    said = operator("zendesk", "apply", "--yes")
    assert said.code == 0
    assert "Custom ticket statuses are switched off in this account" in said.err
    assert "created macro Escalation::Tier 1: assignment message" in said.out
    assert operator("zendesk", "drift").code == 0


def test_an_account_that_does_not_let_us_in_is_one_sentence(operator: Shell) -> None:
    said = operator("zendesk", "apply", "--yes", ZENDESK_OAUTH_CLIENT_SECRET="s3cr3t-canary")
    assert (said.code, said.out) == (1, "")
    assert "Zendesk" in said.err
    assert "s3cr3t-canary" not in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_a_plan_says_what_would_happen_and_leaves_with_2_where_something_would(operator: Shell) -> None:
    first = operator("zendesk", "plan")
    assert first.code == 2
    assert (
        "+ create trigger “Escalation: a ticket changed”: Tells Parley to look at a ticket of the form."
        in first.out.splitlines()
    )
    assert first.out.splitlines()[-1] == "Plan: 54 to create, 0 to change, 0 to delete."
    assert operator("zendesk", "apply", "--yes").code == 0
    again = operator("zendesk", "plan", "--json")
    assert (again.code, again.json()) == (0, {"changes": 0, "steps": [], "problems": [], "notes": [NOT_SET]})
    told = operator("zendesk", "plan").out.strip().splitlines()
    assert told == [NOT_SET, "Nothing to do: the account is as it should be."]


def test_drift_is_found_and_leaves_with_2(desk: SpawnedDesk, operator: Shell) -> None:
    operator("zendesk", "apply", "--yes")
    assert operator("zendesk", "drift").code == 0
    webhook = next(row for row in desk.zendesk.account.webhooks.values() if row["name"] == "Parley")
    webhook["status"] = "inactive"
    said = operator("zendesk", "drift", "--json")
    assert said.code == 2
    (finding,) = said.json()["findings"]
    assert (finding["kind"], finding["name"]) == ("webhook", "Parley")
    assert finding["edits"][0]["before"] == "inactive"
    assert operator("zendesk", "apply", "--yes").out.splitlines() == ["changed webhook Parley"]
    assert operator("zendesk", "drift").code == 0


def test_what_the_plan_refuses_is_one_sentence_and_no_change(desk: SpawnedDesk, operator: Shell) -> None:
    operator("zendesk", "apply", "--yes")
    rows = desk.zendesk.account.macros
    twin = {**next(row for row in rows.values() if row["title"] == "Escalation::Requester update"), "id": 77}
    rows[77] = twin
    for command in (("plan",), ("apply", "--yes")):
        said = operator("zendesk", *command)
        assert (said.code, said.out) == (1, "")
        assert "There is more than one macro named “Escalation::Requester update”" in said.err
        assert "77" in said.err


def switched_off(desk: SpawnedDesk) -> None:
    """Somebody has switched off more than a third of what `apply` made."""
    account = desk.zendesk.account
    for row in (*account.fields.values(), *account.macros.values(), *account.views.values()):
        row["active"] = False


def test_more_than_a_third_of_what_it_made_is_changed_only_if_really_meant(
    desk: SpawnedDesk, operator: Shell
) -> None:
    operator("zendesk", "apply", "--yes")
    switched_off(desk)
    said = operator("zendesk", "apply", "--yes")
    assert (said.code, said.out) == (1, "")
    assert "more than a third of what we made in the account: say --yes-really" in said.err
    assert operator("zendesk", "drift").code == 2
    assert operator("zendesk", "apply", "--yes-really").code == 0
    assert operator("zendesk", "drift").code == 0
