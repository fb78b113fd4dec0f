"""What is done to every text that crosses the edge: no control characters, no placeholders, no endless length."""

from __future__ import annotations

import html
import re
from typing import Final

LONGEST: Final = 60_000
"""Characters of one comment; Zendesk refuses bodies over 64 kB."""

JOINER: Final = "\u2060"
"""An invisible character that parts two braces, so that nothing downstream reads them as a placeholder."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202d\u202e\ufeff]")
_OPENING: Final = re.compile(r"\{(?=[{%])")
_CLOSING: Final = re.compile(r"(?<=[}%])\}")
_BREAK: Final = re.compile(r"(?i)<\s*(?:br|/p|/div|/li|/h\d)\b[^>]*>")
_TAG: Final = re.compile(r"<[^>]{0,2000}>")


def clean(text: str) -> str:
    """The text without NUL, control characters, lone surrogates and direction overrides; line ends are \\n."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def outgoing(text: str, limit: int = LONGEST) -> str:
    """The text as it may be sent: cleaned, with `{{` and `{%` made harmless, at most `limit` characters."""
    safe = _CLOSING.sub(JOINER + "}", _OPENING.sub("{" + JOINER, clean(text)))
    return safe if len(safe) <= limit else safe[: limit - 2].rstrip() + " …"


def line(text: str, limit: int) -> str:
    """The text as one line, for subjects and names."""
    return outgoing(" ".join(clean(text).split()), limit)


def excerpt(text: str, limit: int = 200) -> str:
    """A short single line of foreign text, for reasons and logs."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def plain(markup: str) -> str:
    """The words of an HTML text, its line breaks kept."""
    return clean(html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))).strip()
