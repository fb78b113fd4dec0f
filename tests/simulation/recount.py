"""Counts what a report says once more, by other code: each number asks the whole journal anew, moment by moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
OPEN_STATES = (
    *("checking", "needs_review", "waiting_on_requester", "waiting_for_date", "tier_1", "tier_2", "tier_3"),
    *("other_side_responded", "confirming_outcome"),
)
ENDS = ("resolved", "not_eligible", "off_platform", "withdrawn", "joined")
STATES = (*OPEN_STATES, *ENDS)
INFORMED = ("needs_review", "tier_1", "tier_2", "tier_3", "other_side_responded")
WAITS_FOR = {
    "checking": "the desk",
    "needs_review": "an agent",
    "waiting_on_requester": "the requester",
    "waiting_for_date": "a date",
    "tier_1": "the other side",
    "tier_2": "the other side",
    "tier_3": "the other side",
    "other_side_responded": "the two sides",
    "confirming_outcome": "an objection",
}
LATE = timedelta(minutes=30)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class OldCase:
    """A case by what stands in the database about it: whole lines of its journal, and three values of its row."""

    lines: tuple[Any, ...]
    company: str
    reason: str
    holidays: frozenset[Any]

    def moves(self) -> list[tuple[datetime, str, str, str]]:
        found = []
        for line in self.lines:
            parts = line.what.split(" → ")
            if len(parts) == 2 and set(parts) <= set(STATES):
                found.append((line.at, line.actor, parts[0], parts[1]))
        return found

    def before(self, place: int) -> OldCase:
        """The same case when so many of its lines were written."""
        return OldCase(self.lines[:place], self.company, self.reason, self.holidays)

    def state(self, before: int) -> str:
        """Where it stood once so many of its lines were written."""
        told = self.before(before).moves()
        return told[-1][3] if told else "checking"

    def paused(self, before: int) -> bool:
        for place in range(before - 1, -1, -1):
            what = self.lines[place].what
            ends = [what.endswith(f" → {end}") for end in ENDS]
            if what == "resumed" or (any(ends) and what.split(" → ")[0] in STATES):
                return False
            if what.startswith("paused until ") and self.state(place) not in ENDS:
                return True
        return False

    def mute(self, before: int) -> bool:
        """Whether it came back from an end, or got another requester once it had begun, and is in no tier since."""
        for place in range(before - 1, -1, -1):
            what = self.lines[place].what
            if what in [f"{state} → tier_{n}" for state in STATES for n in (1, 2, 3)]:
                return False
            if what in [f"{end} → {state}" for end in ENDS for state in STATES]:
                return True
            if what == "the requester is another user":
                state = self.state(place)
                walked = any(move[3].startswith("tier_") for move in self.before(place).moves())
                if state not in ENDS and (walked or state not in STATES[:4]):
                    return True
        return False

    def owes(self, before: int) -> bool:
        return self.state(before) in INFORMED and not self.paused(before) and not self.mute(before)

    def due(self, start: datetime) -> datetime:
        """Two business days later at the same local time, from nine o'clock where that day is none.

        What falls before nine or after five comes at nine.
        """
        local = start.astimezone(NEW_YORK)
        if not self.works(local):
            local = local.replace(hour=9, minute=0, second=0, microsecond=0)
        for _ in range(2 if self.works(local) else 3):
            local += timedelta(days=1)
            while not self.works(local):
                local += timedelta(days=1)
        if local.time() > time(17):
            local += timedelta(days=1)
            while not self.works(local):
                local += timedelta(days=1)
        if not time(9) <= local.time() <= time(17):
            local = local.replace(hour=9, minute=0, second=0, microsecond=0)
        return local.astimezone(UTC)

    def works(self, local: datetime) -> bool:
        return local.weekday() < 5 and local.date() not in self.holidays

    def lateness(self, week: Span, now: datetime) -> Iterator[timedelta]:
        """Of each word that was owed, and of each that did not come."""
        since: datetime | None = None
        word: datetime | None = None
        for place, line in enumerate(self.lines):
            told = line.what in ("told the requester", "an agent told the requester")
            owed, owes = self.owes(place), self.owes(place + 1)
            if owed and since and (told or not owes) and within(line.at, week):
                late = max(line.at - max(self.due(word or since), since), timedelta(0))
                if told or late > LATE:
                    yield late
            if owes and (told or not owed):
                since = line.at
            word = line.at if told else word
        if self.lines and since and self.owes(len(self.lines)):
            late = now - max(self.due(word or since), since)
            if late > LATE:
                yield late


def within(at: datetime, span: Span) -> bool:
    return span[0] <= at < span[1]


def recount(cases: Iterable[OldCase], loose: list[Any], week: Span, now: datetime) -> dict[str, Any]:
    """Every number of the report of a week, as its JSON has them: by figure, row and number."""
    cases = [case for case in cases if case.lines]
    opened = [case for case in cases if within(case.lines[0].at, week)]
    at_end = {case: case.state(len(case.lines)) for case in cases}
    ended = [case for case in cases if at_end[case] in ENDS and within(case.moves()[-1][0], week)]
    is_open = [case for case in cases if at_end[case] not in ENDS]
    lasted = {case: (case.moves()[-1][0] - case.lines[0].at).total_seconds() for case in ended}

    def flow(such: Any) -> dict[str, int]:
        return {
            name: sum(map(such, group)) for name, group in (("opened", opened), ("ended", ended), ("open", is_open))
        }

    def tier(case: OldCase) -> str:
        numbers = [target[-1] for _, _, _, target in case.moves() if target.startswith("tier_")]
        return f"tier {numbers[-1]}" if numbers else "none yet"

    counted: dict[str, Any] = {"cases": {"": flow(lambda _: True)}}
    for state in ENDS:
        such = [case for case in ended if at_end[case] == state]
        seconds = [lasted[case] for case in such]
        counted.setdefault("outcomes", {})[state.replace("_", " ")] = {
            "cases": len(such),
            "by_desk": sum(case.moves()[-1][1] == "parley" for case in such),
            "median": median(seconds) if seconds else None,
            "longest": max(seconds, default=None),
        }
    counted["by_reason"] = {
        reason: flow(lambda case, reason=reason: case.reason == reason)
        for reason in {case.reason for case in cases}
    }
    counted["by_company"] = {
        company: flow(lambda case, company=company: case.company == company)
        for company in {case.company for case in cases}
    }
    counted["by_tier"] = {
        name: flow(lambda case, name=name: tier(case) == name)
        for name in ("none yet", "tier 1", "tier 2", "tier 3")
    }
    counted["tiers"] = {f"tier {n}": _tier(cases, f"tier_{n}", week) for n in (1, 2, 3)}
    counted["first_answer"] = {"": _first_answer(cases, week)}
    late = [one for case in cases for one in case.lateness(week, now)]
    on_time = [one for one in late if one <= LATE]
    counted["updates"] = {
        "": {
            "owed": len(late),
            "on_time": len(on_time),
            "share": len(on_time) / len(late) if late else None,
            "longest_late": max(late).total_seconds() if late else None,
        }
    }
    lines = [line for line in (*loose, *(line for case in cases for line in case.lines)) if within(line.at, week)]
    counted["trouble"] = {
        "": {
            "off_platform": sum(at_end[case] == "off_platform" for case in ended),
            "dead_letters": sum(line.what == "became a dead letter" for line in lines),
            "settled_letters": sum(line.what.endswith("ed a dead letter") for line in lines),
        }
    }
    counted["overrules"] = _overrules(cases, week)
    counted["waits"] = _waits(cases, week, now)
    return counted


def _tier(cases: list[OldCase], tier: str, week: Span) -> dict[str, Any]:
    moves = [move for case in cases for move in case.moves() if within(move[0], week)]
    left = [target for _, _, source, target in moves if source == tier != target]
    answered = left.count("other_side_responded")
    return {"left": len(left), "answered": answered, "share": answered / len(left) if left else None}


def _first_answer(cases: list[OldCase], week: Span) -> dict[str, Any]:
    seconds = []
    for case in cases:
        answers = [at for at, _, _, target in case.moves() if target == "other_side_responded"]
        tiers = [at for at, _, _, target in case.moves() if target.startswith("tier_")]
        if answers and tiers and tiers[0] <= answers[0] and within(answers[0], week):
            seconds.append((answers[0] - tiers[0]).total_seconds())
    return {
        "cases": len(seconds),
        "median": median(seconds) if seconds else None,
        "longest": max(seconds, default=None),
    }


def _overrules(cases: list[OldCase], week: Span) -> dict[str, Any]:
    found = {"ruled out by hand": {"times": 0}, "brought back after its end": {"times": 0}}
    for case in cases:
        for at, actor, source, target in case.moves():
            if not within(at, week):
                continue
            if target == "not_eligible" and actor != "parley":
                found["ruled out by hand"]["times"] += 1
            elif source in ENDS and actor not in ("parley", "the requester"):
                found["brought back after its end"]["times"] += 1
        for line in case.lines:
            if line.what.startswith("passed by ") and within(line.at, week):
                rule = line.what.split(": ")[-1].replace("_", " ")
                found.setdefault(f"let pass: {rule}", {"times": 0})["times"] += 1
    return found


def _waits(cases: list[OldCase], week: Span, now: datetime) -> dict[str, Any]:
    seconds: dict[str, float] = {}
    for case in cases:
        moments = [line.at for line in case.lines] + [now]
        # Lines that move nothing divide nothing: one by a clock that was behind would count a time twice.
        stood = [(case.state(place), case.paused(place), place) for place in range(1, len(moments))]
        for (state, paused), alike in groupby(stood, lambda one: one[:2]):
            places = [place for _, _, place in alike]
            span = min(moments[places[-1]], now) - max(moments[places[0] - 1], week[0])
            if state not in ENDS and span > timedelta(0):
                what = "the end of a pause" if paused else WAITS_FOR[state]
                seconds[what] = seconds.get(what, 0.0) + span.total_seconds()
    whole = sum(seconds.values())
    return {what: {"time": time, "share": time / whole} for what, time in seconds.items()}
