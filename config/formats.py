"""How a language writes moments, counts and lists: CLDR's words by Babel, in the order that its file chooses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.units import format_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime, time, timedelta

GAPS = ("date", "time", "zone")
ONE_O_CLOCK = re.compile(r"0?1(?!\d)")
JOINED = frozenset({"sentences", "causes"})
"""Lists whose parts are put together by words of ours; any other is put together as CLDR says."""


@dataclass(frozen=True, slots=True)
class Formats:
    """One language's way to write what texts are filled with; `tag` is its BCP 47 name, such as `es-419`.

    `date` and `time`, to the minute, are CLDR patterns (unicode.org/reports/tr35, date field symbols), `moment`
    puts them together with the gaps date, time and zone, `at_one` where a language does so otherwise at one o'clock
    (“a la 01:05”), `joins` has what stands between the parts of a list that is no plain one.
    """

    tag: str
    date: str
    time: str
    moment: str
    at_one: str
    joins: Mapping[str, str]

    @classmethod
    def from_table(cls, tag: str, table: Mapping[str, Any]) -> Formats:
        """Build from the texts' table `locale`; raises LookupError or ValueError for what is missing or wrong."""
        _cldr(tag)
        date, time, moment = (str(table[key]) for key in ("date", "time", "moment"))
        at_one = str(table.get("moment_at_one", moment))
        for one in (moment, at_one):
            one.format(**dict.fromkeys(GAPS, ""))
        return cls(tag, date, time, moment, at_one, {kind: str(table["joins"][kind]) for kind in sorted(JOINED)})

    @property
    def direction(self) -> str:
        """`ltr` where it is written from the left, `rtl` where from the right."""
        return _cldr(self.tag).text_direction

    def format_moment(self, local: datetime, zone: str) -> str:
        """Write a moment of the reader's zone; `zone` names it where the language has no short name for it."""
        own = _zone_name(_InZone(self.tag, str(local.tzinfo), local.utcoffset(), local.dst(), local))
        time = _time(self.tag, self.time, local.time().replace(second=0, microsecond=0))
        pattern = self.at_one if ONE_O_CLOCK.match(time) else self.moment
        return pattern.format(
            date=_date(self.tag, self.date, local.date()),
            time=time,
            zone=own if own.isalpha() else zone,
        )

    def format_count(self, number: float, unit: str) -> str:
        """Write so many of a unit (hour, day, month), for example `1 month` and `36.5 hours`."""
        return format_unit(number, f"duration-{unit}", locale=_cldr(self.tag))

    def format_list(self, parts: Iterable[str], kind: str) -> str:
        """Write several parts as one."""
        if kind in JOINED:
            return self.joins[kind].join(parts)
        return format_list(list(parts), locale=_cldr(self.tag))


@dataclass(frozen=True, slots=True)
class _InZone:
    """All that a zone's name turns on; two moments of one offset have the same."""

    tag: str
    zone: str
    offset: timedelta | None
    dst: timedelta | None
    local: datetime = field(compare=False)


@lru_cache(maxsize=2048)
def _zone_name(at: _InZone) -> str:
    return get_timezone_name(at.local, width="short", locale=_cldr(at.tag))


@lru_cache(maxsize=2048)
def _date(tag: str, pattern: str, day: date) -> str:
    return format_date(day, pattern, locale=_cldr(tag))


@lru_cache(maxsize=2048)
def _time(tag: str, pattern: str, at: time) -> str:
    return format_time(at, pattern, locale=_cldr(tag))


@lru_cache(maxsize=32)
def _cldr(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except UnknownLocaleError as unknown:
        raise ValueError(f"{tag!r} is a language that CLDR does not know") from unknown
