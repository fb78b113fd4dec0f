"""What the app beside a ticket reads: one case, for whoever shows both keys; to all others there is none."""

from __future__ import annotations

import asyncio
import json
import re
from functools import partial
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from store.database.errors import StoreUnavailable
from webhooks.deps import SidebarDeps
from webhooks.endpoint import headers_of
from webhooks.metrics import SIDEBAR
from webhooks.rate_limiter import RateLimiter
from webhooks.responses import LIMITED, NOT_THERE, UNREAD, WebhookResponse, shown

log = structlog.get_logger()

PATH: Final = "/api/sidebar/cases/{ticket_id}"
INSTALLATION: Final = b"x-parley-installation"
CAPABILITY: Final = b"x-parley-capability"
REFUSED_AFTER_S: Final = 0.1
"""Every 404 comes so long after its request, so that its time tells nothing of why."""
AT_ONCE: Final = 4
"""So many cases are read at the same time; others wait their turn."""
_TICKET: Final = re.compile(r"[1-9][0-9]{0,19}")
_OUTCOMES: Final = ("shown", "not_there", "limited", "unavailable")


class SidebarEndpoint:
    """A bare ASGI application. Those with wrong keys have a limit of their own, so they hold up nobody else."""

    def __init__(
        self, deps: SidebarDeps, registry: CollectorRegistry, refused_after_s: float = REFUSED_AFTER_S
    ) -> None:
        self._deps = deps
        self._refused_after_s = refused_after_s
        self._readers, self._strangers = RateLimiter(30, 120), RateLimiter(10, 60)
        self._turns = asyncio.Semaphore(AT_ONCE)
        counter = Counter(SIDEBAR.name, SIDEBAR.meaning, SIDEBAR.labels, registry=registry)
        self._count = {outcome: counter.labels(outcome) for outcome in _OUTCOMES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            answer = await self._answer(scope, began)
        except StoreUnavailable:
            answer = UNREAD
        except Exception as error:
            log.error("sidebar_failed", error=type(error).__name__)
            answer = UNREAD
        if answer is NOT_THERE:
            await asyncio.sleep(max(0.0, began + self._refused_after_s - loop.time()))
        self._count[answer.outcome].inc()
        await answer.send(send)

    async def _answer(self, scope: Scope, now: float) -> WebhookResponse:
        ticket, headers = str(scope["path_params"]["ticket_id"]), headers_of(scope)
        keys = [(headers.get(name) or b"").decode("latin-1") for name in (INSTALLATION, CAPABILITY)]
        known = bool(_TICKET.fullmatch(ticket)) and self._deps.opens(ticket, *keys)
        if not (self._readers if known else self._strangers).takes(now):
            return LIMITED
        if not known:
            return NOT_THERE
        async with self._turns:
            view = await run_in_threadpool(partial(self._deps.view, ticket))
        return NOT_THERE if view is None else shown(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace"))
