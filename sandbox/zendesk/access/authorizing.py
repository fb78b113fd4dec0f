"""OAuth's authorization code with PKCE: the page where a person allows an app in, and the codes that come of it.

https://support.zendesk.com/hc/en-us/articles/4408845965210 (the page, the redirect URL, what a denial says)
https://developer.zendesk.com/documentation/ticketing/working-with-oauth/oauth-pkce/
https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/ (120 seconds)
What the page says to an app that asks wrongly is in no document; a real one may say it in other words.
"""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlencode

from sandbox.shared.http import ApiReply, ApiRequest
from sandbox.shared.plain_page import plain_page
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.records import Json, User

NEW = "/oauth/authorizations/new"
DECIDED = "/oauth/authorizations"
CODE_LIVES = timedelta(seconds=120)
REFRESH_LIVES = 2_592_000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_BAD_GRANT = (
    "The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, expired authorization "
    "token, bad end-user password credentials, or mismatching authorization code and redirection URI)."
)
_BAD_CLIENT = (
    "The client identifier provided is invalid, the client failed to authenticate, the client did not include its "
    "credentials, provided multiple client credentials, or used unsupported credentials type."
)
_DENIED = "The end-user or authorization server denied the request"
_SCOPES = re.compile(r"(?:read|write|impersonate|[a-z_]+:(?:read|write))")


class TokenRefused(Exception):
    """No token, and why not."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.reply = ApiReply(status, {"error": error, "error_description": description})


@dataclass(slots=True)
class AuthorizationCode:
    """What was allowed, until somebody comes for it: once, and not for long."""

    user: User
    client_id: str
    redirect_uri: str
    scope: str
    challenge: str
    until: datetime


@dataclass(slots=True)
class Granted:
    """Whom a token stands for, and what it may do for so long."""

    user: User
    scope: str
    seconds: int
    refresh_seconds: int


@dataclass
class Authorizing:
    """The account's page, and its codes. Any of the account's people may be at the browser: the page asks who."""

    account: Account
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)

    def page(self, request: ApiRequest) -> ApiReply:
        """GET /oauth/authorizations/new: who is it, and may the app in?"""
        wrong = self._wrong(request.query)
        if wrong is not None:
            return wrong
        rows = "".join(self._choice(user) for user in self.account.users.values() if user.email)
        kept = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in request.query.items()
        )
        body = (
            f"<h1>Allow “{escape(request.query['client_id'])}” to access this Zendesk account?</h1>"
            f"<p>It asks for: {escape(request.query.get('scope', 'read'))}. Who are you?</p>"
            f'<form method="post" action="{DECIDED}">{kept}<ul>{rows}</ul>'
            '<button name="user" value="">Deny</button></form>'
        )
        return plain_page(200, "Sign in (stand-in Zendesk)", body)

    def decided(self, request: ApiRequest) -> ApiReply:
        """POST /oauth/authorizations: back to the app, with a code or with a refusal."""
        given: Json = request.body if isinstance(request.body, dict) else {}
        wrong = self._wrong(given)
        if wrong is not None:
            return wrong
        number = str(given.get("user", ""))
        user = self.account.users.get(int(number)) if number.isdigit() else None
        if user is None:
            return _back(given, {"error": "access_denied", "error_description": _DENIED})
        if user.suspended:
            return plain_page(403, "Suspended", "<p>Your account is suspended.</p>")
        code = f"{self.account.random.getrandbits(256):064x}"
        self.codes[code] = AuthorizationCode(
            user,
            str(given["client_id"]),
            str(given["redirect_uri"]),
            str(given.get("scope") or "read"),
            str(given.get("code_challenge") or ""),
            request.at + CODE_LIVES,
        )
        return _back(given, {"code": code})

    def take(self, given: Json, at: datetime) -> Granted:
        """What a code is good for, which is over then. Raises TokenRefused."""
        known = self.account.credentials
        secret = str(given.get("client_secret") or "")
        if given.get("client_id") != known.sign_in_client_id or not secrets.compare_digest(
            secret.encode(), known.sign_in_client_secret.encode()
        ):
            raise TokenRefused(401, "invalid_client", _BAD_CLIENT)
        found = self.codes.pop(str(given.get("code", "")), None)
        if found is None or at >= found.until or not _fits(found, given):
            raise TokenRefused(400, "invalid_grant", _BAD_GRANT)
        lives = int(given.get("expires_in") or known.oauth_seconds)
        refresh = int(given.get("refresh_token_expires_in") or REFRESH_LIVES)
        if not (300 <= lives <= 172_800 and lives <= refresh and 604_800 <= refresh <= 7_776_000):
            raise TokenRefused(400, "invalid_request", "The life of a token is out of its bounds.")
        asked = str(given.get("scope") or found.scope)
        if not set(asked.split()) <= set(found.scope.split()):
            raise TokenRefused(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed.")
        return Granted(found.user, asked, lives, refresh)

    def _wrong(self, asked: Json) -> ApiReply | None:
        """What is answered where an app asks wrongly: a page, unless it is known where to send people back to."""
        known = self.account.credentials
        if asked.get("client_id") != known.sign_in_client_id:
            return plain_page(400, "Invalid Authorization Request", "<p>No such client.</p>")
        if asked.get("redirect_uri") not in known.sign_in_redirect_uris:
            return plain_page(400, "Invalid Authorization Request", "<p>Redirect URL mismatch.</p>")
        if asked.get("response_type") != "code":
            return _back(asked, {"error": "unsupported_response_type"})
        if not all(_SCOPES.fullmatch(one) for one in str(asked.get("scope") or "read").split()):
            return _back(asked, {"error": "invalid_scope"})
        challenge = asked.get("code_challenge")
        hashed = asked.get("code_challenge_method") == "S256" and _CHALLENGE.fullmatch(str(challenge))
        return _back(asked, {"error": "invalid_request"}) if challenge is not None and not hashed else None

    def _choice(self, user: User) -> str:
        about = f"{user.name}, {user.role}" + (", suspended" if user.suspended else "")
        return f'<li><button name="user" value="{user.id}">{escape(about)}</button></li>'


def _fits(code: AuthorizationCode, given: Json) -> bool:
    """Whether who comes for a code is the one for whom it was made."""
    if (code.client_id, code.redirect_uri) != (given.get("client_id"), given.get("redirect_uri")):
        return False
    verifier = str(given.get("code_verifier") or "")
    if not code.challenge:
        return not verifier
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return secrets.compare_digest(hashed, code.challenge)


def _back(asked: Json, told: dict[str, str]) -> ApiReply:
    """To the app, with its state as it gave it."""
    if asked.get("state"):
        told = {**told, "state": str(asked["state"])}
    return ApiReply(302, "", {"Location": f"{asked['redirect_uri']}?{urlencode(told)}"})
