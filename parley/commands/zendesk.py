"""`parley zendesk`: the account."""

from __future__ import annotations

import typer

from parley.commands.zendesk_account import apply, drift, plan
from parley.commands.zendesk_lint import lint
from parley.commands.zendesk_secrets import rotate_secret

app = typer.Typer(no_args_is_help=True, help="The Zendesk account.")


@app.callback()
def account() -> None:
    """The Zendesk account."""


app.command("plan")(plan)
app.command("apply")(apply)
app.command("drift")(drift)
app.command("lint")(lint)
app.command("rotate-secret")(rotate_secret)
