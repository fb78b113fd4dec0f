"""A setting that is missing or contradicts another stops the start with one sentence that names it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from parley.cli import app
from tests.system.cli.shell import Shell

SECRET = "s3cr3t-canary"
OAUTH = {"ZENDESK_OAUTH_CLIENT_ID": "parley", "ZENDESK_OAUTH_CLIENT_SECRET": SECRET}
ACCOUNTS = {"ZENDESK_SUBDOMAIN": "acme", **OAUTH, "WORKMARKET_TOKEN": SECRET, "WORKMARKET_SECRET": SECRET}
WRONG = {
    "ZENDESK_SUBDOMAIN": {**ACCOUNTS, "ZENDESK_SUBDOMAIN": ""},
    "ZENDESK_OAUTH_CLIENT_ID": {**ACCOUNTS, "ZENDESK_OAUTH_CLIENT_ID": "", "ZENDESK_OAUTH_CLIENT_SECRET": ""},
    "WORKMARKET_TOKEN": {"ZENDESK_SUBDOMAIN": "acme", **OAUTH},
    "WORKMARKET_SECRET": {**ACCOUNTS, "WORKMARKET_SECRET": ""},
    "ZENDESK_OAUTH_TOKEN": {**ACCOUNTS, "ZENDESK_OAUTH_TOKEN": SECRET},
    "WORKMARKET_URL": {**ACCOUNTS, "WORKMARKET_URL": "http://workmarket.example.com"},
    "DATABASE_URL": {**ACCOUNTS, "DATABASE_URL": "mysql://somewhere/parley"},
    "CLOCK_INTERVAL": {**ACCOUNTS, "CLOCK_INTERVAL": "soon"},
    "POLICY_FILE": {**ACCOUNTS, "POLICY_FILE": "nowhere.toml"},
    "BROKER_URL": {**ACCOUNTS, "BROKER_URL": "nothing://here"},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_named_in_one_sentence(shell: Shell, name: str) -> None:
    said = shell("worker", **WRONG[name])
    assert (said.code, said.out) == (1, "")
    assert len(said.err.strip().splitlines()) == 1, said.err
    assert name in said.err
    assert SECRET not in said.err


@pytest.mark.parametrize("command", ["run", "web", "clock"])
def test_no_role_starts_without_its_settings(shell: Shell, command: str) -> None:
    said = shell(command)
    assert (said.code, said.out) == (1, "")
    told = [line.split(" is missing: ")[0] for line in said.err.splitlines()]
    assert told == ["ZENDESK_SUBDOMAIN", "ZENDESK_OAUTH_CLIENT_ID", "WORKMARKET_TOKEN"]


def test_all_that_is_wrong_with_the_settings_is_told_at_once(shell: Shell) -> None:
    wrong = {"CLOCK_INTERVAL": "soon", "DATABASE_URL": "hello", "BROKER_URL": "hello"}
    said = shell("worker", **{**ACCOUNTS, **wrong})
    told = {line.split(" must be ")[0]: line for line in said.err.splitlines()}
    assert (said.code, told.keys()) == (1, wrong.keys())
    assert "postgresql://" in told["DATABASE_URL"] and "amqp" not in told["DATABASE_URL"]
    assert "amqp://" in told["BROKER_URL"] and "sql" not in told["BROKER_URL"]


def test_what_is_wrong_missing_half_and_elsewhere_is_told_in_one_start(shell: Shell) -> None:
    (shell.folder / "policy.toml").write_text("outcomes = 3\nnonsense = 1\n")
    given = {
        "PORT": "door",
        "ZENDESK_EMAIL": "desk@example.com",
        "WORKMARKET_SECRET": SECRET,
        "DATABASE_URL": "mysql://somewhere/parley",
        "BROKER_URL": "nothing://here",
        "POLICY_FILE": "policy.toml",
    }
    said = shell("worker", **given)
    assert (said.code, said.out) == (1, "")
    assert [line.split()[0] for line in said.err.splitlines()][:6] == [
        "PORT",
        "ZENDESK_EMAIL",
        "WORKMARKET_SECRET",
        "ZENDESK_SUBDOMAIN",
        "DATABASE_URL",
        "BROKER_URL",
    ]
    assert "nonsense" in said.err


def test_doctor_works_with_no_setting_and_says_what_comes_first(shell: Shell) -> None:
    said = shell("doctor")
    assert said.code == 1
    lines = [line.split(maxsplit=2) for line in said.out.splitlines()]
    assert [line[2].split()[0] for line in lines[:3]] == [
        "ZENDESK_SUBDOMAIN",
        "ZENDESK_OAUTH_CLIENT_ID",
        "WORKMARKET_TOKEN",
    ]
    looked_at = {line[1]: line[0] for line in lines[3:]}
    assert looked_at == {"policy:": "ok", "database:": "problem", "broker:": "ok", "accounts:": "warning"}
    assert said.err.startswith("First: `parley init`")
    assert list(shell.folder.glob("*.db*")) == []
    checks = shell("doctor", "--json").json()
    assert checks[0]["grade"] == "problem" and "ZENDESK_SUBDOMAIN" in checks[0]["said"]


def test_doctor_tells_a_wrong_setting_a_wrong_policy_and_what_can_be_looked_at(shell: Shell) -> None:
    (shell.folder / "policy.toml").write_text("nonsense = 1\n")
    shell("migrate")
    said = shell("doctor", **{**ACCOUNTS, "PORT": "door", "POLICY_FILE": "policy.toml"})
    grades = {line.split()[1]: line.split()[0] for line in said.out.splitlines()}
    assert grades == {
        "settings:": "problem",
        "policy:": "problem",
        "database:": "ok",
        "broker:": "ok",
        "accounts:": "warning",
    }
    assert said.err.startswith("First: settings.")


def test_commands_that_only_look_at_the_database_need_no_account(shell: Shell) -> None:
    assert shell("migrate").code == 0
    said = shell("case", "list", "--json")
    assert (said.code, said.json()) == (0, [])


def test_without_a_schema_a_command_says_what_to_run(shell: Shell) -> None:
    said = shell("case", "list")
    assert (said.code, said.out) == (1, "")
    assert "parley migrate" in said.err


def test_migrate_may_be_run_again(shell: Shell) -> None:
    first, again = shell("migrate"), shell("migrate")
    assert (first.code, again.code, first.out, again.out) == (0, 0, "", "")
    assert "up to date" in again.err
    assert (shell.folder / "parley.db").exists()


def test_the_legacy_way_to_sign_in_is_warned_about(shell: Shell) -> None:
    said = shell("migrate", ZENDESK_EMAIL="admin@example.com", ZENDESK_API_TOKEN=SECRET)
    assert said.code == 0
    assert "30 Apr 2027" in said.err
    assert SECRET not in said.err


COMMANDS = (
    (),
    *((name,) for name in ("demo", "sandbox", "init", "run", "web", "worker", "clock", "doctor", "migrate")),
    ("case",),
    ("dead",),
    ("zendesk",),
    *(("case", name) for name in ("list", "show", "explain", "pause", "resume", "close")),
    *(("dead", name) for name in ("list", "show", "replay", "discard")),
    ("zendesk", "apply"),
    ("report",),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    said = CliRunner(env={"NO_COLOR": "1"}).invoke(app, [*command, "--help"])
    assert said.exit_code == 0
    assert "Usage: " in said.stdout
    assert "\x1b[" not in said.stdout
    assert said.stderr == ""


@pytest.mark.parametrize("command", [("case", "show"), ("nonsense",), ("run", "--port", "door")], ids=" ".join)
def test_wrong_usage_leaves_with_2(command: tuple[str, ...]) -> None:
    said = CliRunner().invoke(app, command)
    assert (said.exit_code, said.stdout) == (2, "")
