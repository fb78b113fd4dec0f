"""A case told to a machine and to a layman: its state, every rule, every deadline and how it came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from escalation.calendar import Calendar
from escalation.case import Case, Entry, Finding
from escalation.values import Timer

SAID = {
    Timer.NEXT_UPDATE: "the requester hears from us",
    Timer.TIER_ENDS: "the tier ends, unless the other side answers",
    Timer.MONTH_ENDS: "the way off the platform is explained, unless the other side answers",
    Timer.DATE_REACHED: "the request is checked again",
    Timer.REMINDER: "the requester is reminded of the question",
    Timer.WITHDRAWAL: "the request counts as withdrawn, unless the requester answers",
    Timer.SILENCE: "the agent is asked how it goes on, unless one of the sides writes",
    Timer.SILENCE_UNANSWERED: "the case goes back to its tier, unless the agent says otherwise",
    Timer.CONFIRMATION: "the outcome counts as confirmed, unless the requester objects",
    Timer.AGENT_REMINDER: "the agents are reminded",
    Timer.PAUSE_ENDS: "the pause ends",
}


def moment(at: datetime | None) -> str | None:
    """Write a moment as RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def case_json(case: Case, journal: Iterable[Entry] = ()) -> dict[str, Any]:
    """Return a case as `parley case … --json` prints it."""
    return {
        "id": case.id,
        "ticket_id": case.ticket_id,
        "assignment_id": case.assignment_id,
        "party": case.party.value if case.party else None,
        "requester": case.requester.id,
        "state": case.state.value,
        "tier": case.tier,
        "paused_until": moment(case.paused.until) if case.paused else None,
        "opened": moment(case.opened),
        "verdict": [_finding(finding) for finding in case.verdict.findings] if case.verdict else [],
        "deadlines": [
            {"kind": timer.value, "due": moment(deadline.due), "why": deadline.why}
            for timer, deadline in sorted(case.deadlines.items(), key=lambda item: item[1].due)
        ],
        "journal": [
            {"at": moment(entry.at), "actor": entry.actor, "what": entry.what, "why": entry.why}
            for entry in journal
        ],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "outcome": finding.outcome.value,
        "fact": finding.fact,
        "source": finding.source,
        "remedy": finding.remedy or None,
        "earliest": moment(finding.earliest),
        "mendable": finding.mendable,
    }


def explain(case: Case, calendar: Calendar, journal: Iterable[Entry] = ()) -> str:
    """Tell a case in plain sentences."""
    return "\n".join(_lines(case, calendar, journal))


def _lines(case: Case, calendar: Calendar, journal: Iterable[Entry]) -> Iterator[str]:
    yield f"Case {case.id}, ticket {case.ticket_id}, assignment {case.assignment_id or 'not known'}"
    yield f"It is {case.state.value.replace('_', ' ')}" + (
        f", opened {calendar.label(case.opened)}." if case.opened else "."
    )
    if case.paused:
        yield f"It is paused until {calendar.label(case.paused.until)}: {case.paused.reason}"
    if case.verdict:
        yield ""
        yield f"The check of {calendar.label(case.verdict.at)}: {case.verdict.ruling.value.replace('_', ' ')}"
        for finding in case.verdict.findings:
            yield f"  {finding.rule}: {finding.outcome.value.replace('_', ' ')}. {finding.fact}"
            yield f"    from {finding.source}." + (f" {finding.remedy}" if finding.remedy else "")
    if case.deadlines:
        yield ""
        yield "What happens next:"
        for timer, deadline in sorted(case.deadlines.items(), key=lambda item: item[1].due):
            yield f"  {calendar.label(deadline.due)}: {SAID[timer]}."
            yield f"    {deadline.why}"
    entries = list(journal)
    if entries:
        yield ""
        yield "What has happened:"
        for entry in entries:
            yield f"  {calendar.label(entry.at)}, {entry.actor}: {entry.what}. {entry.why}"
