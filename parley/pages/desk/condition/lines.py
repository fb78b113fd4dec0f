"""What was looked at, as lines of a page: a word for how it is, what is said, since when, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from escalation.model.derivation import label, zone_name
from parley.health.desk_checks import DEAD_LETTERS, HOURLY_LOOK, Check, Grade, span_of

WORDS: Final[dict[Grade, str]] = {"ok": "fine", "warning": "have a look", "problem": "mend this"}


@dataclass(frozen=True, slots=True)
class LineLink:
    """A page of this site where a check's matter stands in full, and the words that lead there."""

    path: str
    words: str
    is_instead: bool = False
    """Whether it stands in the place of the command."""


LINKS: Final = {
    DEAD_LETTERS: LineLink("/desk/dead", "Dead letters, one by one and by cause", is_instead=True),
    HOURLY_LOOK: LineLink("/desk/account", "Each finding, and what mends it"),
}


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
    link: LineLink | None = None


def line(check: Check, now: datetime, zone: str) -> CheckLine:
    """A check as a line, its moments in a zone."""
    since = shown_moment(check.since, now, zone) if check.since else None
    link = LINKS.get(check.what) if check.grade != "ok" else None
    todo = "" if link and link.is_instead else begun(check.todo)
    return CheckLine(begun(check.what), check.grade, WORDS[check.grade], begun(check.said), todo, since, link)


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
