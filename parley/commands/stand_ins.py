"""`parley sandbox`: the stand-ins alone, for a desk that is set up and run as in production."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer
from fastapi import FastAPI

from config.packaged import ALWAYS_OPEN
from parley.commands.common import fail
from parley.commands.terminal import say
from parley.pages.desk.places import SIGNED_IN
from parley.wiring.logs import set_up_logs
from parley.wiring.roles import serve
from parley.wiring.stopping import Stopping
from sandbox.pages import create_pages, seed
from sandbox.pages.desk_view import OutsideDesk
from sandbox.server import HOST, Sandbox
from sandbox.shared.movable_clock import MovableClock

WEBHOOK_TOKEN: Final = "sandbox-webhook-token"  # noqa: S105  it opens a stand-in
SIDEBAR_SECRET: Final = "sandbox-sidebar-secret-0123456789abcdef"  # noqa: S105  it opens a stand-in's cases
PROGRESS_SECRET: Final = "sandbox-progress-secret-0123456789abcdef"  # noqa: S105  it opens pages about these
WEBHOOKS_AT_ONCE: Final = 4

Pages = Annotated[int, typer.Option(min=1, max=65535, help="Where the help center and the other pages are.")]
ZendeskPort = Annotated[int, typer.Option(min=1, max=65535, help="Where the stand-in Zendesk is.")]
WorkMarketPort = Annotated[int, typer.Option(min=1, max=65535, help="Where the stand-in WorkMarket is.")]
DeskUrl = Annotated[str, typer.Option(help="Where the desk is going to be.")]


def sandbox(
    port: Pages = 8700,
    zendesk_port: ZendeskPort = 8701,
    workmarket_port: WorkMarketPort = 8702,
    desk_url: DeskUrl = "http://127.0.0.1:8000",
) -> None:
    """A stand-in Zendesk and WorkMarket alone, and the settings of a desk that uses them, to paste into `.env`."""
    with Stopping() as stopping, _stand_ins(zendesk_port, workmarket_port, desk_url) as stand_ins:
        set_up_logs(None, "WARNING")
        stand_ins.zendesk.screens.pages_url = f"http://{HOST}:{port}"
        for line in lines(stand_ins, desk_url):
            say(line)
        sys.stdout.flush()
        say(f"The help center is at http://{HOST}:{port}. Everything is forgotten when this ends.", err=True)
        site = FastAPI(openapi_url=None)
        site.mount("/", create_pages(stand_ins, OutsideDesk(stand_ins.clock)))
        serve(site, HOST, port, stopping)


def lines(stand_ins: Sandbox, desk_url: str) -> Iterator[str]:
    """The settings of a desk whose accounts are the stand-ins, as they stand in `.env`."""
    zendesk, workmarket = stand_ins.zendesk.credentials, stand_ins.workmarket.credentials
    yield "# For a desk on the stand-ins of `parley sandbox`."
    yield f"ZENDESK_URL={stand_ins.zendesk_url}"
    yield f"ZENDESK_OAUTH_CLIENT_ID={zendesk.oauth_client_id}"
    yield f"ZENDESK_OAUTH_CLIENT_SECRET={zendesk.oauth_client_secret}"
    yield f"WORKMARKET_URL={stand_ins.workmarket_url}"
    yield f"WORKMARKET_TOKEN={workmarket.token}"
    yield f"WORKMARKET_SECRET={workmarket.secret}"
    yield f"WORKMARKET_WEBHOOK_TOKEN={WEBHOOK_TOKEN}"
    yield f"ZENDESK_SIGN_IN_CLIENT_ID={zendesk.sign_in_client_id}"
    yield f"ZENDESK_SIGN_IN_CLIENT_SECRET={zendesk.sign_in_client_secret}"
    yield f"PUBLIC_URL={desk_url}"
    yield f"SIDEBAR_SECRETS={SIDEBAR_SECRET}"
    yield f"PROGRESS_SECRETS={PROGRESS_SECRET}"
    yield "DATABASE_URL=sqlite:///sandbox.db"
    yield f"POLICY_FILE={ALWAYS_OPEN}"


@contextmanager
def _stand_ins(zendesk_port: int, workmarket_port: int, desk_url: str) -> Iterator[Sandbox]:
    made = Sandbox(
        MovableClock(ticking=True), deliver="background", keep_calls=False, webhook_workers=WEBHOOKS_AT_ONCE
    )
    made.workmarket.webhook_url = f"{desk_url}/webhooks/workmarket"
    made.workmarket.webhook_token = WEBHOOK_TOKEN
    made.zendesk.credentials.sign_in_redirect_uris = [f"{desk_url}{SIGNED_IN}"]
    seed(made)
    if zendesk_port == workmarket_port:
        fail("The stand-ins can't listen at one port: give each its own.")
    try:
        made.start(zendesk_port, workmarket_port)
    except OSError as error:
        ports = f"ports {zendesk_port} and {workmarket_port}"
        others = "--zendesk-port and --workmarket-port, and by --port another than 8700 for the help center"
        fail(f"The stand-ins can't listen at {ports}: {error.strerror}. Choose others by {others}.")
    try:
        yield made
    finally:
        made.stop()
