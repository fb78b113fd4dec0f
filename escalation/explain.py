"""A case told to a machine and to a layman: its state, every rule, every deadline and how it came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from escalation.eligibility.rules import RULES
from escalation.engine.looking import tier_without_anybody
from escalation.engine.transitions import MOVED, move_in
from escalation.model.case import Case, JournalEntry
from escalation.model.kept_deadlines import held_deadlines, kept_deadlines
from escalation.model.tiers import TIER_OF
from escalation.model.values import WAITS_TAG, State, Timer
from escalation.model.verdict import Finding, Outcome, Ruling
from escalation.policies.calendar import Calendar

SAID = {
    Timer.NEXT_UPDATE: "the requester hears from us",
    Timer.TIER_ENDS: "the tier ends, unless the other side answers",
    Timer.MONTH_ENDS: "the way off the platform is explained, unless the other side answers; where nobody was "
    "asked in the last tier, or has answered what the requester wrote, a person is asked first",
    Timer.DATE_REACHED: "the request is checked again",
    Timer.REMINDER: "the requester is reminded of the question",
    Timer.WITHDRAWAL: "the request counts as withdrawn, unless the requester answers",
    Timer.SILENCE: "the agent is asked how it goes on, unless one of the sides writes",
    Timer.SILENCE_UNANSWERED: "the case goes back to its tier, unless the agent says otherwise",
    Timer.CONFIRMATION: "the outcome counts as confirmed, unless the requester objects",
    Timer.AGENT_REMINDER: "the agents are reminded",
    Timer.PAUSE_ENDS: "what is held goes on",
}

STANDS = {
    State.CHECKING: "It is being checked.",
    State.NEEDS_REVIEW: "A person has to look at it.",
    State.WAITING_ON_REQUESTER: "The requester was asked something, and has not answered yet.",
    State.WAITING_FOR_DATE: "It is too early; it waits for its date.",
    State.OTHER_SIDE_RESPONDED: "The other side has answered; an agent works on it.",
    State.CONFIRMING_OUTCOME: "The matter looks settled; the requester can still object.",
    State.RESOLVED: "It has ended: resolved.",
    State.NOT_ELIGIBLE: "It has ended: not eligible.",
    State.OFF_PLATFORM: "It has ended: the way off the platform was explained.",
    State.WITHDRAWN: "It has ended: withdrawn or closed.",
    State.JOINED: "It has ended: it joined another request of the same requester.",
}
RULED = {
    Ruling.ELIGIBLE: "every rule passes.",
    Ruling.NOT_ELIGIBLE: "a rule fails for good.",
    Ruling.ASK: "the requester can mend what is missing.",
    Ruling.REVIEW: "a person has to say.",
    Ruling.WAIT: "it is too early.",
}
OUTCOMES = {
    Outcome.PASS: "passes",
    Outcome.FAIL: "not met",
    Outcome.NOT_YET: "not yet",
    Outcome.UNKNOWN: "a person has to say",
}
HELD_SHOWN: Final = 120
"""Signs of a message that a pause holds."""
ASKED = {rule.name: rule.question for rule in RULES}


def moment(at: datetime | None) -> str | None:
    """Write a moment as RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def case_json(case: Case, journal: Iterable[JournalEntry] = ()) -> dict[str, Any]:
    """Return a case as `parley case … --json` prints it."""
    return {
        "id": case.id,
        "ticket_id": case.ticket_id,
        "assignment_id": case.assignment_id,
        "party": case.party.value if case.party else None,
        "requester": case.requester.id,
        "crossed_with": case.crossed_with or None,
        "state": case.state.value,
        "tier": case.tier,
        "paused_until": moment(case.paused.until) if case.paused else None,
        "opened": moment(case.opened),
        "verdict": [_finding(finding) for finding in case.judgement.verdict.findings]
        if case.judgement.verdict
        else [],
        "deadlines": [
            {"kind": timer.value, "due": moment(deadline.due), "why": deadline.why}
            for timer, deadline in kept_deadlines(case)
        ],
        "journal": [
            {"at": moment(entry.at), "actor": entry.actor, "what": entry.what, "why": entry.why}
            for entry in journal
        ],
        "company": case.company or None,
        "files": [
            {
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256 or None,
                "direction": file.direction.value,
                "state": file.state.value,
            }
            for file in case.files.moved.values()
        ],
        "language": case.language or None,
        "month_from": moment(case.month_from),
        "checked_at": moment(case.judgement.verdict.at) if case.judgement.verdict else None,
        "changed_since": [{"at": moment(one.at), "what": one.what} for one in case.judgement.changed_since],
        "held": [{"kind": one.kind, "what": one.what, "until": moment(one.until)} for one in held_by_pause(case)],
    }


class HeldThing(NamedTuple):
    """Something that waits for the end of a pause: a deadline by its name, or a `post`, a `file` or a `text`."""

    kind: str
    what: str
    until: datetime


def held_by_pause(case: Case) -> list[HeldThing]:
    """What a pause holds, in words; nothing where there is none."""
    if case.paused is None:
        return []
    told = [(timer.value, SAID[timer]) for timer, _ in held_deadlines(case)]
    told += [("post", f"a message goes to the assignment: {_beginning(said)}") for said in case.posts.held]
    told += [("file", f"a file goes to the assignment: {one.file.name}") for one in case.files.held if not one.own]
    if case.delivery.held_back:
        told.append(("text", "the requester is told what was decided meanwhile"))
    return [HeldThing(kind, sentence(what), case.paused.until) for kind, what in told]


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words}”" if len(words) <= HELD_SHOWN else f"“{words[:HELD_SHOWN].rstrip()} …”"


def sentence(words: str) -> str:
    """Words as a sentence."""
    whole = f"{words[:1].upper()}{words[1:]}"
    return whole if whole.endswith((".", "”")) else f"{whole}."


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "outcome": finding.outcome.value,
        "fact": finding.fact,
        "source": finding.origin,
        "remedy": finding.remedy or None,
        "earliest": moment(finding.earliest),
    }


def explain(case: Case, calendar: Calendar, journal: Iterable[JournalEntry] = ()) -> str:
    """Tell a case in plain sentences, each on one line, whatever line ends are in what people wrote."""
    return "\n".join(" ".join(line.splitlines()) for line in _lines(case, calendar, journal))


def _lines(case: Case, calendar: Calendar, journal: Iterable[JournalEntry]) -> Iterator[str]:
    of_company = f" of {case.company}" if case.company else ""
    yield f"Case {case.id}, ticket {case.ticket_id}, assignment {case.assignment_id or 'not known'}{of_company}"
    yield " ".join(filter(None, (stands(case), begun_in_words(case, calendar))))
    yield from _paused(case, calendar)
    yield from meanwhile(case)
    if case.judgement.verdict:
        yield ""
        yield f"The check of {calendar.label(case.judgement.verdict.at)}: {RULED[case.judgement.verdict.ruling]}"
        for finding in case.judgement.verdict.findings:
            yield from _told(finding, calendar)
        if case.judgement.changed_since:
            yield "Since that check:"
        for change in case.judgement.changed_since:
            yield f"  {calendar.label(change.at)}: {change.what}"
    if case.deadlines:
        yield ""
        yield "What happens next:"
        for timer, deadline in kept_deadlines(case):
            yield f"  {calendar.label(deadline.due)}: {SAID[timer]}."
            yield f"    {deadline.why}"
    yield from _held(case, calendar)
    entries = list(journal)
    if entries:
        yield ""
        yield "What has happened:"
        for entry in entries:
            yield f"  {calendar.label(entry.at)}, {entry.actor}: {line_in_words(entry.what)}. {entry.why}"


def line_in_words(what: str) -> str:
    """What a line of the journal tells, with a move's states as people read them: “tier 1 → tier 2”."""
    move = move_in(what)
    return MOVED.join(state.value.replace("_", " ") for state in move) if move else what


def stands(case: Case) -> str:
    """Where a case stands, in a sentence for agents."""
    tier = TIER_OF.get(case.state)
    if tier and tier.number in case.delivery.unsent:
        asked = "agents are to find whom to ask" if tier_without_anybody(case) else "its message could not be sent"
        return f"It is in tier {tier.number}, and nobody was asked in it yet: {asked}."
    return f"It is in tier {tier.number}: {tier.way_of(case.party).about}." if tier else STANDS[case.state]


def begun_in_words(case: Case, calendar: Calendar) -> str:
    """When the first tier began, and from when the month counts; empty where none has begun."""
    if case.opened is None:
        return ""
    began = f"Its first tier began on {calendar.label(case.opened)}"
    if case.month_from is None:
        return f"{began}."
    if case.month_from == case.opened:
        return f"{began}, from which the month counts."
    return f"{began}; the month counts from {calendar.label(case.month_from)}."


def _paused(case: Case, calendar: Calendar) -> Iterator[str]:
    if case.paused:
        until, why = calendar.label(case.paused.until), case.paused.reason
        yield f"It is paused until {until} by {case.paused.actor} ({why}): nothing is sent meanwhile."


def _held(case: Case, calendar: Calendar) -> Iterator[str]:
    held = held_by_pause(case)
    if held:
        yield ""
        yield f"Held until {calendar.label(held[0].until)}:"
        yield from (f"  {one.what}" for one in held)


def meanwhile(case: Case) -> Iterator[str]:
    """What holds beside the state and a pause."""
    if case.muted:
        yield "It waits for a person's word: nothing is sent to anyone until an agent puts it in a tier."
    if case.delivery.entering:
        yield f"Tier {case.delivery.entering.tier} begins once its message to the other side is proved sent."
    if wanted := case.delivery.wanted:
        yield f"{wanted.actor} put it in tier {wanted.tier}: the assignment is read anew first."
    if case.delivery.unsent:
        tiers = " and ".join(map(str, case.delivery.unsent))
        yield f"The message of tier {tiers} could not be sent; the agents were told what to fill in."
    if case.requester_open and not case.ended:
        yield f"The requester has written: the ticket has the tag {WAITS_TAG} until an agent answers."
    if case.crossed_with:
        open_ = "" if case.crossed_open else ", which has ended"
        yield f"The other side has escalated the assignment too: ticket {case.crossed_with}{open_}."
    if case.invisible:
        yield "WorkMarket does not show us the assignment; the deadlines run on."


def _told(finding: Finding, calendar: Calendar) -> Iterator[str]:
    outcome = "not met, but can be mended" if finding.mendable else OUTCOMES[finding.outcome]
    yield f"  {ASKED.get(finding.rule, finding.rule)} {outcome.capitalize()}. {finding.fact}"
    earliest = f" At the earliest on {calendar.label(finding.earliest)}." if finding.earliest else ""
    yield f"    From: {finding.origin}.{f' {finding.remedy}' if finding.remedy else ''}{earliest}"
