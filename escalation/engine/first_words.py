"""What the first tier's text tells first: thanks, and the verdict with its parts."""

from __future__ import annotations

from dataclasses import replace

from escalation.engine.turn import Turn
from escalation.model.audience import NOTHING, Public
from escalation.model.measures import Quantity
from escalation.model.verdict import Finding, Ruling


def first_words(turn: Turn) -> Public:
    """Thanks and the verdict, which come first in the first tier's text."""
    return turn.requester.listed("sentences", filter(None, (_thanks(turn), _verdict_in_words(turn))))


def _verdict_in_words(turn: Turn) -> Public:
    case, verdict = turn.case, turn.case.judgement.verdict
    told = case.judgement.told_fingerprints
    if verdict is None or verdict.ruling is not Ruling.ELIGIBLE or verdict.fingerprint in told:
        return NOTHING
    case.judgement = case.judgement.also_told(verdict.fingerprint)
    said = turn.public_text("verdict.eligible")
    assumed = next((finding for finding in verdict.findings if finding.assumed), None)
    return turn.requester.listed("sentences", (said, _assumed_in_words(turn, assumed))) if assumed else said


def _assumed_in_words(turn: Turn, finding: Finding) -> Public:
    """What was assumed with all its parts, so that it can be added up; a finding from before has none of them."""
    if finding.measures:
        return turn.public_text("verdict.assumed_counted", **dict(finding.measures))
    hours = Quantity(turn.policy.average_approval_hours, "hour")
    return turn.public_text("verdict.assumed_average", hours=hours)


def _thanks(turn: Turn) -> Public:
    """Thanks for the request, once; not where WorkMarket has handed it in."""
    judgement = turn.case.judgement
    if judgement.thanked or turn.case.signed_email:
        return NOTHING
    turn.case.judgement = replace(judgement, thanked=True)
    return turn.public_text("verdict.thanks")
