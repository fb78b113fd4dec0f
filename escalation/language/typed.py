"""What people type, read as they mean it: signs of other keyboards, e-mail addresses, lengths of time."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from escalation.model.views import FieldValue

LONGEST: Final = timedelta(days=365)
MOST_SIGNS: Final = 500

_FULL_WIDTH: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_OTHERS: Final = {0xFE6B: "@", 0x3002: ".", 0xFF61: ".", 0x2019: "'", 0x201C: '"', 0x201D: '"'}
_SIGNS: Final[dict[int, int | str]] = {**_FULL_WIDTH, **_OTHERS}


def plain_signs(text: str) -> str:
    """A text of the same length or shorter in which digits are 0 to 9, every blank is a space and what nobody sees
    is gone. Superscripts and fractions stay as they are: 3² is not 32."""
    return "".join(map(_plain_sign, text))


def _plain_sign(sign: str) -> str:
    if sign < "\x7f":
        return " " if sign == "\t" else sign
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.digit(sign))
    if kind == "Zs":
        return " "
    return "" if kind == "Cf" else sign.translate(_SIGNS)


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """An e-mail address as it was typed. `more`: others stand in the same field."""

    email: str
    name: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """What was typed, where it can't be read: nothing may be assumed in its place."""

    typed: str


_ADDRESS: Final = re.compile(
    r"(?<![\w.+&'%-])(?P<local>[\w+&'%-]+(?:\.[\w+&'%-]+)*)@(?P<domain>(?:\w(?:[\w-]{0,61}\w)?\.)+[^\W\d_][\w-]+)(?![\w@-])"
)
_IN_BRACKETS: Final = re.compile(r"""\s*["']?(?P<name>[^<>@"]{1,80}?)["']?\s*<[^<>]*>\s*[.,;]?\s*""")
_MAILTO: Final = re.compile(r"mailto:", re.IGNORECASE)
_MAIL_QUERY: Final = re.compile(r"(mailto:[^\s<>?]+)\?[^\s<>\"')\]]*", re.IGNORECASE)


def address_typed(value: FieldValue) -> TypedAddress | Unread | None:
    """Read `pat@example.com`, `Pat <pat@example.com>`, `mailto:pat@example.com` and their like.

    None where nothing was typed. Of several addresses the first is taken, and `more` says that there are others;
    an @ that belongs to no address makes the whole field unreadable.
    """
    typed = plain_signs(value[:MOST_SIGNS]).strip() if isinstance(value, str) else ""
    if not typed:
        return None
    said = _MAILTO.sub(" ", _MAIL_QUERY.sub(r"\1", typed))
    found = list(_ADDRESS.finditer(said))
    if not found or "@" in _ADDRESS.sub("", said):
        return Unread(typed)
    emails = [f"{one['local'].strip(chr(39))}@{one['domain']}" for one in found]
    several = len({email.lower() for email in emails}) > 1
    named = None if len(found) > 1 else _IN_BRACKETS.fullmatch(said)
    return TypedAddress(emails[0], named["name"].strip() if named else "", several)


_UNITS: Final = {
    "week": timedelta(weeks=1),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}
_SPELT: Final = {
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "week"),
    **dict.fromkeys(("d", "day", "days"), "day"),
    **dict.fromkeys(("", "h", "hr", "hrs", "hour", "hours"), "hour"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "minute"),
}
_WORDS: Final = {
    **dict.fromkeys(("a", "an", "one"), "1"),
    **{word: str(n) for n, word in enumerate(("two", "three", "four", "five", "six", "seven", "eight"), 2)},
}
_ROUGHLY: Final = re.compile(
    r"(?:~|≈|about|approximately|approx\.?|around|roughly|ca\.?|circa|avg\.?|average:?)\s*"
)
_WORD: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})(?=\s+[a-z])")
_PART: Final = re.compile(
    r"\s*(?:(?:,|;|\+|&|and\b)\s*)?(?P<number>\d{1,6}(?:[.,]\d{1,4})?|[.,]\d{1,4})\s*(?P<unit>[a-z]*)\.?"
)


def time_typed(value: FieldValue) -> timedelta | Unread | None:
    """Read a length of time: `36` (hours), `72 hrs.`, `3d 4h`, `2 weeks`, `1,5 d`; None where nothing was typed.

    What could mean two things can't be read: `1,234 h`, `2-3 days`, `3 days (72 h)`, business days, months.
    """
    typed = plain_signs(value[:MOST_SIGNS]).strip() if isinstance(value, str) else ""
    if not typed:
        return None
    said = _WORD.sub(lambda word: _WORDS[word[0]], _ROUGHLY.sub("", typed.lower(), count=1))
    whole, place, smallest = timedelta(0), 0, timedelta.max
    while place < len(said):
        part = _PART.match(said, place)
        unit = _SPELT.get(part["unit"]) if part else None
        hours = _number(part["number"]) if part else None
        if part is None or unit is None or hours is None or _UNITS[unit] >= smallest:
            return Unread(typed)
        if not part["unit"] and (place or part.end() < len(said)):
            return Unread(typed)
        whole, place, smallest = whole + hours * _UNITS[unit], part.end(), _UNITS[unit]
        if whole > LONGEST:
            return Unread(typed)
    return whole


def _number(typed: str) -> float | None:
    """A decimal point or comma; with three digits after it, it may as well part the thousands."""
    number = typed.replace(",", ".")
    before, _, after = number.partition(".")
    if len(after) == 3 and before.strip("0"):
        return None
    return float(number)
