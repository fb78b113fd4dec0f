"""Links of the policy: what they may be, and how an assignment's id comes into one."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

HERE: Final = "{assignment_id}"
"""Stands in a link where the assignment's id goes."""


def link(value: Any) -> str | None:
    """Accept an https address."""
    if isinstance(value, str) and re.fullmatch(r"https://[^\s/.]+\.[^\s]+", value):
        return None
    return f"must be a link that begins with https://, not {value!r}."


def link_or_empty(value: Any) -> str | None:
    """Accept an https address, or an empty text."""
    return None if value == "" else link(value)


def link_with_id(value: Any) -> str | None:
    """Accept an https address in which the assignment's id has its place, or an empty text."""
    if value == "" or (isinstance(value, str) and HERE in value and link(value.replace(HERE, "1")) is None):
        return None
    return f"must be a link that begins with https:// and holds {HERE}, or empty, not {value!r}."


def link_to(place: str, assignment_id: str) -> str:
    """Return the link to an assignment; empty where there is no such place, or no id."""
    return place.replace(HERE, quote(assignment_id, safe="")) if assignment_id else ""
