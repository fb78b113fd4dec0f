"""Both stand-ins behind two loopback ports, served from one thread."""

import asyncio
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import uvicorn

from sandbox.shared.call_log import CallLog, LoggedCall
from sandbox.shared.faults import Faults
from sandbox.shared.outgoing import WebhookQueue
from sandbox.shared.service_app import ServiceApp
from sandbox.workmarket import Api, StandInWorkMarket
from sandbox.zendesk import StandInZendesk

HOST = "127.0.0.1"
_START_SECONDS = 10.0


class Sandbox:
    """A stand-in Zendesk and a stand-in WorkMarket.

    `clock` gives the moment for both. With `deliver="manual"` outgoing webhooks wait for `pump`; with
    `deliver="background"` a thread posts them as they come. `keep_calls` off keeps only the numbers of calls.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        seed: int = 0,
        deliver: Literal["manual", "background"] = "manual",
        keep_calls: bool = True,
        webhook_workers: int = 1,
    ) -> None:
        self.clock = clock
        self.faults = Faults()
        self.log = CallLog(keep=keep_calls)
        self.outgoing = WebhookQueue(keep=keep_calls)
        self.zendesk = StandInZendesk(clock, self.outgoing, seed=seed)
        self.workmarket = StandInWorkMarket(clock, self.outgoing)
        self.zendesk_door = ServiceApp(self.zendesk, self.log, self.faults, clock)
        self.workmarket_door = ServiceApp(Api(self.workmarket), self.log, self.faults, clock)
        self._deliver = deliver
        self._workers = webhook_workers
        self._sockets: list[socket.socket] = []
        self._servers: list[uvicorn.Server] = []
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    # What was asked

    @property
    def calls(self) -> list[LoggedCall]:
        """Every HTTP call, in order."""
        return self.log.calls

    @property
    def unexpected(self) -> list[LoggedCall]:
        """Calls to routes that the stand-ins don't have, and calls that they could not cope with."""
        return self.log.unexpected

    # Webhooks on their way out

    def pump(self, limit: int = 1000) -> int:
        """Post queued webhooks in order on this thread, retries included; returns how many calls were made."""
        return self.outgoing.pump(limit)

    # Serving

    @property
    def zendesk_url(self) -> str:
        return self._url(0)

    @property
    def workmarket_url(self) -> str:
        return self._url(1)

    def _url(self, number: int) -> str:
        if not self._sockets:
            raise RuntimeError("The sandbox has not been started.")
        return f"http://{HOST}:{self._sockets[number].getsockname()[1]}"

    def start(self, port: int = 0, workmarket_port: int = 0) -> None:
        """Listen on loopback; 0 takes a free port. Returns once both answer. Raises OSError for a port in use."""
        if self._thread is not None:
            raise RuntimeError("The sandbox is running already.")
        try:
            for wanted in (port, workmarket_port):
                self._sockets.append(_listen(wanted))
        except OSError:
            self._close_sockets()
            raise
        self.zendesk.account.base = self.zendesk_url
        self._servers = [_server(self.zendesk_door), _server(self.workmarket_door)]
        self._ready.clear()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise RuntimeError("The sandbox did not start in time.")
        if self._deliver == "background":
            self.outgoing.run_in_background(self._workers)

    def leave(self) -> None:
        """Begin to stop, for whoever need not wait: the servers end by themselves in some tenths of a second."""
        self.outgoing.stop()
        for server in self._servers:
            server.should_exit = True

    def stop(self) -> None:
        """Stop listening and delivering. What the stand-ins hold stays and may be looked at."""
        self.leave()
        if self._thread is not None:
            self._thread.join(timeout=_START_SECONDS)
            self._thread = None
        self._close_sockets()

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _close_sockets(self) -> None:
        for listener in self._sockets:
            listener.close()
        self._sockets.clear()

    def _run(self) -> None:
        factory = self._servers[0].config.get_loop_factory()
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        pairs = zip(self._servers, self._sockets, strict=True)
        running = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in pairs]
        while not all(server.started for server in self._servers):
            await asyncio.sleep(0.005)
        self._ready.set()
        await asyncio.gather(*running)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener


def _server(door: ServiceApp) -> uvicorn.Server:
    config = uvicorn.Config(
        door,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)
