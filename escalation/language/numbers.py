"""The numbers of a reply that may be an assignment's, found as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from escalation.language.quoting import unquoted
from escalation.language.typed import plain_signs

MOST: Final = 10
"""So many numbers of a reply are looked up."""

LONGEST: Final = 20_000
"""Characters that are read of a reply."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """`likely` stand where an assignment's number would; `others` may be a telephone's, a year, or quoted."""

    likely: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.likely, *self.others)

    def without(self, *known: str | None) -> Numbers:
        """These but for numbers that are known to be something else."""
        return Numbers(
            tuple(one for one in self.likely if one not in known),
            tuple(one for one in self.others if one not in known),
        )


_AMOUNT: Final = r"(?:\d{1,3}(?:[ ,.']\d{3})+|\d+)(?:[.,]\d+)?"
_MONEY: Final = r"USD|EUR|GBP|CAD|AUD|US\$|[$€£¥]"
_NO_NUMBER: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\[Ref [0-9A-Z]{4}-\d+\]",
        r"(?<![\d./-])(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{2,4})(?![\d-])",
        r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)",
        rf"(?:{_MONEY})\s?{_AMOUNT}",
        rf"(?<!\d){_AMOUNT}\s?(?:(?:{_MONEY})|dollars?\b|euros?\b|pounds?\b|bucks?\b|%)",
        r"(?<![\d.,])(?:\d{1,3}(?:[ ,.']\d{3})+|\d+)[.,](?!00?(?!\d))\d{1,2}(?![\d.,]?\d)",
        r"\+\d[\d ().-]{6,18}\d",
        r"\(\d{2,5}\) ?\d[\d .-]{4,12}\d",
        r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{0,255}",
    )
)
"""What holds digits and is no number: our reference, dates, times, amounts, telephones as written, addresses."""

_TELEPHONE: Final = re.compile(r"(?<![\d-])(\d{3})([-. ])(\d{3})\2(\d{4})(?![\d-])")
_NUMBER: Final = re.compile(r"(?<!\d)(?:\d{1,3}([ ,.'])\d{3}(?:\1\d{3})*(?!\d)|\d+)")
_NAMED: Final = re.compile(
    r"(?:\bwm|\bwork ?market|\bassignments?|\bjobs?|\b(?:work ?)?orders?|\bwo|\bids?|\bnumbers?|\bno|\bnr|[#№°º])"
    r"[\s.:#-]{0,3}(?:(?:number|no|nr|id|is)\b[\s.:#-]{0,3})?$",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(
    r"\b(?:tel|telephone|phone|call|cell|mobile|fax|whatsapp|text|ring)\.?(?: (?:me|us|number|no|nr))?\.?"
    r"(?: (?:at|on|under|is))?[:.]? ?$",
    re.IGNORECASE,
)
_PART_BEFORE: Final = re.compile(r"\d[-/_.,:']$")
_PART_AFTER: Final = re.compile(r"[-/_.,:']\d")
_MIXED_BEFORE: Final = re.compile(r"\d[^\W\d_]+[-_]?$")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def numbers_in(*texts: str) -> Numbers:
    """Find `1234567`, `WM-1234567`, `No.1234567`, `1 234 567`, `1,234,567` and their like, in any script's digits.

    Each is told once and without leading zeros, the author's own before what they quote, ten at most.
    """
    said = [plain_signs(text[:LONGEST]) for text in texts]
    found = [one for text in said for one in _found(unquoted(text))]
    whole = [number for text in said for number, _ in _found(text)]
    likely = tuple(dict.fromkeys(number for number, real in found if real))[:MOST]
    others = dict.fromkeys((*(number for number, real in found if not real), *whole))
    return Numbers(likely, tuple(one for one in others if one not in likely)[: MOST - len(likely)])


def number_typed(value: str) -> str | None:
    """The one number that a field for it holds, without leading zeros; None where it holds none, or several."""
    typed = plain_signs(value).strip()
    if typed.isdigit():
        return typed.lstrip("0") or typed
    found = numbers_in(typed).all
    return found[0] if len(found) == 1 else None


def _found(said: str) -> Iterator[tuple[str, bool]]:
    """Each number, and whether it stands where an assignment's would."""
    for pattern in _NO_NUMBER:
        said = pattern.sub(_blank, said)
    for match in _TELEPHONE.finditer(said):
        yield "".join(match.group(1, 3, 4)).lstrip("0"), False
    said = _TELEPHONE.sub(_blank, said)
    for match in _NUMBER.finditer(said):
        before, after = said[max(0, match.start() - 40) : match.start()], said[match.end() : match.end() + 2]
        number = "".join(filter(str.isdigit, match[0])).lstrip("0")
        if 4 <= len(number) <= 20 and not _MIXED_BEFORE.search(before) and not _LATIN.match(after):
            yield number, _is_likely(number, before, after)


def _is_likely(number: str, before: str, after: str) -> bool:
    if _PART_BEFORE.search(before) or _PART_AFTER.match(after):
        return False
    return bool(_NAMED.search(before)) or not (_YEAR.fullmatch(number) or _CALLED.search(before))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
