"""The client companies of a deployment: one table each, secrets elsewhere, every mistake named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, load_settings, settings_table

ACME = """
[acme]
name = "Acme Installations"
token_env = "ACME_TOKEN"
secret_file = "secrets/acme"
webhook_token_env = "ACME_HOOK"
calls_per_minute = 60

[acme.policy]
language = "en"
business_time = {zone = "America/Chicago"}
people = {client_names = ["Casey Client"]}
"""
BETA = """
[beta]
token_env = "BETA_TOKEN"
secret_env = "BETA_SECRET"
"""
VARIABLES = {"ACME_TOKEN": "t-acme", "ACME_HOOK": "h-acme", "BETA_TOKEN": "t-beta", "BETA_SECRET": "s-beta"}
HIDDEN = (*VARIABLES.values(), "s-acme")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, _, _ in settings_table():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "none"))
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "acme").write_text("s-acme\n")
    return tmp_path


def loaded(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, **env: str) -> Settings:
    file = folder / "companies.toml"
    file.write_text(text)
    for name, value in {"WORKMARKET_COMPANIES_FILE": str(file), **env}.items():
        monkeypatch.setenv(name, value)
    return load_settings(env_file=None)


def refusal(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, **env: str) -> str:
    with pytest.raises(SettingsError) as refused:
        loaded(folder, monkeypatch, text, **env)
    said = str(refused.value)
    assert not any(secret in said for secret in HIDDEN)
    return said


def test_each_company_has_its_secrets_calls_and_policy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(folder, monkeypatch, ACME + BETA)
    acme, beta = settings.companies
    assert (acme.key, acme.name, acme.calls_per_minute) == ("acme", "Acme Installations", 60)
    assert (acme.token.get_secret_value(), acme.secret.get_secret_value()) == ("t-acme", "s-acme")
    assert acme.webhook_token is not None
    assert acme.webhook_token.get_secret_value() == "h-acme"
    assert acme.policy["people"] == {"client_names": ["Casey Client"]}
    assert (beta.name, beta.webhook_token, beta.calls_per_minute, beta.policy) == ("beta", None, None, {})
    settings_lack_only_zendesk(settings)


def settings_lack_only_zendesk(settings: Settings) -> None:
    with pytest.raises(SettingsError) as refused:
        settings.require_accounts()
    assert all("ZENDESK" in said for said in refused.value.problems)


def test_no_secret_of_a_company_is_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(folder, monkeypatch, ACME + BETA)
    shown = f"{settings!r} {settings.companies!r} {settings.model_dump()}"
    assert not any(secret in shown for secret in HIDDEN)


def test_a_secret_may_stand_in_the_env_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BETA_TOKEN")
    (folder / ".env").write_text("BETA_TOKEN=from-the-file\n")
    loaded_without = folder / "companies.toml"
    loaded_without.write_text(BETA)
    monkeypatch.setenv("WORKMARKET_COMPANIES_FILE", str(loaded_without))
    (beta,) = load_settings(env_file=folder / ".env").companies
    assert beta.token.get_secret_value() == "from-the-file"


def test_one_pair_and_several_companies_are_a_contradiction(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = {"WORKMARKET_TOKEN": "t", "WORKMARKET_SECRET": "s", "WORKMARKET_WEBHOOK_TOKEN": "h"}
    said = refusal(folder, monkeypatch, BETA, **pair)
    assert "WORKMARKET_COMPANIES_FILE and WORKMARKET_TOKEN are set together: keep one" in said
    assert "WORKMARKET_COMPANIES_FILE and WORKMARKET_WEBHOOK_TOKEN are set together" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no company: add a table such as [acme]"),
        ("[acme", "is not valid TOML"),
        ("acme = 1", "acme stands outside every table"),
        ("[Acme]", "company Acme: the name of a table is lower-case letters"),
        ('[acme]\nsecret_env = "BETA_SECRET"', "company acme: token is missing: set token_env or token_file."),
        (
            BETA.replace("BETA_TOKEN", "NOT_SET"),
            "beta: token_env names the variable NOT_SET, which is not set",
        ),
        (BETA.replace("token_env", "token_file"), "token_file names the file BETA_TOKEN, which can't be read"),
        (BETA.replace("secret_env", "secret"), "secret stands in the file itself: name it by secret_env"),
        (BETA + 'token_file = "x"', "token_env and token_file are set together: keep one."),
        (BETA + "token_ev = 1", "company beta: token_ev is not known; there are calls_per_minute"),
        (BETA + "calls_per_minute = 5", "calls_per_minute must be a whole number from 10 to 1000000."),
        (BETA + 'name = ""', "name must be a text in quotes"),
        (BETA + "policy = 3", "policy must be a table."),
        (BETA + "policy = {tiers = {}}", "policy.tiers may not differ by company; these may: language"),
        (BETA + 'policy = {people = {solve_as = ""}}', "policy.people.solve_as may not differ by company"),
        (BETA + BETA.replace("beta", "gamma"), "company gamma: it has the same token as beta: give each its own."),
        (BETA + ACME.replace("Acme Installations", "Beta"), "company acme: it has the same name as beta"),
        (
            ACME + BETA + 'webhook_token_env = "ACME_HOOK"',
            "it has the same webhook_token as acme: it tells which company a webhook is of",
        ),
    ],
)
def test_a_mistake_names_company_key_and_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    assert said in refusal(folder, monkeypatch, text)


def test_a_file_that_is_not_there_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKMARKET_COMPANIES_FILE", str(folder / "none.toml"))
    with pytest.raises(SettingsError, match=r"WORKMARKET_COMPANIES_FILE can't be used: The file .*none\.toml"):
        load_settings(env_file=None)


def test_every_mistake_is_named_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(folder, monkeypatch, "[acme]\n[beta]\n")
    assert said.count("is missing") == 4
