"""How each figure is counted, from what every case comes to in the period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final

from escalation.eligibility.rules import RULES
from escalation.model.tiers import TIERS
from escalation.model.values import ENDED, State
from parley.report.facts import BROUGHT_BACK, LATE_AFTER, NOTHING, PAUSE, RULED_OUT, WAITED_FOR, CaseFacts
from parley.report.periods import Period

Value = int | float | timedelta | None
"""A number; a share from 0 to 1; a span. None where there is nothing to count it of."""
FigureRow = tuple[str, tuple[Value, ...]]
UNKNOWN: Final = "not known"


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: the cases of which anything is in the period, and the dead letters of no case.

    `companies` are the client companies by key, with their names; empty where there is one only.
    """

    period: Period
    cases: Sequence[CaseFacts]
    companies: dict[str, str]
    died: int = 0
    settled: int = 0


def all_cases(counted: Counted) -> list[FigureRow]:
    return [("", (*_flow(counted.cases), sum(case.is_open for case in counted.cases)))]


def _flow(cases: Iterable[CaseFacts]) -> tuple[int, int]:
    both = [(case.opened is not None, case.ending is not None) for case in cases]
    return sum(opened for opened, _ in both), sum(ended for _, ended in both)


def over_time(counted: Counted) -> list[FigureRow]:
    part_of = counted.period.part_of
    opened = Counter(part_of(case.opened) for case in counted.cases if case.opened)
    ended = Counter(part_of(case.ending.at) for case in counted.cases if case.ending)
    return [(part, (opened[part], ended[part])) for part in counted.period.parts()]


def outcomes(counted: Counted) -> list[FigureRow]:
    endings = [case.ending for case in counted.cases if case.ending]
    rows: list[FigureRow] = []
    for state in (one for one in State if one in ENDED):
        such = [one for one in endings if one.state is state]
        spans = [one.after for one in such]
        rows.append(
            (in_words(state), (len(such), sum(one.by_desk for one in such), _median(spans), _longest(spans)))
        )
    return rows


def grouped(
    name: Callable[[CaseFacts, Counted], str], order: Callable[[Counted], Sequence[str]]
) -> Callable[[Counted], list[FigureRow]]:
    def rows(counted: Counted) -> list[FigureRow]:
        groups: dict[str, list[CaseFacts]] = {one: [] for one in order(counted)}
        for case in counted.cases:
            groups.setdefault(name(case, counted), []).append(case)
        return [
            (group, (*_flow(cases), sum(case.is_open for case in cases)))
            for group, cases in groups.items()
            if cases or group in order(counted)
        ]

    return rows


def tiers(counted: Counted) -> list[FigureRow]:
    rows: list[FigureRow] = []
    for tier in TIERS:
        stays = [stay for case in counted.cases for stay in case.stays if stay.tier == tier.number]
        answered = sum(stay.answered for stay in stays)
        rows.append((f"tier {tier.number}", (len(stays), answered, _share(answered, len(stays)))))
    return rows


def first_answer(counted: Counted) -> list[FigureRow]:
    spans = [case.first_answer for case in counted.cases if case.first_answer is not None]
    return [("", (len(spans), _median(spans), _longest(spans)))]


def updates(counted: Counted) -> list[FigureRow]:
    late = [one for case in counted.cases for one in case.lateness]
    on_time = sum(one <= LATE_AFTER for one in late)
    return [("", (len(late), on_time, _share(on_time, len(late)), _longest(late)))]


def trouble(counted: Counted) -> list[FigureRow]:
    off = sum(bool(case.ending and case.ending.state is State.OFF_PLATFORM) for case in counted.cases)
    died = counted.died + sum(case.died for case in counted.cases)
    settled = counted.settled + sum(case.settled for case in counted.cases)
    return [("", (off, died, settled))]


def overrules(counted: Counted) -> list[FigureRow]:
    found = Counter(one for case in counted.cases for one in case.overrules)
    named = {rule.name: f"let pass: {in_words(rule.name)}" for rule in RULES}
    named |= {RULED_OUT: "ruled out by hand", BROUGHT_BACK: "brought back after its end"}
    always = (RULED_OUT, BROUGHT_BACK)
    keys = dict.fromkeys((*named, *found))
    return [(named.get(key, in_words(key)), (found[key],)) for key in keys if found[key] or key in always]


def waits(counted: Counted) -> list[FigureRow]:
    sums = dict.fromkeys((*WAITED_FOR.values(), PAUSE), NOTHING)
    for case in counted.cases:
        for what, span in case.waited.items():
            sums[what] += span
    whole = sum(sums.values(), NOTHING)
    return [
        (what, (span, _share(span / timedelta(1), whole / timedelta(1)))) for what, span in sums.items() if span
    ]


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None


def _longest(spans: Sequence[timedelta]) -> timedelta | None:
    return max(spans, default=None)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def in_words(key: str) -> str:
    return key.replace("_", " ")


def company_of(case: CaseFacts, counted: Counted) -> str:
    return counted.companies.get(case.company, case.company) or UNKNOWN
