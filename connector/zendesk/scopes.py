"""Which call needs which scope: every call is made with the narrowest token that Zendesk's scopes allow.

Zendesk names scopes for some resources only; what else there is takes the blanket `read` or `write`, among it
ticket fields, forms, custom statuses and side conversations:
https://developer.zendesk.com/api-reference/ticketing/oauth/oauth_tokens/#scopes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

READ: Final = "read"
WRITE: Final = "write"
LACKING: Final = re.compile(r"missing the following required scopes: ([a-z_:, ]+)", re.IGNORECASE)
"""How Zendesk refuses a call that the token's scopes do not cover: any one of those it lists would do."""

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "tickets:read": (
        "GET tickets",
        "GET tickets/{id}",
        "GET tickets/{id}/audits",
        "GET incremental/tickets/cursor",
    ),
    "tickets:write": ("POST tickets", "PUT tickets/{id}"),
    "users:read": ("GET users/me", "GET users/search", "GET users/show_many"),
    "macros:read": ("GET tickets/{id}/macros/{id}/apply",),
}
"""The calls of the running desk that a scope of their own covers."""


@dataclass(frozen=True, slots=True)
class ScopeSet:
    """The scopes of one token, and in words the calls that are made with it."""

    name: str
    scopes: tuple[str, ...]
    used_for: str

    @property
    def asked(self) -> str:
        """As the token endpoint takes it."""
        return " ".join(self.scopes)


TICKETS: Final = ScopeSet("tickets", tuple(CALLS), "looks, updates and new tickets: nearly every call")
ACCOUNT: Final = ScopeSet("account", (READ,), "reading side conversations and what the account is set up with")
CHANGES: Final = ScopeSet(
    "changes", (READ, WRITE), "starting side conversations; `parley zendesk apply` and `rotate-secret`"
)
SETS: Final = (TICKETS, ACCOUNT, CHANGES)

_ID: Final = re.compile(r"(?<=/)(?:\d+|[0-9A-Z]{26}|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")


def call_of(method: str, path: str) -> str:
    """A call without its ids: `PUT tickets/{id}`."""
    return f"{method} {_ID.sub('{id}', path.removeprefix('/api/v2/').removesuffix('.json'))}"


def needed_for(method: str, path: str) -> str:
    """The narrowest scope that covers a call."""
    call = call_of(method, path)
    own = next((scope for scope, calls in CALLS.items() if call in calls), None)
    return own or (READ if method == "GET" else WRITE)


def set_for(method: str, path: str) -> ScopeSet:
    """The token a call is made with."""
    needed = needed_for(method, path)
    return next(one for one in SETS if needed in one.scopes)


def lacking_scopes(said: str) -> str:
    """The scopes of which Zendesk says that one is needed, parted by commas; empty where it says no such thing."""
    found = LACKING.search(said)
    return found[1].strip(" ,") if found else ""
