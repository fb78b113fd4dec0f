"""What every page is answered with: HTML that nobody keeps on the way, and that loads nothing it was not given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.responses import HTMLResponse, Response

PRIVATE: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What is read and shown to one reader is kept by nobody, named to nobody, and framed by nobody."""


def content_policy(*, styles: str = "", scripts: str = "", connect: str = "", images: str = "") -> str:
    """The Content-Security-Policy of a page: nothing but what is named. `styles` is a Stylesheet's `source`."""
    allowed = (("style-src", styles), ("script-src", scripts), ("connect-src", connect), ("img-src", images))
    named = "".join(f"{kind} {source}; " for kind, source in allowed if source)
    return f"default-src 'none'; {named}form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def page(
    html: str, policy: str, *, status: int = 200, language: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a page. `policy` is its `content_policy`; `headers` win over those that every page has."""
    told = {"Content-Language": language} if language else {}
    return HTMLResponse(html, status, {**PRIVATE, "Content-Security-Policy": policy, **told, **(headers or {})})


def see_other(path: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer that a page is elsewhere on this site. Raises ValueError where the path could lead anywhere else."""
    if not path.startswith("/") or path.startswith("//") or not path.isascii() or not path.isprintable():
        raise ValueError("A page leads on to a path of its own site only.")
    if "\\" in path:
        raise ValueError("Browsers read a backslash as a slash.")
    return Response(status_code=303, headers={**PRIVATE, "Location": path, **(headers or {})})
