"""Where the pages of signing in are, and where signing in may lead on to."""

from __future__ import annotations

import re
from typing import Final

ROOT: Final = "/desk"
SIGN_IN: Final = "/desk/sign-in"
TO_ZENDESK: Final = "/desk/sign-in/zendesk"
SIGNED_IN: Final = "/desk/signed-in"
"""Where Zendesk sends people back to: the OAuth client's redirect URL is this path at PUBLIC_URL."""
SIGN_OUT: Final = "/desk/sign-out"
SIGNED_OUT: Final = "/desk/signed-out"
LONGEST: Final = 500
_WITHIN: Final = re.compile(r"/desk(?:/[A-Za-z0-9_.~%-]+)*/?(?:\?[A-Za-z0-9_.~%+&=:,;@/*!'()$-]*)?")
_NOT_PAGES: Final = ("/desk/sign", "/desk/static/")


def within_desk(path: str) -> str:
    """A path that leads to a page of the desk, as it was given; of anything else the desk's first page."""
    if len(path) > LONGEST or not _WITHIN.fullmatch(path) or path.startswith(_NOT_PAGES):
        return ROOT
    parts = path.partition("?")[0].lower().split("/")
    # A browser reads an escaped dot as a dot, and takes the step up.
    return ROOT if any(part.replace("%2e", ".") in (".", "..") for part in parts) else path
