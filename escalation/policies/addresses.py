"""People of the policy: how their e-mail addresses and names may look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")


def email_or_empty(value: Any) -> str | None:
    """Accept an e-mail address, or an empty text."""
    if value == "" or (isinstance(value, str) and EMAIL.fullmatch(value)):
        return None
    return f"must be an e-mail address or empty, not {value!r}."


def person(value: Any) -> str | None:
    """Accept `{name = "…", email = "…"}`."""
    if not isinstance(value, Mapping) or set(value) != {"name", "email"}:
        return f'must be {{name = "…", email = "…"}}, not {value!r}.'
    if not (isinstance(value["name"], str) and value["name"].strip()):
        return "needs a name."
    if not (isinstance(value["email"], str) and EMAIL.fullmatch(value["email"])):
        return f"needs an e-mail address such as 'pat@example.com', not {value['email']!r}."
    return None
