"""The templates of the pages: everything that is put in is escaped, and a name that nobody gave is a fault."""

from __future__ import annotations

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def environment(package: str) -> Environment:
    """The templates of a package's folder `templates`, and after them the shared ones: `frame.html`, which a page
    extends. It is safe to use from any thread."""
    loaders: Any = [PackageLoader(package, "templates"), PackageLoader("parley.pages.shared", "templates")]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
