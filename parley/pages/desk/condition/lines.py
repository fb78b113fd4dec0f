"""What was looked at, as lines of a page: a word for how it is, what is said, since when, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from escalation.model.derivation import label, zone_name
from parley.health.desk_checks import Check, Grade, span_of

WORDS: Final[dict[Grade, str]] = {"ok": "fine", "warning": "have a look", "problem": "mend this"}
PAGE_OF: Final = {"dead letters": "/desk/dead"}
"""Checks whose matter has a page of the desk's, which stands in the place of the command."""


@dataclass(frozen=True, slots=True)
class ShownMoment:
    """A moment for a machine, for people, and as how long ago it was."""

    iso: str
    text: str
    ago: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line. `grade` is how it looks, `word` says the same to who does not see that. `page` is where what is to
    be done is done, on this site."""

    what: str
    grade: Grade
    word: str
    said: str
    todo: str
    since: ShownMoment | None
    page: str = ""


def line(check: Check, now: datetime, zone: str) -> CheckLine:
    """A check as a line, its moments in a zone."""
    since = shown_moment(check.since, now, zone) if check.since else None
    page = PAGE_OF.get(check.what, "")
    todo = "" if page else begun(check.todo)
    return CheckLine(
        begun(check.what),
        check.grade,
        WORDS[check.grade],
        begun(check.said),
        todo,
        since,
        page if check.todo else "",
    )


def lines(checks: Iterable[Check], now: datetime, zone: str) -> list[CheckLine]:
    """Checks as lines, in their order."""
    return [line(check, now, zone) for check in checks]


def shown_moment(moment: datetime, now: datetime, zone: str) -> ShownMoment:
    """A moment of the past or of what is to come, in a zone."""
    local = moment.astimezone(ZoneInfo(zone))
    today = local.date() == now.astimezone(local.tzinfo).date()
    text = f"{local:%H:%M} {zone_name(local)}" if today else label(moment, zone)
    seconds = (now - moment).total_seconds()
    span = span_of(abs(seconds))
    return ShownMoment(moment.isoformat(), text, f"{span} ago" if seconds >= 0 else f"in {span}")


def begun(text: str) -> str:
    """A text that begins a line."""
    return text[:1].upper() + text[1:]
