"""What a browser keeps for the desk: values that only we can have made, and where a cookie is to be found."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 3000
"""More than this no cookie of ours holds, and is not even looked at."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{64}")
_TAG_SIGNS: Final = 22


def key_of(secret: str, purpose: str) -> bytes:
    """A key for one purpose. With the secret it changes, and what was made by it opens nothing any more."""
    return hmac.digest(secret.encode(), f"parley desk {purpose}".encode(), "sha256")


def new_token(key: bytes) -> str:
    """64 signs that nobody can guess, of which the end is a proof that we made them."""
    drawn = secrets.token_urlsafe(32)[: 64 - _TAG_SIGNS]
    return drawn + _tag(key, drawn)


def is_ours(key: bytes, token: str) -> bool:
    """Whether a token was made by `new_token` with this key."""
    if not _TOKEN.fullmatch(token):
        return False
    drawn, tag = token[:-_TAG_SIGNS], token[-_TAG_SIGNS:]
    return hmac.compare_digest(_tag(key, drawn), tag)


def hash_of(key: bytes, token: str) -> str:
    """What is kept of a token: nobody finds the token from it."""
    return hmac.digest(key, token.encode(), hashlib.sha256).hex()


def seal(key: bytes, text: str) -> str:
    """A text that may be read by whoever has it, and changed by nobody."""
    body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"{body}.{_tag(key, body)}"


def unseal(key: bytes, sealed: str) -> str | None:
    """The text that was sealed with this key, or None."""
    body, _, tag = sealed.partition(".")
    if len(sealed) > LONGEST or not sealed.isascii() or not hmac.compare_digest(_tag(key, body), tag):
        return None
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def cookie_of(headers: Iterable[tuple[bytes, bytes]], name: str) -> str:
    """The value of a cookie; empty where there is none, or more than one, which no browser sends."""
    wanted = f"{name}=".encode()
    found = [
        part.strip().removeprefix(wanted)
        for header, value in headers
        if header == b"cookie"
        for part in value.split(b";")
        if part.strip().startswith(wanted)
    ]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def set_cookie(name: str, value: str, *, seconds: int) -> str:
    """A Set-Cookie for the whole host and no other, which no script reads and no other site's form brings along."""
    return f"{name}={value}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Lax"


def _tag(key: bytes, text: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")).decode()[:_TAG_SIGNS]
