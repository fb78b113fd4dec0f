"""Which messages on an assignment are the desk's own: a reference it gave, under the words it sent."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from escalation.language.quoting import unquoted
from escalation.model.plain import unmarked
from escalation.model.views import Message

_AT_END: Final = re.compile(r"\bRef\W{1,3}([0-9A-Z]{4})[-\u2010-\u2015\u2212]([0-9]{1,9})\W*$")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_REPLACED: Final = "?\ufffd\u25a1"
SHORTENED: Final = 40
"""Letters of our text, from its beginning, that a shortened one still has."""


def shown(text: str) -> str:
    """A text as people see it where somebody shows its mark-up."""
    return html.unescape(_TAG.sub(" ", text))


def reference_in(text: str) -> str | None:
    """What stands where our messages have their reference, ours or not."""
    found = _AT_END.search(unmarked(shown(text[-400:])))
    return f"{found[1]}-{found[2]}" if found else None


def references_in(messages: Iterable[Message]) -> frozenset[str]:
    """What stands where references stand in the words that the messages' authors wrote themselves."""
    return frozenset(found for m in messages if (found := reference_in(unquoted(m.text))))


def same_words(sent: str, seen: str) -> bool:
    """Whether a text may be what became of the one that was sent.

    Services wrap and trim, show mark-up, replace signs that they don't know, and shorten what is long; the
    reference at the end is left out of it.
    """
    sent, seen = _unreferenced(sent), _unreferenced(seen)
    return _becomes(_folded(sent), _folded(seen)) or _signs_replaced(sent, seen)


def begins_with(words: str, seen: str) -> bool:
    """Whether a text begins with these words, or is what became of them alone."""
    return same_words(words, seen) or _folded(_unreferenced(seen)).startswith(_folded(words))


def is_ours(posted: Mapping[str, str], text: str) -> bool:
    """Whether a message is one of those that were posted: `posted` has what each reference was given to."""
    number = reference_in(text)
    sent = posted.get(number) if number else None
    if sent is None or not same_words(sent, text):
        return False
    # Somebody who quotes a message of ours, and says nothing, has said that.
    return reference_in(unquoted(text)) == number or " ".join(text.split()) == " ".join(sent.split())


def _unreferenced(text: str) -> str:
    return _AT_END.sub("", unmarked(shown(text)))


def _becomes(sent: str, seen: str) -> bool:
    return sent == seen or (len(seen) >= SHORTENED and sent.startswith(seen))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _signs_replaced(sent: str, seen: str) -> bool:
    """Whether only what is not ASCII became question marks or the like."""
    composed = unicodedata.normalize("NFC", sent)
    lost = sum(sign.isalnum() and not sign.isascii() for sign in composed)
    marks = sum(seen.count(sign) for sign in _REPLACED)
    if not 0 < lost <= marks or any(sign.isalnum() and not sign.isascii() for sign in seen):
        return False
    return _becomes(_ascii(composed), _ascii(seen))


def _ascii(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isascii() and sign.isalnum())
