"""Strict reading of JSON: bounded, one meaning, or a sentence that says why not."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

DEEPEST = 32
LONGEST_NUMBER = 100
# Strings first, so that brackets inside them don't count.
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class UnreadableJson(Exception):
    """A body that can't be read; the message is a sentence for a person."""


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`. Raises Unreadable, and nothing else, for anything that is not one."""
    _refuse_depth(raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableJson("The body is not UTF-8.") from None
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise UnreadableJson("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise UnreadableJson("The body is not a JSON object.")
    return value


def _refuse_depth(raw: bytes) -> None:
    # Most bodies have fewer opening brackets than the limit in all, and then depth can't matter.
    if raw.count(b"{") + raw.count(b"[") <= DEEPEST:
        return
    depth = 0
    for found in _STRUCTURE.finditer(raw):
        first = found.group()[0]
        if first in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise UnreadableJson(f"The body is nested deeper than {DEEPEST} levels.")
        elif first in b"]}":
            depth -= 1


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableJson("The body names the same key twice.")
    return found


def _constant(name: str) -> NoReturn:
    raise UnreadableJson(f"The body holds {name}, which is not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise UnreadableJson(f"The body holds a number of more than {LONGEST_NUMBER} digits.")
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits) if len(digits) <= LONGEST_NUMBER else float("inf")
    if value in (float("inf"), float("-inf")):
        raise UnreadableJson("The body holds a number that is too large.")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=_constant, parse_int=_integer, parse_float=_fraction
)
