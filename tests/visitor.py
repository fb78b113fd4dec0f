"""Somebody with a browser's cookies before an ASGI application in this process, without sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.types import ASGIApp

FORM = "application/x-www-form-urlencoded"
OF_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form of our own page."""


class Visitor:
    """Asks one application, in an event loop of its own. Redirects are answers like any other."""

    def __init__(self, app: ASGIApp, home: str, peer: str = "10.0.0.5") -> None:
        self._loop = asyncio.new_event_loop()
        way = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 1))
        self._client = httpx.AsyncClient(transport=way, base_url=home)

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def get(self, path: str, headers: Mapping[str, str] | Sequence[tuple[str, bytes]] = ()) -> httpx.Response:
        return self._ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] = OF_OUR_PAGE) -> httpx.Response:
        return self._ask("POST", path, data=form, headers=headers)

    def post_raw(self, path: str, content: bytes, headers: Mapping[str, str] = OF_OUR_PAGE) -> httpx.Response:
        return self._ask("POST", path, content=content, headers={"Content-Type": FORM, **headers})

    def _ask(self, method: str, path: str, **asked: Any) -> httpx.Response:
        return self._loop.run_until_complete(self._client.request(method, path, **asked))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
