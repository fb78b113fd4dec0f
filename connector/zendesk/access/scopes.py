"""Which call needs which scope: every call is made with the narrowest token that Zendesk's scopes allow.

Zendesk names scopes for some resources only; what else there is takes the blanket `read` or `write`, among it
ticket fields, forms, custom statuses and side conversations:
https://developer.zendesk.com/api-reference/ticketing/oauth/oauth_tokens/#scopes
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

READ: Final = "read"
WRITE: Final = "write"

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "tickets:read": (
        "GET tickets",
        "GET tickets/{id}",
        "GET tickets/show_many",
        "GET incremental/tickets/cursor",
    ),
    "tickets:write": ("POST tickets", "PUT tickets/{id}"),
    "users:read": ("GET users/me", "GET users/search", "GET users/show_many"),
    "macros:read": ("GET tickets/{id}/macros/{id}/apply",),
    READ: (
        # Neither "tickets:read" nor "auditlogs:read" gives access to these:
        # https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/#required-oauth-scope
        "GET tickets/{id}/audits",
        "GET tickets/{id}/side_conversations",
        "GET tickets/{id}/side_conversations/{id}/events",
        "GET attachments/{id}",
    ),
    WRITE: ("POST tickets/{id}/side_conversations", "POST uploads", "DELETE uploads/{id}"),
}
"""The calls of the running desk by the scope they need; all others take a blanket one."""


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


TICKETS: Final = ScopeSet(
    "tickets", tuple(one for one in CALLS if ":" in one), "tickets, their updates, new ones, and people"
)
ACCOUNT: Final = ScopeSet(
    "account",
    (READ,),
    "reading a ticket's audits, files and side conversations, and what the account is set up with",
)
CHANGES: Final = ScopeSet(
    "changes",
    (READ, WRITE),
    "starting side conversations, attaching files; `parley zendesk apply` and `rotate-secret`",
)
SETS: Final = (TICKETS, ACCOUNT, CHANGES)

_ID: Final = re.compile(r"(?<=/)(?:\d+|(?<=uploads/)[0-9A-Za-z_-]+|[0-9A-Z]{26}|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")


def call_of(method: str, path: str) -> str:
    """A call without its ids: `PUT tickets/{id}`."""
    return f"{method} {_ID.sub('{id}', path.removeprefix('/api/v2/').removesuffix('.json'))}"


def needed_for(method: str, path: str) -> str:
    """The narrowest scope that covers a call."""
    call = call_of(method, path)
    own = next((scope for scope, calls in CALLS.items() if call in calls), None)
    return own or blanket_for(method)


def blanket_for(method: str) -> str:
    """The scope that covers every call of this kind."""
    return READ if method == "GET" else WRITE


def set_for(method: str, path: str) -> ScopeSet:
    """The token a call is made with, as far as Zendesk's pages tell."""
    needed = needed_for(method, path)
    return next(one for one in SETS if needed in one.scopes)


def set_with(scopes: Iterable[str], but: ScopeSet) -> ScopeSet | None:
    """The narrowest other token that has one of these scopes."""
    wanted = frozenset(scopes)
    return next((one for one in SETS if one is not but and not wanted.isdisjoint(one.scopes)), None)
