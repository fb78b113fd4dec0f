"""The one way out to WorkMarket: its access token, and answers judged by their envelope."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol
from urllib.parse import urlencode

from connector.calls import WORKMARKET, called, called_workmarket, workmarket_of
from connector.dates import Hears, hear, nobody
from connector.errors import ApiAnswer, Misconfigured, Transient, Trouble, judge
from connector.http.joined import Joined
from connector.http.transport import HttpRequest, HttpResponse, Transport
from connector.reading import mapping, number, text

Style = Literal["bearer", "parameter"]

RENEWED_AFTER: Final = timedelta(hours=23)
"""WorkMarket names no expiry of an access token; its own clients renew daily."""
OUR_HEADERS: Final = {"Accept": "application/json", "User-Agent": "parley"}
WAITED_S: Final = 60.0
"""Seconds: so long a call without a token waits for the one that another call asks for."""


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """An answer of 401 that stayed after one renewal: not visible, or not our credentials."""

    answer: ApiAnswer


class Moved(Protocol):
    """A file on its way with a call: what is asked for with it, and what the answer says."""

    def asked(self, request: HttpRequest, parameters: Mapping[str, str]) -> HttpRequest: ...
    def heard(self, reply: HttpResponse) -> ApiAnswer: ...


@dataclass(frozen=True, slots=True)
class _Access:
    token: str = field(repr=False)
    renew_at: datetime


class WorkMarketSession:
    """Calls WorkMarket; parameters are form or query keys, never JSON. Secrets travel in bodies and headers only,
    except under the style `parameter`, which puts the short-lived access token where WorkMarket documents it."""

    def __init__(
        self,
        base_url: str,
        token: str,
        secret: str,
        now: Callable[[], datetime],
        style: Style,
        transport: Transport,
        heard: Hears = nobody,
        company: str = "",
    ) -> None:
        self.service = workmarket_of(company)
        self._known_by = (
            f"the token and secret of {company} in WORKMARKET_COMPANIES_FILE"
            if company
            else "WORKMARKET_TOKEN and WORKMARKET_SECRET"
        )
        self.remedy = f"check {self._known_by}."
        """What mends credentials that are refused, as the end of a sentence."""
        self._base_url = base_url.rstrip("/") + "/v1/employer/"
        self._transport = transport
        self._pair = {"token": token, "secret": secret}
        self._style = style
        self._now = now
        self._heard = heard
        self._access: _Access | None = None
        self._minting: Joined[_Access] = Joined()

    def __repr__(self) -> str:
        return "WorkMarketSession()"

    @property
    def holds_token(self) -> bool:
        """Whether the next call needs no new access token."""
        return self._access is not None and self._now() < self._access.renew_at

    @property
    def token(self) -> str:
        """The access token in hand; empty where there is none."""
        return self._access.token if self._access is not None else ""

    def ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str],
        moved: Moved | None = None,
        *,
        renews: bool = True,
    ) -> ApiAnswer | Unauthorized:
        """One attempt, and where it `renews` one more with a new token where the first was answered 401. A 401 that
        stays comes back as Unauthorized; whatever else is no readable success is raised."""
        access, asked = self._token(), self._now()
        outcome = self._attempt(method, path, parameters, access, moved)
        if isinstance(outcome, ApiAnswer) and outcome.status == 401:
            if renews:
                outcome = self._attempt(method, path, parameters, self._token(refused=access), moved)
            if isinstance(outcome, ApiAnswer) and outcome.status == 401:
                return Unauthorized(outcome)
        if isinstance(outcome, ApiAnswer):
            hear(self._heard, WORKMARKET, outcome.headers, asked)
        error = judge(outcome, self.service, is_write=method == "POST", now=self._now())
        if error is not None:
            raise error
        assert isinstance(outcome, ApiAnswer)  # noqa: S101 -- judge raises for a Trouble
        return outcome

    def _token(self, refused: str = "") -> str:
        held = self._access if self._access is not None and self._access.token != refused else None
        if held is not None and self._now() < held.renew_at:
            return held.token
        try:
            return self._minting(lambda: self._renewed(refused), WAITED_S, instead=held).token
        except TimeoutError:
            raise Transient(f"Another call is still asking {called(self.service)} for a token.") from None

    def _renewed(self, refused: str) -> _Access:
        held, now = self._access, self._now()
        if held is None or held.token == refused or now >= held.renew_at:
            held = self._access = _Access(self._mint(now), now + RENEWED_AFTER)
        return held

    def _mint(self, now: datetime) -> str:
        outcome = self._send("POST", "authorization/request", {}, self._pair, {})
        error = judge(outcome, self.service, is_write=False, now=now, minted_by=self._known_by)
        if isinstance(error, Transient):
            raise error
        body = mapping(outcome.body) if isinstance(outcome, ApiAnswer) else {}
        access = text(mapping(body.get("response")).get("access_token"))
        if error is not None or not access or not access.isascii():
            raise Misconfigured(f"{called(self.service)} gave no access token; {self.remedy}")
        return access

    def _attempt(
        self, method: str, path: str, parameters: Mapping[str, str], access: str, moved: Moved | None
    ) -> ApiAnswer | Trouble:
        sent = dict(parameters)
        headers = {}
        if self._style == "bearer":
            headers["Authorization"] = f"Bearer {access}"
        else:
            sent["access_token"] = access
        if moved is not None:
            return self._move(method, path, sent, headers, moved)
        if method == "GET":
            return self._send(method, path, sent, None, headers)
        return self._send(method, path, {}, sent, headers)

    def _move(
        self, method: str, path: str, parameters: Mapping[str, str], headers: Mapping[str, str], moved: Moved
    ) -> ApiAnswer | Trouble:
        """A call that takes or gives a file."""
        called_workmarket(self.service)
        asked = f"?{urlencode(parameters)}" if method == "GET" else ""
        request = HttpRequest(method, f"{self._base_url}{path}{asked}", {**OUR_HEADERS, **headers})
        reply = self._transport.send(moved.asked(request, parameters))
        return reply if isinstance(reply, Trouble) else moved.heard(reply)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> ApiAnswer | Trouble:
        called_workmarket(self.service)
        asked = f"?{urlencode(query)}" if query else ""
        content = urlencode(form).encode() if form is not None else b""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        reply = self._transport.send(
            HttpRequest(method, f"{self._base_url}{path}{asked}", {**OUR_HEADERS, **kind, **headers}, content)
        )
        return reply if isinstance(reply, Trouble) else heard_json(reply)

    def close(self) -> None:
        self._transport.close()


def heard_json(reply: HttpResponse) -> ApiAnswer:
    """An answer in WorkMarket's envelope."""
    if reply.problem:
        return ApiAnswer(reply.status, reply.headers, None, reply.problem)
    try:
        body: object = json.loads(reply.content)
    except (ValueError, RecursionError):
        return ApiAnswer(reply.status, reply.headers, None, "not JSON")
    return judged_by_envelope(reply, body)


def judged_by_envelope(response: HttpResponse, body: object) -> ApiAnswer:
    """An answer of 200 with an error in its `meta` is that error."""
    status = response.status
    if not isinstance(body, dict) or not isinstance(body.get("meta"), dict):
        problem = "no envelope" if 200 <= status < 300 else ""
        return ApiAnswer(status, response.headers, None, problem)
    meta = mapping(body.get("meta"))
    told = number(meta.get("status_code"))
    if 200 <= status < 300:
        if told is None:
            return ApiAnswer(status, response.headers, body, "no status in its envelope")
        if not 100 <= told <= 599:
            return ApiAnswer(status, response.headers, body, "an impossible status in its envelope")
        status = told
    return ApiAnswer(status, response.headers, body)
