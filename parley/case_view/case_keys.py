"""The keys by which the sidebar reads: the installation's, and one of each ticket, which its agents alone can see.

A ticket's key is an HMAC of its number, so nothing of it is kept: with the next update of the ticket that is made
anyway it is written anew, and is another one once the secret is another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

PURPOSE: Final = b"parley case key 1"
"""So that what the secret is used for here can't be taken for anything else."""
KEY_BYTES: Final = 20


class CaseKeys:
    """`secrets` gives those that are valid, first the one that new keys are made with; with none nothing opens."""

    def __init__(self, secrets: Callable[[], Sequence[str]]) -> None:
        self._secrets = secrets

    def __repr__(self) -> str:
        return "CaseKeys()"

    def of(self, ticket_id: str) -> str:
        """The key that stands in a ticket's field; empty where there is no secret."""
        secrets = self._secrets()
        return key_of(secrets[0], ticket_id) if secrets else ""

    def opens(self, ticket_id: str, installation: str, capability: str) -> bool:
        """Whether both keys are right for a ticket. It takes the same time whatever is wrong.

        While a secret changes, the one may be of the old secret and the other of the new one.
        """
        known, fits = False, False
        for secret in self._secrets():
            known |= hmac.compare_digest(secret.encode(), installation.encode("utf-8", "replace"))
            fits |= hmac.compare_digest(key_of(secret, ticket_id).encode(), capability.encode("utf-8", "replace"))
        return known & fits


def key_of(secret: str, ticket_id: str) -> str:
    """Return a ticket's key: 27 signs of A-Z, a-z, 0-9, - and _."""
    made = hmac.digest(_purposed(secret), ticket_id.encode(), hashlib.sha256)[:KEY_BYTES]
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


@lru_cache(maxsize=8)
def _purposed(secret: str) -> bytes:
    return hmac.digest(secret.encode(), PURPOSE, hashlib.sha256)
