"""The templates of the pages: everything that is put in is escaped, and a name that nobody gave is a fault."""

from __future__ import annotations

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from escalation.model.plain import clean


def environment(package: str) -> Environment:
    """The templates of a package's folder `templates`, and after them the shared ones: `frame.html`, which a page
    extends. It is safe to use from any thread.

    What is put in loses what no text needs, whoever wrote it: marks that turn the writing round make a name or an
    error read as something else, and half a surrogate is written in no encoding.
    """
    loaders: Any = [PackageLoader(package, "templates"), PackageLoader("parley.pages.shared", "templates")]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _shown(value: Any) -> Any:
    """A text as a page may hold it; markup of ours, and whatever is no text, as it is."""
    return clean(value) if type(value) is str else value
