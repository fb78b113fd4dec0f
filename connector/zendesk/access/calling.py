"""Calls to Zendesk: each with the narrowest token that may make it, once, and judged by what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode, urljoin, urlsplit

from connector.calls import ZENDESK, called_zendesk
from connector.dates import Hears, hear, nobody
from connector.errors import ApiAnswer, Transient, Trouble, judge, no_file
from connector.http.transport import Body, HttpRequest, HttpResponse, Sink, Transport, is_success
from connector.zendesk.access.client_credentials import OAUTH_CLIENT, ClientCredentialsAuth, ScopesRefused
from connector.zendesk.access.credentials import Authorizer, ClientCredentials, ZendeskCredentials, fixed
from connector.zendesk.access.detours import Detours
from connector.zendesk.access.refused import lacking_in, may_not
from connector.zendesk.access.scopes import ScopeSet, blanket_for, call_of, needed_for, set_with
from connector.zendesk.access.tokens import NoTokenCache, TokenCache

IDEMPOTENCY_KEY: ContextVar[str | None] = ContextVar("idempotency_key", default=None)
"""The key of the write that this thread is making; zenpy has no per-request headers."""

REDIRECTS: Final = (301, 302, 303, 307, 308)
MOST_HOPS: Final = 4
_WRITTEN_OUT: Final = "%/:?#[]@!$&'()*+,;=~"
"""Signs that stand in an address for themselves; any other is written as its bytes (RFC 3986)."""
_OURS: Final = {"User-Agent": "parley", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class ApiCall:
    """What is asked of Zendesk, of whichever address; `content` is JSON.

    `body` is a file of this `kind` that is sent instead; `into` takes what a file holds, at most `largest` bytes.
    """

    method: str
    path: str
    query: str = ""
    content: bytes = field(default=b"", repr=False)
    body: Body | None = field(default=None, repr=False)
    kind: str = "application/json"
    into: Sink | None = field(default=None, repr=False)
    largest: int | None = None

    @classmethod
    def of(
        cls, method: str, path: str, parameters: Mapping[str, object], body: Mapping[str, object] | None
    ) -> ApiCall:
        """Parameters that are None are left out; a path is a path, whatever is in it."""
        query = urlencode({key: str(value) for key, value in parameters.items() if value is not None})
        return cls(method, quote(path), query, b"" if body is None else json.dumps(body).encode())

    @property
    def call(self) -> tuple[str, str]:
        return self.method, self.path


class Attempt(NamedTuple):
    """What came of one attempt with this header: an answer with its content as it came, for zenpy, or none."""

    outcome: ApiAnswer | Trouble
    content: bytes = b""
    by: str = ""


class Caller:
    """Safe from any thread: one address, one set of credentials, one clock; the tokens are shared."""

    def __init__(
        self,
        base_url: str,
        credentials: ZendeskCredentials,
        now: Callable[[], datetime],
        transport: Transport,
        *,
        sleep: Callable[[float], object],
        tokens: TokenCache | None = None,
        heard: Hears = nobody,
    ) -> None:
        self._told = heard
        self._base_url = base_url.rstrip("/")
        self._now = now
        self._transport = transport
        self.detours = Detours(now)
        self._authorizer: Authorizer = (
            ClientCredentialsAuth(
                credentials, self._ask_for_token, now, cache=tokens or NoTokenCache(), sleep=sleep, where=base_url
            )
            if isinstance(credentials, ClientCredentials)
            else fixed(credentials)
        )

    def __call__(self, asked: ApiCall) -> tuple[ApiAnswer, bytes]:
        """One attempt; one more only after a 401 for a token that can be renewed, or a 403 for one whose scopes may
        be too narrow: neither call was carried out. Raises what an answer amounts to that is no such success."""
        began = self._now()
        outcome, content, _ = self._allowed(asked)
        if isinstance(outcome, ApiAnswer):
            hear(self._told, ZENDESK, outcome.headers, began)
        error = judge(outcome, ZENDESK, is_write=asked.method != "GET", now=self._now())
        if error is not None:
            raise may_not(call_of(*asked.call), error, outcome)
        assert isinstance(outcome, ApiAnswer)  # noqa: S101 -- judge raises for a Trouble
        return outcome, content

    def _allowed(self, asked: ApiCall) -> Attempt:
        """What comes back with the token that the call takes, or with the one other that may do instead."""
        scopes = self.detours.set_for(*asked.call)
        try:
            first = self._with(scopes, asked)
        except ScopesRefused as refusal:
            named = refusal.for_call(call_of(*asked.call), needed_for(*asked.call))
            if (second := self._instead(scopes, (), asked, "")) is None:
                raise named from None
            return second
        lacking = lacking_in(first.outcome)
        return first if lacking is None else self._instead(scopes, lacking, asked, first.by) or first

    def _instead(self, refused: ScopeSet, lacking: tuple[str, ...], asked: ApiCall, given: str) -> Attempt | None:
        """What comes back with the narrowest token that has a scope of those and is not the one given; None where
        there is no other.

        Where Zendesk names no scope, a blanket one may still do.
        """
        other = set_with(lacking or (blanket_for(asked.method),), but=refused)
        if other is None:
            return None
        try:
            if self._authorizer.header(other) == given:
                return None
            found = self._with(other, asked)
        except ScopesRefused:
            return None
        if isinstance(found.outcome, ApiAnswer) and found.outcome.status not in (401, 403):
            self.detours.learn(*asked.call, other)
        return found

    def _with(self, scopes: ScopeSet, asked: ApiCall) -> Attempt:
        """One attempt with one token, and one more where it was over and there is a newer one."""
        given = self._authorizer.header(scopes)
        heard = self._attempt(asked, given)
        over = isinstance(heard.outcome, ApiAnswer) and heard.outcome.status == 401
        if over and self._authorizer.refused(scopes, given):
            return self._attempt(asked, self._authorizer.header(scopes))
        return heard

    def _attempt(self, asked: ApiCall, authorization: str = "") -> Attempt:
        headers = {**_OURS, "Authorization": authorization} if authorization else {**_OURS}
        if asked.content or asked.body is not None:
            headers["Content-Type"] = asked.kind
        if asked.into is not None:
            headers["Accept"] = "*/*"
        if (key := IDEMPOTENCY_KEY.get()) is not None and asked.method == "POST":
            headers["Idempotency-Key"] = key
        called_zendesk(*asked.call)
        query = f"?{asked.query}" if asked.query else ""
        url = f"{self._base_url}{asked.path}{query}"
        reply = self._transport.send(
            HttpRequest(asked.method, url, headers, asked.content, asked.body, asked.into, asked.largest)
        )
        if isinstance(reply, Trouble):
            return Attempt(reply, by=authorization)
        if asked.into is not None and is_success(reply.status):
            return Attempt(ApiAnswer(reply.status, reply.headers, None, reply.problem), b"", authorization)
        return Attempt(read_answer(reply), reply.content, authorization)

    def fetch(self, url: str, into: Sink, largest: int) -> None:
        """Download what an address gives, also where that leads on to another host, which gets no credentials.

        The file may be hosted externally: https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/
        """
        began, at_home, url = self._now(), True, quote(url, _WRITTEN_OUT)
        for _ in range(MOST_HOPS):
            parts = urlsplit(url)
            at_home = at_home and url.startswith(f"{self._base_url}/")
            if at_home:
                path = url.removeprefix(self._base_url).partition("?")[0]
                outcome = self._allowed(ApiCall("GET", path, parts.query, into=into, largest=largest)).outcome
            else:
                outcome = self._of_stranger(url, into, largest)
            onward = outcome.headers.get("location") if isinstance(outcome, ApiAnswer) else None
            if onward is None or not isinstance(outcome, ApiAnswer) or outcome.status not in REDIRECTS:
                break
            url = urljoin(url, quote(onward.encode("latin-1"), _WRITTEN_OUT))
        if isinstance(outcome, ApiAnswer) and at_home:
            hear(self._told, ZENDESK, outcome.headers, began)
        if isinstance(outcome, ApiAnswer) and outcome.status in (404, 410):
            raise no_file()
        leads_on = isinstance(outcome, ApiAnswer) and outcome.status in REDIRECTS
        if at_home and not leads_on:
            error = judge(outcome, ZENDESK, is_write=False, now=self._now())
        else:
            error = _of_store(outcome)
        if error is not None:
            raise error

    def _of_stranger(self, url: str, into: Sink, largest: int) -> ApiAnswer | Trouble:
        """What another host answers, which is told nothing of us. Plain http leads nowhere but on this machine."""
        parts = urlsplit(url)
        if parts.scheme != "https" and not self._base_url.startswith("http://"):
            return Trouble("its address is not encrypted", sent=False)
        request = HttpRequest("GET", url, {"User-Agent": "parley", "Accept": "*/*"}, into=into, largest=largest)
        reply = self._transport.send(request)
        return reply if isinstance(reply, Trouble) else ApiAnswer(reply.status, reply.headers, None, reply.problem)

    def _ask_for_token(self, body: Mapping[str, object]) -> ApiAnswer:
        outcome = self._attempt(ApiCall.of("POST", "/oauth/tokens", {}, body)).outcome
        if isinstance(outcome, Trouble):
            error = judge(outcome, ZENDESK, is_write=False, now=self._now(), minted_by=OAUTH_CLIENT)
            assert error is not None  # noqa: S101 -- a Trouble is always an error
            raise error
        return outcome  # unjudged: a refusal has its own words


def _of_store(outcome: ApiAnswer | Trouble) -> Transient | None:
    """What a store's answer amounts to. It is no word of Zendesk's, whatever it asks for or refuses: this one file
    waits, and nothing else."""
    if isinstance(outcome, Trouble):
        why = f"It could not be reached ({outcome.detail})."
    elif outcome.problem:
        why = f"It answered {outcome.status} with something unreadable ({outcome.problem})."
    elif is_success(outcome.status):
        return None
    else:
        why = f"It answered {outcome.status}."
    slow = isinstance(outcome, Trouble) and outcome.slow
    return Transient(f"The file can't be had from where Zendesk keeps it. {why}", slow=slow)


def read_answer(reply: HttpResponse) -> ApiAnswer:
    """An answer with its JSON, or with what is wrong with it."""
    problem, body = reply.problem, None
    if reply.content and not problem:
        try:
            body = json.loads(reply.content)
        except (ValueError, RecursionError):
            problem = "not JSON"
    elif not problem and reply.status != 204:
        problem = "an empty body"
    return ApiAnswer(reply.status, reply.headers, body, problem)
