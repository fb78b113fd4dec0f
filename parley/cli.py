"""The command `parley`."""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from config.settings import load_settings
from parley.commands import cases, dead, doctor, report
from parley.commands import zendesk as zendesk_commands
from parley.commands.common import (
    actor,
    database,
    migrate_database,
    opened_app,
    rules_of,
    sentences,
    settings_for_logs,
)
from parley.commands.terminal import all_is_written, commands_in, say, streams_that_never_fail
from parley.wiring import roles
from parley.wiring.stopping import Stopping
from sync.operator import restored as restoring

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The escalation desk between WorkMarket and Zendesk.",
)
app.add_typer(zendesk_commands.app, name="zendesk")
app.add_typer(cases.app, name="case")
app.add_typer(dead.app, name="dead")

Port = Annotated[int | None, typer.Option(help="Where to listen; PORT where it is not given.")]
Host = Annotated[str, typer.Option(help="The address to listen at.")]
EVERYWHERE = "0.0.0.0"  # noqa: S104  # nosec B104 # a platform's router has to reach it


@app.command()
def demo(port: Port = None, host: Host = "127.0.0.1") -> None:
    """The whole thing with no account: a stand-in Zendesk and WorkMarket, with a clock that can be moved."""
    from parley.demo import run_demo

    with Stopping() as stopping, sentences():
        settings = settings_for_logs()
        run_demo(host, settings.port if port is None else port, stopping)


@app.command()
def run(port: Port = None, host: Host = EVERYWHERE) -> None:
    """Web, worker, delivery and clock in one process, against real accounts."""
    with Stopping() as stopping, opened_app(fresh=True) as (parts, settings):
        roles.everything(parts, settings, host, settings.port if port is None else port, stopping)


@app.command()
def web(port: Port = None, host: Host = EVERYWHERE) -> None:
    """The doors: receive webhooks."""
    with Stopping() as stopping, opened_app() as (parts, settings):
        roles.web(parts, host, settings.port if port is None else port, stopping)


@app.command()
def worker() -> None:
    """Handle what came in and deliver what goes out."""
    with Stopping() as stopping, opened_app() as (parts, _):
        roles.worker(parts, stopping)


@app.command()
def clock() -> None:
    """Look at the timers, and at what webhooks missed."""
    with Stopping() as stopping, opened_app() as (parts, settings):
        roles.clock(parts, settings, stopping)


@app.command()
def migrate() -> None:
    """Bring the database schema up to date."""
    with sentences():
        migrate_database(settings_for_logs())
        say("The database is up to date.", err=True)


@app.command()
def restored() -> None:
    """Make a database that was put back from a backup safe to go on with, before anything else is started."""
    with database() as store:
        done = restoring.restored(store, rules_of(load_settings()), actor(), store.now())
        for case_id in done.paused:
            say(case_id)
        for case_id in done.damaged:
            say(f"Case {case_id} can't be read, so that nothing is sent for it: see `parley doctor`.", err=True)
        told = f"To be read back before it is sent: {done.unclear}. Open cases that pause: {len(done.paused)}."
        say(f"{told} Start the desk, then look at `parley dead list`.", err=True)


app.command()(doctor.doctor)
app.command()(report.report)


def main() -> None:
    """What ends a command unforeseen is told by Python's own lines, which hold whatever the error says."""
    streams_that_never_fail()
    if commands_in(sys.argv[1:]):
        say("What was typed holds control characters: leave them out.", err=True, style="red")
        sys.exit(2)
    try:
        app()
    except SystemExit as leaving:
        sys.exit(leaving.code if all_is_written() else 1)
    except Exception as error:
        if all_is_written() or not isinstance(error, OSError):
            for line in traceback.format_exc().splitlines():
                say(line, err=True)
        sys.exit(1)
