"""Minted tokens, and the cache by which processes share them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from connector.reading import number

LONGEST_LIFE: Final = 172_800
"""Seconds: no token of Zendesk's lives longer, so what claims to is not believed.

https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. Both moments are None where its life is not known: then a refusal tells that it is over."""

    value: str = field(repr=False)
    renew_at: datetime | None = None
    expires_at: datetime | None = None

    @classmethod
    def minted(cls, value: str, expires_in: object, now: datetime) -> Token:
        """A token that was made at `now` and lives for `expires_in` seconds, if that is a number of seconds."""
        life = number(expires_in)
        if life is None or life <= 0:
            return cls(value)
        life = min(life, LONGEST_LIFE)
        ahead = min(300.0, life / 5)
        return cls(value, now + timedelta(seconds=life - ahead), now + timedelta(seconds=life))

    def is_fresh(self, now: datetime) -> bool:
        return self.renew_at is None or now < self.renew_at

    def is_alive(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


class TokenCacheUnavailable(Exception):
    """The cache cannot be used now; whoever needs a token mints one for itself."""


class TokenCache(Protocol):
    """Tokens by the name of their scopes. `client` tells whose they are: another client's is none of ours.

    Every verb raises TokenCacheUnavailable.
    """

    def get(self, name: str, client: str) -> Token | None: ...
    def put(self, name: str, client: str, token: Token) -> None: ...

    def drop(self, name: str, client: str, value: str) -> None:
        """Take a refused token away, unless another has taken its place."""
        ...

    def minting(self, name: str) -> AbstractContextManager[bool]:
        """Try for the right to mint, without waiting; it ends with the process that has it."""
        ...


class NoTokenCache:
    """Keeps nothing, where there is no process to share with."""

    def get(self, name: str, client: str) -> Token | None:  # noqa: ARG002
        return None

    def put(self, name: str, client: str, token: Token) -> None: ...

    def drop(self, name: str, client: str, value: str) -> None: ...

    @contextmanager
    def minting(self, name: str) -> Iterator[bool]:  # noqa: ARG002
        yield True


def fingerprint(*parts: str) -> str:
    """Tells one client of one account, with one secret, from every other, and tells nothing else."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
