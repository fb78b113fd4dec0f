"""The one set of rules for signs: foreign text is shown as written, never as markup, a placeholder or a command.

`connector/text.py` sends by the same rules.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

JOINER: Final = "\u2060"
"""An invisible character that parts two braces, so that nothing downstream reads them as a placeholder."""

LONGEST: Final = 3000
"""Characters of a quotation."""

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # all but tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_FILLERS = frozenset({"\u034f", "\u115f", "\u1160", "\u3164", *map(chr, range(0xFE00, 0xFE10))})
_UNSEEN = "[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f]*"
_OPENING = re.compile(rf"\{{{_UNSEEN}(?=[{{%])")
_CLOSING = re.compile(rf"([}}%]){_UNSEEN}(?=\}})")
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~!])")


def clean(text: str) -> str:
    """Strip what no text needs: control characters, marks that turn the direction of writing, lone surrogates.

    Line ends become line feeds. Joiners stay: emoji and some scripts are written with them.
    """
    if text.isprintable():
        return text
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def unmarked(text: str) -> str:
    """Return a text as it reads: compatible signs as the plain ones (NFKC), and none that nobody sees."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", "".join(sign for sign in text if not is_unseen(sign)))


def is_unseen(sign: str) -> bool:
    """Whether people don't see a sign: those of the category Cf turn or isolate the direction of writing, join or
    part letters; fillers, variation selectors and the grapheme joiner show as little."""
    return unicodedata.category(sign) == "Cf" or sign in _FILLERS


def comparable(text: str) -> str:
    """Return a text so that two that read the same are the same: unmarked, in one case, one space between words."""
    return " ".join(unmarked(text).replace("’", "'").casefold().split())


def without_placeholders(text: str) -> str:
    """Return a text in which nobody finds a placeholder to fill in.

    Zendesk renders `{{ticket.id}}` and `{% … %}` wherever a comment is made by a macro or trigger
    (developer.zendesk.com, placeholders reference). One invisible sign parts each two of these; others that may
    have stood there are taken out, since somebody may take them out later.
    """
    if "{" not in text and "}" not in text:
        return text
    return _CLOSING.sub(rf"\1{JOINER}", _OPENING.sub("{" + JOINER, text))


def without_references(text: str, own: str) -> str:
    """Return a text in which nothing is taken for a reference of the desk's, nor for one of the case `own`.

    Looked for in the text as it reads, since references are: one that holds any is returned as it reads.
    """
    read = unmarked(text)
    parted = re.sub(rf"(?i)(\bref\W{{0,3}}[0-9A-Z]{{4}}|\b{re.escape(own)})-(?=[0-9])", r"\1 - ", read)
    return text if parted == read else parted


def foreign(text: str, longest: int = 200) -> str:
    """Return a short foreign text, such as a title, for a plain-text message."""
    flat = " ".join(clean(text).split())
    return without_placeholders(flat if len(flat) <= longest else flat[:longest] + " …")


def quote(text: str) -> str:
    """Return foreign text as a Markdown quotation for an internal note."""
    shown = clean(text).strip()
    if len(shown) > LONGEST:
        shown = shown[:LONGEST] + " …"
    return "\n".join(f"> {_MARKUP.sub(_escape, line)}" for line in without_placeholders(shown).split("\n"))


def inline(text: str) -> str:
    """Return a short foreign text, such as a title or a name, for the middle of a sentence."""
    return _MARKUP.sub(_escape, foreign(text))


def _escape(mark: re.Match[str]) -> str:
    return "\\" + mark[1]
