"""Who was written to lately: until when the next letters to them wait, so that they go as one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from escalation.model.case import Case
from escalation.model.effects import StartConversation
from escalation.model.values import Timer
from store import Tx

MARK: Final = "letter:"
"""How the marks of correspondents begin."""


def leave_alone(tx: Tx, letter: StartConversation, now: datetime) -> None:
    """Let what follows a letter wait for the hours that it says, counted from when it may leave."""
    until = max(now, letter.not_before or now) + timedelta(hours=letter.quiet_hours)
    tx.marks.raise_to(MARK + letter.correspondent, until.isoformat(), now)


def written_to(tx: Tx, case: Case, now: datetime) -> Mapping[str, datetime]:
    """Until when each correspondent is left alone who was written to; asked where a tier's end turns on it."""
    ends = case.deadlines.get(Timer.TIER_ENDS)
    if ends is None or ends.due > now:
        return {}
    marks = tx.marks.beginning(MARK)
    until = {name.removeprefix(MARK): datetime.fromisoformat(mark.value) for name, mark in marks.items()}
    return {name: at for name, at in until.items() if at > now}
