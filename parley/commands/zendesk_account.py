"""`parley zendesk plan`, `apply`: what would happen to the account and why, and doing it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from parley.commands.common import AsJson, fail, opened_app
from parley.commands.terminal import print_json, say, shown
from parley.wiring.account_setup import account_of, applied
from parley.wiring.app import App
from parley.zendesk.account.applying.apply import AccountError
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.planning.drift import drift_json, drift_of
from parley.zendesk.account.planning.plan import Plan
from parley.zendesk.account.planning.render import done_lines, done_totals, lines, plan_json, totals

Destroy = Annotated[
    bool, typer.Option("--destroy", help="Delete what we made and no longer want, instead of switching it off.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say too what a new thing is made of, and what of a thing changes.")
]
CHANGES = 2
"""The exit code that says there are changes."""


def plan(as_json: AsJson = False, destroy: Destroy = False, verbose: Verbose = False) -> None:
    """Show what `apply` would do to the account, and why. Exit code 2: there is something to do."""
    with the_account() as (run, _):
        found = run.plan(destroy=destroy)
    if as_json:
        print_json(plan_json(found))
    elif not found.problems:
        for line in lines(found, verbose=verbose):
            say(line)
        if found.changes and not verbose:
            say("`parley zendesk plan -v` says what of each; `parley zendesk apply` does it.", err=True)
    _stop_at_problems(found)
    if found.changes:
        raise typer.Exit(CHANGES)


def drift(as_json: AsJson = False) -> None:
    """Look whether the account is still as it should be, for cron. Exit code 2: it is not."""
    with the_account() as (run, _):
        found = run.plan()
    said = drift_of(found)
    if as_json:
        print_json(drift_json(found))
    else:
        for line in said.findings:
            say(line)
        for line in said.kept:
            say(line, err=True)
        if not said:
            say("The account is as it should be.", err=True)
    if said:
        raise typer.Exit(CHANGES)


def apply(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    destroy: Destroy = False,
    as_json: AsJson = False,
    yes_really: Annotated[
        bool, typer.Option("--yes-really", help="Do not ask, though more than a third of what we made is changed.")
    ] = False,
) -> None:
    """Bring the account to what `config/zendesk/` says: form, fields, statuses, macros, rules, webhooks, app."""
    with the_account() as (run, parts):
        found = run.plan(destroy=destroy)
        _stop_at_problems(found)
        if found.is_sweeping and not yes_really:
            _ask_really(found)
        elif found.changes and not (yes or yes_really):
            _ask(found)
        with _bar(len(found.changes)) as advance:
            done = applied(parts, run.telling(advance), found)
    for warning in done.warnings:
        say(warning, err=True, style="yellow")
    if as_json:
        print_json(
            {
                "created": done.created,
                "changed": done.changed,
                "found": done.found,
                "kept": done.kept,
                "warnings": done.warnings,
            }
        )
        return
    for line in done_lines(done):
        say(line)
    say(done_totals(done) if found.changes else totals(found), err=True)


@contextmanager
def the_account() -> Iterator[tuple[Run, App]]:
    """The account of the settings, and its errors as sentences."""
    with opened_app(accounts=False, fresh=True) as (parts, settings):
        try:
            yield account_of(parts, settings.public_url or "", _said_on_a_terminal), parts
        except AccountError as error:
            fail(str(error))


def _said_on_a_terminal(what: str) -> None:
    if sys.stderr.isatty() and not what.startswith("Reading: "):
        say(what, err=True, style="dim")


def _stop_at_problems(found: Plan) -> None:
    if found.problems:
        fail(*found.problems)


def _ask(found: Plan) -> None:
    for line in lines(found):
        say(line, err=True)
    if not sys.stdin.isatty():
        fail("This would change the account: say --yes to go on.")
    typer.confirm("Go on?", abort=True, err=True)


def _ask_really(found: Plan) -> None:
    for line in lines(found):
        say(line, err=True)
    if not sys.stdin.isatty():
        fail("This would change more than a third of what we made in the account: say --yes-really to go on.")
    number = str(len(found.changes))
    said = typer.prompt(f"More than a third of what we made. Type the number of changes ({number})", err=True)
    if said.strip() != number:
        raise typer.Abort


@contextmanager
def _bar(steps: int) -> Iterator[Callable[[str], object]]:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Reading the account …", total=steps)

        def advance(what: str) -> None:
            done = 0 if what.startswith(("Reading", "Waiting")) else 1
            bar.update(task, description=shown(what, sys.stderr), advance=done)

        yield advance
