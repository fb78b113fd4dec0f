"""Where a letter's greeting ends and its closing begins: what is told besides stands behind it, or in front."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

PARAGRAPHS: Final = re.compile(r"\n[ \t\r]*(?:\n[ \t\r]*)+")
SENTENCE_ENDS: Final = (".", "!", "?", "…", ":", ";", "。", "！", "？")
NO_CLOSING: Final = re.compile(r"[-*•]\s|\d+[.)]\s|\S*(?:://|@)")
"""What a paragraph begins with that is a list, or an address."""

GREETING_ENDS: Final = (",", "!")

MOST_PARAGRAPHS: Final = 3
MOST_LINES: Final = 6
LONGEST_LINE: Final = 60


def told_besides(said: str, first: str, added: str, ours: str = "") -> str:
    """Return what is said with more told besides: what comes `first` in front of its first paragraph, the rest in
    front of its closing. Where no greeting is found all of it stands there."""
    if not first:
        return before_closing(said, added, ours)
    opened = _behind_greeting(said, first, ours)
    if opened is None:
        return before_closing(said, "\n\n".join(filter(None, (first, added))), ours)
    return before_closing(opened, added, ours)


def _behind_greeting(said: str, first: str, ours: str) -> str | None:
    """What is said with more behind its greeting: a first line without a sentence in it, or one that begins as that
    of `ours` does. Where the first sentence ran on from it, its letter becomes a capital. None where there is none.
    """
    said = said.strip()
    greeting, _, rest = said.partition("\n")
    greeting, rest = greeting.rstrip(), rest.strip()
    alone = PARAGRAPHS.match(said, said.find("\n"))
    if not rest or not _is_greeting(greeting, ours.strip().partition("\n")[0].strip(), alone=bool(alone)):
        return None
    text = rest[0].upper() + rest[1:] if greeting.endswith(",") else rest
    return f"{greeting}\n\n{first}\n\n{text}"


def _is_greeting(line: str, ours: str, *, alone: bool) -> bool:
    """Whether a letter's first line greets; `alone`: it is a paragraph."""
    if len(line) > LONGEST_LINE or NO_CLOSING.match(line):
        return False
    known = ours.strip(" ,:!.").casefold()
    if line.strip(" *_#").casefold().startswith(known) and known:
        return alone or line.endswith(GREETING_ENDS)
    return line.endswith(GREETING_ENDS) or (alone and not line.endswith(SENTENCE_ENDS))


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


def before_the_closing(said: str) -> int:
    """Return how many paragraphs of one of our own letters stand in front of its closing."""
    return _closing(PARAGRAPHS.split(said.strip()), said)


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
