"""The three ways to be known to Zendesk."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Protocol

from connector.zendesk.access.scopes import ScopeSet


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An OAuth client; tokens are minted and renewed by us."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A bearer token made elsewhere."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """The legacy way, `email/token:token`, which Zendesk ends on 30 Apr 2027."""

    email: str
    token: str = field(repr=False)


ZendeskCredentials = ClientCredentials | BearerToken | ApiToken


class Authorizer(Protocol):
    """Gives the Authorization header for a call's scopes and takes the news that one was refused."""

    def header(self, scopes: ScopeSet) -> str: ...

    def refused(self, scopes: ScopeSet, header: str) -> bool:
        """Whether there is another header to try once."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A header that never changes, whatever is called."""

    value: str = field(repr=False)

    def header(self, scopes: ScopeSet) -> str:  # noqa: ARG002
        return self.value

    def refused(self, scopes: ScopeSet, header: str) -> bool:
        del scopes, header
        return False


def fixed(credentials: BearerToken | ApiToken) -> Fixed:
    match credentials:
        case BearerToken(token):
            return Fixed(f"Bearer {token}")
        case ApiToken(email, token):
            return Fixed("Basic " + base64.b64encode(f"{email}/token:{token}".encode()).decode())
