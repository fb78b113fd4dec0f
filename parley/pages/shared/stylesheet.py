"""The look of the pages: stylesheets of ours, put into the page itself and named to the browser by their hash."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup

BASE = ("parley.pages.shared", "pages.css")
"""Colours, measures and plain elements, which every page begins with."""


@dataclass(frozen=True, slots=True)
class Stylesheet:
    """`text` stands between `<style>` and `</style>`; `source` lets the browser use it, in `style-src`."""

    text: Markup
    source: str


@cache
def stylesheet(*more: tuple[str, str]) -> Stylesheet:
    """The base and, after it, the named ones: each a package and the name of a file in its folder `styles`."""
    text = "\n".join(_shortened(_read(package, name)) for package, name in (BASE, *more))
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Stylesheet(Markup(text), f"'sha256-{digest}'")  # noqa: S704  # nosec B704 # a file of ours


def _read(package: str, name: str) -> str:
    return files(package).joinpath("styles", name).read_text(encoding="utf-8")


def _shortened(text: str) -> str:
    """Leave out what browsers skip: comments, and the room at the beginning of lines."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line for line in (line.strip() for line in bare.splitlines()) if line)
