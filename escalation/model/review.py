"""What a case waits for a person with, a review or somebody's word: since when, about what, and who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from escalation.model.values import State

MESSAGE: Final = "looking_at.message"
"""What a person is asked to look at where nobody has answered a message."""
UNREACHED: Final = "looking_at.unreached"
"""What a person is asked to look at before the end of a month in which nobody could be asked."""


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A review that no agent has ended yet.

    `about`: what agents are told that it is about. `looking_at`: the keys of the clauses by which the requester is
    told so. `looked_at`: when an agent first commented while it waited. `lead_at`: when it went up to the lead.
    `message_at`: of when the requester's message is that the review is about, where it is about one. `seen_to_at`:
    when an agent answered that message, or took the tag off. `month_over`: whether it began at a month's end.
    """

    since: datetime
    about: str = ""
    looking_at: tuple[str, ...] = ()
    looked_at: datetime | None = None
    lead_at: datetime | None = None
    message_at: datetime | None = None
    seen_to_at: datetime | None = None
    month_over: bool = False

    @property
    def waits_since(self) -> datetime:
        """Since when whoever wrote waits: since their message, if nobody has seen to it; else since it began."""
        return self.since if self.seen_to_at or not self.message_at else min(self.message_at, self.since)


@dataclass(frozen=True, slots=True)
class WaitingWord:
    """What somebody has written that waits for an agent: the requester, or the account manager. Since when, and
    when agents were told last; `lead_at`: when it went up to the lead."""

    since: datetime
    told_at: datetime
    lead_at: datetime | None = None


def review_in(state: State, now: datetime, why: str) -> OpenReview | None:
    """Return the review that begins as a case comes into a state; None where that state is none."""
    return OpenReview(now, why) if state is State.NEEDS_REVIEW else None
