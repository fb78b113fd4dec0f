"""The desk's page as one application: who may come in, the table of its pages, and every way that one can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from parley.pages.desk.look import DeskLook
from parley.pages.desk.places import ROOT, SIGNED_IN
from parley.pages.desk.scripts import script
from parley.pages.desk.table import FoundPage, Table
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.visit import DeskPage, DeskVisit
from parley.pages.desk.ways_in import WayIn
from parley.pages.shared.forms import Fields, NotAForm, fields_of, form_of
from parley.pages.shared.same_origin import SAFE, comes_from_us
from store import StoreUnavailable

__all__ = ["DeskPage", "DeskShell", "DeskVisit", "Viewer"]

log = structlog.get_logger()

AT_ONCE: Final = 4
"""So many pages are made at the same time; others wait their turn, so that the doors stay quick."""
ELSEWHERE: Final = (
    "This was not sent by a page of the desk, so nothing was done. Open the page again and try there."
)
UNREAD: Final = "No page of the desk sends this, or it is too long. Open the page again and try there."
AWAY: Final = "The desk's database does not answer just now. Nothing is lost; look again in a minute."
BROKEN: Final = "This page could not be made. The desk itself works on; the log says what happened."


class DeskShell:
    """A bare ASGI application below `/desk`. `origin` is where people open it, as `PUBLIC_URL` says."""

    def __init__(self, origin: str, way_in: WayIn, pages: Sequence[DeskPage]) -> None:
        self._origin = origin
        self._way_in = way_in
        self._table = Table(ROOT, [DeskPage("", _home), *pages])
        self._look = DeskLook(self._table.navigation, signs_out=way_in.signs_out)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._sign_ins = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[BaseRoute]:
        """What an application is given: this one, for everything at `/desk` and below."""
        return [Route(path, self, include_in_schema=False) for path in (ROOT, ROOT + "/{rest:path}")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except ClientDisconnect:
            return
        except NotAForm:
            answer = self._trouble(400, "Nothing was done", UNREAD)
        except StoreUnavailable:
            answer = self._trouble(503, "Not just now", AWAY)
        except Exception as error:
            log.error("desk_page_failed", error=type(error).__name__)
            answer = self._trouble(500, "This went wrong", BROKEN)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        method, path = str(scope["method"]), str(scope["path"])
        if method not in SAFE and not comes_from_us(scope["headers"], self._origin):
            return self._trouble(403, "Nothing was done", ELSEWHERE)
        if path.startswith(f"{ROOT}/static/"):
            return script(path.removeprefix(f"{ROOT}/static/"), scope["headers"]) or self._trouble(404)
        own = self._way_in.answers(method, path)
        if own is not None:
            turns = self._sign_ins if path == SIGNED_IN else self._turns
            return await self._taking_turns(lambda: own(scope, self._look.render), turns)
        viewer = await run_in_threadpool(self._way_in.viewer_of, scope)
        if viewer is None:
            return self._way_in.refusal(scope, self._look.render)
        return await self._page(viewer, scope, receive)

    async def _page(self, viewer: Viewer, scope: Scope, receive: Receive) -> Response:
        path = str(scope["path"])
        found = self._table.find(path) if path.isprintable() else None
        form: Fields = {}
        if found is None:
            return self._trouble(404, viewer=viewer)
        handler = found.page.show if scope["method"] in SAFE else found.page.act
        if handler is None or scope["method"] not in (*SAFE, "POST"):
            return self._trouble(405, "That is not possible here", "This page takes no such request.", viewer)
        if scope["method"] == "POST":
            if not viewer.may_operate:
                return self._trouble(403, "Nothing was done", viewer.why_not, viewer)
            form = await form_of(scope, receive)
        visit = self._visit(viewer, scope, found, form)
        return await self._taking_turns(lambda: handler(visit), self._turns)

    def _visit(self, viewer: Viewer, scope: Scope, found: FoundPage, form: Fields) -> DeskVisit:
        query = scope["query_string"].decode("latin-1")
        path = str(scope["path"])
        here = quote(path) + (f"?{query}" if query else "")
        return DeskVisit(viewer, path, here, found.args, fields_of(query), form, render=self._look.render)

    async def _taking_turns(self, make: Callable[[], Response], turns: asyncio.Semaphore) -> Response:
        """On a thread. Who comes back from Zendesk has turns of their own: they may have to wait for it."""
        async with turns:
            return await run_in_threadpool(make)

    def _trouble(
        self,
        status: int,
        title: str = "Nothing here",
        sentence: str = "There is no such page.",
        viewer: Viewer | None = None,
    ) -> Response:
        return self._look.render(viewer, "", "desk_trouble.html", title=title, status=status, sentence=sentence)


def _home(visit: DeskVisit) -> Response:
    return visit.page("desk_home.html", title="The desk")
