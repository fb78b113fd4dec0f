"""`parley zendesk rotate-secret`: changes the secrets, says what it changed, and shows none of them."""

from __future__ import annotations

from tests.system.cli.shell import Shell
from tests.system.processes.spawned_desk import SpawnedDesk


def secrets_of(desk: SpawnedDesk) -> list[str]:
    return [desk.zendesk.webhooks.secret(webhook) for webhook in desk.zendesk.account.webhooks]


def test_it_changes_the_secret_of_every_webhook_and_shows_none(desk: SpawnedDesk, operator: Shell) -> None:
    desk.open()
    before = secrets_of(desk)
    said = operator("zendesk", "rotate-secret", "--json", LOG_LEVEL="DEBUG", CLOCK_SHARE="0.02")
    assert (said.code, said.json()) == (0, {"changed": ["triggers", "events"]})
    assert not set(secrets_of(desk)) & set(before)
    assert not any(secret in said.out + said.err for secret in before + secrets_of(desk))


def test_a_secret_that_is_set_by_hand_is_left_with_a_sentence_on_what_to_do(
    desk: SpawnedDesk, operator: Shell
) -> None:
    desk.open()
    before = secrets_of(desk)
    said = operator("zendesk", "rotate-secret", ZENDESK_WEBHOOK_SECRETS="s3cr3t-canary")
    assert (said.code, said.out) == (1, "")
    assert "ZENDESK_WEBHOOK_SECRETS" in said.err and "s3cr3t-canary" not in said.err
    assert secrets_of(desk) == before


def test_an_account_that_was_never_set_up_has_nothing_to_change(operator: Shell) -> None:
    said = operator("zendesk", "rotate-secret")
    assert (said.code, said.out) == (1, "")
    assert "parley zendesk apply" in said.err
