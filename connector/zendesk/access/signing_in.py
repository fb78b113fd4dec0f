"""People who sign in to the desk's page by Zendesk: where they are sent, and who has come back.

OAuth's authorization code with PKCE. The token that comes of it reads who has signed in, once, and is kept nowhere:
https://developer.zendesk.com/documentation/ticketing/working-with-oauth/oauth-pkce/
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from connector.calls import ZENDESK, called_zendesk
from connector.errors import ApiAnswer, ConnectorError, Trouble, judge
from connector.http.transport import HttpRequest, Transport
from connector.reading import Json, checked_answer, items, mapping, text, the_mapping
from connector.zendesk.access.calling import read_answer

SCOPE: Final = "users:read"
"""The narrowest that covers `users/me`."""
LIVES_S: Final = 600
REFRESH_LIVES_S: Final = 605_000
"""About the shortest lives that Zendesk gives a token, and the one that would renew it, which nobody keeps:
https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/"""
SIGN_IN_CLIENT: Final = "ZENDESK_SIGN_IN_CLIENT_ID and ZENDESK_SIGN_IN_CLIENT_SECRET"


class CodeRefused(ConnectorError):
    """Zendesk takes the code for nobody's: it was used, it is over, or another account gave it."""


@dataclass(frozen=True, slots=True)
class SignInClient:
    """The OAuth client by which people sign in. Safe from any thread."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    transport: Transport = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    def address(self, state: str, verifier: str) -> str:
        """Where somebody signs in at Zendesk. The page there sends them back with the same state."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.base_url}/oauth/authorizations/new?{urlencode(asked)}"

    def who(self, code: str, verifier: str) -> Json:
        """The user who came back with a code, as `users/me` tells them. Raises CodeRefused where it is good for
        nobody, Misconfigured, Transient."""
        token = self._token(code, verifier)
        answer = self._asked("GET", "/api/v2/users/me", None, token)
        error = judge(answer, ZENDESK, is_write=False, now=self.now(), minted_by=SIGN_IN_CLIENT)
        if error is not None:
            raise error
        with checked_answer(ZENDESK):
            return the_mapping(mapping(_body(answer)).get("user"), "the user")

    def _token(self, code: str, verifier: str) -> str:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "code_verifier": verifier,
            "expires_in": LIVES_S,
            "refresh_token_expires_in": REFRESH_LIVES_S,
        }
        answer = self._asked("POST", "/oauth/tokens", given, "")
        if isinstance(answer, ApiAnswer) and mapping(answer.body).get("error") == "invalid_grant":
            raise CodeRefused("Zendesk does not know this sign-in, or it is over.")
        error = judge(answer, ZENDESK, is_write=False, now=self.now(), minted_by=SIGN_IN_CLIENT)
        if error is not None:
            raise error
        with checked_answer(ZENDESK):
            token = text(mapping(_body(answer)).get("access_token"))
            if not token.isascii() or not token.isprintable() or not token:
                raise ValueError("no token")
            return token

    def _asked(self, method: str, path: str, body: Mapping[str, object] | None, token: str) -> ApiAnswer | Trouble:
        called_zendesk(method, path)
        headers = {"User-Agent": "parley", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = b"" if body is None else json.dumps(body).encode()
        reply = self.transport.send(HttpRequest(method, f"{self.base_url}{path}", headers, content))
        return reply if isinstance(reply, Trouble) else read_answer(reply)


def _body(answer: ApiAnswer | Trouble) -> object:
    return answer.body if isinstance(answer, ApiAnswer) else None


def group_names(body: object) -> tuple[str, ...]:
    """The names of the groups in an answer of `GET users/{id}/groups`."""
    return tuple(text(one.get("name")) for one in items(mapping(body).get("groups")) if not one.get("deleted"))
