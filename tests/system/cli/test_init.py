"""`parley init`: what it asks, what it takes from elsewhere, and what it leaves alone."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from config.env_file import env_text
from config.settings import load_settings
from parley.commands.init import (
    MADE,
    QUESTIONS,
    Question,
    answered,
    own_secrets,
    summarized,
    whats_wrong,
    with_password,
)
from tests.system.cli.shell import Shell

SECRET = "s3cr3t-canary"
SECRETS = dict.fromkeys(("ZENDESK_OAUTH_CLIENT_SECRET", "WORKMARKET_TOKEN", "WORKMARKET_SECRET"), SECRET)
TYPED = ("ZENDESK_SUBDOMAIN=acme", "ZENDESK_OAUTH_CLIENT_ID=parley", "PUBLIC_URL=https://desk.example.com")


class Answers:
    """Somebody who answers from a list, and remembers what they were asked."""

    def __init__(self, **given: list[str]) -> None:
        self.given = given
        self.asked: list[str] = []

    def __call__(self, question: Question) -> str:
        self.asked.append(question.name)
        left = self.given.get(question.name, [])
        return left.pop(0) if left else ""


def test_everything_comes_from_what_is_typed_and_the_environment(shell: Shell) -> None:
    said = shell("init", *TYPED, **SECRETS)
    assert said.code == 0, said.err
    file = shell.folder / ".env"
    assert file.stat().st_mode & 0o777 == 0o600
    assert SECRET in file.read_text() and SECRET not in said.out + said.err
    assert "  ZENDESK_SUBDOMAIN=acme\n" in said.err and "  WORKMARKET_TOKEN=(not shown)\n" in said.err
    settings = load_settings(file, shell.folder / "none", need="accounts")
    assert (settings.zendesk_subdomain, settings.public_url) == ("acme", "https://desk.example.com")
    assert f"From the environment: {', '.join(sorted(SECRETS))}." in said.err.splitlines()
    assert all(len(made) == 1 for made in (settings.sidebar_secret_list, settings.progress_secret_list))
    assert "SIDEBAR_SECRETS and PROGRESS_SECRETS nobody has to know" in said.err
    assert all(note in file.read_text().replace("\n# ", " ") for note in MADE.values())


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("ZENDESK_SUBDOMAIN", "acme", "acme"),
        ("WORKMARKET_TOKEN", "canary", "(not shown)"),
        ("DATABASE_URL", "sqlite:///parley.db", "sqlite:///parley.db"),
        ("DATABASE_URL", "postgresql://me:ca@nary@db:5432/parley", "postgresql://me:(not shown)@db:5432/parley"),
        ("DATABASE_URL", "postgresql://db/parley?password=canary", "postgresql://db/parley?…"),
        ("DATABASE_URL", "postgresql://[canary", "(not shown)"),
        ("BROKER_URL", "memory://", "memory://"),
    ],
)
def test_what_was_written_is_repeated_without_a_secret(name: str, value: str, shown: str) -> None:
    assert summarized(name, value) == shown


def test_a_password_that_was_asked_for_by_itself_stands_in_the_address_as_one() -> None:
    assert with_password("postgresql://me@db/parley", "p@ss/1") == "postgresql://me:p%40ss%2F1@db/parley"


def test_a_file_that_is_there_is_replaced_only_if_that_is_said(shell: Shell) -> None:
    file = shell.folder / ".env"
    before = f"PORT=9000\nPROGRESS_SECRETS={'p' * 40}\n"
    file.write_text(before)
    said = shell("init", *TYPED, **SECRETS)
    assert (said.code, file.read_text()) == (1, before)
    assert "--overwrite" in said.err
    assert shell("init", "--overwrite", *TYPED, **SECRETS).code == 0
    assert "acme" in file.read_text()
    assert f"\nPROGRESS_SECRETS={'p' * 40}\n" in file.read_text(), "the pages that requesters have go on"


def test_without_a_terminal_all_that_is_missing_or_wrong_is_said_at_once(shell: Shell) -> None:
    said = shell("init", "PORT=door", "PUBLIC_URL=http://desk.example.com", WORKMARKET_TOKEN=SECRET)
    assert (said.code, said.out) == (1, "")
    assert [line.split()[0] for line in said.err.splitlines()] == [
        "PUBLIC_URL",
        "PORT",
        "WORKMARKET_TOKEN",
        "ZENDESK_SUBDOMAIN",
        "ZENDESK_OAUTH_CLIENT_ID",
        "ZENDESK_OAUTH_CLIENT_SECRET",
    ]
    assert not (shell.folder / ".env").exists()


def test_secrets_that_nobody_has_to_know_are_made_and_kept_where_a_file_is_replaced() -> None:
    address = {"PUBLIC_URL": "https://desk.example.com"}
    made = own_secrets(address, {})
    assert list(made) == list(MADE) and all(len(secret) == 64 for secret in made.values())
    assert own_secrets(address, {"PROGRESS_SECRETS": "old"})["PROGRESS_SECRETS"] == "old"
    assert list(own_secrets({**address, "SIDEBAR_SECRETS": "mine"}, {})) == ["PROGRESS_SECRETS"]
    assert list(own_secrets({}, {})) == ["SIDEBAR_SECRETS"], "requesters' pages need an address"


def test_no_link_of_the_readme_is_left_in_the_file() -> None:
    said = env_text({}).replace("\n# ", " ")
    assert "](" not in said
    assert "see “several companies” in the README" in said and "operations (docs/operations.md#traces)" in said


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("WORKMARKET_TOKEN=x", "is a secret"),
        ("DATABASE_URL=postgresql://me:secret@db/parley", "is a secret"),
        ("COLOUR=red", "is no setting"),
        ("acme", "is no setting"),
    ],
)
def test_what_may_not_be_typed_is_refused(shell: Shell, word: str, why: str) -> None:
    said = shell("init", "--file", "new.env", word)
    assert said.code == 1
    assert why in said.err and "me:secret" not in said.err


def test_only_what_is_open_is_asked_and_a_wrong_answer_is_asked_again() -> None:
    answers = Answers(ZENDESK_SUBDOMAIN=["acme.zendesk.com", "acme"], PUBLIC_URL=["https://desk.example.com"])
    found = answered({"WORKMARKET_COMPANIES_FILE": "companies.toml"}, answers)
    assert answers.asked == [
        "ZENDESK_SUBDOMAIN",
        "ZENDESK_SUBDOMAIN",
        "ZENDESK_OAUTH_CLIENT_ID",
        "ZENDESK_OAUTH_CLIENT_SECRET",
        "PUBLIC_URL",
        "ZENDESK_SIGN_IN_CLIENT_ID",
        "DATABASE_URL",
        "BROKER_URL",
    ]
    assert found == {
        "WORKMARKET_COMPANIES_FILE": "companies.toml",
        "ZENDESK_SUBDOMAIN": "acme",
        "PUBLIC_URL": "https://desk.example.com",
        "DATABASE_URL": "sqlite:///parley.db",
        "BROKER_URL": "memory://",
    }


def test_the_secret_of_the_sign_in_is_asked_for_where_its_client_is_known() -> None:
    answers = Answers(ZENDESK_SIGN_IN_CLIENT_ID=["parley_desk"], ZENDESK_SIGN_IN_CLIENT_SECRET=["s"])
    found = answered({"PUBLIC_URL": "https://desk.example.com"}, answers)
    assert found["ZENDESK_SIGN_IN_CLIENT_SECRET"] == "s"
    by_proxy = Answers()
    answered({"PUBLIC_URL": "https://desk.example.com", "TRUSTED_PROXY_HEADER": "X-Forwarded-Email"}, by_proxy)
    assert not any("SIGN_IN" in name for name in by_proxy.asked)


def test_a_sign_in_that_is_left_out_lacks_nothing_and_half_of_one_is_told() -> None:
    everything = {one.name: one.usual or "x" for one in QUESTIONS if "SIGN_IN" not in one.name}
    everything["PUBLIC_URL"] = "https://desk.example.com"
    assert whats_wrong(everything) == []
    (said,) = whats_wrong({**everything, "ZENDESK_SIGN_IN_CLIENT_ID": "parley_desk"})
    assert "ZENDESK_SIGN_IN_CLIENT_SECRET" in said


def test_who_answers_every_question_has_all_that_a_start_needs() -> None:
    everything = {one.name: one.usual or "x" for one in QUESTIONS}
    assert whats_wrong({**everything, "PUBLIC_URL": "https://desk.example.com"}) == []


def test_on_a_terminal_a_secret_is_not_shown_while_it_is_typed(tmp_path: Path) -> None:
    given = {name: value for name, value in SECRETS.items() if name != "WORKMARKET_SECRET"}
    given |= {"PATH": os.environ.get("PATH", ""), "DATABASE_URL": "sqlite:///a.db", "BROKER_URL": "memory://"}
    ours, theirs = pty.openpty()
    command = [Path(sys.executable).with_name("parley"), "init", *TYPED]
    with subprocess.Popen(
        command, cwd=tmp_path, env=given, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        while b"(not shown): " not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, b"typed-canary\n")
        while b"leaves that page off): " not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, b"\n")
        assert process.wait(timeout=120) == 0
    shown += os.read(ours, 1000)
    os.close(ours)
    assert b"typed-canary" not in shown and b"Written: .env" in shown
    assert "WORKMARKET_SECRET=typed-canary\n" in (tmp_path / ".env").read_text()
