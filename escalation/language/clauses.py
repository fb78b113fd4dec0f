"""A message in its clauses: what stands between signs and between the words that join."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_ADDRESS: Final = re.compile(
    r"(?i)\b(?:https?://|www\.)\S+|\b[\w.+-]+@[\w.-]+\w|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|example)\b"
)
_DEVICE: Final = re.compile(
    r"(?im)^(sent from|sent via|get outlook|von meinem|gesendet (?:von|mit)|"
    r"diese nachricht wurde von meinem|envoy[ée] d|"
    r"enviado (?:desde|do|a partir)|inviato da|verzonden (?:vanaf|met)|wys[łl]an[eo] z)\b.*$"
)
_REFERENCE: Final = re.compile(r"#\s?[\w-]*\d[\w-]*")
_MONTHS: Final = "jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez|bis"
_NO_END: Final = (
    re.compile(rf"(?i)(?<=\b\d)\.(?=\s*(?:\d|{_MONTHS}))|(?<=\d\d)\.(?=\s*(?:\d|{_MONTHS}))"),
    re.compile(r"\b(?<!')(Mrs?|Ms|Drs?|Sra?|Sig|Hr|Fr|Nr|No|Tel|Tél|[A-ZÀ-Þn])\."),
)
_JOINS: Final = (
    r"(?:and|und|et|y|e|oraz|but|aber|mais|pero|mas|ma|maar|ale|so|because(?! of)|weil|donc|porque|dus|want|quindi|"
    r"wiec|otherwise|however|unfortunately|therefore|also|leider|dabei|helaas)(?!\s(?:much|that|schnell|bald|as\b))"
)
_BETWEEN: Final = re.compile(
    r"(?i)((?<=[.!?:;])\s+|[.!?]+(?=[)\"'*])|\n+|,\s+|\s+[-–—/|]+\s+|\s*[()\[\]]+\s*"
    rf"|(?<! pas)\s+{_JOINS}\s+"
    r"|(?<!longer)\s+(?=with\s)|\s+(?=(?:please|bitte|por favor|s'il|graag|prosz[ęe])\s))"
)
_JOIN: Final = re.compile(rf"^(?:{_JOINS}\s)+")
_TELEPHONE: Final = 7
"""From how many digits on a number can be a telephone's."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a message in plain words, and how it looks: where it begins, and with which letters."""

    words: str
    first: bool
    """Whether it begins a sentence or a line."""
    is_name: bool
    is_titled: bool

    @property
    def is_address(self) -> bool:
        """Whether it is a telephone number or nothing but an address."""
        digits = self.words.replace(" ", "")
        return digits.isdigit() and (digits == "0" or len(digits) >= _TELEPHONE)


def clauses(text: str) -> list[Clause]:
    """The clauses of a text that have words; an address counts as the number 0."""
    text = _REFERENCE.sub("0", _ADDRESS.sub("0", _DEVICE.sub("", text)))
    for pattern in _NO_END:
        text = pattern.sub(lambda found: found[0].rstrip("."), text)
    pieces = ["\n", *_BETWEEN.split(text)]
    return [
        Clause(
            words, before.strip() not in (",", "("), before.strip() in (",", "(") and _named(piece), _titled(piece)
        )
        for before, piece in zip(pieces[::2], pieces[1::2], strict=True)
        if (words := _JOIN.sub("", plain(piece)))
    ]


def _named(piece: str) -> bool:
    """Whether it can be somebody's first and last name: two or three words, each with a capital letter."""
    words = piece.split()
    return 2 <= len(words) <= 3 and len(piece) > 6 and _titled(piece)


def _titled(piece: str) -> bool:
    """Whether each word begins with a capital letter, as those of a signature do, or is a number."""
    return all(not word[:1].islower() for word in piece.split())


def plain(text: str) -> str:
    """A text's words without accents, case and signs: hyphens, apostrophes and any white space part words."""
    letters = unicodedata.normalize("NFKD", text.replace("\u00ad", "").replace("ł", "l").replace("Ł", "L"))
    kept = (sign if sign.isalnum() else " " for sign in letters if not unicodedata.combining(sign))
    return " ".join("".join(kept).casefold().split())
