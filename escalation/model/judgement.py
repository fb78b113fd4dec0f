"""What a case was judged by, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from escalation.model.audience import NOTHING, Public
from escalation.model.review import OpenReview
from escalation.model.verdict import Verdict

MOST_CHANGES: Final = 20
"""The latest changes are kept: no case needs to tell more of them."""


def stored(name: str) -> dict[str, str]:
    """The name under which a body keeps a field of a part, where that is not the field's own."""
    return {"stored": name}


@dataclass(frozen=True, slots=True)
class ChangeSinceVerdict:
    """Something that a verdict went by has changed: a sentence for agents."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules answered, what they are asked next, and what the requester was told of it.

    `told_fingerprints` are those of the verdicts that were told. `passes` has the rules that an agent let pass,
    with the agent. `overrode` is the wrong number that a reply put right; `numbers` are those of a reply, being
    looked up, that stand where an assignment's would. `changed_since` tells what has changed since the verdict.
    `review`: what the case waits for where it needs review; None in one that came there before that was kept.
    `thanked`: the requester was thanked for the request. `waited`: from when to when a review took long that is
    over, until that is told. `end_off`: the end that was named to the requester and does not come, until that is
    told.
    """

    verdict: Verdict | None = None
    told_fingerprints: tuple[str, ...] = field(default=(), metadata=stored("told"))
    recheck: bool = False
    replied: bool = False
    passes: Mapping[str, str] = field(default_factory=dict)
    questions: Public = NOTHING
    judged_status: str = ""
    overrode: str = ""
    numbers: tuple[str, ...] = ()
    changed_since: tuple[ChangeSinceVerdict, ...] = ()
    review: OpenReview | None = None
    thanked: bool = False
    waited: tuple[datetime, datetime] | None = None
    end_off: datetime | None = None

    def also_told(self, fingerprint: str) -> Judgement:
        """The same once the verdict of a fingerprint has been told."""
        return replace(self, told_fingerprints=(*self.told_fingerprints, fingerprint))

    def without_end(self, named: datetime | None) -> Judgement:
        """The same where an end does not come that was named, if one was."""
        return replace(self, end_off=named or self.end_off)

    def moved(
        self, review: OpenReview | None, waited: tuple[datetime, datetime] | None, *, ended: bool
    ) -> Judgement:
        """The same as the case comes into another state: no end is to be taken back of one that has ended."""
        end_off = None if ended else self.end_off
        return replace(self, recheck=False, replied=False, review=review, waited=waited, end_off=end_off)

    def judged(self, verdict: Verdict) -> Judgement:
        """The same with a new verdict: nothing has changed since."""
        return replace(self, verdict=verdict, changed_since=())

    def also_changed(self, at: datetime, what: str) -> Judgement:
        """The same once something has changed that the verdict went by; where there is none, nothing has."""
        if self.verdict is None:
            return self
        changed = (*self.changed_since, ChangeSinceVerdict(at, what))
        return replace(self, changed_since=changed[-MOST_CHANGES:])
