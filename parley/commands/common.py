"""What every command shares: the settings, the parts, one sentence for an error, and data on stdout.

Most commands look at the database alone: what calls the services and the broker is imported by who needs it.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Final, NoReturn
from zoneinfo import ZoneInfo

import typer

from config.companies import NAMED
from config.packaged import ConfigError
from config.settings import Need, Settings, SettingsError, load_settings, read_settings
from connector.errors import ConnectorError
from escalation.policies.policy import Policy, PolicyError
from escalation.policies.texts import TextError
from parley.commands.terminal import say
from parley.wiring.edge import clock_from_environment, crash_from_environment
from parley.wiring.load_policy import load_rules
from parley.wiring.logs import set_up_logs
from store import Busy, Store, StoreError, StoreUnavailable, Unsuitable, migrate
from store.database.engines import Where

if TYPE_CHECKING:
    from parley.wiring.app import App

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Port = Annotated[int | None, typer.Option(help="Where to listen; PORT where it is not given.")]
Host = Annotated[str, typer.Option(help="The address to listen at.")]
MIGRATE_WITHIN_S: Final = 900.0
"""As long as a migration waits on PostgreSQL unless `migrate_timeout` says otherwise."""
LOOKED_EVERY_S: Final = 0.5
ASKS_FOR_IT: Final = "`parley init` asks for what is missing and writes it to .env."
Expected = (ConfigError, TextError, StoreError, ConnectorError)


def fail(*sentences: str) -> NoReturn:
    """Say what is wrong on stderr, each on a line of its own, and leave with 1."""
    for sentence in sentences:
        say(sentence, err=True, style="red")
    raise typer.Exit(1)


def actor() -> str:
    """Who is at the keyboard, for the journal."""
    try:
        return f"{getpass.getuser()} (command)"
    except (KeyError, OSError):
        return "the operator"


def parse_moment(option: str, text: str, zone: str) -> datetime:
    """Read a date or a moment that an option gives; one without an offset is meant in the policy's zone."""
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):  # an offset may lead out of all years
        fail(f"{option} {text} is no date: write 2026-12-01 or 2026-12-01T15:00.")


def since_of(text: str | None) -> datetime | None:
    """What --since gives. Raises what `rules_of` does."""
    if text is None:
        return None
    return parse_moment("--since", text, rules_of(load_settings()).calendar.zone)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn the errors that a person can mend into one sentence each."""
    try:
        yield
    except (PolicyError, SettingsError) as error:
        fail(*error.problems)
    except ConnectorError as error:
        fail(error.reason)
    except Expected as error:
        fail(str(error))


@contextmanager
def told_as_settings() -> Iterator[None]:
    """A part that can't be made of a URL says so, naming the setting."""
    try:
        yield
    except ValueError as error:
        raise SettingsError(str(error)) from None


def rules_of(settings: Settings) -> Policy:
    """The policy in force. Raises ConfigError or PolicyError."""
    try:
        return load_rules(settings.policy_file, settings.companies)
    except ConfigError as error:
        of_file = settings.policy_file and not str(error).startswith(NAMED)
        raise ConfigError(f"POLICY_FILE can't be used: {error}" if of_file else str(error)) from None


def app_of(settings: Settings, policy: Policy, *, traced: bool = False) -> App:
    """Every part; `traced`: what it does is shown where a collector is named. Raises SettingsError."""
    from parley.wiring.app import App, limits_of, values_of
    from parley.wiring.span_export import span_export

    with told_as_settings():
        return App(
            values_of(settings),
            policy,
            now=clock_from_environment(),
            crash=crash_from_environment(),
            limits=limits_of(settings),
            spans=span_export(settings) if traced else None,
        )


def migrate_database(settings: Settings, *, within_s: float = MIGRATE_WITHIN_S) -> None:
    """Bring the schema up to date, waiting so many seconds at most for whoever is in the way, which is said.

    Raises SettingsError or StoreUnavailable.
    """
    until, told = monotonic() + within_s, False
    while True:
        try:
            with told_as_settings():
                made = migrate(settings.sqlalchemy_url)
        except Busy as error:
            if monotonic() >= until:
                raise
            if not told:
                say(f"{error} This waits {within_s / 60:.0f} minutes for it at most.", err=True, style="yellow")
                told = True
            Event().wait(LOOKED_EVERY_S)
        else:
            if made:
                said = (
                    f"A new database was made: {made}. On a first start that is as it should be; if you have a "
                    "database already, DATABASE_URL names another file."
                )
                say(said, err=True, style="yellow")
            return


def policy_of_settings(settings: Settings) -> tuple[Policy | None, list[str]]:
    """The policy in force; or None, and what is wrong with it."""
    try:
        return rules_of(settings), []
    except PolicyError as error:
        return None, error.problems
    except (ConfigError, TextError) as error:
        return None, [str(error)]


def urls_wrong(settings: Settings) -> list[str]:
    """What is wrong with the addresses of database and broker, as far as it shows without asking there."""
    from connector.broker.connections import know_transport

    found = []
    urls = ((Where.parse, settings.sqlalchemy_url), (know_transport, settings.broker_url.get_secret_value()))
    for understand, url in urls:
        try:
            understand(url)
        except ValueError as error:
            found.append(str(error))
    return found


def to_start_with(need: Need) -> tuple[Settings, Policy]:
    """The settings and the policy; raises SettingsError with all that is missing or wrong about both."""
    settings, wrong = read_settings(need=need)
    policy, of_policy = policy_of_settings(settings)
    wrong = list(dict.fromkeys((*wrong, *urls_wrong(settings), *of_policy)))
    if wrong or policy is None:
        begin = (ASKS_FOR_IT,) if need == "zendesk" and settings.lacking(need) else ()
        raise SettingsError(*wrong, *begin)
    _set_up(settings)
    return settings, policy


def settings_for_logs() -> Settings:
    """Read the settings, set the logs up by them, and say what should be changed."""
    settings = load_settings()
    _set_up(settings)
    return settings


def _set_up(settings: Settings) -> None:
    set_up_logs(settings.log_format, settings.log_level)
    now = clock_from_environment()()
    for style, said in (("red", settings.problems(now)), ("yellow", settings.warnings(now))):
        for sentence in said:
            say(sentence, err=True, style=style)


@contextmanager
def opened_app(
    *, accounts: bool = True, fresh: bool = False, traced: bool = False
) -> Iterator[tuple[App, Settings]]:
    """Build every part from the settings. `fresh` brings the schema up to date first, `traced` is `app_of`'s."""
    with sentences():
        settings, policy = to_start_with("accounts" if accounts else "zendesk")
        if fresh:
            migrate_database(settings)
        with app_of(settings, policy, traced=traced) as parts:
            refuse_unsuitable(parts.store)
            yield parts, settings


def refuse_unsuitable(store: Store) -> None:
    """Raise Unsuitable where waiting for the database would not help. One that is away is waited for."""
    try:
        store.check()
    except Unsuitable:
        raise
    except StoreUnavailable:
        return


@contextmanager
def database() -> Iterator[Store]:
    """The store alone, for commands that look at it or leave it a message."""
    with sentences():
        settings = settings_for_logs()
        with told_as_settings():
            opened = Store.open(settings.sqlalchemy_url, now=clock_from_environment())
        with opened as store:
            store.check()
            yield store
