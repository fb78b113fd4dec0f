"""Where what a letter says ends and its closing begins: what is added to it stands between the two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

PARAGRAPHS: Final = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+")
SENTENCE_ENDS: Final = (".", "!", "?", "…", ":", ";", "。", "！", "？")
NO_CLOSING: Final = re.compile(r"[-*•]\s|\d+[.)]\s|\S*(?:://|@)")
"""What a paragraph begins with that is a list, or an address."""

MOST_PARAGRAPHS: Final = 3
MOST_LINES: Final = 6
LONGEST_LINE: Final = 60


def before_closing(said: str, added: str, ours: str = "") -> str:
    """Return what is said with more added to it: in front of its closing, or behind it all where it has none.

    The closing is the paragraph that begins as the last one of `ours` does. Else it is what stands at the end
    without a sentence in it: short lines, none of which ends as a sentence does.
    """
    said = said.rstrip()
    if not added:
        return said
    begins = [0, *(gap.end() for gap in PARAGRAPHS.finditer(said))]
    ends = [*(gap.start() for gap in PARAGRAPHS.finditer(said)), len(said)]
    at = _closing([said[begin:end] for begin, end in zip(begins, ends, strict=True)], ours)
    if at == len(begins):
        return f"{said}\n\n{added}"
    return f"{said[: ends[at - 1]]}\n\n{added}\n\n{said[begins[at] :]}"


def _closing(paragraphs: Sequence[str], ours: str) -> int:
    """Which paragraph the closing begins with, never the first one; their number where there is none."""
    known = _first_line(PARAGRAPHS.split(ours.strip())[-1])
    for at in range(len(paragraphs) - 1, 0, -1):
        if known and _first_line(paragraphs[at]) == known:
            return at
    at = len(paragraphs)
    while at > 1 and len(paragraphs) - at < MOST_PARAGRAPHS and _is_closing(paragraphs[at - 1]):
        at -= 1
    return at


def _first_line(paragraph: str) -> str:
    return paragraph.strip().partition("\n")[0].strip(" ,\r").casefold()


def _is_closing(paragraph: str) -> bool:
    lines = [line.strip() for line in paragraph.strip().splitlines()]
    short = len(lines) <= MOST_LINES and all(len(line) <= LONGEST_LINE for line in lines)
    return short and not NO_CLOSING.match(lines[0]) and not any(line.endswith(SENTENCE_ENDS) for line in lines)
