"""Counts the calls that leave, by what the vendors limit, for whoever keeps their budgets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final, Literal

ServiceName = Literal["zendesk", "workmarket"]

ZENDESK: Final = "zendesk"
UPDATES: Final = "zendesk.updates"
EXPORTS: Final = "zendesk.exports"
WORKMARKET: Final = "workmarket"
SERVICES: Final[Mapping[str, str]] = {ZENDESK: "Zendesk", WORKMARKET: "WorkMarket"}
"""What people call the services."""

CALLS: ContextVar[Counter[str] | None] = ContextVar("calls", default=None)
"""Where the calls of this piece of work are counted; None where nobody asks."""

_UPDATE: Final = re.compile(r"/api/v2/tickets/\d+(?:\.json)?$")


def called_zendesk(method: str, path: str) -> None:
    """Count one request to Zendesk, which limits some of them once more:
    https://developer.zendesk.com/api-reference/introduction/rate-limits/#endpoint-rate-limits"""
    counter = CALLS.get()
    if counter is not None:
        counter[ZENDESK] += 1
        if method == "PUT" and _UPDATE.search(path):
            counter[UPDATES] += 1
        elif "/incremental/" in path:
            counter[EXPORTS] += 1


def called_workmarket() -> None:
    """Count one request to WorkMarket."""
    counter = CALLS.get()
    if counter is not None:
        counter[WORKMARKET] += 1
