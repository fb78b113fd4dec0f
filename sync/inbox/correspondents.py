"""Who was written to lately: until when the next letters to them wait, so that they go as one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from escalation.handlers.outreach import possible_readers
from escalation.model.case import Case
from escalation.model.effects import StartConversation
from escalation.model.events import Observed
from escalation.model.values import Timer
from escalation.policies.policy import Policy
from store import Mark, Tx
from sync.inbox.process import company_after

MARK: Final = "letter:"
"""How the marks of correspondents begin."""


def leave_alone(tx: Tx, letter: StartConversation, now: datetime) -> None:
    """Let what follows a letter wait for the hours that it says, counted from when it may leave."""
    until = max(now, letter.not_before or now) + timedelta(hours=letter.quiet_hours)
    tx.marks.raise_to(MARK + letter.correspondent, over(until), now)


def written_to(tx: Tx, case: Case, seen: Observed, policy: Policy, now: datetime) -> Mapping[str, datetime]:
    """Until when each is left alone whom a letter of the case may go to; asked where a tier's end turns on it."""
    ends = case.deadlines.get(Timer.TIER_ENDS)
    if ends is None or ends.due > now:
        return {}
    readers = possible_readers(case, seen, policy, company_after(case, seen))
    marks = tx.marks.some([MARK + reader for reader in readers])
    until = {name.removeprefix(MARK): _until(mark) for name, mark in marks.items()}
    return {name: at for name, at in until.items() if at is not None and at > now}


def over(now: datetime) -> str:
    """What the marks of those sort before who may be written to again."""
    return now.astimezone(UTC).isoformat()


def _until(mark: Mark) -> datetime | None:
    """None where the mark is damaged: then they are written to at once."""
    try:
        return datetime.fromisoformat(mark.value)
    except (TypeError, ValueError):
        return None
