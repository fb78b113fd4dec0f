"""Zendesk's JSON, ours or answered, read as values in which equal means equal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Properties = dict[str, Any]
"""What a part is compared by. The names are told to people: `conditions all`, `option escalation_party_worker`."""
Details = Mapping[str, Any]


def plain(value: Any) -> Any:
    """Line ends and blanks around a text are nobody's; null is an empty text; ids may come as numbers."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "\n".join(line.rstrip() for line in value.replace("\r\n", "\n").strip().split("\n"))
    return value if isinstance(value, bool) else str(value)


def likened(value: Any) -> Any:
    """A value such that what Zendesk treats as equal is: `"true"` and true, numbers in words, JSON's blanks."""
    if isinstance(value, list):
        return [likened(item) for item in value]
    if isinstance(value, dict):
        return value
    found = plain(value)
    if found in ("true", "false"):
        return found == "true"
    if isinstance(found, str) and found.startswith(("{", "[")):
        try:
            return json.dumps(json.loads(found), sort_keys=True, ensure_ascii=False)
        except ValueError:
            return found  # placeholders that are no JSON until they are filled in
    return found
