"""Why letters are dead, told so that letters of one cause are told alike."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final, NamedTuple

LONGEST: Final = 200
UNSAID: Final = "No reason was kept."
KEY: Final = re.compile(r"[0-9a-f]{10}")
_TRIED: Final = re.compile(r"\s*It was tried \d+ times\.\s*$")
_OWN: Final = re.compile(r"(?<!answered )\b(?:C-)?\d[\w.:+-]*\b|(?<=answered )5\d\d\b")
"""A number, a moment or an id: what is each letter's own. A refusal's status is not; of outages any is as good."""


class LetterCause(NamedTuple):
    """`key` names it in an address, and in the journal, which keeps no words of letters."""

    key: str
    text: str


@lru_cache(maxsize=8192)
def cause_of(error: str) -> LetterCause:
    """The cause that an error tells of: the error without what is this letter's own."""
    alike = _OWN.sub("…", _TRIED.sub("", error[: 4 * LONGEST])).strip()
    text = alike if len(alike) <= LONGEST else f"{alike[:LONGEST]}…"
    text = text or UNSAID
    return LetterCause(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10], text)
