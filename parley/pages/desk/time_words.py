"""How far a moment is, in the words that the sidebar has for it: “in 1 day 4 h”."""

from __future__ import annotations

from datetime import datetime, timedelta


def until(at: datetime, now: datetime) -> str:
    """How long it is until then, or since then, by the two largest units that matter."""
    left = at - now
    if abs(left) < timedelta(minutes=1):
        return "now"
    return f"in {span(left)}" if left > timedelta(0) else f"{span(left)} ago"


def span(length: timedelta) -> str:
    """A length of time, whichever way it goes: “1 day 4 h”, “3 h 20 min”, “5 min”."""
    minutes = max(1, int(abs(length).total_seconds() / 60 + 0.5))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    of_day = [_days(days), f"{hours} h" if hours else ""]
    of_hour = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in (of_day if days else of_hour) if part)


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
