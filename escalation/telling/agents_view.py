"""What agents and operators are told of a case: in English and the policy's zone, as the desk's notes are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from escalation.explain import (
    ASKED,
    RULED,
    SAID,
    begun_in_words,
    held_by_pause,
    meanwhile,
    moment,
    sentence,
    stands,
)
from escalation.model.case import Case, Deadline, JournalEntry
from escalation.model.derivation import READINGS, Derivation, day_label, label
from escalation.model.files import CaseFile, Direction, FileState
from escalation.model.kept_deadlines import kept_deadlines
from escalation.model.seen import Seen
from escalation.model.tiers import TIER_OF
from escalation.model.values import Party, State, Timer
from escalation.model.verdict import Finding, Ruling
from escalation.policies.policy import Policy
from escalation.policies.readers import requester_of
from escalation.telling.requesters_view import requester_view, told_findings, told_of
from escalation.telling.sent_to_others import sent_of
from escalation.telling.shapes import (
    AgentsDeadline,
    AgentsFile,
    AgentsFinding,
    AgentsMove,
    AgentView,
    OperatorsRow,
    OperatorView,
    RequesterView,
    ShownChange,
    ShownCrossed,
    ShownHeld,
    ShownLine,
    ShownPause,
    ShownWord,
)
from escalation.telling.stored import StoredCase
from escalation.telling.turns import whose_turn
from escalation.telling.waiting import stuck_things

AGENTS_LANGUAGE: Final = "en"
"""Decision 39: agents' words are English."""
WAYS: Final = {"assignment": "on the assignment", "email": "by e-mail", "agent": "as an agent says"}
TO_TICKET: Final = {
    FileState.ON_WAY: "From the assignment; it is on its way to the ticket.",
    FileState.DONE: "From the assignment; it is attached to a note.",
    FileState.SAME: "From the assignment; the same file is on the ticket already.",
}
TO_ASSIGNMENT: Final = {
    FileState.ON_WAY: "From the ticket; it is on its way to the assignment.",
    FileState.DONE: "From the ticket; it is on the assignment.",
    FileState.SAME: "From the ticket; the same file is on the assignment already.",
}
NOT_PASSED: Final = {
    FileState.REFUSED: "It was not passed on: a note says why.",
    FileState.UNSENT: "It could not be passed on for days, and became a dead letter.",
    FileState.UNSETTLED: "Nobody can tell whether it arrived: a note asks an agent to look.",
}


def agent_view(stored: StoredCase, now: datetime, policy: Policy) -> AgentView:
    """Return what whoever may read the ticket may know. Pure; `policy` is the one that the case began with."""
    return AgentView(**_agents(stored, now, policy))


def operator_view(stored: StoredCase, now: datetime, policy: Policy) -> OperatorView:
    """Return everything that is known of a case. Pure."""
    of_agents = {**_agents(stored, now, policy), "audience": "operator"}
    return OperatorView(
        **of_agents,
        policy=stored.policy,
        version=stored.version,
        changed_at=moment(stored.changed_at) or "",
        rows=tuple(_rows(stored)),
    )


def _agents(stored: StoredCase, now: datetime, policy: Policy) -> dict[str, Any]:
    case, zone = stored.case, policy.calendar.zone
    verdict = case.judgement.verdict
    shared = requester_view(stored, now, policy)
    return {
        **{one.name: getattr(shared, one.name) for one in fields(RequesterView)},
        "audience": "agent",
        "said_in": AGENTS_LANGUAGE,
        "id": case.id,
        "zone": zone,
        "language": case.language or None,
        "assignment_title": None,
        "company": case.company or None,
        "company_name": stored.company_name or None,
        "requester": case.requester.id,
        "requester_name": case.requester.name or case.requester.email or None,
        "reason": case.reason.value if case.reason else None,
        "state_said": stands(case),
        "tier": case.tier,
        "whose_turn": whose_turn(case),
        "waiting_for": " ".join(_waiting_for(stored, policy)) or None,
        "paused_until": moment(case.paused.until) if case.paused else None,
        "paused": _pause(case),
        "ruling": verdict.ruling.value if verdict else None,
        "ruling_said": sentence(RULED[verdict.ruling]) if verdict else None,
        "checked_at": moment(verdict.at) if verdict else None,
        "verdict": tuple(_findings(case, policy)),
        "changed_since": tuple(
            ShownChange(at=moment(one.at) or "", what=one.what) for one in case.judgement.changed_since
        ),
        "month_from": moment(case.month_from),
        "begun_said": begun_in_words(case, policy.calendar) or None,
        "deadlines": tuple(_deadline(timer, deadline, zone) for timer, deadline in kept_deadlines(case)),
        "held": tuple(
            ShownHeld(kind=one.kind, what=one.what, until=moment(one.until) or "") for one in held_by_pause(case)
        ),
        "last_word": _last_word(case),
        "sent": tuple(sent_of(stored)),
        "stuck": tuple(stuck_things(stored, zone)),
        "files": tuple(_file(file) for file in case.files.moved.values()),
        "crossed_with": case.crossed_with or None,
        "crossed": _crossed(stored),
        "moves": stored.options,
        "journal": tuple(
            ShownLine(at=moment(line.at) or "", actor=line.actor, what=line.what, why=line.why)
            for line in stored.journal
        ),
        "taken_in": _taken_in(case.heard.seen),
    }


def _taken_in(seen: Seen) -> str | None:
    """A mark that is another one once further updates of the ticket were taken in."""
    return None if seen.until is None else f"{moment(seen.until)} {sum(seen.updates)}"


def _pause(case: Case) -> ShownPause | None:
    paused = case.paused
    return ShownPause(until=moment(paused.until) or "", by=paused.actor, why=paused.reason) if paused else None


def _waiting_for(stored: StoredCase, policy: Policy) -> Iterator[str]:
    case, verdict = stored.case, stored.case.judgement.verdict
    if case.ended:
        return
    at = case.delivery.messaged_at.get(case.tier or 0)
    if case.state is State.WAITING_ON_REQUESTER and case.judgement.questions:
        yield f"The requester was asked: “{' '.join(case.judgement.questions.split())}”"
    elif case.state is State.NEEDS_REVIEW and verdict and verdict.ruling is Ruling.REVIEW and not case.begun:
        yield from dict.fromkeys(finding.remedy or finding.fact for finding in verdict.decisive)
    elif case.state is State.NEEDS_REVIEW:
        yield from (line.why for line in _last_move(stored.journal))
    elif case.state in TIER_OF and at:
        yield f"The other side was asked on {policy.calendar.label(at)}, and has not answered."
    yield from meanwhile(case)


def _last_move(journal: tuple[JournalEntry, ...]) -> tuple[JournalEntry, ...]:
    return tuple(line for line in journal if line.what.endswith(State.NEEDS_REVIEW.value))[-1:]


def _findings(case: Case, policy: Policy) -> Iterator[AgentsFinding]:
    verdict, told, reader = case.judgement.verdict, told_findings(case), requester_of(case, policy)
    for finding in verdict.findings if verdict else ():
        yield AgentsFinding(
            outcome=finding.outcome.value,
            told=told_of(finding, verdict.ruling, reader) if verdict and finding in told else None,
            earliest=moment(finding.earliest),
            rule=finding.rule,
            title=_title(finding, policy),
            mendable=finding.mendable,
            fact=finding.fact,
            source=finding.origin,
            remedy=finding.remedy or None,
        )


def _title(finding: Finding, policy: Policy) -> str:
    return policy.texts.internal(f"rule.{finding.rule}") if finding.rule in ASKED else finding.rule


def _deadline(timer: Timer, deadline: Deadline, zone: str) -> AgentsDeadline:
    return AgentsDeadline(
        kind=timer.value,
        due=moment(deadline.due) or "",
        due_said=label(deadline.due, zone),
        what=sentence(SAID[timer]),
        why=deadline.why,
        steps=tuple(steps(deadline.derivation, zone)) if deadline.derivation else (),
        moved=tuple(
            AgentsMove(
                at=moment(one.at) or "",
                from_=moment(one.was) or "",
                from_said=label(one.was, zone),
                actor=one.actor,
                why=one.why,
            )
            for one in deadline.moved
        ),
    )


def steps(derivation: Derivation, zone: str) -> Iterator[str]:
    """Tell step by step how a moment was counted, in the zone that it is told in."""
    yield f"Counted from {label(derivation.start, zone)}."
    if derivation.counted_from != derivation.start:
        yield f"The next business time after that is {label(derivation.counted_from, zone)}."
    yield f"{derivation.amount} later ({READINGS.get(derivation.reading, derivation.reading)})."
    yield from (f"Passed over: {day_label(day)} ({why})." for day, why in derivation.skipped)
    if derivation.used_up:
        yield f"That is {label(derivation.used_up, zone)}, when the office is closed."
        yield f"Its next opening is {label(derivation.due, zone)}."
    else:
        yield f"That is {label(derivation.due, zone)}."


def _last_word(case: Case) -> ShownWord | None:
    word = case.heard.last_word
    if word is None:
        return None
    return ShownWord(
        at=moment(word.at) or "",
        by=word.by,
        through=word.through,
        through_said=WAYS.get(word.through, word.through),
        text=word.text,
    )


def _file(file: CaseFile) -> AgentsFile:
    said = TO_TICKET if file.direction is Direction.TO_TICKET else TO_ASSIGNMENT
    return AgentsFile(
        name=file.name,
        size=file.size,
        state=file.state.value,
        said={**said, **NOT_PASSED}[file.state],
        sha256=file.sha256 or None,
        direction=file.direction.value,
    )


def _crossed(stored: StoredCase) -> ShownCrossed | None:
    case, other = stored.case, stored.crossed
    if not case.crossed_with:
        return None
    who = "worker" if case.party is Party.CLIENT else "client"
    known = other if other is not None and other.ticket_id == case.crossed_with else None
    where = f" That case: {stands(known)}" if known else ""
    return ShownCrossed(
        ticket_id=case.crossed_with,
        open=not known.ended if known else case.crossed_open,
        said=f"The {who} has escalated the assignment too.{where}",
    )


def _rows(stored: StoredCase) -> Iterator[OperatorsRow]:
    for row in reversed(stored.effects):
        yield OperatorsRow(
            id=f"out-{row.id}",
            kind=row.kind,
            state=row.state,
            attempts=row.attempts,
            created_at=moment(row.created_at) or "",
            due=moment(row.due),
            attempted_at=moment(row.attempted_at),
            error=row.error,
        )
    news = (("new", stored.waiting), ("dead", stored.letters))
    for state, letter in ((state, one) for state, letters in news for one in letters):
        yield OperatorsRow(
            id=f"in-{letter.number}",
            kind=letter.kind,
            state=state,
            attempts=letter.attempts,
            created_at=moment(letter.at) or "",
            due=None,
            attempted_at=None,
            error=letter.error or None,
        )
