"""Foreign text on its way into a note: shown as written, never as markup, a placeholder or a template."""

from __future__ import annotations

import re

from escalation.texts import without_placeholders

MARKUP = re.compile(r"([\\`*_\[\]<>#|~!])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
LONGEST = 3000


def clean(text: str) -> str:
    """Strip what no text needs: control characters, and marks that turn the direction of writing."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8", "ignore").decode()


def foreign(text: str) -> str:
    """Return a short foreign text, such as a title, for a plain-text message."""
    return without_placeholders(" ".join(clean(text).split()))[:200]


def quote(text: str) -> str:
    """Return foreign text as a Markdown quotation for an internal note."""
    shown = clean(text).strip()
    if len(shown) > LONGEST:
        shown = shown[:LONGEST] + " …"
    return "\n".join(f"> {MARKUP.sub(_escape, line)}" for line in without_placeholders(shown).split("\n"))


def inline(text: str) -> str:
    """Return a short foreign text, such as a title or a name, for the middle of a sentence."""
    return MARKUP.sub(_escape, foreign(text))


def _escape(mark: re.Match[str]) -> str:
    return "\\" + mark[1]
