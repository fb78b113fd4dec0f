"""Finds the line of a TOML file on which a value stands; the parser does not tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = r"(?:^|[{,\s])[\"']?KEY[\"']?\s*="


def line_of(text: str, place: Sequence[str | int]) -> int:
    """The line, from 1, of a place such as `("fields", 3, "options", 0, "tag")`: as near as it can be found.

    That is the key's own line, else that of the nearest table or item around it, else 1.
    """
    lines = text.splitlines()
    table, rest = str(place[0]) if place else "", list(place[1:])
    number = int(rest.pop(0)) if rest and isinstance(rest[0], int) else 0
    first, last = _block(lines, table, number)
    found = first
    for step in rest:
        if isinstance(step, int):
            found = _item(lines, found, last, step)
        else:
            found = _key(lines, found, last, step) or found
    return found + 1


def _block(lines: Sequence[str], table: str, number: int) -> tuple[int, int]:
    """From the line of a table's header (the nth of an array of tables) to before the next header."""
    headers = [(at, match[1]) for at, line in enumerate(lines) if (match := _HEADER.match(line))]
    own = [at for at, name in headers if name == table]
    if not own:
        return _key(lines, 0, len(lines), table) or 0, len(lines)
    first = own[min(number, len(own) - 1)]
    return first, next((at for at, _ in headers if at > first), len(lines))


def _key(lines: Sequence[str], first: int, last: int, key: str) -> int | None:
    pattern = re.compile(_KEY.replace("KEY", re.escape(key)))
    return next((at for at in range(first, last) if pattern.search(_bare(lines[at]))), None)


def _item(lines: Sequence[str], first: int, last: int, number: int) -> int:
    """The line of the nth inline table from `first` on, of an array that may stand on several lines."""
    starts = [at for at in range(first, last) for _ in range(_bare(lines[at]).count("{"))]
    return starts[number] if number < len(starts) else first


def _bare(line: str) -> str:
    """The line without its strings and its comment, in which keys and braces would be mistaken."""
    return "".join(_outside(line))


def _outside(line: str) -> Iterator[str]:
    quote = ""
    for sign in line:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#":
            return
        else:
            yield sign
