"""The settings: read from three places, checked once, never shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, load_settings, settings_table

SECRET = "s3cr3t-value"
INTAKE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def only_what_the_test_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _, _ in settings_table():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("SECRETS_DIR", raising=False)


def loaded(monkeypatch: pytest.MonkeyPatch, **env: str) -> Settings:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return load_settings(env_file=None)


def refusal(monkeypatch: pytest.MonkeyPatch, **env: str) -> str:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, **env)
    assert refused.value.__cause__ is None
    return str(refused.value)


def test_without_any_setting_the_defaults_of_the_contract_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch)
    assert settings.workmarket_url == "https://www.workmarket.com"
    assert settings.database_url.get_secret_value() == "sqlite:///parley.db"
    assert settings.broker_url.get_secret_value() == "memory://"
    assert (settings.clock_interval, settings.reconcile_interval, settings.port) == (15, 300, 8000)
    assert (settings.log_format, settings.log_level, settings.policy_file) == (None, "INFO", None)


def test_the_table_has_every_setting_of_the_contract_once_with_a_meaning() -> None:
    names = [name for name, _, _ in settings_table()]
    assert names == [
        "ZENDESK_SUBDOMAIN",
        "ZENDESK_URL",
        "ZENDESK_OAUTH_CLIENT_ID",
        "ZENDESK_OAUTH_CLIENT_SECRET",
        "ZENDESK_OAUTH_TOKEN",
        "ZENDESK_EMAIL",
        "ZENDESK_API_TOKEN",
        "ZENDESK_WEBHOOK_SECRETS",
        "WORKMARKET_URL",
        "WORKMARKET_TOKEN",
        "WORKMARKET_SECRET",
        "WORKMARKET_WEBHOOK_TOKEN",
        "WORKMARKET_COMPANIES_FILE",
        "INTAKE_SECRETS",
        "SIDEBAR_SECRETS",
        "PROGRESS_SECRETS",
        "ZENDESK_SIGN_IN_CLIENT_ID",
        "ZENDESK_SIGN_IN_CLIENT_SECRET",
        "TRUSTED_PROXY_HEADER",
        "TRUSTED_PROXY_ADDRESSES",
        "PUBLIC_URL",
        "DATABASE_URL",
        "BROKER_URL",
        "HTTPS_PROXY",
        "SSL_CERT_FILE",
        "POLICY_FILE",
        "CLOCK_INTERVAL",
        "RECONCILE_INTERVAL",
        "ZENDESK_CALLS_PER_MINUTE",
        "ZENDESK_UPDATES_PER_MINUTE",
        "ZENDESK_EXPORTS_PER_MINUTE",
        "WORKMARKET_CALLS_PER_MINUTE",
        "PORT",
        "LOG_FORMAT",
        "LOG_LEVEL",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_HEADERS",
    ]
    assert all(default and meaning for _, default, meaning in settings_table())


def test_the_environment_wins_over_the_env_file_and_that_over_secret_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secrets").mkdir()
    for name in ("workmarket_token", "workmarket_secret", "zendesk_oauth_token"):
        (tmp_path / "secrets" / name).write_text("from-file\n")
    env_file = tmp_path / ".env"
    env_file.write_text("WORKMARKET_TOKEN=from-env-file\nWORKMARKET_SECRET=from-env-file\n")
    monkeypatch.setenv("WORKMARKET_TOKEN", "from-environment")
    settings = load_settings(env_file, tmp_path / "secrets")
    read = [settings.workmarket_token, settings.workmarket_secret, settings.zendesk_oauth_token]
    assert [secret and secret.get_secret_value() for secret in read] == [
        "from-environment",
        "from-env-file",
        "from-file",
    ]


def test_secret_files_are_found_where_SECRETS_DIR_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ZENDESK_OAUTH_TOKEN").write_text(SECRET)
    settings = loaded(monkeypatch, SECRETS_DIR=str(tmp_path))
    assert settings.zendesk_oauth_token is not None
    assert settings.zendesk_oauth_token.get_secret_value() == SECRET


def test_settings_can_not_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_no_secret_shows_in_repr_or_str(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(
        monkeypatch,
        ZENDESK_OAUTH_CLIENT_ID="id",
        ZENDESK_OAUTH_CLIENT_SECRET=SECRET,
        ZENDESK_WEBHOOK_SECRETS=SECRET,
        WORKMARKET_TOKEN=SECRET,
        WORKMARKET_SECRET=SECRET,
        WORKMARKET_WEBHOOK_TOKEN=SECRET,
        INTAKE_SECRETS=INTAKE,
        DATABASE_URL=f"postgresql://user:{SECRET}@db/parley",
        BROKER_URL=f"amqp://user:{SECRET}@mq",
    )
    shown = repr(settings) + str(settings) + str(settings.model_dump())
    assert SECRET not in shown
    assert INTAKE not in shown


@pytest.mark.parametrize(
    "name", ["INTAKE_SECRETS", "DATABASE_URL", "BROKER_URL", "ZENDESK_URL", "PORT", "CLOCK_INTERVAL"]
)
def test_an_error_is_one_sentence_that_names_the_setting_and_not_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    said = refusal(monkeypatch, **{name: SECRET})
    assert said.startswith(f"{name} must ")
    assert said.endswith(".")
    assert "\n" not in said
    assert SECRET not in said


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8701", "http://localhost:1", "http://[::1]:9", "https://acme.example"]
)
def test_https_anywhere_and_http_on_this_machine_are_accepted(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    settings = loaded(monkeypatch, ZENDESK_URL=url + "/", WORKMARKET_URL=url, PUBLIC_URL=url)
    assert settings.zendesk_base_url == url
    assert settings.workmarket_url == url
    assert settings.public_url == url


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://Parley.Example.COM", "https://parley.example.com"),
        ("HTTPS://parley.example.com:443/", "https://parley.example.com"),
        ("https://parley.example.com:8443", "https://parley.example.com:8443"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://parley.example.com:", "https://parley.example.com"),
    ],
)
def test_an_address_is_kept_as_browsers_name_it(monkeypatch: pytest.MonkeyPatch, given: str, origin: str) -> None:
    """What a form's `Origin` says is compared with it."""
    assert loaded(monkeypatch, PUBLIC_URL=given).public_url == origin


@pytest.mark.parametrize("name", ["ZENDESK_URL", "WORKMARKET_URL", "PUBLIC_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://acme.zendesk.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://acme.zendesk.com",
        "acme.zendesk.com",
        "https://",
        "https://user:pass@acme.zendesk.com",
        "https://acme.zendesk.com/api/v2",
        "https://acme.zendesk.com:notaport",
    ],
)
def test_any_other_address_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    assert refusal(monkeypatch, **{name: url}).startswith(f"{name} must ")


def test_the_base_url_comes_from_the_subdomain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, ZENDESK_SUBDOMAIN="acme-2").zendesk_base_url == "https://acme-2.zendesk.com"


def test_an_explicit_url_wins_over_the_subdomain(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, ZENDESK_SUBDOMAIN="acme", ZENDESK_URL="http://127.0.0.1:1")
    assert settings.zendesk_base_url == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "value", ["acme.zendesk.com", "Acme", "-acme", "ac me", "https://acme", "acme/../x", "acmé"]
)
def test_a_subdomain_is_only_the_first_part(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert refusal(monkeypatch, ZENDESK_SUBDOMAIN=value).startswith("ZENDESK_SUBDOMAIN must be only the first part")


OAUTH = {"ZENDESK_OAUTH_CLIENT_ID": "id", "ZENDESK_OAUTH_CLIENT_SECRET": "x"}
BEARER = {"ZENDESK_OAUTH_TOKEN": "x"}
BASIC = {"ZENDESK_EMAIL": "desk@example.com", "ZENDESK_API_TOKEN": "x"}


@pytest.mark.parametrize(
    ("env", "kind"), [(OAUTH, "oauth_client"), (BEARER, "oauth_token"), (BASIC, "api_token"), ({}, None)]
)
def test_the_kind_of_credential_follows_from_what_is_set(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], kind: str | None
) -> None:
    assert loaded(monkeypatch, **env).zendesk_credential == kind


@pytest.mark.parametrize(
    ("env", "names"),
    [
        (OAUTH | BEARER, ["ZENDESK_OAUTH_CLIENT_SECRET", "ZENDESK_OAUTH_TOKEN"]),
        (OAUTH | BASIC, ["ZENDESK_OAUTH_CLIENT_SECRET", "ZENDESK_API_TOKEN"]),
        (BEARER | BASIC, ["ZENDESK_OAUTH_TOKEN", "ZENDESK_API_TOKEN"]),
        (OAUTH | BEARER | BASIC, ["ZENDESK_OAUTH_CLIENT_SECRET", "ZENDESK_OAUTH_TOKEN", "ZENDESK_API_TOKEN"]),
    ],
)
def test_two_kinds_of_credential_contradict_each_other(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], names: list[str]
) -> None:
    said = refusal(monkeypatch, **env)
    assert said == f"{' and '.join(names)} are set together: keep one way to sign in to Zendesk."


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ("ZENDESK_OAUTH_CLIENT_ID", "ZENDESK_OAUTH_CLIENT_SECRET"),
        ("ZENDESK_OAUTH_CLIENT_SECRET", "ZENDESK_OAUTH_CLIENT_ID"),
        ("ZENDESK_EMAIL", "ZENDESK_API_TOKEN"),
        ("ZENDESK_API_TOKEN", "ZENDESK_EMAIL"),
        ("WORKMARKET_TOKEN", "WORKMARKET_SECRET"),
        ("WORKMARKET_SECRET", "WORKMARKET_TOKEN"),
    ],
)
def test_half_a_pair_is_refused(monkeypatch: pytest.MonkeyPatch, given: str, lacking: str) -> None:
    said = refusal(monkeypatch, **{given: SECRET})
    assert said == f"{given} is set without {lacking}: set both or neither."


LAST_DAY = datetime(2027, 4, 30, tzinfo=UTC)


def test_an_api_token_brings_a_warning_with_its_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, **BASIC)
    (said,) = settings.warnings(LAST_DAY - timedelta(days=12))
    assert "30 Apr 2027" in said and "12 days" in said and "ZENDESK_OAUTH_CLIENT_ID" in said
    assert settings.problems(LAST_DAY - timedelta(seconds=1)) == []


def test_from_that_day_on_it_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, **BASIC)
    (said,) = settings.problems(LAST_DAY)
    assert "ended API tokens on 30 Apr 2027" in said and "ZENDESK_OAUTH_CLIENT_ID" in said
    assert settings.warnings(LAST_DAY) == []


@pytest.mark.parametrize("env", [OAUTH, BEARER])
def test_oauth_brings_neither(monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    settings = loaded(monkeypatch, **env)
    assert settings.warnings(LAST_DAY) == settings.problems(LAST_DAY) == []


def test_missing_accounts_are_named_when_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_them = ["ZENDESK_SUBDOMAIN", "ZENDESK_OAUTH_CLIENT_ID", "WORKMARKET_TOKEN"]
    for env, lacking in (
        ({}, all_of_them),
        ({"ZENDESK_SUBDOMAIN": "acme"}, all_of_them[1:]),
        (OAUTH, all_of_them[2:]),
    ):
        with pytest.raises(SettingsError) as refused:
            loaded(monkeypatch, **env).require_accounts()
        assert [sentence.split()[0] for sentence in refused.value.problems] == lacking


def test_complete_accounts_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    env = OAUTH | {"ZENDESK_SUBDOMAIN": "acme", "WORKMARKET_TOKEN": "t", "WORKMARKET_SECRET": "s"}
    loaded(monkeypatch, **env).require_accounts()


def test_lists_of_secrets_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, ZENDESK_WEBHOOK_SECRETS="one, two,", INTAKE_SECRETS=f"{INTAKE},{INTAKE}")
    assert settings.webhook_secrets == ("one", "two")
    assert settings.intake_secret_list == (INTAKE, INTAKE)


def test_lists_that_are_not_set_are_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch).webhook_secrets == loaded(monkeypatch).intake_secret_list == ()


@pytest.mark.parametrize(
    "secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_????", "whsec_c2hvcnQ=", ","]
)
def test_an_intake_secret_of_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    assert refusal(monkeypatch, INTAKE_SECRETS=secret).startswith("INTAKE_SECRETS must hold")


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_a_blank_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    settings = loaded(monkeypatch, WORKMARKET_WEBHOOK_TOKEN=blank, ZENDESK_URL=blank, PORT=blank)
    assert (settings.workmarket_webhook_token, settings.zendesk_base_url, settings.port) == (None, None, 8000)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_the_database_url_gets_the_driver_that_ships(
    monkeypatch: pytest.MonkeyPatch, given: str, used: str
) -> None:
    assert loaded(monkeypatch, DATABASE_URL=given).sqlalchemy_url == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("CLOCK_INTERVAL", "0"),
        ("CLOCK_INTERVAL", "nan"),
        ("RECONCILE_INTERVAL", "601"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_value_out_of_range_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert refusal(monkeypatch, **{name: value}).startswith(f"{name} must be ")


def test_log_settings_may_be_written_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, LOG_LEVEL="debug", LOG_FORMAT="JSON")
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


def test_an_env_file_that_is_not_text_is_refused_by_name(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"PORT=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"\.env .*can't be read"):
        load_settings(env_file)


def test_pages_of_requesters_need_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PROGRESS_SECRETS is set without PUBLIC_URL" in refusal(monkeypatch, PROGRESS_SECRETS="n" * 32)
    settings = loaded(
        monkeypatch, PROGRESS_SECRETS=f"{'n' * 32},{'o' * 32}", PUBLIC_URL="https://parley.example.com"
    )
    assert settings.progress_secret_list == ("n" * 32, "o" * 32)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/"}, "http://collector:4318/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://c.example.com/otlp"}, "https://c.example.com/otlp/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/t"}, "http://c:4318/t"),
    ],
)
def test_a_collectors_address_leads_to_where_traces_are_shown(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], url: str | None
) -> None:
    assert loaded(monkeypatch, **given).traces_url == url


@pytest.mark.parametrize(
    "wrong", ["collector:4317", "grpc://collector", "http://name:password@c", "http://", "http://c?password@"]
)
def test_what_is_no_collectors_address_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    said = refusal(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT=wrong)
    assert said.startswith("OTEL_EXPORTER_OTLP_ENDPOINT must be an address")
    assert "password@" not in said
