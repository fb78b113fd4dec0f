"""What every command shares: the settings, the parts, one sentence for an error, and data on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from config.packaged import ConfigError
from config.settings import Settings, SettingsError, load_settings
from connector.errors import ConnectorError
from escalation.policy import PolicyError
from escalation.texts import TextError
from parley.edge import clock_from_environment, crash_from_environment, system_clock
from parley.house import House, values_of
from parley.logs import set_up_logs
from parley.rules import load_rules
from store import Store, StoreError, migrate

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Expected = (SettingsError, ConfigError, PolicyError, TextError, StoreError, ConnectorError)

err = Console(stderr=True)


def fail(sentence: str) -> NoReturn:
    """Say what is wrong on stderr and leave with 1."""
    err.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


@contextmanager
def sentences() -> Iterator[None]:
    """Turn the errors that a person can mend into one sentence each."""
    try:
        yield
    except PolicyError as error:
        fail("\n".join(error.problems))
    except ConnectorError as error:
        fail(error.reason)
    except Expected as error:
        fail(str(error))


def settings_for_logs() -> Settings:
    """Read the settings, set the logs up by them, and say what should be changed."""
    settings = load_settings()
    set_up_logs(settings.log_format, settings.log_level)
    for warning in settings.warnings():
        err.print(warning, style="yellow", markup=False, highlight=False, soft_wrap=True)
    return settings


@contextmanager
def house(*, accounts: bool = True, fresh: bool = False) -> Iterator[tuple[House, Settings]]:
    """Build every part from the settings. `fresh` brings the schema up to date first."""
    with sentences():
        settings = settings_for_logs()
        if accounts:
            settings.require_accounts()
        else:
            settings.require_zendesk()
        policy = load_rules(settings.policy_file)
        if fresh:
            migrate(settings.sqlalchemy_url)
        now, crash = clock_from_environment(), crash_from_environment()
        with House(values_of(settings), policy, now=now, crash=crash) as parts:
            yield parts, settings


@contextmanager
def database() -> Iterator[Store]:
    """The store alone, for commands that look at it or leave it a message."""
    with sentences():
        settings = settings_for_logs()
        with Store.open(settings.sqlalchemy_url, now=system_clock) as store:
            store.check()
            yield store


def print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def print_rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: drawn on a terminal, parted by tabs otherwise."""
    if not sys.stdout.isatty():
        for row in rows:
            sys.stdout.write("\t".join(row) + "\n")
        return
    table = Table(*head)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
