"""`parley zendesk`: the account."""

from __future__ import annotations

import typer

from parley.commands.zendesk_account import apply, drift, plan
from parley.commands.zendesk_app import sidebar_app
from parley.commands.zendesk_lint import lint
from parley.commands.zendesk_secrets import rotate_secret

app = typer.Typer(no_args_is_help=True)


@app.callback()
def account() -> None:
    """Set the Zendesk account up, and see whether it is as it should be."""


app.command("plan")(plan)
app.command("apply")(apply)
app.command("drift")(drift)
app.command("lint")(lint)
app.command("rotate-secret")(rotate_secret)
app.command("app")(sidebar_app)
