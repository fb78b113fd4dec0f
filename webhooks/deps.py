"""Everything the doors need, handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute

from escalation.model.messages import InboxMessage
from store.schema.rows import Receipt


class EventRecorder(Protocol):
    """Keeps an event for good before it returns: `store.Recorder`."""

    async def record(
        self,
        key: str,
        kind: str,
        lane: str,
        body: Mapping[str, Any],
        *,
        dedupe_key: str | None = None,
        dead: str | None = None,
        trace: str | None = None,
    ) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class SidebarDeps:
    """`opens`: whether a ticket's case may be read with the installation's key and the ticket's. `view`: the case,
    None where there is none; it is called on a thread, may block and may raise."""

    opens: Callable[[str, str, str], bool]
    view: Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class WebhookDeps:
    """What the app is wired with. The secrets are asked for at each request, so they can be rotated; they are asked
    for in the event loop, so whoever gives them answers from memory. `refresh` is called on a thread beside it,
    before the first request and every second from then on, to read them anew; it may block or fail.

    `announce` is told the inbox id of each new event, from a thread of its own; it may block or fail.
    `readiness` holds `ready` (bool; False makes /readyz answer 503) and whatever else to show there;
    its `inbox` and `outbox` (state → rows), `waiting_for` (service → rows), `clock_lag_s`, `oldest_unhandled_s` and
    `reconcile` (part → its `ok_lag_s`) are gauges too. It may block. `changing_secrets`: those known of Zendesk
    while an unknown signature may be one of a secret that is not known yet; None at all other times.
    `company_tokens`: the token of each client company's WorkMarket webhooks, where there are several.
    `encode` gives the body that an inbox row of a kind keeps of a message.
    `sidebar`: what the app beside a ticket reads by; None: it finds nothing.
    `pages`: what else is served, given what announces as the doors do: it is told an inbox id and does not block.
    `sure_of_time`: whether `now` is known to be right; until it is, what seems too old is asked to come again.
    `links`: what is kept of the `traceparent` that came with an event, None where it is none; None: it is not read.
    """

    recorder: EventRecorder
    encode: Callable[[str, InboxMessage], Mapping[str, Any]]
    now: Callable[[], datetime]
    zendesk_secrets: Callable[[], Sequence[str]]
    intake_secrets: Callable[[], Sequence[str]]
    workmarket_token: Callable[[], str | None]
    announce: Callable[[int], object]
    readiness: Callable[[], Mapping[str, Any]]
    company_tokens: Callable[[], Mapping[str, str]] = dict
    changing_secrets: Callable[[], Sequence[str] | None] = lambda: None
    sure_of_time: Callable[[], bool] = lambda: True
    refresh: Callable[[], object] = lambda: None
    sidebar: SidebarDeps | None = None
    pages: Callable[[Callable[[int], object]], Sequence[BaseRoute]] = lambda _: ()
    links: Callable[[str], str | None] | None = None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
