"""Sign-ins that browsers have begun: each is in a sealed cookie, so that nobody fills the store by asking."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from parley.pages.desk.places import within_desk
from parley.pages.desk.sealed import key_of, seal, unseal

LASTS: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """What a browser has begun: what Zendesk gives back, what proves that it was us who asked, and where to go."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    to: str


class Beginnings:
    """Begins sign-ins and knows them again."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        self._key = key_of(secret, "sign-in")
        self._now = now

    def begin(self, to: str) -> tuple[BegunSignIn, str]:
        """A sign-in that leads on to a path, and what its cookie holds."""
        begun = BegunSignIn(secrets.token_urlsafe(32), secrets.token_urlsafe(32), within_desk(to))
        ends = (self._now() + LASTS).timestamp()
        return begun, seal(self._key, json.dumps([begun.state, begun.verifier, begun.to, ends]))

    def find(self, cookie: str, state: str) -> BegunSignIn | None:
        """What this browser has begun and somebody comes back from with this state; None for anything else."""
        told = unseal(self._key, cookie)
        if told is None:
            return None
        known, verifier, to, ends = json.loads(told)
        now = self._now().timestamp()
        if not now < ends <= now + LASTS.total_seconds():
            return None
        same = hmac.compare_digest(str(known).encode(), state.encode("utf-8", "replace"))
        return BegunSignIn(known, verifier, within_desk(to)) if same else None
