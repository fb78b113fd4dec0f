"""What a case waits for a person with, a review or a question: since when, about what, and who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from escalation.model.values import State


@dataclass(frozen=True, slots=True)
class OpenReview:
    """A review that no agent has ended yet.

    `about`: what agents are told that it is about. `looking_at`: the keys of the clauses by which the requester is
    told so. `looked_at`: when an agent first commented while it waited. `lead_at`: when it went up to the lead.
    `message_at`: of when the requester's message is that the review is about, where it is about one.
    """

    since: datetime
    about: str = ""
    looking_at: tuple[str, ...] = ()
    looked_at: datetime | None = None
    lead_at: datetime | None = None
    message_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What a requester has written that no agent has answered: since when, and when agents were told last.

    `lead_at`: when it went up to the lead.
    """

    since: datetime
    told_at: datetime
    lead_at: datetime | None = None


def review_in(state: State, now: datetime, why: str) -> OpenReview | None:
    """Return the review that begins as a case comes into a state; None where that state is none."""
    return OpenReview(now, why) if state is State.NEEDS_REVIEW else None
