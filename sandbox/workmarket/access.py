"""Who may call WorkMarket's API, and how a call is refused."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_TOKEN_LASTS = timedelta(days=1)


@dataclass(slots=True)
class CompanyRefusal:
    """What every call of one company is answered with."""

    status: int
    retry_after: str | None = None


@dataclass(slots=True)
class ClientCompany:
    """A client company: its API token and secret, who its messages are from, and the token that its webhooks carry.

    `trouble` is what it alone is answered with; `asked` counts its calls by path, those that were refused too.
    """

    name: str = ""
    token: str = "sandbox-token"  # noqa: S105  known to everyone: it opens a stand-in
    secret: str = "sandbox-secret"  # noqa: S105  as the one above
    api_user: str = "Ivy Integration"
    webhook_token: str | None = None
    trouble: CompanyRefusal | None = None
    asked: dict[str, int] = field(default_factory=dict)

    def is_down(self) -> None:
        """From now on every call of the company is answered 503."""
        self.trouble = CompanyRefusal(503)

    def is_refused(self) -> None:
        """From now on nothing of the company's credentials is good."""
        self.trouble = CompanyRefusal(401)

    def is_limited(self, retry_after: str | None) -> None:
        """From now on the company has made too many calls."""
        self.trouble = CompanyRefusal(429, retry_after)

    def is_well(self) -> None:
        self.trouble = None


@dataclass
class Tokens:
    """Access tokens, each of one company; no answer says when one ends."""

    _given: dict[str, tuple[datetime, ClientCompany]] = field(default_factory=dict)
    minted: int = 0

    def mint(self, company: ClientCompany, at: datetime) -> str:
        self.minted += 1
        token = secrets.token_hex(16)
        self._given[token] = at + _TOKEN_LASTS, company
        return token

    def company(self, token: str, at: datetime) -> ClientCompany | None:
        """Whose token it is; None where it is nobody's, or has ended."""
        ends, company = self._given.get(token, (at, None))
        return company if at < ends else None

    def revoke_all(self) -> None:
        self._given.clear()


class ApiRefusal(Exception):
    """An answer that is not a success. `errors` holds texts or objects: WorkMarket sends both."""

    def __init__(self, status: int, *errors: Any) -> None:
        super().__init__(f"{status}: {errors}")
        self.status = status
        self.errors = list(errors)
