"""Leads every path below a prefix to one application, whatever signs are in it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send


class Below(BaseRoute):
    """Starlette's own routes pass by a path that has a line's end in it. What follows the prefix is `rest`, a
    parameter of the path."""

    def __init__(self, prefix: str, app: ASGIApp, methods: Sequence[str]) -> None:
        self.prefix = prefix
        self.app = app
        self.methods = frozenset(methods)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is for the application."""
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            return Match.NONE, {}
        return Match.FULL, {"path_params": {"rest": scope["path"].removeprefix(self.prefix)}, "endpoint": self.app}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, or say which methods there are."""
        if scope["method"] in self.methods:
            await self.app(scope, receive, send)
            return
        allowed = ", ".join(sorted(self.methods))
        await Response(status_code=405, headers={"Allow": allowed})(scope, receive, send)
