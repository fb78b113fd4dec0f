"""`parley zendesk apply`: shows, asks, creates, and changes nothing the second time."""

from __future__ import annotations

from tests.cli.shell import Shell
from tests.processes.desk import Desk


def test_without_a_terminal_and_without_yes_it_changes_nothing(desk: Desk, office: Shell) -> None:
    before = len(desk.zendesk.account.macros)
    said = office("zendesk", "apply")
    assert (said.code, said.out) == (1, "")
    assert "will create form Escalate an assignment" in said.err
    assert "say --yes" in said.err
    assert len(desk.zendesk.account.macros) == before


def test_with_yes_it_creates_once(desk: Desk, office: Shell) -> None:
    first = office("zendesk", "apply", "--yes")
    assert first.code == 0
    assert "created form Escalate an assignment" in first.out.splitlines()
    macros = len(desk.zendesk.account.macros)
    again = office("zendesk", "apply", "--yes", "--json")
    assert again.code == 0
    assert again.json()["created"] == []
    assert "form Escalate an assignment" in again.json()["found"]
    assert len(desk.zendesk.account.macros) == macros
    assert office("zendesk", "apply").code == 0


def test_no_secret_of_the_account_is_shown(desk: Desk, office: Shell) -> None:
    said = office("zendesk", "apply", "--yes", "--json", LOG_LEVEL="DEBUG")
    for webhook in desk.zendesk.account.webhooks:
        assert desk.zendesk.webhooks.secret(webhook) not in said.out + said.err
    assert desk.zendesk.credentials.oauth_client_secret not in said.out + said.err


def test_it_needs_an_address_for_the_webhooks(office: Shell) -> None:
    said = office("zendesk", "apply", "--yes", PUBLIC_URL="")
    assert (said.code, said.out) == (1, "")
    assert "PUBLIC_URL" in said.err


def test_what_has_to_be_switched_on_first_is_said(desk: Desk, office: Shell) -> None:
    desk.zendesk.features.custom_statuses = False
    said = office("zendesk", "apply", "--yes")
    assert said.code == 1
    assert "Admin Center" in said.err


def test_an_account_that_does_not_let_us_in_is_one_sentence(office: Shell) -> None:
    said = office("zendesk", "apply", "--yes", ZENDESK_OAUTH_CLIENT_SECRET="s3cr3t-canary")
    assert (said.code, said.out) == (1, "")
    assert "Zendesk" in said.err
    assert "s3cr3t-canary" not in said.err
    assert len(said.err.strip().splitlines()) == 1
