"""Times of the policy: what a time of day and a time zone may be."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo


def is_zone(value: Any) -> bool:
    """Whether it is the name of a time zone that this machine knows."""
    try:
        ZoneInfo(value)
    except (LookupError, OSError, TypeError, ValueError):
        return False
    return True


def zone(value: Any) -> str | None:
    """Accept the name of a time zone that this machine knows."""
    return None if is_zone(value) else f"must be a time zone such as 'America/New_York', not {value!r}."


def clock_time(value: Any) -> str | None:
    """Accept a time of day, 00:00 to 23:59."""
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return None
    return f"must be a time such as '09:00', not {value!r}."


def closing_time(value: Any) -> str | None:
    """Accept a time of day, or 24:00 for the end of the day."""
    return None if value == "24:00" else clock_time(value)
