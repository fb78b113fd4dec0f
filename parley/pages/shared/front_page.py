"""What stands at `/`, where nobody has anything to do: what this is, and where each of its readers goes."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from parley.pages.shared.answers import content_policy, page, see_other
from parley.pages.shared.environment import environment
from parley.pages.shared.stylesheet import stylesheet

HERE: Final = "parley.pages.shared"


def front_page(desk: str) -> Route:
    """The route of `/`: it leads on to the desk's own page at `desk`; where that is off, it is a page itself."""

    async def front(_: Request) -> Response:
        return see_other(desk) if desk else _page()

    return Route("/", front, methods=["GET"], include_in_schema=False)


def _page() -> Response:
    style = stylesheet()
    html = _templates().get_template("front.html").render(style=style)
    return page(html, content_policy(styles=style.source))


@cache
def _templates() -> Environment:
    return environment(HERE)
