"""What uvicorn lacks against senders that hold on: time-outs for heads and bodies, a cap on connections."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

WaitingFor = Literal["head", "body", "idle", "taking", "closing"]


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Times in seconds, sizes in bytes. `connections` with `backlog` stays below 1,024 open files.

    `body_s` is longer than a door's own patience, whose answer is kinder. `taking_s`: how long a sender may leave
    our answer unread.
    """

    head_s: float = 5.0
    body_s: float = 12.0
    idle_s: float = 5.0
    taking_s: float = 10.0
    connections: int = 512
    backlog: int = 256
    head_bytes: int = 32 * 1024
    headers: int = 100

    @property
    def look_every_s(self) -> float:
        """Between two looks at who is late."""
        return min(1.0, self.head_s / 5)


class ConnectionGuard:
    """Looks after the connections of one server, in its event loop."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        # Who keeps us waiting, longest first: dicts for their order.
        self.slow: dict[GuardedProtocol, None] = {}
        self.idle: dict[GuardedProtocol, None] = {}
        self._all: set[GuardedProtocol] = set()
        self._looking = False

    def came(self, one: GuardedProtocol, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether a new connection may stay. Where all places are taken, who kept us waiting longest leaves."""
        if len(self._all) >= self.limits.connections:
            waiting = self.slow or self.idle
            if not waiting:
                return False
            longest = next(iter(waiting))
            longest.hang_up()
            # That it is lost it says only in the next turn of the loop.
            self.went(longest)
        self._all.add(one)
        if not self._looking:
            self._looking = True
            loop.call_later(self.limits.look_every_s, self._look, loop)
        return True

    def went(self, one: GuardedProtocol) -> None:
        """A connection is gone."""
        self._all.discard(one)
        self.slow.pop(one, None)
        self.idle.pop(one, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for one in tuple(self._all):
            one.end_if_late(now)
        self._looking = bool(self._all)
        if self._looking:
            loop.call_later(self.limits.look_every_s, self._look, loop)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol under a guard. Waiting for ourselves has no time-out here, waiting for a sender has."""

    guard: ClassVar[ConnectionGuard]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wait: WaitingFor | None = None
        self._until = 0.0
        self._head_bytes = 0
        self._head_is_whole = False
        self._beside_the_body = 0
        self._refused = False
        self._answering: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A place for it, or none."""
        super().connection_made(transport)
        if self.guard.came(self, self.loop):
            self._wait_for("head")
        else:
            self._refuse(b"503 Service Unavailable", b"retry-after: 5\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        """Its place is free."""
        self.guard.went(self)
        self._forget_answer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what belongs to no finished head, nor to a body: the parser holds that back without a limit."""
        if self._refused or self.transport.is_closing():
            return
        self._beside_the_body += len(data)
        super().data_received(data)
        if self._wait == "body" and self._beside_the_body > self.guard.limits.head_bytes:
            self.hang_up()
        if self._wait == "idle":  # line ends before a request begins nothing that uvicorn would time
            self._head_bytes += len(data)
        elif self._wait == "head":
            self._head_bytes += len(data)
            if self._head_bytes > self.guard.limits.head_bytes:
                self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """A request begins, and with it the time for its head."""
        super().on_message_begin()
        self._head_bytes = 0
        self._head_is_whole = False
        self._wait_for("head")

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header. One that stands behind a body is none: a proxy that takes headers out may not look there."""
        if not self._head_is_whole:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: it is judged before any of it is acted on."""
        self._head_is_whole = True
        self._beside_the_body = 0
        if self._refused:
            return
        limits = self.guard.limits
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > limits.head_bytes or len(self.headers) > limits.headers:
            self._refuse(b"431 Request Header Fields Too Large")
        elif _is_ambiguous(self.headers):
            self._refuse(b"400 Bad Request")
        else:
            super().on_headers_complete()
            self._wait_for("body")

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        self._beside_the_body = 0
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """From here the sender waits for us."""
        if not self._refused:
            super().on_message_complete()
            self._wait_for("idle" if self.cycle.response_complete else None)

    def on_response_complete(self) -> None:
        """Answered: the sender's turn, unless it still sends what was answered or the next."""
        super().on_response_complete()
        if self._wait is None and self.cycle.response_complete:
            self._wait_for("idle")

    def pause_writing(self) -> None:
        """More is unread than we keep ready."""
        super().pause_writing()
        self._wait_for("taking")

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        if self._wait == "taking":
            answered = self.cycle.response_complete
            self._wait_for("body" if self.cycle.more_body else "idle" if answered else None)

    def end_if_late(self, now: float) -> None:
        """End a connection whose sender let us wait too long."""
        if self.transport.is_closing() and self._wait != "closing":
            self._wait_for("closing")
        if self._wait is None or now < self._until:
            return
        if self._wait in ("head", "body") and self.flow.read_paused:
            return  # it is we who do not read: what it sent before is still being answered
        begun = self._wait == "head" and self._head_bytes > 0
        if begun and (self.cycle is None or self.cycle.response_complete):
            self._refuse(b"408 Request Timeout")
        else:
            self.hang_up()

    def hang_up(self) -> None:
        """End it at once, whatever is unsent."""
        self._forget_answer()
        self.transport.abort()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _forget_answer(self) -> None:
        # uvicorn tells the newest request that nobody listens; of several it is the oldest that is being answered.
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _wait_for(self, wait: WaitingFor | None) -> None:
        guard, limits = self.guard, self.guard.limits
        self._wait = wait
        guard.slow.pop(self, None)
        guard.idle.pop(self, None)
        if wait is None:
            return
        seconds = {
            "head": limits.head_s,
            "body": limits.body_s,
            "idle": limits.idle_s + limits.head_s,
            "taking": limits.taking_s,
            "closing": limits.taking_s,
        }[wait]
        self._until = self.loop.time() + seconds
        (guard.idle if wait == "idle" else guard.slow)[self] = None

    def _refuse(self, status: bytes, headers: bytes = b"") -> None:
        self._refused = True
        head = b"HTTP/1.1 %b\r\n%bcontent-length: 0\r\nconnection: close\r\n\r\n" % (status, headers)
        self.transport.write(head)
        self.transport.close()
        self._wait_for("closing")


def _is_ambiguous(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether two readers could see the body end in different places."""
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if not codings:
        return False
    return [value.strip().lower() for value in codings] != [b"chunked"] or any(
        name == b"content-length" for name, _ in headers
    )


def guarded(limits: ConnectionLimits) -> type[GuardedProtocol]:
    """The protocol for one server; hand it to `uvicorn.Config(http=…)`."""

    class Here(GuardedProtocol):
        guard = ConnectionGuard(limits)

    return Here
