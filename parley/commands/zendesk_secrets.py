"""`parley zendesk rotate-secret`: new signing secrets for the webhooks, while events come in."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from parley.commands.common import AsJson, fail, opened_app
from parley.commands.terminal import print_json, say
from parley.wiring.edge import sleep_from_environment
from parley.zendesk.state.rotation import HEARD_AFTER_S, RotationError

Leaked = Annotated[
    bool,
    typer.Option("--leaked", help="End the old secret at once; what it signed meanwhile is found by reconcile."),
]


def rotate_secret(leaked: Leaked = False, as_json: AsJson = False) -> None:
    """Change the webhooks' signing secrets. No event is lost; it takes about half a minute."""
    with opened_app(accounts=False) as (parts, _):
        waits = f"Changing the signing secrets: about {2 * HEARD_AFTER_S:.0f} seconds …"
        try:
            with Progress(
                SpinnerColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True
            ) as bar:
                bar.add_task(waits, total=None)
                changed = parts.rotation(sleep_from_environment()).rotate(leaked=leaked)
        except RotationError as error:
            fail(str(error))
    if as_json:
        print_json({"changed": changed})
        return
    for key in changed:
        say(f"changed the signing secret of the webhook for {key}")
