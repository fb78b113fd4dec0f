"""How a page of the desk is made: template, look, navigation, who is signed in, and what a browser may load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from parley.pages.desk.scripts import REFRESHING
from parley.pages.desk.table import Link
from parley.pages.desk.viewer import Viewer
from parley.pages.shared.answers import content_policy, page
from parley.pages.shared.environment import environment
from parley.pages.shared.stylesheet import stylesheet

HERE: Final = "parley.pages.desk"
STYLE: Final = (HERE, "desk.css")
# A form's `Origin` is only told where a page does not forbid to name it.
HEADERS: Final = {"Referrer-Policy": "same-origin"}


class DeskLook:
    """Renders from any thread. `signs_out`: whether there is anything to sign out of."""

    def __init__(self, navigation: Sequence[Link], *, signs_out: bool) -> None:
        self._templates = environment(HERE)
        self._navigation = navigation
        self._signs_out = signs_out

    def render(
        self,
        viewer: Viewer | None,
        here: str,
        template: str,
        *,
        title: str,
        status: int = 200,
        styles: Sequence[str] = (),
        live: bool = False,
        **values: Any,
    ) -> Response:
        """A page from a template of this package, as `DeskVisit.page` says."""
        style = stylesheet(STYLE, *((HERE, name) for name in styles))
        html = self._templates.get_template(template).render(
            title=title,
            viewer=viewer,
            here=here,
            navigation=self._navigation,
            signs_out=self._signs_out,
            style=style,
            live=live and viewer is not None,
            scripts=REFRESHING,
            **values,
        )
        policy = content_policy(styles=style.source, scripts="'self'", connect="'self'")
        return page(html, policy, status=status, language="en", headers=HEADERS)
