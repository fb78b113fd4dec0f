"""What a check answers: a finding for each outcome. `judge` writes in which rule it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from escalation.model.measures import Measure, in_no_language
from escalation.model.verdict import Finding, Outcome

MESSAGES = "the assignment's messages"


def named(rule: str, finding: Finding) -> Finding:
    """The finding as one of a rule. Where a person has to say, the requester is told what they look at."""
    say = f"looking_at.{rule}" if finding.outcome is Outcome.UNKNOWN and not finding.say else finding.say
    return replace(finding, rule=rule, say=say)


def passed(fact: str, source: str, *, assumed: bool = False, **parts: Measure) -> Finding:
    """Lets the request pass; `parts` are what a moment that has passed was counted from."""
    return Finding("", Outcome.PASS, fact, source, assumed=assumed, measures=tuple(parts.items()))


def unknown(fact: str, source: str, remedy: str, field: str = "") -> Finding:
    """Asks a person; `field`: the ticket's field by which they answer, where there is one."""
    return Finding("", Outcome.UNKNOWN, fact, source, remedy, field=field)


def not_yet(
    fact: str, source: str, earliest: datetime, say: str, *, assumed: bool = False, **parts: Measure
) -> Finding:
    """Waits for a moment; `parts` are what that was counted from."""
    remedy, counted = "Wait for that moment.", tuple(parts.items())
    return Finding("", Outcome.NOT_YET, fact, source, remedy, earliest, say=say, assumed=assumed, measures=counted)


def failed(fact: str, source: str, say: str, **values: str | Measure) -> Finding:
    """Refuses the request; `say` is the text that tells the requester, and `values` fill it."""
    return _filled(Finding("", Outcome.FAIL, fact, source, say=say), values)


def mendable(fact: str, source: str, remedy: str, say: str, **values: str | Measure) -> Finding:
    """Asks the requester to mend it; `say` is the text that asks, and `values` fill it."""
    return _filled(Finding("", Outcome.FAIL, fact, source, remedy, mendable=True, say=say), values)


def _filled(finding: Finding, values: Mapping[str, str | Measure]) -> Finding:
    said = tuple((name, in_no_language(value)) for name, value in values.items())
    measures = tuple((name, value) for name, value in values.items() if not isinstance(value, str))
    return replace(finding, values=said, measures=measures)


def filling(finding: Finding) -> dict[str, str | Measure]:
    """What fills the text of a finding; where a body from before has no measures, as it was written then."""
    return {**dict(finding.values), **dict(finding.measures)}


def when_too_early(finding: Finding, until: datetime | None = None) -> dict[str, Measure]:
    """What fills the text of a finding that waits for a moment: that moment, and what it was counted from."""
    at = finding.earliest or until
    return {**dict(finding.measures), **({"date": at} if at else {})}


def who_wrote() -> Finding:
    fact = "There is a message by somebody who is neither surely the worker nor surely the client."
    return unknown(fact, MESSAGES, "An agent reads who wrote it.")
