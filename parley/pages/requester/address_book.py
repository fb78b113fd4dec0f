"""The addresses of requesters' pages: made when they are told, known again by a digest, and kept nowhere."""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from escalation.model.effects import Say, UpdateTicket
from store import PageGiving, Store
from sync.shared.page_addresses import LAST_PART, PATH

NAMES: Final = b"parley progress page 1"
CHECKS: Final = b"parley progress check 1"
"""So that what the secret is used for here can't be taken for anything else."""
NAME_BYTES, CHECK_BYTES = 12, 4
LENGTH: Final = 22
SIGNS: Final = string.digits + string.ascii_letters
_VALUES: Final = {sign: value for value, sign in enumerate(SIGNS)}
_TOKEN: Final = re.compile(LAST_PART)


class PageAddressBook:
    """`secrets` gives those that are valid, first the one that new addresses are made with; `base` is where the
    pages are reached. Without either there are no pages. Safe from any thread."""

    def __init__(
        self,
        store: Store,
        secrets: Callable[[], Sequence[str]],
        base: Callable[[], str],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._base = base
        self._now = now

    def __repr__(self) -> str:
        return "PageAddressBook()"

    def address_for(self, update: UpdateTicket) -> str:
        """The address that an update is to tell; its digest is kept before it leaves.

        Raises StoreUnavailable. The update then waits: what was kept after all counts as told by that very update.
        """
        secrets, base = self._secrets(), self._base()
        page = update.say.page if isinstance(update.say, Say) else None
        if page is None or not secrets or not base:
            return ""
        giving = PageGiving(page.case_id, page.person, update.ticket_id, update.id)
        tokens = {digest_of(token): token for token in (token_of(secret, giving) for secret in secrets)}
        if self._store.read(lambda tx: tx.pages.is_told(giving, list(tokens))):
            return ""
        told = self._store.write(lambda tx: tx.pages.give(giving, list(tokens), self._now()))
        return f"{base}{PATH}{tokens[told]}" if told else ""

    def digest(self, token: str) -> str | None:
        """What a page is looked for by; None for what no valid secret has made. Nothing is asked for that."""
        return digest_of(token) if any(is_made_with(secret, token) for secret in self._secrets()) else None


def token_of(secret: str, giving: PageGiving) -> str:
    """Return the end of an address: 22 letters and digits."""
    named = "\n".join((giving.case_id, giving.ticket_id, giving.person)).encode()
    name = hmac.digest(_purposed(secret, NAMES), named, hashlib.sha256)[:NAME_BYTES]
    return _written(name + _check(secret, name))


def is_made_with(secret: str, token: str) -> bool:
    """Whether a secret has made such an end of an address, whether or not it was ever told."""
    raw = _read(token)
    return raw is not None and hmac.compare_digest(raw[NAME_BYTES:], _check(secret, raw[:NAME_BYTES]))


def digest_of(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _written(raw: bytes) -> str:
    number, signs = int.from_bytes(raw), ""
    for _ in range(LENGTH):
        number, sign = divmod(number, len(SIGNS))
        signs += SIGNS[sign]
    return signs


def _read(token: str) -> bytes | None:
    if not _TOKEN.fullmatch(token):
        return None
    number = 0
    for sign in reversed(token):
        number = number * len(SIGNS) + _VALUES[sign]
    size = NAME_BYTES + CHECK_BYTES
    return number.to_bytes(size) if number < 1 << 8 * size else None


def _check(secret: str, name: bytes) -> bytes:
    return hmac.digest(_purposed(secret, CHECKS), name, hashlib.sha256)[:CHECK_BYTES]


@lru_cache(maxsize=16)
def _purposed(secret: str, purpose: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose, hashlib.sha256)
