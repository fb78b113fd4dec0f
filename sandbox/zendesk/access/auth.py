"""Who calls: API token with an agent's address, bearer token, OAuth client credentials; and how often."""

import base64
import secrets
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.shared.http import ApiReply, ApiRequest
from sandbox.zendesk.access.agent_roles import check_role
from sandbox.zendesk.access.authorizing import Authorizing, TokenRefused
from sandbox.zendesk.access.scopes import check_scopes
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import TROUBLE, ApiError, error_body, unauthorized
from sandbox.zendesk.records.records import Json, User

PER_MINUTE = 700
UPDATE_WINDOW = timedelta(minutes=10)


@dataclass
class Gate:
    """`limit` turns the account's rate limit on, in calls a minute of the stand-in's clock.

    `update_limit` is that of one user on one ticket within ten minutes; Zendesk's own is 30. `minted` counts tokens
    by the scopes that were asked for.
    """

    account: Account
    limit: int | None = None
    update_limit: int | None = None
    _updates: dict[tuple[int, str], deque[datetime]] = field(default_factory=dict)
    _tokens: dict[str, tuple[datetime, frozenset[str]]] = field(default_factory=dict)
    _people: dict[str, User] = field(default_factory=dict)
    _minute: int = 0
    _used: int = 0
    minted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.authorizing = Authorizing(self.account)

    def identify(self, request: ApiRequest, path: str) -> User | None:
        """The caller; None where nothing was given. Raises 401 for credentials that are wrong or expired, and 403
        where a token's scopes or the caller's role don't cover `path`, which is what follows /api/v2/."""
        given = request.headers.get("authorization", "")
        kind, _, rest = given.partition(" ")
        if not given:
            return None
        if kind.lower() == "bearer":
            user = self._by_bearer(rest.strip(), request, path)
        elif kind.lower() == "basic":
            user = self._by_token(rest.strip())
        else:
            raise unauthorized()
        check_role(user, request, path)
        return user

    def _by_bearer(self, token: str, request: ApiRequest, path: str) -> User:
        credentials = self.account.credentials
        if secrets.compare_digest(token.encode(), credentials.oauth_token.encode()):
            return self.account.token_owner
        expires, scopes = self._tokens.get(token, (request.at, frozenset()))
        if request.at >= expires:
            body = error_body(
                "invalid_token", "The access token provided is expired, revoked, malformed or invalid."
            )
            raise ApiError(401, body)
        check_scopes(scopes, request, path)
        user = self._people.get(token, self.account.token_owner)
        if user.suspended:
            raise unauthorized()
        return user

    def _by_token(self, encoded: str) -> User:
        try:
            name, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            raise unauthorized() from None
        email, _, kind = name.rpartition("/")
        user = self.account.user_by_email(email) if kind == "token" else None
        right = secrets.compare_digest(token.encode(), self.account.credentials.api_token.encode())
        if user is None or user.suspended or not right:
            raise unauthorized()
        return user

    def mint(self, request: ApiRequest) -> ApiReply:
        """POST /oauth/tokens, for an app itself or for a person with a code."""
        given = request.body if isinstance(request.body, dict) else {}
        credentials = self.account.credentials
        if given.get("grant_type") == "authorization_code":
            return self._for_person(given, request.at)
        if given.get("grant_type") != "client_credentials":
            return ApiReply(
                400, {"error": "unsupported_grant_type", "error_description": "Only client_credentials."}
            )
        if (given.get("client_id"), given.get("client_secret")) != (
            credentials.oauth_client_id,
            credentials.oauth_client_secret,
        ):
            text = "Client authentication failed due to unknown client or wrong secret."
            return ApiReply(401, {"error": "invalid_client", "error_description": text})
        lasts = int(given.get("expires_in") or credentials.oauth_seconds)
        if not 300 <= lasts <= 172_800:
            return ApiReply(400, {"error": "invalid_request", "error_description": "expires_in is 300 to 172800."})
        scope = str(given.get("scope") or "read write")
        asked, allowed = frozenset(scope.split()), credentials.oauth_scopes
        if allowed is not None and not asked <= allowed:
            text = "The requested scope is invalid, unknown, or malformed."
            return ApiReply(400, {"error": "invalid_scope", "error_description": text})
        token = f"{self.account.random.getrandbits(256):064x}"
        self._tokens[token] = (request.at + timedelta(seconds=lasts), asked)
        self.minted[scope] += 1
        return ApiReply(201, {"access_token": token, "token_type": "bearer", "scope": scope, "expires_in": lasts})

    def _for_person(self, given: Json, at: datetime) -> ApiReply:
        try:
            granted = self.authorizing.take(given, at)
        except TokenRefused as refusal:
            return refusal.reply
        token, refresh = (f"{self.account.random.getrandbits(256):064x}" for _ in range(2))
        self._tokens[token] = (at + timedelta(seconds=granted.seconds), frozenset(granted.scope.split()))
        self._people[token] = granted.user
        body = {
            "access_token": token,
            "refresh_token": refresh,
            "token_type": "bearer",
            "scope": granted.scope,
            "expires_in": granted.seconds,
            "refresh_token_expires_in": granted.refresh_seconds,
        }
        return ApiReply(201, body)

    def revoke_all(self) -> None:
        """Every minted token stops working, as after a rotation."""
        self._tokens.clear()
        self._people.clear()

    def count(self, at: datetime) -> dict[str, str]:
        """Headers of the account's rate limit. Raises 429 with Retry-After once it is used up."""
        minute = int(at.timestamp()) // 60
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        most = self.limit or PER_MINUTE
        left = max(0, most - self._used)
        resets = 60 - int(at.timestamp()) % 60
        headers = {
            "X-Rate-Limit": str(most),
            "X-Rate-Limit-Remaining": str(left if self.limit else max(left, 1)),
            "ratelimit-limit": str(most),
            "ratelimit-remaining": str(left if self.limit else max(left, 1)),
            "ratelimit-reset": str(resets),
        }
        if self.limit is not None and self._used > self.limit:
            raise ApiError(429, error_body(*TROUBLE[429]), {**headers, "Retry-After": str(resets)})
        return headers

    def count_update(self, user: User, ticket_id: str, at: datetime) -> None:
        """Raises 429 where this user has changed this ticket too often within ten minutes."""
        if self.update_limit is None:
            return
        made = self._updates.setdefault((user.id, ticket_id), deque())
        while made and at - made[0] >= UPDATE_WINDOW:
            made.popleft()
        if len(made) >= self.update_limit:
            wait = int((made[0] + UPDATE_WINDOW - at).total_seconds()) + 1
            raise ApiError(429, error_body(*TROUBLE[429]), {"Retry-After": str(wait)})
        made.append(at)
