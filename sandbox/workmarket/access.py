"""Who may call WorkMarket's API, and how a call is refused."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_TOKEN_LASTS = timedelta(days=1)


@dataclass(slots=True)
class AcceptedPairs:
    token: str = "sandbox-token"  # noqa: S105  known to everyone: it opens a stand-in
    secret: str = "sandbox-secret"  # noqa: S105  as the one above


@dataclass
class Tokens:
    """Access tokens; no answer says when one ends."""

    _ends: dict[str, datetime] = field(default_factory=dict)
    minted: int = 0

    def mint(self, at: datetime) -> str:
        self.minted += 1
        token = secrets.token_hex(16)
        self._ends[token] = at + _TOKEN_LASTS
        return token

    def holds(self, token: str, at: datetime) -> bool:
        ends = self._ends.get(token)
        return ends is not None and at < ends

    def revoke_all(self) -> None:
        self._ends.clear()


class ApiRefusal(Exception):
    """An answer that is not a success. `errors` holds texts or objects: WorkMarket sends both."""

    def __init__(self, status: int, *errors: Any) -> None:
        super().__init__(f"{status}: {errors}")
        self.status = status
        self.errors = list(errors)
