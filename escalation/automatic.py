"""Who speaks: a person, a machine that answers for one, or a mail system that could not deliver."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from escalation.quoting import unquoted, without_signature

Vocabulary = Mapping[str, tuple[str, ...]]
"""Phrases by what they show: `itself`, `absence`, `person`, `bounce`. `[a]` may be missing, `a/b` is either,
`a*` begins a word."""

SENTENCES: Final = 4
"""How many sentences from the beginning may tell that a message is automatic."""
_END: Final = re.compile(r"(?<=[.!?:;])\s+|\n+|,\s+|\s+(?:-|–|—)\s+")
_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-autoresponse")
_SYSTEM: Final = re.compile(r"(?i)^(mailer-daemon|postmaster|mail-daemon)@")


class Speaks(StrEnum):
    PERSON = "person"
    MACHINE = "machine"
    MAIL_SYSTEM = "mail system"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a channel tells of a message besides its text; headers by name in small letters."""

    subject: str = ""
    sender: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


BARE: Final = Envelope()


def who_speaks(vocabulary: Vocabulary, text: str, envelope: Envelope = BARE) -> Speaks:
    """The one judgement of all channels. In doubt it is a person: an answer must never go unheard."""
    said = without_signature(unquoted(text))
    parts = [words for part in _END.split(said) if (words := plain(part))]
    subject = plain(envelope.subject)
    if (
        _SYSTEM.match(envelope.sender)
        or _begins(subject, vocabulary, "bounce")
        or _first(parts[:3], vocabulary, "bounce")
    ):
        return Speaks.MAIL_SYSTEM
    if _by_headers(envelope.headers) or _begins(subject, vocabulary, "itself"):
        return Speaks.MACHINE
    opening = parts[: SENTENCES * 2]
    itself, absence = _first(opening, vocabulary, "itself"), _first(opening, vocabulary, "absence")
    if not itself and not absence:
        return Speaks.PERSON
    spoken = f" {' '.join(parts)} "
    persons = bool(_pattern(vocabulary.get("person", ())).search(spoken))
    asks = any("?" in part and len(part.split()) > 4 for part in re.split(r"(?<=[.!?])\s+|\n+", said))
    return Speaks.PERSON if persons or asks else Speaks.MACHINE


def _by_headers(headers: Mapping[str, str]) -> bool:
    """RFC 3834, and what older services write; `auto-generated` is also what a help desk sends for people."""
    submitted = headers.get("auto-submitted", "no").replace("(", ";").split(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower().replace("-", "_")
    return (
        submitted == "auto-replied"
        or precedence in ("auto_reply", "junk")
        or any(headers.get(name, "no").strip().lower() not in ("", "no") for name in _HEADERS)
    )


def plain(text: str) -> str:
    """A text's words without accents, case and signs: hyphens, apostrophes and any white space part words."""
    letters = unicodedata.normalize("NFKD", text.replace("\u00ad", "").replace("ł", "l").replace("Ł", "L"))
    kept = (sign if sign.isalnum() else " " for sign in letters if not unicodedata.combining(sign))
    return " ".join("".join(kept).casefold().split())


def _begins(words: str, vocabulary: Vocabulary, kind: str) -> bool:
    return bool(words) and bool(_pattern(vocabulary.get(kind, ())).match(f" {words} "))


def _first(parts: Iterable[str], vocabulary: Vocabulary, kind: str) -> bool:
    return any(_begins(part, vocabulary, kind) for part in parts)


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    found = "|".join(sorted({_expression(phrase) for phrase in phrases}, key=len, reverse=True))
    return re.compile(found or r"(?!)")


def _expression(phrase: str) -> str:
    """One phrase as an expression over words that each have a space before them."""
    made = ""
    for word in re.findall(r"\[[^\]]+\]|\S+", phrase):
        optional, word = word.startswith("["), word.strip("[]")
        choices = "|".join(" " + _word(one) for one in word.split("/"))
        made += f"(?:{choices})" + ("?" if optional else "")
    return made + "(?= )"


def _word(word: str) -> str:
    stem, any_end = plain(word.rstrip("*")), word.endswith("*")
    return re.escape(stem).replace(r"\ ", " ") + (r"\w*" if any_end else "")
