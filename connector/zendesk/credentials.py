"""The three ways to be known to Zendesk, and the token that the first of them mints and renews."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from connector.errors import Answer, Misconfigured, Transient, judge
from connector.reading import mapping, number, text


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


Credentials = ClientCredentials | BearerToken | ApiToken


class Authorizer(Protocol):
    """Gives the Authorization header and takes the news that one was refused."""

    def header(self) -> str: ...

    def refused(self, header: str) -> bool:
        """Whether there is another header to try once."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A header that never changes."""

    value: str = field(repr=False)

    def header(self) -> str:
        return self.value

    def refused(self, header: str) -> bool:
        del header
        return False


class Minted:
    """A token from `POST /oauth/tokens`, shared by all threads, renewed a while before it expires.

    `ask` posts a JSON body and gives the answer. Zendesk lets tokens live from 300 to 172,800 seconds:
    https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/
    """

    def __init__(
        self,
        credentials: ClientCredentials,
        ask: Callable[[dict[str, object]], Answer],
        now: Callable[[], datetime],
    ) -> None:
        self._credentials = credentials
        self._ask = ask
        self._now = now
        self._lock = threading.Lock()
        self._header = ""
        self._renew_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Minted({self._credentials.client_id!r})"

    def header(self) -> str:
        with self._lock:
            if not self._header or (self._renew_at is not None and self._now() >= self._renew_at):
                self._mint()
            return self._header

    def refused(self, header: str) -> bool:
        with self._lock:
            if header == self._header:
                self._header = ""
            return True

    def _mint(self) -> None:
        now = self._now()
        answer = self._ask(
            {
                "grant_type": "client_credentials",
                "client_id": self._credentials.client_id,
                "client_secret": self._credentials.client_secret,
                "scope": "read write",
            }
        )
        error = judge(answer, who="Zendesk's token endpoint", is_write=False, now=now)
        if isinstance(error, Transient):
            raise error
        token = text(mapping(answer.body).get("access_token"))
        if error is not None or not token or not token.isascii():
            raise Misconfigured(
                "Zendesk gave no token; check ZENDESK_OAUTH_CLIENT_ID and ZENDESK_OAUTH_CLIENT_SECRET."
            )
        self._header = f"Bearer {token}"
        lifetime = number(mapping(answer.body).get("expires_in"))
        self._renew_at = None if not lifetime else now + timedelta(seconds=lifetime - min(300.0, lifetime / 5))


def authorizer_for(
    credentials: Credentials, ask: Callable[[dict[str, object]], Answer], now: Callable[[], datetime]
) -> Authorizer:
    match credentials:
        case ClientCredentials():
            return Minted(credentials, ask, now)
        case BearerToken(token):
            return Fixed(f"Bearer {token}")
        case ApiToken(email, token):
            return Fixed("Basic " + base64.b64encode(f"{email}/token:{token}".encode()).decode())
