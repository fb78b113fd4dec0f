"""Bearer tokens that are minted once for all processes, and renewed by one of them ahead of their end."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connector.calls import ZENDESK
from connector.errors import ApiAnswer, Misconfigured, Transient, judge
from connector.http.joined import Joined
from connector.reading import mapping, text
from connector.retry import TOKENS, NotYet, Retry
from connector.zendesk.access.credentials import ClientCredentials
from connector.zendesk.access.scopes import ScopeSet
from connector.zendesk.access.tokens import Token, TokenCache, TokenCacheUnavailable, fingerprint

WAITED_S: Final = 60.0
"""Seconds: longer than another thread should take, which waits for another process and then makes a call."""

OAUTH_CLIENT: Final = "ZENDESK_OAUTH_CLIENT_ID and ZENDESK_OAUTH_CLIENT_SECRET"
"""What a token is asked for with, as people set it."""

_SENDABLE: Final = re.compile("[!-~]+")
"""A token that no header takes would be kept, and no call would leave with it."""

TokenCall = Callable[[dict[str, object]], ApiAnswer]


class ScopesRefused(Misconfigured):
    """The OAuth client may not ask for the scopes of a token. Zendesk doesn't say which of them it lacks."""

    def __init__(self, asked: str, for_what: str = "") -> None:
        names = asked.split()
        what = f"scope {asked}. Allow it for " if len(names) == 1 else f"scopes {', '.join(names)}. Allow them for "
        super().__init__(
            f"Zendesk gave no token{for_what}: the OAuth client may not have the {what}"
            "the client in the Admin Center under Apps and integrations > APIs > OAuth clients."
        )
        self._asked = asked

    def for_call(self, call: str, scope: str) -> ScopesRefused:
        """The same, naming the call that the token was for, and the one scope of them that it needs."""
        return ScopesRefused(self._asked, f" for {call}, which needs the scope {scope}")


@dataclass(slots=True)
class _Held:
    """What this process knows of one scope set."""

    token: Token | None = None
    refused: str = field(default="", repr=False)
    minting: Joined[Token] = field(default_factory=Joined)


class ClientCredentialsAuth:
    """Tokens from `POST /oauth/tokens`, one for each scope set. Safe from any thread.

    `ask` posts a JSON body and gives the answer; `sleep` takes seconds. A process whose cache is away mints for
    itself and puts nothing in it, so the worst is one token a process. Clocks that differ cost renewals, never
    calls: what is used too long is refused, and what is refused is renewed.
    """

    def __init__(
        self,
        credentials: ClientCredentials,
        ask: TokenCall,
        now: Callable[[], datetime],
        *,
        cache: TokenCache,
        sleep: Callable[[float], object],
        where: str = "",
    ) -> None:
        self._credentials = credentials
        self._client = fingerprint(where, credentials.client_id, credentials.client_secret)
        self._ask = ask
        self._now = now
        self._cache = cache
        self._retry = Retry(TOKENS, sleep)
        self._lock = threading.Lock()
        self._sets: dict[str, _Held] = {}

    def __repr__(self) -> str:
        return f"ClientCredentialsAuth({self._credentials.client_id!r})"

    def header(self, scopes: ScopeSet) -> str:
        """The Authorization header. Raises Misconfigured and Transient."""
        held, now = self._held(scopes), self._now()
        token = held.token
        if token is None or not token.is_fresh(now):
            token = self._renewed(scopes, held, token if token is not None and token.is_alive(now) else None)
        return f"Bearer {token.value}"

    def refused(self, scopes: ScopeSet, header: str) -> bool:
        """Zendesk said 401: that token is given up, by everybody, unless another is in its place already."""
        held, value = self._held(scopes), header.removeprefix("Bearer ")
        with self._lock:
            held.refused = value
            if held.token is not None and held.token.value == value:
                held.token = None
        with suppress(TokenCacheUnavailable):
            self._cache.drop(scopes.name, self._client, value)
        return True

    def _held(self, scopes: ScopeSet) -> _Held:
        with self._lock:
            return self._sets.setdefault(scopes.name, _Held())

    def _renewed(self, scopes: ScopeSet, held: _Held, still_good: Token | None) -> Token:
        """A fresh token. While another thread renews it, `still_good` does where there is one; who has none gets
        what comes of that, be it an error."""

        def renew() -> Token:
            token = held.token
            if token is None or not token.is_fresh(self._now()):
                token = self._shared(scopes, held, still_good)
                with self._lock:
                    held.token = token
            return token

        try:
            return held.minting(renew, WAITED_S, instead=still_good)
        except TimeoutError:
            raise Transient("Another call is still asking Zendesk for a token.") from None

    def _shared(self, scopes: ScopeSet, held: _Held, still_good: Token | None) -> Token:
        try:
            return self._waited_for(scopes, held, still_good)
        except TokenCacheUnavailable:
            return self._mint(scopes)

    def _waited_for(self, scopes: ScopeSet, held: _Held, still_good: Token | None) -> Token:
        """What the cache has, or gets while another process mints; where that takes too long we mint too."""

        def look() -> Token:
            if (token := self._cached(scopes, held)) is not None:
                return token
            with self._cache.minting(scopes.name) as free:
                if free:
                    return self._put(scopes, held)
            if still_good is None:
                raise NotYet
            return still_good

        try:
            return self._retry(look)
        except NotYet:
            return self._put(scopes, held)

    def _cached(self, scopes: ScopeSet, held: _Held) -> Token | None:
        token = self._cache.get(scopes.name, self._client)
        usable = token is not None and token.value != held.refused and token.is_fresh(self._now())
        return token if usable else None

    def _put(self, scopes: ScopeSet, held: _Held) -> Token:
        # Whoever had the right before may have put a token there since we looked.
        if (token := self._cached(scopes, held)) is not None:
            return token
        token = self._mint(scopes)
        with suppress(TokenCacheUnavailable):
            self._cache.put(scopes.name, self._client, token)
        return token

    def _mint(self, scopes: ScopeSet) -> Token:
        now = self._now()
        answer = self._ask(
            {
                "grant_type": "client_credentials",
                "client_id": self._credentials.client_id,
                "client_secret": self._credentials.client_secret,
                "scope": scopes.asked,
            }
        )
        error = judge(answer, ZENDESK, is_write=False, now=now, minted_by=OAUTH_CLIENT)
        if isinstance(error, Transient):
            raise error
        body = mapping(answer.body)
        if body.get("error") == "invalid_scope":
            raise ScopesRefused(scopes.asked)
        value = text(body.get("access_token"))
        if error is not None or not _SENDABLE.fullmatch(value):
            raise Misconfigured(f"Zendesk gave no token; check {OAUTH_CLIENT}.")
        return Token.minted(value, body.get("expires_in"), now)
