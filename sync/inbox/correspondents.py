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
from store import Tx
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
    found = {}
    for name, mark in tx.marks.some([MARK + reader for reader in readers]).items():
        if (until := mark.read(datetime.fromisoformat)) is None:
            tx.marks.forget(name)  # what stands there may hide what is raised later
        elif until > now:
            found[name.removeprefix(MARK)] = until
    return found


def over(now: datetime) -> str:
    """What the marks of those sort before who may be written to again."""
    return now.astimezone(UTC).isoformat()
