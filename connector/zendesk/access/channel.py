"""One zenpy client and one session per thread, and the two ways to use them: through zenpy, or past it.

Past it go the calls that zenpy 2.0.57 lacks (side conversations, form statuses, previews on a ticket) and those
of which every case makes several: measured on one core, a call past zenpy costs 0.2 ms of processor time, one
through it 1.3 to 1.8 ms, since it reads each answer a dozen times.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Protocol

from zenpy import Zenpy

from connector.calls import ZENDESK
from connector.dates import Hears, nobody
from connector.errors import ApiAnswer, ConnectorError, UnreadableAnswer
from connector.http.internet import Internet
from connector.http.transport import Body, Sink, Transport
from connector.reading import Json, checked_answer, http_date, mapping, the_id, the_mapping
from connector.retry import READS, Retry
from connector.text import excerpt
from connector.zendesk.access.calling import IDEMPOTENCY_KEY, ApiCall, Caller
from connector.zendesk.access.credentials import ZendeskCredentials
from connector.zendesk.access.detours import Detour
from connector.zendesk.access.tokens import TokenCache
from connector.zendesk.access.zenpy_session import DOMAIN, SUBDOMAIN, ZenpySession

MOST_PAGES: Final = 60


class Calls(Protocol):
    """The verbs by which settings are read and changed past zenpy."""

    def get(self, path: str, **parameters: object) -> ApiAnswer: ...
    def pages(self, path: str, parameters: Mapping[str, object]) -> Iterator[tuple[Json, ApiAnswer]]: ...
    def send(self, method: str, path: str, body: Mapping[str, object]) -> ApiAnswer: ...
    def send_file(self, path: str, parameters: Mapping[str, object], kind: str, body: Body) -> ApiAnswer: ...


class Channel:
    """Calls Zendesk. `now` gives aware UTC; `sleep` waits between repetitions of a read; `tokens` are shared."""

    def __init__(
        self,
        base_url: str,
        credentials: ZendeskCredentials,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], object] | None = None,
        transport: Transport | None = None,
        tokens: TokenCache | None = None,
        heard: Hears = nobody,
    ) -> None:
        for name in ("zenpy", "urllib3", "requests"):  # their debug lines hold whole payloads
            logging.getLogger(name).setLevel(logging.WARNING)
        self.now = now
        waits = sleep or threading.Event().wait
        self._transport = transport or Internet()
        self._caller = Caller(base_url, credentials, now, self._transport, sleep=waits, tokens=tokens, heard=heard)
        self._retry = Retry(READS, waits)
        self._local = threading.local()

    def get(self, path: str, **parameters: object) -> ApiAnswer:
        """One read past zenpy, repeated where that may help. Keys with brackets come as `{"page[size]": …}`."""
        return self.read(lambda: self._raw("GET", path, parameters, None))

    def page(self, path: str, parameters: Mapping[str, object]) -> ApiAnswer:
        return self.read(lambda: self._raw("GET", path, parameters, None))

    def send(self, method: str, path: str, body: Mapping[str, object]) -> ApiAnswer:
        """One write past zenpy: one attempt."""
        return self._raw(method, path, {}, body)

    def send_file(self, path: str, parameters: Mapping[str, object], kind: str, body: Body) -> ApiAnswer:
        """One upload of a file of a content type: one attempt."""
        asked = ApiCall.of("POST", f"/api/v2/{path}", parameters, None)
        return self._caller(replace(asked, body=body, kind=kind))[0]

    def delete(self, path: str) -> ApiAnswer:
        """One deletion: one attempt."""
        return self._raw("DELETE", path, {}, None)

    def fetch(self, url: str, into: Sink, largest: int) -> None:
        """One attempt to download what an address gives, in at most so many bytes over the line."""
        self._caller.fetch(url, into, largest)

    def read(self, read: Callable[[], ApiAnswer]) -> ApiAnswer:
        return self._retry(read)

    def zenpy(self, call: Callable[[Any], object]) -> ApiAnswer:
        """What zenpy was answered. Its objects stay here; where it cannot build them, the answer still counts."""
        session = self.session()
        session.answer = None
        try:
            call(self._client())
        except ConnectorError:
            raise
        except Exception as error:
            if session.answer is None:
                raise UnreadableAnswer(f"zenpy could not ask: {excerpt(str(error), 100)}") from error
        if session.answer is None:
            raise UnreadableAnswer("zenpy asked nothing")
        return session.answer

    def zenpy_read(self, call: Callable[[Any], object]) -> ApiAnswer:
        return self.read(lambda: self.zenpy(call))

    def pages(self, path: str, parameters: Mapping[str, object]) -> Iterator[tuple[Json, ApiAnswer]]:
        """The pages of a cursor-paged list, in the shape of `meta`/`links` or of the older `after_cursor`."""
        asked = dict(parameters)
        for _ in range(MOST_PAGES):
            answer = self.page(path, asked)
            body = the_mapping(answer.body, "the answer")
            yield body, answer
            cursor = next_cursor(body)
            if cursor is None:
                return
            asked["page[after]"] = cursor
        raise UnreadableAnswer("it has more pages than can be")

    def server_now(self, answer: ApiAnswer) -> datetime:
        """Zendesk's own clock, from the answer's `Date`."""
        return http_date(answer.headers.get("date")) or self.now()

    def session(self) -> ZenpySession:
        found: ZenpySession | None = getattr(self._local, "session", None)
        if found is None:
            found = self._local.session = ZenpySession(self._caller)
        return found

    def detours(self) -> tuple[Detour, ...]:
        """The calls for which Zendesk took another token than the table says, as far as this process knows."""
        return self._caller.detours.all()

    def close(self) -> None:
        """Closes the connections; a thread that calls again opens its own anew."""
        self._transport.close()

    def _client(self) -> Any:
        found = getattr(self._local, "client", None)
        if found is None:
            found = self._local.client = Zenpy(
                subdomain=SUBDOMAIN, domain=DOMAIN, session=self.session(), disable_cache=True
            )
        return found

    def _raw(
        self, method: str, path: str, parameters: Mapping[str, object], body: Mapping[str, object] | None
    ) -> ApiAnswer:
        return self._caller(ApiCall.of(method, f"/api/v2/{path}", parameters, body))[0]


def next_cursor(body: Json) -> str | None:
    meta = mapping(body.get("meta"))
    if meta:
        cursor = meta.get("after_cursor") if meta.get("has_more") is True else None
    else:
        cursor = body.get("after_cursor") if body.get("after_url") else None
    return cursor if isinstance(cursor, str) and cursor else None


@contextmanager
def idempotent(key: str) -> Iterator[None]:
    """The POSTs inside carry this Idempotency-Key; Zendesk remembers it for two hours, on ticket creation only.

    https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency
    """
    token = IDEMPOTENCY_KEY.set(key[:255])
    try:
        yield
    finally:
        IDEMPOTENCY_KEY.reset(token)


def reading() -> Any:
    return checked_answer(ZENDESK)


def writing() -> Any:
    return checked_answer(ZENDESK, is_write=True)


def body_of(answer: ApiAnswer) -> Json:
    return the_mapping(answer.body, "the answer")


def id_in(answer: ApiAnswer, what: str) -> int:
    return the_id(mapping(body_of(answer).get(what)).get("id"), f"the {what}'s id")
