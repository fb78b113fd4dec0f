"""The one way out to Zendesk: our own requests session, which never repeats a write and never sleeps."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from connector.calls import called_zendesk
from connector.errors import Answer, Trouble, judge
from connector.transport import Reply, Request, Transport
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
"""What zenpy believes it talks to; only the session knows the real address, so no answer can lead us elsewhere."""

Outcome = tuple[requests.Response | None, Answer | Trouble]


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
        transport: Transport,
        detours: Detours | None = None,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.headers = CaseInsensitiveDict({"User-Agent": "parley", "Accept": "application/json"})
        self._base_url = base_url.rstrip("/")
        self._transport = transport
        self.answer: Answer | None = None
        self.answers: deque[Answer] = deque(maxlen=200)
        self._authorizer = authorizer
        self._now = now
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
        reply = self._transport.send(self._addressed(request))
        return (None, reply) if isinstance(reply, Trouble) else _heard(request, reply)

    def _addressed(self, request: requests.PreparedRequest) -> Request:
        """The request to the real address; only here is it known."""
        asked, body = urlsplit(request.url or ""), request.body or b""
        where = f"{self._base_url}{asked.path}" + (f"?{asked.query}" if asked.query else "")
        content = body.encode() if isinstance(body, str) else bytes(body)
        return Request(request.method or "", where, dict(request.headers), content)


def _asked(request: requests.PreparedRequest) -> tuple[str, str]:
    """The method and the path."""
    return request.method or "", urlsplit(request.url or "").path


def _heard(request: requests.PreparedRequest, reply: Reply) -> Outcome:
    """A reply as zenpy reads it and as we do; parsed once. Its address is the one that zenpy asked."""
    problem, body = reply.problem, None
    if reply.content and not problem:
        try:
            body = json.loads(reply.content)
        except (ValueError, RecursionError):
            problem = "not JSON"
    elif not problem and reply.status != 204:
        problem = "an empty body"
    response = requests.Response()
    response.status_code, response.url, response.request = reply.status, request.url or "", request
    response.headers.update(reply.headers)
    response._content = reply.content  # what `response.content` gives
    response.json = lambda **_: _parsed(body, problem)  # type: ignore[method-assign]
    return response, Answer(reply.status, reply.headers, body, problem)


def _parsed(body: object, problem: str) -> object:
    if problem:
        raise ValueError(problem)
    return body


class Wire:
    """Makes sessions: one address, one set of credentials, one clock; the token is shared."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        now: Callable[[], datetime],
        transport: Transport,
        *,
        sleep: Callable[[float], object],
        tokens: TokenShelf | None = None,
    ) -> None:
        self._base_url = base_url
        self._now = now
        self._transport = transport
        self.detours = Detours(now)
        self._authorizer: Authorizer = (
            Minted(credentials, self._ask_for_token, now, shelf=tokens or OwnShelf(), sleep=sleep, where=base_url)
            if isinstance(credentials, ClientCredentials)
            else fixed(credentials)
        )

    def session(self) -> Session:
        return Session(self._base_url, self._authorizer, self._now, self._transport, self.detours)

    def _ask_for_token(self, body: dict[str, object]) -> Answer:
        with Session(self._base_url, None, self._now, self._transport) as session:
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
