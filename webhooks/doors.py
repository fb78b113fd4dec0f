"""Everything the doors need, handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from prometheus_client import CollectorRegistry

from store import Receipt


class Keeper(Protocol):
    """Keeps an event for good before it returns: `store.Recorder`."""

    async def record(
        self,
        key: str,
        kind: str,
        lane: str,
        body: Mapping[str, Any],
        *,
        fold: str | None = None,
        dead: str | None = None,
    ) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Doors:
    """What the app is wired with. The secrets are asked for at each request, so they can be rotated.

    `announce` is told the inbox id of each new event, from a thread of its own; it may block or fail.
    `readiness` holds `ready` (bool; False makes /readyz answer 503) and whatever else to show there;
    its `inbox` and `outbox` (state → rows), `waiting_for` (service → rows), `clock_lag_s`, `oldest_unhandled_s` and
    `reconcile` (part → its `ok_lag_s`) are gauges too. It may block. `changing_secrets`: Zendesk's as they are this
    moment while one is being changed, so that an unknown signature may be one of a secret that is not known yet;
    None at all other times.
    """

    recorder: Keeper
    now: Callable[[], datetime]
    zendesk_secrets: Callable[[], Sequence[str]]
    intake_secrets: Callable[[], Sequence[str]]
    workmarket_token: Callable[[], str | None]
    announce: Callable[[int], object]
    readiness: Callable[[], Mapping[str, Any]]
    changing_secrets: Callable[[], Sequence[str] | None] = lambda: None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
