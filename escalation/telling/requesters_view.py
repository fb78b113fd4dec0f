"""What the requester is told of their case: what they were told or did, in their language and zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from escalation.eligibility.outcomes import filling, when_too_early
from escalation.engine.looking import key_of_question, looked_at, open_question, tier_without_anybody
from escalation.engine.progress import (
    ProgressSentence,
    goes_on_to,
    key_of_confirmation,
    key_of_end,
    key_of_month,
    next_step,
)
from escalation.explain import moment
from escalation.model.case import Case, Deadline
from escalation.model.derivation import Derivation
from escalation.model.files import CaseFile, Direction, FileState
from escalation.model.kept_deadlines import held_until
from escalation.model.measures import Quantity, Unit
from escalation.model.tiers import TIER_OF
from escalation.model.values import State, Timer
from escalation.model.verdict import Finding, Ruling, Verdict
from escalation.policies.policy import Policy
from escalation.policies.readers import Reader, requester_of
from escalation.telling.done_so_far import done_so_far
from escalation.telling.shapes import (
    RequesterView,
    ShownDeadline,
    ShownFile,
    ShownFinding,
    ShownMove,
    WhoseTurn,
)
from escalation.telling.stored import StoredCase
from escalation.telling.turns import state_since, whose_turn

THEN: Final = {
    Timer.NEXT_UPDATE: "then.update",
    Timer.DATE_REACHED: "then.date_reached",
    Timer.REMINDER: "then.reminder",
    Timer.WITHDRAWAL: "then.withdrawal",
    Timer.SILENCE: "then.silence",
    Timer.SILENCE_UNANSWERED: "then.back",
    Timer.PAUSE_ENDS: "then.pause_ends",
}
"""What the requester is told of a deadline; of those that are not here nothing, but for the ends of a tier."""
UNITS: Final[dict[str, tuple[Unit, str]]] = {
    "business hour": ("hour", "counted.hours"),
    "business day": ("day", "counted.days"),
    "calendar month": ("month", "counted.months"),
}
"""What a derivation counts in: the unit, and the text that tells it."""
FILES: Final = {FileState.ON_WAY: "passed.on_way", FileState.DONE: "passed.done", FileState.SAME: "passed.done"}


def requester_view(stored: StoredCase, now: datetime, policy: Policy) -> RequesterView:
    """Return what a requester may know. Pure; `policy` is the one that the case began with."""
    case, reader = stored.case, requester_of(stored.case, policy)
    return RequesterView(
        audience="requester",
        said_in=reader.texts.language,
        read_at=moment(now) or "",
        ticket_id=case.ticket_id,
        assignment_id=case.assignment_id,
        party=case.party.value if case.party else None,
        state=case.state.value,
        state_said=_stands(case, reader),
        state_since=moment(state_since(case, stored.journal)),
        ended=case.ended,
        opened=moment(case.opened),
        whose_turn=_turn(case),
        waiting_for=case.judgement.questions or None if case.state is State.WAITING_ON_REQUESTER else None,
        verdict=tuple(_findings(case, reader)),
        checked_at=_checked_at(case),
        deadlines=tuple(_deadlines(case, reader, policy)),
        sent=done_so_far(stored, reader),
        files=tuple(_file(file, reader) for file in case.files.moved.values() if _is_theirs(file)),
    )


def _turn(case: Case) -> WhoseTurn:
    """Who of the desk's people it is that has to do something is not told."""
    turn = whose_turn(case)
    return "desk" if turn == "agents" else turn


def _stands(case: Case, reader: Reader) -> str:
    """First that a message of theirs waits to be read; in a pause last what becomes of the update that was due."""
    if case.ended:
        return reader.text(f"stands.{case.state.value}")
    question = open_question(case)
    said = [reader.text(key_of_question(case, question), date=question.since)] if question else []
    if case.requester_open and not question:
        said.append(reader.text("stands.wrote"))
    if case.paused:
        said.append(reader.text("stands.paused", date=case.paused.until))
        if held_until(case, Timer.NEXT_UPDATE) and not case.muted:
            said.append(reader.text("stands.paused_update", date=case.deadlines[Timer.NEXT_UPDATE].due))
    elif tier_without_anybody(case):
        said.append(reader.text("stands.looking"))
    elif case.state is State.NEEDS_REVIEW:
        review = case.judgement.review
        if not (question and review and review.message_at == question.since):
            said.append(reader.text("stands.needs_review", looking_at=looked_at(review, reader)))
    else:
        said.append(reader.text("stands.in_tier" if case.state in TIER_OF else f"stands.{case.state.value}"))
    return reader.listed("sentences", said)


def told_findings(case: Case) -> tuple[Finding, ...]:
    """What the requester was told of the last check: what decided it, once that was said."""
    verdict = case.judgement.verdict
    if verdict is None or not _is_told(case, verdict):
        return ()
    return tuple(finding for finding in verdict.decisive if finding.say)


def _is_told(case: Case, verdict: Verdict) -> bool:
    ended_by_it = verdict.ruling is Ruling.NOT_ELIGIBLE and case.state is State.NOT_ELIGIBLE
    return ended_by_it or verdict.fingerprint in case.judgement.told_fingerprints


def told_of(finding: Finding, ruling: Ruling, reader: Reader) -> str:
    """What a requester was told of a finding, as a sentence."""
    if ruling is Ruling.ASK:
        return reader.text(finding.say, **filling(finding))
    if ruling is Ruling.NOT_ELIGIBLE:
        return reader.text("not_eligible.why", because=reader.text(finding.say, **filling(finding)))
    if ruling is Ruling.WAIT and finding.earliest:
        return reader.text("checked.not_yet", why=reader.text(finding.text, **when_too_early(finding)))
    return reader.text("checked.looking_at", looking_at=reader.text(finding.say))


def _checked_at(case: Case) -> str | None:
    """When that was checked of which they were told."""
    verdict = case.judgement.verdict
    return moment(verdict.at) if verdict and told_findings(case) else None


def _findings(case: Case, reader: Reader) -> Iterator[ShownFinding]:
    if verdict := case.judgement.verdict:
        for finding in told_findings(case):
            yield ShownFinding(
                outcome=finding.outcome.value,
                told=told_of(finding, verdict.ruling, reader),
                earliest=moment(finding.earliest),
            )


def _deadlines(case: Case, reader: Reader, policy: Policy) -> Iterator[ShownDeadline]:
    """During a pause only its end: nothing else comes true before."""
    for timer, deadline in sorted(case.deadlines.items(), key=lambda item: item[1].due):
        said = _then(case, timer, deadline.due, asks_first=policy.ask_before_end)
        if said and (case.paused is not None) is (timer is Timer.PAUSE_ENDS):
            yield ShownDeadline(
                kind=timer.value,
                due=moment(deadline.due) or "",
                due_said=reader.moment(deadline.due),
                what=reader.text(said.key, **said.values),
                why=_why(case, timer, deadline, reader),
                moved=tuple(
                    ShownMove(
                        at=moment(one.at) or "", from_=moment(one.was) or "", from_said=reader.moment(one.was)
                    )
                    for one in deadline.moved
                ),
            )


def _then(case: Case, timer: Timer, due: datetime, *, asks_first: bool) -> ProgressSentence | None:
    """What they are told of the tier's end is what an update tells of it."""
    if case.muted:
        return None
    following = goes_on_to(case, case.tier)
    if timer is Timer.TIER_ENDS:
        return next_step(case, following, due) if following else None
    if timer is Timer.MONTH_ENDS:
        key = (key_of_month if following else key_of_end)(case, asks_first=asks_first)
        return ProgressSentence(key, due)
    if timer is Timer.CONFIRMATION:
        return ProgressSentence(key_of_confirmation(case), due)
    return ProgressSentence(THEN[timer], due) if timer in THEN else None


def _why(case: Case, timer: Timer, deadline: Deadline, reader: Reader) -> str | None:
    if deadline.derivation:
        return counted(deadline.derivation, reader)
    if timer is Timer.DATE_REACHED:
        told = [one.told for one in _findings(case, reader) if one.told]
        return told[0] if told else None
    return None


def counted(derivation: Derivation, reader: Reader) -> str | None:
    """How a moment was counted, in a reader's words; None for an amount that is none of ours."""
    number, _, unit = derivation.amount.partition(" ")
    known = UNITS.get(unit.removesuffix("s"))
    if known is None:
        return None
    name, key = known
    amount = {f"{name}s": Quantity(float(number), name)}
    said = [reader.text(key, date=derivation.start, **amount)]
    if derivation.counted_from != derivation.start:
        said.append(reader.text("counted.begins", date=derivation.counted_from))
    if derivation.used_up:
        said.append(reader.text("counted.opens"))
    return " ".join(said)


def _is_theirs(file: CaseFile) -> bool:
    """Files of the assignment came for agents; those for it stood in a public comment."""
    return file.direction is Direction.TO_ASSIGNMENT


def _file(file: CaseFile, reader: Reader) -> ShownFile:
    return ShownFile(
        name=file.name,
        size=file.size,
        state=file.state.value,
        said=reader.text(FILES.get(file.state, "passed.not")),
    )
