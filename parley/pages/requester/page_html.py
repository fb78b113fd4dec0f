"""Writes a requester's page, and what its address answers where it leads to none."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, Literal

from jinja2 import Environment
from starlette.responses import Response

from escalation.policies.texts import Texts
from escalation.telling.progress_page import ProgressPage, page_elsewhere
from parley.pages.shared.answers import content_policy, page
from parley.pages.shared.environment import environment
from parley.pages.shared.stylesheet import Stylesheet, stylesheet

About = Literal["settled", "written"]
"""What a button of the page tells."""
HERE: Final = "parley.pages.requester"
_ESCAPED: Final = re.compile(r"\\([\\`*_\[\]<>#|~!])")


def shown(told: ProgressPage, request_url: str, *, pressed: About | None) -> Response:
    """The page. `request_url` is where its requester replies; `pressed`: the button by which they have just asked
    for a look."""
    html = (
        _templates()
        .get_template("progress.html")
        .render(
            lang=told.language,
            direction=told.direction,
            style=_style(),
            page=told,
            view=told.view,
            words=told.words,
            told=[finding.told for finding in told.view.verdict if finding.told],
            request_url=request_url,
            answered=told.words[f"pressed_{pressed}"] if pressed else None,
        )
    )
    return page(html, content_policy(styles=_style().source), language=told.language)


def elsewhere(texts: Texts, which: str, status: int, **headers: str) -> Response:
    """What stands there instead: the same for all to whom it is said in one language."""
    said, why = page_elsewhere(texts, which)
    html = (
        _templates()
        .get_template("elsewhere.html")
        .render(lang=texts.language, direction=texts.locale.direction, style=_style(), said=said, why=why)
    )
    return page(
        html, content_policy(styles=_style().source), status=status, language=texts.language, headers=headers
    )


def plain(text: str) -> str:
    """A text for the requester as it reads: their comments are Markdown, a page is not."""
    return _ESCAPED.sub(r"\1", text)


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of a text, each as its lines."""
    return [plain(part).split("\n") for part in re.split(r"\n{2,}", text.strip())]


def _style() -> Stylesheet:
    return stylesheet((HERE, "progress.css"))


@cache
def _templates() -> Environment:
    templates = environment(HERE)
    templates.filters.update(plain=plain, paragraphs=paragraphs)
    return templates
