"""What was looked at, as lines of a page: a word for how it is, what is said, since when, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parley.health.desk_checks import Check, Grade, span_of

WORDS: Final[dict[Grade, str]] = {"ok": "fine", "warning": "have a look", "problem": "mend this"}


@dataclass(frozen=True, slots=True)
class ShownMoment:
    """A moment for a machine, for people, and as how long ago it was."""

    iso: str
    text: str
    ago: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line. `grade` is how it looks, `word` says the same to who does not see that."""

    what: str
    grade: Grade
    word: str
    said: str
    todo: str
    since: ShownMoment | None


def line(check: Check, now: datetime) -> CheckLine:
    """A check as a line."""
    since = shown_moment(check.since, now) if check.since else None
    return CheckLine(
        begun(check.what), check.grade, WORDS[check.grade], begun(check.said), begun(check.todo), since
    )


def lines(checks: Iterable[Check], now: datetime) -> list[CheckLine]:
    """Checks as lines, in their order."""
    return [line(check, now) for check in checks]


def shown_moment(moment: datetime, now: datetime) -> ShownMoment:
    """A moment of the past or of what is to come."""
    text = f"{moment:%H:%M} UTC" if moment.date() == now.date() else f"{moment:%-d %b %Y, %H:%M} UTC"
    seconds = (now - moment).total_seconds()
    span = span_of(abs(seconds))
    return ShownMoment(moment.isoformat(), text, f"{span} ago" if seconds >= 0 else f"in {span}")


def begun(text: str) -> str:
    """A text that begins a line."""
    return text[:1].upper() + text[1:]
