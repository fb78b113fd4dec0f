"""Journals as the tests write them: a line each, with its moment by the clock of New York."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from escalation.policies.policy import Policy
from parley.report.facts import CaseFacts, facts_of
from parley.report.history import history_of
from parley.report.periods import Period, period_of
from store import CountedLine

ZONE = "America/New_York"
WEEK = period_of("week", datetime(2026, 3, 2).date(), ZONE)  # noqa: DTZ001  a day


def ny(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(ZONE))


def lines(journal: str) -> list[CountedLine]:
    """A journal from lines such as `03-02 10:00 parley | checking → tier_1`, all of 2026."""
    found = []
    for line in journal.strip().splitlines():
        head, _, what = line.strip().partition(" | ")
        day, time, actor = head.split(" ", 2)
        found.append(CountedLine(ny(f"2026-{day} {time}"), actor, what))
    return found


def facts(journal: str, policy: Policy, period: Period = WEEK, until: datetime | None = None) -> CaseFacts:
    """What a journal comes to in a period."""
    history = history_of(one for one in lines(journal) if one.at < (until or period.end))
    assert history is not None
    return facts_of(history, period, until or period.end, policy, "acme", "approval_overdue")
