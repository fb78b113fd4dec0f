"""The settings: environment, `.env` or secret files, read and checked once, as one frozen object."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config import setting_rules as rules
from config.companies import CompaniesError, Company, environment_with, load_companies

CredentialKind = Literal["oauth_client", "oauth_token", "api_token"]
"""How we sign in to Zendesk: tokens minted by us, a bearer token made elsewhere, or legacy Basic."""
Need = Literal["accounts", "zendesk", "nothing"]
"""What a command asks for: both services, Zendesk alone, or neither."""

ENV_FILE = Path(".env")
SECRET_FILES = Path("/run/secrets")
CREDENTIALS: dict[CredentialKind, tuple[str, ...]] = {
    "oauth_client": ("zendesk_oauth_client_id", "zendesk_oauth_client_secret"),
    "oauth_token": ("zendesk_oauth_token",),
    "api_token": ("zendesk_email", "zendesk_api_token"),
}
PAIRS = (
    ("zendesk_oauth_client_id", "zendesk_oauth_client_secret"),
    ("zendesk_email", "zendesk_api_token"),
    ("workmarket_token", "workmarket_secret"),
    ("zendesk_sign_in_client_id", "zendesk_sign_in_client_secret"),
    ("trusted_proxy_header", "trusted_proxy_addresses"),
)

API_TOKENS_END = datetime(2027, 4, 30, tzinfo=UTC)
"""https://developer.zendesk.com/documentation/authentication/oauth-migration/"""
MOVE_TO_OAUTH = (
    "create an OAuth client in the Admin Center and set ZENDESK_OAUTH_CLIENT_ID and ZENDESK_OAUTH_CLIENT_SECRET "
    "instead."
)


class SettingsError(Exception):
    """Settings are missing, malformed or contradict others; `problems` names each in a sentence."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


Secret = SecretStr | None
SecretList = Annotated[SecretStr | None, AfterValidator(rules.secret_list)]
BaseUrl = Annotated[str | None, AfterValidator(rules.base_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(rules.database_url)]
BrokerUrl = Annotated[SecretStr, AfterValidator(rules.broker_url)]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


class Settings(BaseSettings):
    """All settings; in the environment their names are in upper case. Secrets are never shown."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True, str_strip_whitespace=True
    )

    zendesk_subdomain: Annotated[str | None, AfterValidator(rules.subdomain)] = Field(
        None, description="`acme` for acme.zendesk.com"
    )
    zendesk_url: BaseUrl = Field(
        None,
        description="base URL; plain http is accepted for loopback hosts only, here and for `WORKMARKET_URL`",
        json_schema_extra={"shown": "from the subdomain"},
    )
    zendesk_oauth_client_id: str | None = Field(
        None, description="OAuth client credentials, the way for new accounts; Parley mints and renews the tokens"
    )
    zendesk_oauth_client_secret: Secret = Field(None, description="the secret of that OAuth client")
    zendesk_oauth_token: Secret = Field(None, description="a bearer token made elsewhere")
    zendesk_email: str | None = Field(
        None, description="with `ZENDESK_API_TOKEN`: legacy Basic sign-in; works until 30 Apr 2027"
    )
    zendesk_api_token: Secret = Field(None, description="the API token of `ZENDESK_EMAIL`")
    zendesk_webhook_secrets: SecretList = Field(
        None,
        description="comma-separated signing secrets; several may be valid at once, for rotation",
        json_schema_extra={"shown": "what `parley zendesk apply` stored"},
    )
    workmarket_url: BaseUrl = Field("https://www.workmarket.com", description="API host")
    workmarket_token: Secret = Field(
        None, description="API token, exchanged with the secret for an access token: for one company"
    )
    workmarket_secret: Secret = Field(None, description="the secret of that API token")
    workmarket_webhook_token: Secret = Field(
        None, description="bearer token that WorkMarket's webhooks must carry; unset: that endpoint answers 404"
    )
    workmarket_companies_file: Path | None = Field(
        None,
        description="a TOML file with a table for each client company, instead of the one token and secret: see "
        "[several companies](#several-companies)",
    )
    intake_secrets: Annotated[SecretStr | None, AfterValidator(rules.intake_secrets)] = Field(
        None,
        description="signing secrets in Standard Webhooks form (`whsec_` + base64), comma-separated, for requests "
        "that start outside the help center; unset: 404",
    )
    sidebar_secrets: Annotated[SecretStr | None, AfterValidator(rules.plain_secrets)] = Field(
        None,
        description="what the sidebar app reads cases by: 32 signs or more, such as `openssl rand -hex 32` gives; "
        "several, comma-separated, are valid at once, for rotation, the new one first; unset: 404",
    )
    progress_secrets: Annotated[SecretStr | None, AfterValidator(rules.plain_secrets)] = Field(
        None,
        description="what the addresses of requesters' pages are made with: 32 signs or more, such as "
        "`openssl rand -hex 32` gives; several, comma-separated, are valid at once, for rotation, the new one "
        "first; needs PUBLIC_URL; unset: requesters get no page",
    )
    zendesk_sign_in_client_id: str | None = Field(
        None,
        description="the OAuth client by which people sign in to `/desk`, of its own: see "
        "[the desk's page](#the-desks-page); unset: 404",
    )
    zendesk_sign_in_client_secret: Secret = Field(None, description="the secret of that OAuth client")
    trusted_proxy_header: Annotated[str | None, AfterValidator(rules.header_name)] = Field(
        None,
        description="the other way to sign in to `/desk`: the header in which a proxy before Parley names who "
        "asks, such as `X-Forwarded-Email`; off unless set",
    )
    trusted_proxy_addresses: Annotated[str | None, AfterValidator(rules.addresses)] = Field(
        None, description="the addresses, or networks, from which that header is believed, comma-separated"
    )
    public_url: BaseUrl = Field(
        None, description="where Zendesk reaches Parley, for example `https://parley.example.com`"
    )
    database_url: DatabaseUrl = Field(
        SecretStr("sqlite:///parley.db"), description="SQLAlchemy URL; PostgreSQL in production"
    )
    broker_url: BrokerUrl = Field(
        SecretStr("memory://"),
        description="Kombu URL; `amqp://` (RabbitMQ) or `redis://` in production",
    )
    https_proxy: Annotated[SecretStr | None, AfterValidator(rules.proxy)] = Field(
        None,
        description="the proxy by which Zendesk and WorkMarket are reached, `http://proxy.example.com:3128` or "
        "`http://name:password@…`; this machine's own addresses are asked without it",
    )
    ssl_cert_file: Annotated[str | None, AfterValidator(rules.authorities)] = Field(
        None,
        description="a PEM file of the certificate authorities that are trusted for Zendesk and WorkMarket, "
        "instead of the usual ones: for a company's own",
        json_schema_extra={"shown": "the usual ones"},
    )
    policy_file: Path | None = Field(
        None,
        description="the escalation policy: a file with the keys that differ from the packaged one",
        json_schema_extra={"shown": "the packaged `config/policy.toml`"},
    )
    clock_interval: float = Field(
        15,
        gt=0,
        le=3600,
        description="seconds between two looks at the timers",
        json_schema_extra={"must": "a number of seconds above 0 and up to 3600"},
    )
    reconcile_interval: float = Field(
        300,
        gt=0,
        le=600,
        description="seconds between two looks for what webhooks missed; at most 600",
        json_schema_extra={"must": "a number of seconds above 0 and up to 600"},
    )
    zendesk_calls_per_minute: int = Field(
        180,
        ge=20,
        le=1_000_000,
        description="the most calls to Zendesk in any minute, by all processes together; your plan's limit (200 to "
        "2500) less what other apps need; new requests begin within a quarter of them",
        json_schema_extra={"must": "a whole number from 20 to 1000000"},
    )
    zendesk_updates_per_minute: int = Field(
        90,
        ge=5,
        le=1_000_000,
        description="the most updates of tickets among them; Zendesk allows 100, with the add-on 300",
        json_schema_extra={"must": "a whole number from 5 to 1000000"},
    )
    zendesk_exports_per_minute: int = Field(
        9,
        ge=2,
        le=1_000_000,
        description="the most pages of changed tickets among them; Zendesk allows 10",
        json_schema_extra={"must": "a whole number from 2 to 1000000"},
    )
    workmarket_calls_per_minute: int = Field(
        120,
        ge=10,
        le=1_000_000,
        description="the most calls to WorkMarket in any minute, for each company; it documents no limit",
        json_schema_extra={"must": "a whole number from 10 to 1000000"},
    )
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        description="where `--port` is not given",
        json_schema_extra={"must": "a whole number from 0 to 65535"},
    )
    log_format: Annotated[Literal["pretty", "json"] | None, BeforeValidator(_lower)] = Field(
        None,
        description="`pretty` or `json`",
        json_schema_extra={"shown": "pretty on a terminal, else json", "must": "pretty or json"},
    )
    log_level: Annotated[Level, BeforeValidator(_upper)] = Field(
        "INFO",
        description="`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`",
        json_schema_extra={"must": "DEBUG, INFO, WARNING, ERROR or CRITICAL"},
    )

    otel_exporter_otlp_endpoint: Annotated[str | None, AfterValidator(rules.collector)] = Field(
        None,
        description="the OpenTelemetry collector that is shown the desk's traces, such as `http://localhost:4318`; "
        "needs `parley-desk[otel]`: see [operations](docs/operations.md#traces); unset: there are none",
    )
    otel_exporter_otlp_traces_endpoint: Annotated[str | None, AfterValidator(rules.collector)] = Field(
        None,
        description="the whole address for traces, where it is not that collector's with `/v1/traces` behind it",
    )
    otel_exporter_otlp_headers: Secret = Field(
        None, description="what that collector wants to hear in headers, `name=value`, comma-separated"
    )

    _companies: tuple[Company, ...] = PrivateAttr(())

    @property
    def companies(self) -> tuple[Company, ...]:
        """Return the companies of WORKMARKET_COMPANIES_FILE; empty where one token and secret are set instead."""
        return self._companies

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A blank secret must never count as one: anybody could present it."""
        return {name: value for name, value in given.items() if not (isinstance(value, str) and not value.strip())}

    def contradictions(self) -> list[str]:
        """Return a sentence for each setting that is set by half, or twice in two ways."""
        found = []
        for one, other in PAIRS:
            given = [name for name in (one, other) if getattr(self, name) is not None]
            if len(given) == 1:
                lacking = other if given == [one] else one
                found.append(f"{given[0].upper()} is set without {lacking.upper()}: set both or neither.")
        kinds = [names[-1].upper() for names in CREDENTIALS.values() if getattr(self, names[-1]) is not None]
        if len(kinds) > 1:
            found.append(f"{' and '.join(kinds)} are set together: keep one way to sign in to Zendesk.")
        if self.progress_secrets is not None and self.public_url is None:
            found.append("PROGRESS_SECRETS is set without PUBLIC_URL: pages need an address. Set both or neither.")
        return found + self._two_ways_to_workmarket() + self._desk_page()

    def _desk_page(self) -> list[str]:
        ways = [
            name
            for name in ("zendesk_sign_in_client_id", "trusted_proxy_header")
            if getattr(self, name) is not None
        ]
        if len(ways) > 1:
            both = " and ".join(name.upper() for name in ways)
            return [f"{both} are set together: keep one way to sign in to /desk."]
        if ways and self.public_url is None:
            return [f"{ways[0].upper()} is set without PUBLIC_URL: /desk has to know its own address."]
        return []

    def _two_ways_to_workmarket(self) -> list[str]:
        if self.workmarket_companies_file is None:
            return []
        return [
            f"WORKMARKET_COMPANIES_FILE and {name.upper()} are set together: {do}"
            for name, do in (
                ("workmarket_token", "keep one way to reach WorkMarket."),
                ("workmarket_webhook_token", "give each company its own webhook token in the file."),
            )
            if getattr(self, name) is not None
        ]

    @property
    def zendesk_base_url(self) -> str | None:
        """Return Zendesk's address without a final slash: `ZENDESK_URL`, else the one of the subdomain."""
        if self.zendesk_url is not None or self.zendesk_subdomain is None:
            return self.zendesk_url
        return f"https://{self.zendesk_subdomain}.zendesk.com"

    @property
    def zendesk_credential(self) -> CredentialKind | None:
        """Return which of the three ways to sign in to Zendesk is set."""
        return next((kind for kind, names in CREDENTIALS.items() if getattr(self, names[-1]) is not None), None)

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Return the signing secrets of Zendesk's webhooks; empty where `parley zendesk apply` stored them."""
        return rules.split(self.zendesk_webhook_secrets)

    @property
    def intake_secret_list(self) -> tuple[str, ...]:
        """Return the signing secrets of `/webhooks/requests`, each with its `whsec_`."""
        return rules.split(self.intake_secrets)

    @property
    def sidebar_secret_list(self) -> tuple[str, ...]:
        """Return the secrets of the sidebar app, the one that holds from now on first."""
        return rules.split(self.sidebar_secrets)

    @property
    def progress_secret_list(self) -> tuple[str, ...]:
        """Return the secrets of requesters' pages, the one that holds from now on first."""
        return rules.split(self.progress_secrets)

    @property
    def trusted_proxies(self) -> tuple[rules.AddressRange, ...]:
        """Return the networks from which TRUSTED_PROXY_HEADER is believed."""
        return rules.networks(self.trusted_proxy_addresses or "")

    @property
    def traces_url(self) -> str | None:
        """Return where traces are shown; None where they are not."""
        base = self.otel_exporter_otlp_endpoint
        return self.otel_exporter_otlp_traces_endpoint or (f"{base}/v1/traces" if base else None)

    @property
    def sqlalchemy_url(self) -> str:
        """Return `DATABASE_URL` with the driver that we ship; Heroku writes `postgres://`."""
        url = self.database_url.get_secret_value()
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url

    def require_accounts(self) -> None:
        """Raise SettingsError unless both accounts, Zendesk's and WorkMarket's, can be reached."""
        if lacking := self.lacking("accounts"):
            raise SettingsError(*lacking)

    def lacking(self, need: Need) -> list[str]:
        """Return a sentence for each setting that is missing where both accounts are needed, or Zendesk's only."""
        lacking = []
        if need != "nothing" and self.zendesk_base_url is None:
            lacking.append("ZENDESK_SUBDOMAIN is missing: set it to acme for acme.zendesk.com.")
        if need != "nothing" and not any(getattr(self, name) for names in CREDENTIALS.values() for name in names):
            lacking.append(
                "ZENDESK_OAUTH_CLIENT_ID is missing: set it and ZENDESK_OAUTH_CLIENT_SECRET to your OAuth client."
            )
        if need == "accounts" and not (
            self.workmarket_token or self.workmarket_secret or self.workmarket_companies_file
        ):
            lacking.append(
                "WORKMARKET_TOKEN is missing: set it and WORKMARKET_SECRET to your API token, or for several "
                "companies WORKMARKET_COMPANIES_FILE."
            )
        return lacking

    def warnings(self, now: datetime) -> list[str]:
        """Return a sentence for each setting that works and should be changed."""
        if self.zendesk_credential != "api_token" or now >= API_TOKENS_END:
            return []
        left = (API_TOKENS_END - now).days
        return [f"ZENDESK_API_TOKEN works until 30 Apr 2027, which is in {left} days: {MOVE_TO_OAUTH}"]

    def problems(self, now: datetime) -> list[str]:
        """Return a sentence for each setting that can't work any more, which the service will say too."""
        if self.zendesk_credential != "api_token" or now < API_TOKENS_END:
            return []
        return [f"ZENDESK_API_TOKEN opens nothing since Zendesk ended API tokens on 30 Apr 2027: {MOVE_TO_OAUTH}"]


def load_settings(
    env_file: Path | None = ENV_FILE, secrets_dir: Path | None = None, need: Need = "nothing"
) -> Settings:
    """Read the settings; raises SettingsError with a sentence for each wrong one, which names it and no secret.

    The environment wins over `.env`, and that over the files of `secrets_dir`, one a setting (SECRETS_DIR, else
    `/run/secrets`, where that folder exists).
    """
    settings, wrong = read_settings(env_file, secrets_dir, need)
    if wrong:
        raise SettingsError(*wrong)
    return settings


def read_settings(
    env_file: Path | None = ENV_FILE, secrets_dir: Path | None = None, need: Need = "nothing"
) -> tuple[Settings, list[str]]:
    """Read the settings as far as they go, a wrong one being left at its default, and return with them a sentence
    for each that is wrong, contradicts another, or is missing. Raises SettingsError where a file can't be read."""
    files = secrets_dir or Path(os.environ.get("SECRETS_DIR") or SECRET_FILES)
    sources: dict[str, Any] = {"_env_file": env_file, "_secrets_dir": files if files.is_dir() else None}
    try:
        settings, wrong = _as_far_as_they_go(Settings, sources)
        of_companies = _take_companies(settings, env_file)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{env_file} or a secret file can't be read: {type(error).__name__}.") from None
    return settings, [*wrong.values(), *_of_others(settings, wrong, need), *of_companies]


def _take_companies(settings: Settings, env_file: Path | None) -> list[str]:
    """Read the companies' file, where there is one, and return what is wrong with it."""
    if settings.workmarket_companies_file is not None:
        try:
            settings._companies = load_companies(settings.workmarket_companies_file, environment_with(env_file))
        except CompaniesError as error:
            return error.problems
    return []


def judged(values: Mapping[str, str], need: Need = "nothing") -> tuple[dict[str, str], list[str]]:
    """Judge settings as if nothing else were set. Return a sentence for each that is wrong by itself, by its name
    in upper case, and one for each that contradicts another or is missing."""
    settings, wrong = _as_far_as_they_go(_GivenSettings, {name.lower(): value for name, value in values.items()})
    return {name.upper(): said for name, said in wrong.items()}, _of_others(settings, wrong, need)


def _as_far_as_they_go(kind: type[Settings], sources: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    try:
        return kind(**sources), {}
    except ValidationError as error:
        wrong = dict(_sentences(error))
        return kind(**{**sources, **{name: Settings.model_fields[name].default for name in wrong}}), wrong


def _of_others(settings: Settings, wrong: Mapping[str, str], need: Need) -> list[str]:
    """What is to be said of settings that are right by themselves; nothing that a wrong one is to blame for."""
    said = [*settings.contradictions(), *settings.lacking(need)]
    return [one for one in said if not any(name.upper() in one for name in wrong)]


class _GivenSettings(Settings):
    """Settings that neither the environment nor a file has a part in."""

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        return (sources["init_settings"],)


def settings_table() -> list[tuple[str, str, str]]:
    """Return name, default and meaning of every setting, in the order of the documentation."""
    return [
        (name.upper(), _extra(name).get("shown") or _shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def _extra(name: str) -> dict[str, Any]:
    extra = Settings.model_fields[name].json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}


def _shown(default: Any) -> str:
    plain = default.get_secret_value() if isinstance(default, SecretStr) else default
    return "none" if plain is None else f"`{plain}`"


def is_secret(name: str) -> bool:
    """Whether a setting, by its name in upper case, is shown to nobody: URLs may hold a password."""
    return "SecretStr" in str(Settings.model_fields[name.lower()].annotation)


def _sentences(error: ValidationError) -> Iterator[tuple[str, str]]:
    for fault in error.errors(include_url=False, include_input=False):
        said = str(fault.get("ctx", {}).get("error", ""))
        name = str(fault["loc"][0]).lower()
        yield name, f"{name.upper()} {said or 'must be ' + str(_extra(name).get('must', 'a text')) + '.'}"
