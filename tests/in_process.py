"""ASGI applications without sockets: requests to them in this process, and the stand-ins behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

import httpx
from starlette.types import ASGIApp, Message, Scope

from connector.errors import Trouble
from connector.http.transport import HttpRequest, HttpResponse, handed_on
from sandbox.server import Sandbox

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request. The body may come in parts; `name` says in a failure what it was."""

    path: str
    body: bytes
    headers: Sequence[Header] = ()
    method: str = "POST"
    parts: int = 1
    name: str = ""
    query: str = ""


@dataclass(slots=True)
class Got:
    """What was answered; `whole` is false where the app hung up before the end."""

    status: int = 0
    headers: Sequence[Header] = ()
    body: bytes = b""
    whole: bool = False


class _Line:
    """What an app sees of one request; an app may hang up by `transport.close()`, as on uvicorn's connections."""

    def __init__(self, sent: Sent) -> None:
        size = -(-len(sent.body) // sent.parts) or 1
        pieces = [sent.body[start : start + size] for start in range(0, len(sent.body), size)] or [b""]
        self._waiting = iter(
            {"type": "http.request", "body": piece, "more_body": place < len(pieces) - 1}
            for place, piece in enumerate(pieces)
        )
        self.got = Got()
        self.transport = self

    def close(self) -> None:
        """Nothing more is read."""
        self._waiting = iter(())

    async def receive(self) -> Message:
        return next(self._waiting, {"type": "http.disconnect"})

    async def send(self, message: Message) -> None:
        got = self.got
        if message["type"] == "http.response.start":
            got.status, got.headers = message["status"], message["headers"]
        else:
            got.body += message.get("body", b"")
            got.whole = not message.get("more_body", False)


async def ask(app: ASGIApp, sent: Sent) -> Got:
    """One request."""
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "root_path": "",
        "method": sent.method,
        "path": unquote(sent.path),
        "raw_path": sent.path.encode(),
        "query_string": sent.query.encode(),
        "headers": list(sent.headers),
        "state": {},
    }
    line = _Line(sent)
    await app(scope, line.receive, line.send)
    return line.got


def as_headers(named: Mapping[str, str]) -> list[Header]:
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


class InProcessTransport(httpx.BaseTransport):
    """Carries calls to apps by the names of their hosts: the connectors' by `send`, those of an httpx client too.

    For one thread at a time. An app is not started and stopped: what it does beside its answers, it does not do.
    """

    def __init__(self, hosts: Mapping[str, ASGIApp]) -> None:
        self.hosts = dict(hosts)
        self._loop = asyncio.new_event_loop()

    def send(self, request: HttpRequest) -> HttpResponse | Trouble:
        got = self._ask(request.method, request.url, as_headers(request.headers), request.whole())
        if not got.whole:
            return Trouble("connection lost", sent=True)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in got.headers}
        return handed_on(request, HttpResponse(got.status, headers, got.body))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        got = self._ask(request.method, str(request.url), request.headers.raw, request.read())
        if not got.whole:
            raise httpx.RemoteProtocolError("The app hung up.")
        return httpx.Response(got.status, headers=list(got.headers), content=got.body)

    def _ask(self, method: str, url: str, headers: Sequence[Header], body: bytes) -> Got:
        parts = urlsplit(url)
        lower = [(name.lower(), value) for name, value in headers]
        sent = Sent(parts.path or "/", body, lower, method, query=parts.query)
        return self._loop.run_until_complete(ask(self.hosts[parts.hostname or ""], sent))

    def close(self) -> None:
        """Nothing is open."""

    def end(self) -> None:
        """The last call was made."""
        self._loop.close()


class UnservedSandbox(Sandbox):
    """Both stand-ins with nothing listening: `transport` carries calls to them, and to what else it is given."""

    zendesk_url = "http://zendesk.test"
    workmarket_url = "http://workmarket.test"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        zendesk = self.zendesk_door
        self.transport = InProcessTransport(
            {"zendesk.test": zendesk, "store.zendesk.test": zendesk, "workmarket.test": self.workmarket_door}
        )

    def start(self, *_: int) -> None:
        self.zendesk.account.base = self.zendesk_url

    def leave(self) -> None:
        super().leave()
        self.transport.end()
