"""The one way out to Zendesk: our own requests session, which never repeats a write and never sleeps."""

from __future__ import annotations

import json
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from connector.calls import called_zendesk
from connector.errors import Answer, Trouble, judge
from connector.zendesk.credentials import Authorizer, ClientCredentials, Credentials, fixed
from connector.zendesk.detours import Detours
from connector.zendesk.minting import Minted, ScopesRefused
from connector.zendesk.refused import lacking_in, may_not
from connector.zendesk.scopes import ScopeSet, blanket_for, call_of, needed_for, set_with
from connector.zendesk.tokens import OwnShelf, TokenShelf

IDEMPOTENCY_KEY: ContextVar[str | None] = ContextVar("idempotency_key", default=None)
"""The key of the write that this thread is making; zenpy has no per-request headers."""

SUBDOMAIN: Final = "desk"
DOMAIN: Final = "zendesk.invalid"
ORIGIN: Final = f"https://{SUBDOMAIN}.{DOMAIN}"
"""What zenpy believes it talks to; only the adapter knows the real address, so no answer can lead us elsewhere."""

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of an answer's body; more is not read."""

_GONE_BEFORE_SENT: Final = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.ConnectTimeoutError,
    ssl.SSLCertVerificationError,
)

Outcome = tuple[requests.Response | None, Answer | Trouble]


class _Redirected(HTTPAdapter):
    """Sends what is addressed to ORIGIN to the real base address and restores the URL, which zenpy looks at."""

    def __init__(self, base_url: str) -> None:
        self._base = urlsplit(base_url)
        super().__init__(max_retries=0, pool_connections=2, pool_maxsize=4)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        asked = request.url or ""
        parts = urlsplit(asked)
        request.url = urlunsplit((self._base.scheme, self._base.netloc, parts.path, parts.query, ""))
        canonical = urlunsplit(("https", f"{SUBDOMAIN}.{DOMAIN}", parts.path, parts.query, ""))
        try:
            response = super().send(request, *args, **kwargs)
        finally:
            request.url = canonical
        response.url = canonical
        return response


class Session(requests.Session):
    """A session that raises our errors itself, so that zenpy only ever sees a readable success.

    zenpy 2.0.57 sleeps in the thread on a 429 with Retry-After and repeats PUTs on its own adapter; neither
    can happen here: https://github.com/facetoe/zenpy/blob/master/zenpy/lib/api.py (`_call_api`).
    """

    authorized = True

    def __init__(
        self,
        base_url: str,
        authorizer: Authorizer | None,
        now: Callable[[], datetime],
        timeout: tuple[float, float],
        transport: BaseAdapter | None = None,
        detours: Detours | None = None,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = "parley"
        self.headers["Accept"] = "application/json"
        for scheme in ("https://", "http://"):
            self.mount(scheme, transport or _Redirected(base_url))
        self.answer: Answer | None = None
        self.answers: deque[Answer] = deque(maxlen=200)
        self._authorizer = authorizer
        self._now = now
        self._timeout = timeout
        self._detours = detours or Detours(now)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """One attempt; one more only after a 401 for a token that can be renewed, or a 403 for one whose scopes may
        be too narrow: neither call was carried out."""
        del kwargs
        self.answer = None
        response, outcome = self._allowed(request)
        error = judge(outcome, who="Zendesk", is_write=request.method != "GET", now=self._now())
        if error is not None:
            raise may_not(call_of(*_asked(request)), error)
        assert response is not None and isinstance(outcome, Answer)  # noqa: S101 -- judge raises for a Trouble
        self.answer = outcome
        self.answers.append(outcome)
        return response

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: an API call that is sent elsewhere has the wrong address."""
        del resp

    def _allowed(self, request: requests.PreparedRequest) -> Outcome:
        """What comes back with the token that the call takes, or with the one other that may do instead."""
        asked = _asked(request)
        scopes = self._detours.set_for(*asked)
        try:
            first = self._with(scopes, request)
        except ScopesRefused as refusal:
            named = refusal.for_call(call_of(*asked), needed_for(*asked))
            if (second := self._instead(scopes, (), request)) is None:
                raise named from None
            return second
        lacking = lacking_in(first[1])
        return first if lacking is None else self._instead(scopes, lacking, request) or first

    def _instead(
        self, refused: ScopeSet, lacking: tuple[str, ...], request: requests.PreparedRequest
    ) -> Outcome | None:
        """What comes back with the narrowest other token that has a scope of those; None where there is no other.

        Where Zendesk names no scope, a blanket one may still do.
        """
        other = set_with(lacking or (blanket_for(request.method or ""),), but=refused)
        if other is None or self._authorizer is None:
            return None
        try:
            if self._authorizer.header(other) == request.headers.get("Authorization"):
                return None
            found = self._with(other, request)
        except ScopesRefused:
            return None
        if isinstance(found[1], Answer) and found[1].status not in (401, 403):
            self._detours.learn(*_asked(request), other)
        return found

    def _with(self, scopes: ScopeSet, request: requests.PreparedRequest) -> Outcome:
        """One attempt with one token, and one more where it was over and there is a newer one."""
        if self._authorizer is None:
            return self._attempt(request)
        given = request.headers["Authorization"] = self._authorizer.header(scopes)
        response, outcome = self._attempt(request)
        over = isinstance(outcome, Answer) and outcome.status == 401
        if over and self._authorizer.refused(scopes, given):
            request.headers["Authorization"] = self._authorizer.header(scopes)
            return self._attempt(request)
        return response, outcome

    def _attempt(self, request: requests.PreparedRequest) -> Outcome:
        if (key := IDEMPOTENCY_KEY.get()) is not None and request.method == "POST":
            request.headers["Idempotency-Key"] = key
        called_zendesk(*_asked(request))
        try:
            response = super().send(
                request, stream=True, allow_redirects=False, timeout=self._timeout, verify=True, proxies={}
            )
            try:
                return response, _answer(response, deadline=time.monotonic() + 3 * self._timeout[1])
            finally:
                response.close()
        except requests.exceptions.RequestException as error:
            return None, _trouble(error)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return None, _trouble(error)


def _asked(request: requests.PreparedRequest) -> tuple[str, str]:
    """The method and the path."""
    return request.method or "", urlsplit(request.url or "").path


def _answer(response: requests.Response, deadline: float) -> Answer:
    """Reads the body, bounded in size and time, and parses it once for zenpy and for us."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    content, problem = _body(response, deadline)
    body: object = None
    if content and not problem:
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            problem = "not JSON"
    elif not problem and response.status_code != 204:
        problem = "an empty body"
    response._content = content  # what `response.content` gives from now on
    response._content_consumed = True  # type: ignore[attr-defined]
    response.json = lambda **_: _parsed(body, problem)  # type: ignore[method-assign]
    return Answer(response.status_code, headers, body, problem)


def _parsed(body: object, problem: str) -> object:
    if problem:
        raise ValueError(problem)
    return body


def _body(response: requests.Response, deadline: float) -> tuple[bytes, str]:
    pieces: list[bytes] = []
    size = 0
    while piece := response.raw.read1(1 << 16, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            response.raw.close()
            return b"", f"more than {LARGEST // (1024 * 1024)} MB"
        if time.monotonic() > deadline:
            raise requests.exceptions.ReadTimeout("the answer did not end in time")
    return b"".join(pieces), ""


def _trouble(error: Exception) -> Trouble:
    """Whether anything can have reached Zendesk, from the exceptions of requests and urllib3."""
    reason: object = error
    while True:
        inner = getattr(reason, "reason", None) or next(iter(getattr(reason, "args", ())), None)
        if isinstance(reason, _GONE_BEFORE_SENT) or not isinstance(inner, Exception):
            break
        reason = inner
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Trouble("no connection in time", sent=False, slow=True)
    if isinstance(reason, _GONE_BEFORE_SENT):
        return Trouble("no connection", sent=False)
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return Trouble("time-out", sent=True, slow=True)
    return Trouble("connection lost", sent=True)


class Wire:
    """Makes sessions: one address, one set of credentials, one clock; the token is shared."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        now: Callable[[], datetime],
        timeout: tuple[float, float],
        transport: BaseAdapter | None = None,
        *,
        sleep: Callable[[float], object],
        tokens: TokenShelf | None = None,
    ) -> None:
        self._base_url = base_url
        self._now = now
        self._timeout = timeout
        self._transport = transport
        self.detours = Detours(now)
        self._authorizer: Authorizer = (
            Minted(credentials, self._ask_for_token, now, shelf=tokens or OwnShelf(), sleep=sleep, where=base_url)
            if isinstance(credentials, ClientCredentials)
            else fixed(credentials)
        )

    def session(self) -> Session:
        return Session(self._base_url, self._authorizer, self._now, self._timeout, self._transport, self.detours)

    def _ask_for_token(self, body: dict[str, object]) -> Answer:
        with Session(self._base_url, None, self._now, self._timeout, self._transport) as session:
            request = session.prepare_request(requests.Request("POST", f"{ORIGIN}/oauth/tokens", json=body))
            _, outcome = session._attempt(request)  # unjudged: a refusal has its own words
        if isinstance(outcome, Trouble):
            error = judge(outcome, who="Zendesk's token endpoint", is_write=False, now=self._now())
            assert error is not None  # noqa: S101 -- a Trouble is always an error
            raise error
        return outcome


def query(parameters: Mapping[str, object]) -> dict[str, str]:
    """Query parameters as text, without those that are None."""
    return {key: str(value) for key, value in parameters.items() if value is not None}
