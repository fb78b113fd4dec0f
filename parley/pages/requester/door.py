"""Answers at the address of a requester's page: a case for who has it, and for all else that there is nothing.

Reading changes nothing, since mail systems open every address in a mail. A button asks for a look, and no more.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar, get_args

import structlog
from prometheus_client import CollectorRegistry, Counter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from escalation.policies.texts import Texts
from escalation.telling.progress_page import ProgressPage
from parley.case_view.case_reading import DamagedCase
from parley.pages.requester.browser_language import wanted_texts
from parley.pages.requester.page_html import About, elsewhere, shown
from parley.pages.shared.answers import see_other
from parley.pages.shared.forms import NotAForm, form_of
from parley.pages.shared.same_origin import is_of_another_site
from parley.pages.shared.same_time import REFUSED_AFTER_S, at_the_same_time
from store import StoreUnavailable
from sync.shared.page_addresses import PATH
from webhooks.metrics import MetricRow
from webhooks.rate_limiter import RateLimiter

log = structlog.get_logger()

METHODS: Final = ("GET", "HEAD", "POST")
PAGES: Final = MetricRow(
    "parley_progress_pages", "counter", "Requesters' pages that were asked for, by outcome", ("outcome",)
)
OUTCOMES: Final = ("shown", "pressed", "not_there", "limited", "foreign", "not_read", "unavailable")
AT_ONCE: Final = 4
"""So many pages are read at the same time; others wait their turn."""
REMEMBERED: Final = 5_000
"""Of so many pages it is known how often each was asked for of late."""
LONGEST_FORM: Final = 1_000
MOST_FIELDS: Final = 5
PRESSED: Final[dict[bytes, About]] = {f"pressed={about}".encode(): about for about in get_args(About)}
"""Where a button leads back to: the page with its answer."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageDeps:
    """`digest`: what a page is looked for by, None for what can't be the end of an address, at once. `read`: the
    page, None where there is none; it is called on a thread, may block and may raise. `press` keeps that a look
    was asked for. `request_url`: where a ticket's requester replies. `origin`: the desk's own, of PUBLIC_URL."""

    texts: Texts
    digest: Callable[[str], str | None]
    read: Callable[[str], ProgressPage | None]
    press: Callable[[ProgressPage, About], Awaitable[object]]
    request_url: Callable[[str], str]
    origin: Callable[[], str]


class NoPage(Exception):
    """There is no page to show: what is said instead, with which status, and how it is counted."""

    def __init__(self, which: str, status: int, outcome: str) -> None:
        super().__init__(outcome)
        self.which, self.status, self.outcome = which, status, outcome


def _nothing() -> NoPage:
    return NoPage("nothing", 404, "not_there")


class RequesterPages:
    """A bare ASGI application. Who guesses has a limit of their own, as each page has: nobody holds up others."""

    def __init__(
        self, deps: PageDeps, registry: CollectorRegistry, refused_after_s: float = REFUSED_AFTER_S
    ) -> None:
        self._deps = deps
        self._refused_after_s = refused_after_s
        self._strangers = RateLimiter(10, 60)
        self._readers: OrderedDict[str, RateLimiter] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)
        counter = Counter(PAGES.name, PAGES.meaning, PAGES.labels, registry=registry)
        self._count = {outcome: counter.labels(outcome) for outcome in OUTCOMES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = asyncio.get_running_loop().time()
        try:
            outcome, answer = await self._answer(scope, receive, began)
        except ClientDisconnect:
            return
        except NoPage as refused:
            outcome, answer = refused.outcome, self._elsewhere(scope, refused)
        except NotAForm:
            outcome, answer = "not_read", self._elsewhere(scope, NoPage("not_read", 400, "not_read"))
        except StoreUnavailable:
            outcome, answer = "unavailable", self._elsewhere(scope, NoPage("later", 503, "unavailable"))
        except Exception as error:
            log.error("progress_page_failed", error=type(error).__name__)
            outcome, answer = "unavailable", self._elsewhere(scope, NoPage("later", 503, "unavailable"))
        if outcome == "not_there":
            await at_the_same_time(began, self._refused_after_s)
        self._count[outcome].inc()
        if scope["method"] == "HEAD":
            answer.body = b""
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, now: float) -> tuple[str, Response]:
        press = scope["method"] == "POST"
        if press and is_of_another_site(scope["headers"], self._deps.origin()):
            raise NoPage("foreign", 403, "foreign")
        token = str(scope["path_params"]["rest"])
        digest = self._deps.digest(token)
        if not (self._limit_of(digest) if digest else self._strangers).takes(now):
            raise NoPage("later", 429, "limited")
        if digest is None:
            raise _nothing()
        if not press:
            pressed = PRESSED.get(scope["query_string"])
            return "shown", await self._read(digest, lambda page: self._shown(page, pressed))
        about = await _asked(scope, receive)
        page = await self._read(digest, lambda page: page)
        if about and not page.view.ended:
            await self._deps.press(page, about)
        return "pressed", see_other(f"{PATH}{token}{f'?pressed={about}' if about else ''}")

    async def _read(self, digest: str, make: Callable[[ProgressPage], T]) -> T:
        def read() -> T | None:
            page = self._deps.read(digest)
            return None if page is None else make(page)

        try:
            async with self._turns:
                made = await run_in_threadpool(read)
        except DamagedCase as damaged:
            log.error("progress_page_damaged", case_id=damaged.row.id)
            raise _nothing() from damaged
        if made is None:
            raise _nothing()
        return made

    def _shown(self, page: ProgressPage, pressed: About | None) -> Response:
        answered = None if page.view.ended else pressed
        return shown(page, self._deps.request_url(page.view.ticket_id), pressed=answered)

    def _limit_of(self, digest: str) -> RateLimiter:
        limit = self._readers.pop(digest, None) or RateLimiter(2, 30)
        self._readers[digest] = limit
        if len(self._readers) > REMEMBERED:
            self._readers.popitem(last=False)
        return limit

    def _elsewhere(self, scope: Scope, refused: NoPage) -> Response:
        texts = wanted_texts(self._deps.texts, Headers(scope=scope).get("accept-language", ""))
        later = {"Retry-After": "5"} if refused.which == "later" else {}
        return elsewhere(texts, refused.which, refused.status, **later)


async def _asked(scope: Scope, receive: Receive) -> About | None:
    """What a form asks for; None for a form that asks for nothing we know. Raises NotAForm."""
    about = (await form_of(scope, receive, LONGEST_FORM, MOST_FIELDS)).get("about", [""])[0]
    return next((one for one in get_args(About) if one == about), None)
