"""The ASGI door of a stand-in: reads a call, records it, lets scripted trouble happen, and answers."""

import asyncio
import threading
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl

from sandbox.shared.call_log import CallLog, LoggedCall
from sandbox.shared.faults import Fault, Faults
from sandbox.shared.http import ApiReply, ApiRequest, decoded, encoded

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Service(Protocol):
    """What a door needs of the stand-in behind it."""

    name: str

    @property
    def lock(self) -> threading.RLock: ...

    def knows(self, method: str, path: str) -> bool: ...

    def answer(self, request: ApiRequest) -> ApiReply: ...

    def trouble(self, status: int) -> Any: ...


class ServiceApp:
    """One stand-in's port. `mounts` are other ASGI apps by the first part of the path (pages, control).

    `answers_after_s`: seconds that each call takes, as they do over a real network.
    """

    def __init__(self, service: Service, log: CallLog, faults: Faults, clock: Callable[[], datetime]) -> None:
        self._service = service
        self._log = log
        self._faults = faults
        self._clock = clock
        self.mounts: dict[str, AsgiApp] = {}
        self.answers_after_s = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"The sandbox speaks HTTP only, not {scope['type']}.")
        mounted = self.mounts.get(scope["path"].split("/", 2)[1])
        if mounted is not None:
            await mounted(scope, receive, send)
            return
        request = await _read(scope, receive, self._clock())
        call = LoggedCall(
            self._service.name, request.method, request.path, request.query, request.body, 0, request.at
        )
        self._log.add(call)
        down = self._faults.down(self._service.name)
        if down:
            await _hang_up(send, receive)
            return
        if down is False:
            await self._send(send, call, ApiReply(503, self._service.trouble(503)), request.at)
            return
        await self._serve(send, receive, call, request)

    async def _serve(self, send: Send, receive: Receive, call: LoggedCall, request: ApiRequest) -> None:
        fault = self._faults.take(self._service.name, request.method, request.path)
        if self.answers_after_s:
            await asyncio.sleep(self.answers_after_s)
        if fault is None:
            await self._send(send, call, self._answer(call, request), request.at)
            return
        try:
            await _wait(fault)
            reply = self._altered(fault, ApiReply(200) if fault.refuses else self._answer(call, request))
            if fault.drop_reply:
                await _send_half(send, receive, reply)
            else:
                await self._send(send, call, reply, request.at)
        finally:
            fault.over.set()

    def _answer(self, call: LoggedCall, request: ApiRequest) -> ApiReply:
        if not self._service.knows(request.method, request.path):
            self._log.unexpected.append(call)
            return ApiReply(404, self._service.trouble(404))
        try:
            with self._service.lock:
                return self._service.answer(request)
        except Exception:  # a gap in the stand-in must show in a test, and not look like an outage
            self._log.unexpected.append(call)
            return ApiReply(500, traceback.format_exc())

    def _altered(self, fault: Fault, reply: ApiReply) -> ApiReply:
        headers = {**reply.headers, **(fault.headers or {})}
        if fault.retry_after is not None:
            headers["Retry-After"] = fault.retry_after
        body = fault.body
        if body is None:
            body = reply.body if fault.status is None else self._service.trouble(fault.status)
        return ApiReply(fault.status or reply.status, body, headers)

    async def _send(self, send: Send, call: LoggedCall, reply: ApiReply, at: datetime) -> None:
        call.status = reply.status
        body = encoded(reply.body)
        kind = "text/html" if isinstance(reply.body, str) else "application/json"
        headers = {"Date": _http_date(at), "Content-Type": f"{kind}; charset=utf-8", **reply.headers}
        if reply.status != 204:
            headers["Content-Length"] = str(len(body))
        await send({"type": "http.response.start", "status": reply.status, "headers": _raw(headers)})
        await send({"type": "http.response.body", "body": body})


async def _read(scope: Scope, receive: Receive, at: datetime) -> ApiRequest:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    raw = b"".join(pieces)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    path = scope["path"].rstrip("/").removesuffix(".json")
    return ApiRequest(scope["method"], path, query, raw, decoded(raw, headers), headers, at)


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _http_date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


async def _wait(fault: Fault) -> None:
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.until is not None:
        await asyncio.get_running_loop().run_in_executor(None, fault.until.wait, 30.0)


async def _send_half(send: Send, receive: Receive, reply: ApiReply) -> None:
    """Promise more than is sent, then hang up."""
    body = encoded(reply.body)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body) + 512)}
    await send({"type": "http.response.start", "status": reply.status, "headers": _raw(headers)})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await _hang_up(send, receive)


async def _hang_up(send: Send, receive: Receive) -> None:
    # ASGI has no word for it, so this asks uvicorn's connection object itself, and waits until it is gone.
    connection: Any = getattr(send, "__self__", None)
    connection.transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
