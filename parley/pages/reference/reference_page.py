"""Puts the page at `/docs` into the web application. It holds no script, and loads nothing."""

from __future__ import annotations

from functools import cache
from typing import Final

from fastapi import FastAPI
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parley.pages.reference.operations import operations_of
from parley.pages.shared.answers import content_policy, page
from parley.pages.shared.environment import environment
from parley.pages.shared.stylesheet import stylesheet

HERE: Final = "parley.pages.reference"
PATH: Final = "/docs"


def add_reference_page(web: FastAPI) -> None:
    """Serve what the application's OpenAPI says, as a page."""

    def reference(_: Request) -> Response:
        style = stylesheet((HERE, "reference.css"))
        operations = list(operations_of(web.openapi()))
        html = _templates().get_template("reference.html").render(style=style, operations=operations)
        return page(html, content_policy(styles=style.source), language="en")

    web.router.routes.append(Route(PATH, reference, methods=["GET"], include_in_schema=False))


@cache
def _templates() -> Environment:
    return environment(HERE)
