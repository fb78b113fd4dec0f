"""Nothing that the doors' event loop does waits for the database, however silent that is."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
import uvicorn

from config.packaged import ALWAYS_OPEN
from connector.zendesk import BearerToken
from parley.wiring.app import App, AppValues
from parley.wiring.load_policy import load_rules
from parley.zendesk.state.accounts import SECRETS
from sandbox.shared.movable_clock import MovableClock
from tests.integration.webhooks.receiving_desk import JSON
from tests.servers.proxy import Proxy
from tests.servers.shared import Servers, servers
from tests.signed import SECRET, zendesk_headers
from tests.system.cli.test_readiness import behind
from tests.unencrypted import UNENCRYPTED

__all__ = ["servers"]

LONGEST_S: Final = 0.050
LOOKED_EVERY_S: Final = 0.005
SILENT_FOR_S: Final = 5.0


class Watched:
    """An app in an event loop that is watched from within."""

    def __init__(self, app: App) -> None:
        self._server = uvicorn.Server(uvicorn.Config(app.web(), log_config=None, access_log=False))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.longest_s = 0.0
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._thread.start()

    async def _serve(self) -> None:
        watching = asyncio.create_task(self._watch())
        await self._server.serve(sockets=[self._socket])
        watching.cancel()

    async def _watch(self) -> None:
        """How long the loop stood still at most, less what the kernel let our threads wait for a processor: the one
        that has the interpreter's lock may be among them."""
        loop = asyncio.get_running_loop()
        while True:
            begun, waited = loop.time(), _waited_for_a_processor_s()
            await asyncio.sleep(LOOKED_EVERY_S)
            stood = loop.time() - begun - LOOKED_EVERY_S
            if stood > self.longest_s:
                self.longest_s = max(self.longest_s, stood - (_waited_for_a_processor_s() - waited))

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def _waited_for_a_processor_s() -> float:
    """All of our threads together. https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat"""
    waited = 0
    for thread in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has ended
            waited += int((thread / "schedstat").read_text(encoding="ascii").split()[1])
    return waited / 1e9


@contextmanager
def watched_doors(url: str, clock: MovableClock) -> Iterator[Watched]:
    values = AppValues(url, "memory://", "http://127.0.0.1:9", "http://127.0.0.1:9", BearerToken("t"), "t", "s")
    with App(values, load_rules(ALWAYS_OPEN), now=clock) as app:
        app.account.save(SECRETS, {"parley": SECRET})
        doors = Watched(app)
        try:
            yield doors
        finally:
            doors.close()


def test_a_silent_database_never_holds_the_event_loop_up(servers: Servers) -> None:
    clock = MovableClock(ticking=True)
    with servers.database() as url, behind(url) as (proxy, through), watched_doors(through, clock) as doors:
        try:
            assert post(doors, clock, SECRET) == 202
            clock.move(timedelta(minutes=1))  # what was read of the secrets is old by now
            proxy.silence(new_too=True)
            doors.longest_s = 0.0
            with ThreadPoolExecutor(4) as callers:
                genuine = callers.submit(post, doors, clock, SECRET)
                unknown = callers.submit(post, doors, clock, "what Zendesk was given a moment ago")
                asking = [callers.submit(httpx.get, f"{doors.address}/{path}", trust_env=False, timeout=120)
                          for path in ("readyz", "metrics", "healthz")]  # fmt: skip
                threading.Event().wait(SILENT_FOR_S)
                assert [one.result().status_code for one in asking] == [503, 200, 200]
                assert (genuine.result(), unknown.result()) == (503, 503)
            assert doors.longest_s < LONGEST_S
        finally:
            end(proxy)


def post(doors: Watched, clock: MovableClock, secret: str) -> int:
    body = json.dumps({"event": "ticket.changed", "ticket_id": "1"}).encode()
    headers = {**JSON, **zendesk_headers(body, clock(), secret)}
    return httpx.post(
        f"{doors.address}/webhooks/zendesk",
        content=body,
        headers=headers,
        trust_env=False,
        verify=UNENCRYPTED,
        timeout=120,
    ).status_code


def end(proxy: Proxy) -> None:
    """The lines break, so that nobody waits for an answer that never comes."""
    proxy.heal()
    proxy.cut()
