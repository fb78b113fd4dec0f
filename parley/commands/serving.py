"""`parley run`, `web`, `worker`, `clock`: the roles that a process can have."""

from __future__ import annotations

from parley.commands.common import Host, Port, opened_app
from parley.wiring import roles
from parley.wiring.stopping import Stopping

EVERYWHERE = "0.0.0.0"  # noqa: S104  # nosec B104 # a platform's router has to reach it


def run(port: Port = None, host: Host = EVERYWHERE) -> None:
    """Web, worker, delivery and clock in one process, against real accounts."""
    with Stopping() as stopping, opened_app(fresh=True, traced=True) as (parts, settings):
        roles.everything(parts, settings, host, settings.port if port is None else port, stopping)


def web(port: Port = None, host: Host = EVERYWHERE) -> None:
    """The doors: receive webhooks."""
    with Stopping() as stopping, opened_app() as (parts, settings):
        roles.web(parts, host, settings.port if port is None else port, stopping)


def worker() -> None:
    """Handle what came in and deliver what goes out."""
    with Stopping() as stopping, opened_app(traced=True) as (parts, _):
        roles.worker(parts, stopping)


def clock() -> None:
    """Look at the timers, and at what webhooks missed."""
    with Stopping() as stopping, opened_app() as (parts, settings):
        roles.clock(parts, settings, stopping)
