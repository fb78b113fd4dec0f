"""What people call the statuses of an assignment: WorkMarket's own words, as its site shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STATUSES: Final[Mapping[str, str]] = {
    "draft": "draft",
    "sent": "sent",
    "active": "assigned",
    "inprogress": "in progress",
    "complete": "pending approval",
    "paymentpending": "invoiced",
    "invoiced": "invoiced",
    "paid": "paid",
    "cancelled": "cancelled",
    "void": "void",
    "declined": "declined",
    "refunded": "refunded",
    "exception": "in exception",
}
"""Each status by the word that its API has for it, in lower case."""


def status_in_words(status: str) -> str:
    """Return what a status is called within a sentence; one that nobody knows is told as it came."""
    return STATUSES.get(status_key(status), status) or "without a status"


def status_key(status: str) -> str:
    """Return the key by which a status is looked up, however the API has written it."""
    return status.casefold().replace("_", "")
