"""A small HTTP server on loopback that answers what a test tells it to and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connector.errors import Trouble
from connector.http.call import Timeouts
from connector.http.internet import Internet
from connector.http.transport import HttpRequest, HttpResponse
from tests.patience import PATIENCE_S

DATE = "Mon, 02 Mar 2026 15:00:10 GMT"
PATIENT = Timeouts(PATIENCE_S, PATIENCE_S, PATIENCE_S)
IMPATIENT = Timeouts(connect=1.0, silence=1.0, whole=3.0)
"""For calls that are never answered; a busy machine may be late with any other answer."""


class ImpatientOf:
    """Carries calls, and gives up soon on those alone whose address holds `part`."""

    def __init__(self, part: str, timeouts: Timeouts = IMPATIENT) -> None:
        self._part = part
        self._soon, self._late = Internet(timeouts), Internet(PATIENT)

    def send(self, request: HttpRequest) -> HttpResponse | Trouble:
        return (self._soon if self._part in request.url else self._late).send(request)

    def close(self) -> None:
        self._soon.close()
        self._late.close()


@dataclass(frozen=True)
class Reply:
    """What is answered: a JSON body or raw bytes; `lost` breaks the connection after the request was read;
    `cut` announces more bytes than it sends; `hangs` answers nothing until it closes; `drips` sends one byte
    after another for as long as it is listened to."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False
    cut: bool = False
    hangs: bool = False
    drips: bool = False


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.content.decode()))


class StubServer:
    """Answers by method and path; several replies to one path are given in turn, the last one for ever."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._heard = threading.Condition()
        self._replies: dict[tuple[str, str], deque[Reply]] = {}
        self._closing = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                stub._handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_: object) -> None:
                pass

        class StubListener(ThreadingHTTPServer):
            request_queue_size = 128  # what comes beyond it would be tried again by its caller, a second later

        self._server = StubListener(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever gave up resets
        self._server.block_on_close = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def on(self, method: str, path: str, *replies: Reply | Any) -> None:
        """A reply that is no Reply is the JSON body of a 200."""
        made = (one if isinstance(one, Reply) else Reply(body=one) for one in replies)
        self._replies[(method, path)] = deque(made)

    def heard(self, count: int) -> int:
        """How often something was asked, once that is so often: who gave up may have done so before we read it."""
        with self._heard:
            self._heard.wait_for(lambda: len(self.asked) >= count, PATIENCE_S)
        return len(self.asked)

    def paths(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked]

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        content = handler.rfile.read(length)
        parts = urlsplit(handler.path)
        path = parts.path.removesuffix(".json")
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._heard:
            self.asked.append(Asked(handler.command, path, dict(parse_qsl(parts.query)), headers, content))
            self._heard.notify_all()
        waiting = self._replies.get((handler.command, path))
        if waiting is None:
            reply = Reply(404, {"error": "InvalidEndpoint", "description": "Not found"})
        else:
            reply = waiting.popleft() if len(waiting) > 1 else waiting[0]
        self._answer(handler, reply)

    def _answer(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.hangs:
            self._closing.wait(30)
        if reply.lost or reply.hangs:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if reply.drips:
            self._drip(handler)
            return
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        handler.send_response_only(reply.status)
        headers = {"Content-Type": "application/json", "Date": DATE, **reply.headers}
        for name, value in headers.items():
            handler.send_header(name, value)
        if reply.status != 204:
            handler.send_header("Content-Length", str(len(content) + (10 if reply.cut else 0)))
        handler.end_headers()
        if reply.status != 204:
            handler.wfile.write(content)
        if reply.cut:
            handler.close_connection = True

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        handler.send_response_only(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        with contextlib.suppress(OSError):
            while not self._closing.wait(0.01):
                handler.wfile.write(b" ")
