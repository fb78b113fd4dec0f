"""PostgreSQL behind a wire that falls silent: real processes go on as soon as new connections work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import httpx
import pytest

from parley.demo import WORKMARKET_TOKEN
from parley.wiring.stopping import CUT_OFF
from tests.integration.store.silent import wire_to
from tests.scale import NIGHTLY, tell
from tests.servers.proxy import Proxy
from tests.servers.shared import Servers, servers
from tests.system.cli.shell import Running, Shell, answers, wait_for
from tests.system.processes.spawned_desk import Forker, SpawnedDesk
from tests.unencrypted import UNENCRYPTED

__all__ = ["servers"]

ASKED_EVERY_S = 0.25
AGAIN_WITHIN_S = 10.0 if NIGHTLY else 30.0  # by day the machine may be busy
# The kernel that the wire runs on acknowledges for a silent client, so that the server never notices by itself.
SERVER_NOTICES_AFTER_S = 6.0


@contextmanager
def desk_behind_a_wire(forker: Forker, folder: Path, servers: Servers) -> Iterator[tuple[SpawnedDesk, Proxy, str]]:
    """A desk whose test looks at the database directly, a wire for its processes, and their DATABASE_URL."""
    with servers.database() as url, wire_to(url) as (wire, by_the_wire):
        desk = SpawnedDesk(forker, folder, url=url)
        try:
            yield desk, wire, by_the_wire
        finally:
            desk.close()


def post(port: int) -> int:
    """What the door says to a webhook of WorkMarket's; 0 where it says nothing in time."""
    try:
        said = httpx.post(
            f"http://127.0.0.1:{port}/webhooks/workmarket",
            json={"event": "note_added", "assignment_id": str(uuid4().int % 10**9)},
            headers={"Authorization": f"Bearer {WORKMARKET_TOKEN}"},
            verify=UNENCRYPTED,
            timeout=5.0,
            trust_env=False,
        )
    except httpx.TransportError:
        return 0
    return said.status_code


def again_after(port: int, given_up_after_s: float) -> float:
    """Seconds until three webhooks in a row are answered 202."""
    pause, began, well = threading.Event(), perf_counter(), 0
    while perf_counter() - began < given_up_after_s:
        since = perf_counter() - began
        well = well + 1 if post(port) == 202 else 0
        if well == 3:
            return since
        pause.wait(ASKED_EVERY_S if well == 0 else 0)
    raise AssertionError(f"No webhook is taken {given_up_after_s} s after the silence began.")


def started(shell: Shell, desk: SpawnedDesk, role: str) -> Running:
    running = shell.start(role, "--host", "127.0.0.1", "--port", str(desk.port))
    wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/readyz"))
    return running


@pytest.mark.parametrize("role", ["web", "run"])
def test_webhooks_are_taken_again_within_ten_seconds_after_existing_connections_fell_silent(
    forker: Forker, tmp_path: Path, servers: Servers, role: str
) -> None:
    with desk_behind_a_wire(forker, tmp_path, servers) as (desk, wire, url):
        desk.open()
        shell = Shell(forker, tmp_path, lambda: {**desk.environment(), "DATABASE_URL": url})
        try:
            running = started(shell, desk, role)
            assert post(desk.port) == 202
            assert wire.silence() > 0
            seconds = again_after(desk.port, 2 * AGAIN_WITHIN_S)
            tell(f"silent_database_{role}", again_after_s=round(seconds, 1))
            assert seconds <= AGAIN_WITHIN_S
            assert shell.stop(running).code in (0, CUT_OFF)  # a query of the silence may still be waited for
        finally:
            shell.close()


def test_a_request_during_the_silence_comes_to_its_message_once(
    forker: Forker, tmp_path: Path, servers: Servers
) -> None:
    with desk_behind_a_wire(forker, tmp_path, servers) as (desk, wire, url):
        number = desk.assignment()
        desk.open()
        shell = Shell(forker, tmp_path, lambda: {**desk.environment(), "DATABASE_URL": url})
        try:
            started(shell, desk, "run")
            wire.silence()
            ticket = desk.submit(number)
            threading.Event().wait(SERVER_NOTICES_AFTER_S)
            wire.cut_silent()
            wait_for(lambda: desk.state(ticket) == "tier_1" and desk.at_rest())
            assert len(desk.messages(number)) == 1
        finally:
            shell.close()
