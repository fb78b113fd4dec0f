"""What the three webhook endpoints share: reading within bounds, storing, and never a 500."""

from __future__ import annotations

import asyncio
import traceback
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from time import perf_counter

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from store.database.errors import StoreUnavailable
from webhooks import responses
from webhooks.announce import Announcer
from webhooks.deps import WebhookDeps
from webhooks.metrics import EndpointMetrics
from webhooks.parsing import NewInboxRow
from webhooks.responses import WebhookResponse

log = structlog.get_logger()

LARGEST_BODY = 1024 * 1024
BODY_PATIENCE_S = 10.0

Headers = dict[bytes, bytes | None]


class WebhookEndpoint(ABC):
    """One endpoint, as a bare ASGI application: the framework's layers would cost more than all its work.

    The checks come in the order 404, 413, 401, 415, then the body.
    """

    def __init__(self, doors: WebhookDeps, metrics: EndpointMetrics, announcer: Announcer) -> None:
        self._doors = doors
        self._metrics = metrics
        self._announcer = announcer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        try:
            answer = await self._answer(headers_of(scope), receive)
        except StoreUnavailable as error:
            log.warning("webhook_not_stored", path=scope["path"], error=str(error))
            answer = responses.UNAVAILABLE
        except ClientDisconnect:
            return
        except Exception as error:
            # A 500 would lose the event: Zendesk tries again on 503 with a short Retry-After, not on 500.
            # Where, but not what: an error's message may quote the body.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("webhook_failed", path=scope["path"], error=type(error).__name__, where=where)
            answer = responses.UNAVAILABLE
        await answer.send(send)
        self._metrics.count[answer.outcome].inc()
        if answer.status == 202:
            self._metrics.seconds.observe(perf_counter() - started)

    @abstractmethod
    def is_configured(self) -> bool:
        """Whether there is any secret to check against."""

    @abstractmethod
    def is_genuine(self, headers: Headers, body: bytes) -> bool:
        """Whether the request proves where it comes from."""

    def doubted(self, headers: Headers, body: bytes) -> WebhookResponse | None:  # noqa: ARG002
        """What a request is answered that does not prove it; None where it is genuine after all."""
        return responses.UNAUTHORISED

    @abstractmethod
    def read(self, headers: Headers, body: bytes) -> NewInboxRow | WebhookResponse:
        """The row that a genuine JSON body becomes, or a refusal."""

    async def _answer(self, headers: Headers, receive: Receive) -> WebhookResponse:
        if not self.is_configured():
            return responses.NO_SECRET
        body = await read_body(headers, receive)
        if isinstance(body, WebhookResponse):
            return body
        if not self.is_genuine(headers, body):
            refusal = self.doubted(headers, body)
            if refusal is not None:
                return refusal
        if not is_json(headers.get(b"content-type")):
            return responses.NOT_JSON
        entry = self.read(headers, body)
        return entry if isinstance(entry, WebhookResponse) else await self._keep(entry, self._trace(headers))

    def _trace(self, headers: Headers) -> str | None:
        links = self._doors.links
        given = None if links is None else headers.get(b"traceparent")
        return None if links is None or given is None else links(given.decode("latin-1"))

    async def _keep(self, entry: NewInboxRow, trace: str | None) -> WebhookResponse:
        body = self._doors.encode(entry.kind, entry.message)
        receipt = await self._doors.recorder.record(
            entry.key, entry.kind, entry.lane, body, dedupe_key=entry.dedupe_key, dead=entry.dead, trace=trace
        )
        if receipt.differs:
            log.warning("webhook_id_repeated_with_another_body", kind=entry.kind, key=entry.key)
        if not receipt.new:
            return responses.DUPLICATE
        if entry.dead is not None:
            log.warning("webhook_dead_letter", kind=entry.kind, error=entry.dead)
            return responses.DEAD_LETTER
        if receipt.id is not None:
            self._announcer.put(receipt.id)
        return responses.ACCEPTED


def headers_of(scope: Scope) -> Headers:
    """Headers by lower-case name; None for one that is there more than once, which nobody honest sends."""
    pairs = scope["headers"]
    found: Headers = dict(pairs)
    if len(found) != len(pairs):
        seen: set[bytes] = set()
        for name, _ in pairs:
            if name in seen:
                found[name] = None
            seen.add(name)
    return found


async def read_body(
    headers: Headers, receive: Receive, patience_s: float = BODY_PATIENCE_S
) -> bytes | WebhookResponse:
    """The whole body, or why it was not read to its end. What is declared too large is not read at all."""
    declared = headers.get(b"content-length")
    if declared is not None and b"transfer-encoding" in headers:
        return responses.AMBIGUOUS
    if declared is not None and (len(declared) > 12 or not declared.isdigit() or int(declared) > LARGEST_BODY):
        return responses.TOO_LARGE
    return await _within(patience_s, _gather(receive))


async def _within(
    seconds: float, reading: Coroutine[None, None, bytes | WebhookResponse]
) -> bytes | WebhookResponse:
    # asyncio.timeout does the same at four times the cost, which here is a tenth of a request.
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 (ASGI servers run an application in a task)
    late = False

    def give_up() -> None:
        nonlocal late
        late = True
        task.cancel()

    timer = asyncio.get_running_loop().call_later(seconds, give_up)
    try:
        return await reading
    except asyncio.CancelledError:
        if not late:
            raise
        task.uncancel()
        return responses.TOO_SLOW
    finally:
        timer.cancel()


async def _gather(receive: Receive) -> bytes | WebhookResponse:
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        return body if len(body) <= LARGEST_BODY else responses.TOO_LARGE
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            return responses.TOO_LARGE
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


def is_json(content_type: bytes | None) -> bool:
    """Whether a content type says JSON."""
    if content_type == b"application/json":
        return True
    if content_type is None:
        return False
    kind = content_type.partition(b";")[0].strip().lower()
    return kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))
