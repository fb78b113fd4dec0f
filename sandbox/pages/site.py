"""Puts the pages together: routes, the static files, and what every answer carries."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from sandbox.pages import (
    agent,
    assignment_menu,
    attaching,
    clock_page,
    help_center,
    mailbox,
    other_side,
    reports,
    sidebar_host,
)
from sandbox.pages.desk_view import DeskView
from sandbox.pages.page_guard import PageGuard
from sandbox.pages.rendering import HERE, environment, render, version_page
from sandbox.pages.visits import PageContext, Visit, place
from sandbox.server import Sandbox
from sandbox.zendesk.records.errors import ApiError


def create_pages(sandbox: Sandbox, desk: DeskView) -> Starlette:
    """The pages as an app to mount at `/`, after the routes that are not theirs."""
    context = PageContext(sandbox, desk, environment())

    def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        title = "This page does not exist" if status == 404 else "That is not possible here"
        response = render(context, Visit(request.url.path), "trouble.html", title=title, view="none")
        response.status_code = status
        return response

    return Starlette(
        routes=[
            *help_center.routes(context),
            *attaching.routes(context),
            *agent.routes(context),
            *sidebar_host.routes(context),
            *other_side.routes(context),
            *assignment_menu.routes(context),
            *mailbox.routes(context),
            *reports.routes(context),
            place(context, "/clock", clock_page.page, {"move": clock_page.move}),
            place(context, "/version", version_page),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(PageGuard)],
        exception_handlers={HTTPException: missing, ApiError: missing},
    )
