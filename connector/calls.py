"""Counts the calls that leave, by what the vendors limit, for whoever keeps their budgets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

ServiceName = str
"""A service by its budget: `zendesk`, `workmarket`, or one company's WorkMarket, `workmarket:acme`."""

ZENDESK: Final = "zendesk"
UPDATES: Final = "zendesk.updates"
EXPORTS: Final = "zendesk.exports"
WORKMARKET: Final = "workmarket"
SERVICES: Final[Mapping[str, str]] = {ZENDESK: "Zendesk", WORKMARKET: "WorkMarket"}
"""What people call the services."""
_OF_COMPANY: Final = f"{WORKMARKET}:"

CALLS: ContextVar[Counter[str] | None] = ContextVar("calls", default=None)
"""Where the calls of this piece of work are counted; None where nobody asks."""

_UPDATE: Final = re.compile(r"/api/v2/tickets/\d+(?:\.json)?$")


def workmarket_of(company: str) -> ServiceName:
    """WorkMarket as one client company reaches it; of a single pair of credentials the name is empty."""
    return f"{_OF_COMPANY}{company}" if company else WORKMARKET


def company_of(budget: str) -> str:
    """Whose budget it is; empty where it is no company's own."""
    return budget.removeprefix(_OF_COMPANY) if budget.startswith(_OF_COMPANY) else ""


def called(service: ServiceName) -> str:
    """What people call a service, with the company whose it is: `WorkMarket (acme)`."""
    company = company_of(service)
    return f"{SERVICES[WORKMARKET]} ({company})" if company else SERVICES[service]


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


def called_workmarket(service: ServiceName = WORKMARKET) -> None:
    """Count one request to WorkMarket."""
    counter = CALLS.get()
    if counter is not None:
        counter[service] += 1
