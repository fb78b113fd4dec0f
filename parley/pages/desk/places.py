"""Where the pages of signing in are, and where signing in may lead on to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

ROOT: Final = "/desk"
SIGN_IN: Final = "/desk/sign-in"
TO_ZENDESK: Final = "/desk/sign-in/zendesk"
SIGNED_IN: Final = "/desk/signed-in"
"""Where Zendesk sends people back to: the OAuth client's redirect URL is this path at PUBLIC_URL."""
SIGN_OUT: Final = "/desk/sign-out"
SIGNED_OUT: Final = "/desk/signed-out"
LONGEST: Final = 500
_WITHIN: Final = re.compile(
    r"/desk(?:/(?:[A-Za-z0-9_.~-]|%[0-9A-Fa-f]{2})+)*/?(?:\?[A-Za-z0-9_.~%+&=:,;@/*!'()$-]*)?"
)
_NOT_PAGES: Final = ("/desk/sign", "/desk/static/")
_NEVER: Final = ("\\", "\ufffd")
"""A backslash, which browsers take for a slash, and what stands for signs that were none."""


def within_desk(path: str) -> str:
    """A path that leads to a page of the desk, as it was given; of anything else the desk's first page.

    What is escaped is read as whoever follows it may read it: some proxies put an escaped slash, or a step up, in
    its place before they hand a path on.
    """
    if len(path) > LONGEST or not _WITHIN.fullmatch(path):
        return ROOT
    asked = path.partition("?")[0]
    read = unquote(asked, errors="replace")
    steps = read.split("/")
    if len(steps) != asked.count("/") + 1 or "." in steps or ".." in steps:
        return ROOT
    if not read.isprintable() or any(sign in read for sign in _NEVER) or read.startswith(_NOT_PAGES):
        return ROOT
    return path
