"""What is done to every text that crosses the edge: the process's rules for signs, and no endless length."""

from __future__ import annotations

import html
import re
from typing import Final

from escalation.model.plain import clean, without_placeholders

LONGEST: Final = 60_000
"""Bytes of UTF-8 of one comment; Zendesk refuses bodies over 64 kB."""

_BREAK: Final = re.compile(r"(?i)<\s*(?:br|/p|/div|/li|/h\d)\b[^>]*>")
_TAG: Final = re.compile(r"<[^>]{0,2000}>")


def too_long(text: str, limit: int = LONGEST) -> bool:
    """Whether a text has more than `limit` bytes."""
    return len(text) > limit or (len(text) * 4 > limit and len(text.encode()) > limit)


def outgoing(text: str, limit: int = LONGEST) -> str:
    """The text as it may be sent: cleaned, with `{{` and `{%` made harmless, at most `limit` bytes."""
    safe = without_placeholders(clean(text))
    if not too_long(safe, limit):
        return safe
    return safe.encode()[: limit - 4].decode("utf-8", "ignore").rstrip() + " …"


def line(text: str, limit: int) -> str:
    """The text as one line of at most `limit` characters, for subjects and names."""
    flat = outgoing(" ".join(clean(text).split()))
    return flat if len(flat) <= limit else flat[: limit - 2].rstrip() + " …"


def file_name(name: str, limit: int = 150) -> str:
    """A file's name for another service: one line without folders, whose ending stays however long it was."""
    flat = " ".join(clean(re.sub(r'[/\\"]+', "_", name)).split()).strip(". ") or "file"
    stem, dot, ending = flat.rpartition(".")
    if len(flat) <= limit or not dot or len(ending) >= 10:
        return line(flat, limit)
    return outgoing(f"{line(stem, limit - len(ending) - 1)}.{ending}")


def excerpt(text: str, limit: int = 200) -> str:
    """A short single line of foreign text, for reasons and logs."""
    flat = " ".join(clean(text[: limit * 20]).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def plain(markup: str) -> str:
    """The words of an HTML text, its line breaks kept."""
    return clean(html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))).strip()
