"""How a language writes moments, counts and lists: its words stand in `config/texts/`, beside its texts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from typing import TYPE_CHECKING, Any, Literal, get_args
from zoneinfo import ZoneInfo

from escalation.model.derivation import aware, zone_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

Unit = Literal["hour", "day", "month"]
List = Literal["sentences", "clauses", "causes"]
NUMBERS = range(1000)
"""A plural rule that knows a form for each of these knows one for every number."""


@dataclass(frozen=True, slots=True)
class Locale:
    """One language's way to write what texts are filled with.

    `weekdays` begin with Monday. `moment` has the gaps weekday, day, month, year, time and zone. `plural` says
    which of a count's forms a whole number takes, as gettext writes it (`n != 1`): other numbers take the last.
    `lists` have what stands between two parts, and before the last part.
    """

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    moment: str
    plural: str
    counts: Mapping[Unit, tuple[str, ...]]
    lists: Mapping[List, tuple[str, ...]]

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> Locale:
        """Build from a language's table `locale`; raises KeyError or ValueError naming what is missing or wrong."""
        forms = 1 + max(map(_plural(table["plural"]), NUMBERS))
        made = cls(
            weekdays=_words(table, "weekdays", 7),
            months=_words(table, "months", 12),
            moment=table["moment"],
            plural=table["plural"],
            counts={unit: _words(table["counts"], unit, forms) for unit in get_args(Unit)},
            lists={kind: _words(table["lists"], kind, 2) for kind in get_args(List)},
        )
        made._filled("", "", 1, 1, "", "")
        return made

    def format_moment(self, at: datetime, zone: str) -> str:
        """Write an aware moment in a zone, in English for example `Tue 24 Nov 2026, 15:00 EST`."""
        local = aware(at).astimezone(ZoneInfo(zone))
        weekday, month = self.weekdays[local.weekday()], self.months[local.month - 1]
        return self._filled(weekday, month, local.day, local.year, f"{local:%H:%M}", zone_name(local))

    def _filled(self, weekday: str, month: str, day: int, year: int, time: str, zone: str) -> str:
        return self.moment.format(weekday=weekday, month=month, day=day, year=year, time=time, zone=zone)

    def format_count(self, number: float, unit: Unit) -> str:
        """Write so many of a unit, in English for example `1 month` and `36.5 hours`."""
        forms = self.counts[unit]
        form = forms[_plural(self.plural)(int(number))] if number == int(number) else forms[-1]
        return form.replace("{n}", f"{number:g}")

    def format_list(self, parts: Iterable[str], kind: List) -> str:
        """Write several parts as one."""
        between, last = self.lists[kind]
        *head, tail = parts
        return last.join((between.join(head), tail)) if head else tail


@lru_cache(maxsize=8)
def _plural(rule: str) -> Callable[[int], int]:
    return c2py(rule)


def _words(table: Mapping[str, Any], key: str, number: int) -> tuple[str, ...]:
    words = tuple(map(str, table[key]))
    if len(words) != number:
        raise ValueError(f"{key} has {len(words)} entries, not {number}")
    return words
