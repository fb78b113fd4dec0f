"""What the rules answered about a request, and what their answers ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from escalation.model.measures import Measure


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105  a verdict, not a password
    FAIL = "fail"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


ASSUMED = {"not_yet.approval_overdue": "not_yet.approval_assumed"}
"""What is said instead of a text where an average is only assumed. Whoever was told one is not told the other."""

COUNTED = {
    "not_yet.approval_overdue": "not_yet.approval_counted",
    "not_yet.approval_assumed": "not_yet.approval_assumed_counted",
}
"""What is said instead where it is known what the moment was counted from; a body from before does not know it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule answered, with the fact it used, where that came from, and what would mend it.

    `say` names the text for the requester (`ask.…`, `because.…`, `not_yet.…` or `looking_at.…`), `values` what
    fills it, in no language; `measures` what each writes in its own way. `assumed`: an average is the policy's.
    `passed_by`: the agent who let pass what the rule could not tell. `field`: the ticket's field that answers it.
    """

    rule: str
    outcome: Outcome
    fact: str
    source: str
    remedy: str = ""
    earliest: datetime | None = None
    mendable: bool = False
    say: str = ""
    values: tuple[tuple[str, str], ...] = ()
    assumed: bool = False
    measures: tuple[tuple[str, Measure], ...] = ()
    passed_by: str = ""
    field: str = ""

    @property
    def origin(self) -> str:
        """Where its fact came from, and who let that pass."""
        return f"{self.source}; let pass by {self.passed_by}" if self.passed_by else self.source

    @property
    def text(self) -> str:
        """The key of what tells the requester: of an average that is assumed, one that says so."""
        say = ASSUMED.get(self.say, self.say) if self.assumed else self.say
        return COUNTED.get(say, say) if self.measures else say


NO_SOURCE: Final = "nowhere"
"""Where the facts come from that nobody can have before the assignment is there."""


class Ruling(StrEnum):
    """What a verdict asks for."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    ASK = "waiting_on_requester"
    REVIEW = "needs_review"
    WAIT = "waiting_for_date"


@dataclass(frozen=True, slots=True)
class Verdict:
    ruling: Ruling
    findings: tuple[Finding, ...]
    at: datetime

    @property
    def decisive(self) -> tuple[Finding, ...]:
        """The findings that made the ruling; none where it is eligible."""
        return tuple(f for f in self.findings if DECIDES[self.ruling](f))

    @property
    def still_open(self) -> tuple[Finding, ...]:
        """What does not pass, but for what only waits for the assignment to be there."""
        return tuple(f for f in self.findings if f.outcome is not Outcome.PASS and f.source != NO_SOURCE)

    @property
    def earliest(self) -> datetime | None:
        return max((f.earliest for f in self.decisive if f.earliest), default=None)

    @property
    def fingerprint(self) -> str:
        """Equal for two verdicts that would tell the requester the same."""
        told = (f"{f.rule}:{f.say}:{f.values}:{f.earliest}" for f in self.decisive)
        return "|".join((self.ruling, *told))


DECIDES: dict[Ruling, Callable[[Finding], bool]] = {
    Ruling.ELIGIBLE: lambda _: False,
    Ruling.NOT_ELIGIBLE: lambda f: f.outcome is Outcome.FAIL and not f.mendable,
    Ruling.ASK: lambda f: f.outcome is Outcome.FAIL and f.mendable,
    Ruling.REVIEW: lambda f: f.outcome is Outcome.UNKNOWN,
    Ruling.WAIT: lambda f: f.outcome is Outcome.NOT_YET,
}
