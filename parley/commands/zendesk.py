"""`parley zendesk`: the account."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from parley.account import AccountError, Report
from parley.commands.common import AsJson, err, fail, house, print_json
from parley.commands.zendesk_lint import lint
from parley.commands.zendesk_secrets import rotate_secret
from parley.setup import set_up_account

app = typer.Typer(no_args_is_help=True, help="The Zendesk account.")


@app.callback()
def account() -> None:
    """The Zendesk account."""


@app.command()
def apply(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, as_json: AsJson = False) -> None:
    """Create what the account lacks: form, fields, statuses, macros, triggers, webhooks. Nothing is changed."""
    with house(accounts=False, fresh=True) as (parts, settings):
        try:
            wanted = set_up_account(parts, settings.public_url or "", dry_run=True)
            if wanted.created and not yes:
                _ask(wanted)
            with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as bar:
                task = bar.add_task("Reading the account …", total=None)
                done = set_up_account(
                    parts, settings.public_url or "", lambda what: bar.update(task, description=what)
                )
        except AccountError as error:
            fail(str(error))
    if as_json:
        print_json({"created": done.created, "found": done.found, "warnings": done.warnings})
        return
    for warning in done.warnings:
        err.print(warning, style="yellow", markup=False, highlight=False, soft_wrap=True)
    for name in done.created:
        typer.echo(f"created {name}")
    typer.echo(f"{len(done.created)} created, {len(done.found)} found.", err=True)


def _ask(wanted: Report) -> None:
    for name in wanted.created:
        typer.echo(f"will create {name}", err=True)
    if not sys.stdin.isatty():
        fail("This would change the account: say --yes to go on.")
    typer.confirm("Go on?", abort=True, err=True)


app.command("lint")(lint)
app.command("rotate-secret")(rotate_secret)
