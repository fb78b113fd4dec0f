"""The database seen from above: no process of the desk reads this way, so it takes no time and no fault."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from store.sql.types import moment_from_text, moment_to_text

_WORK = """
    SELECT due FROM inbox WHERE state = 'new'
    UNION ALL SELECT due FROM outbox WHERE state IN ('todo', 'in_flight', 'unclear')
"""
_IS_DUE = f"SELECT 1 FROM ({_WORK}) WHERE due <= ? LIMIT 1"  # noqa: S608  our own words
_NEXT_DUE = f"SELECT min(due) FROM ({_WORK}) WHERE due > ?"  # noqa: S608  our own words
_NEXT_TIMER = """
    SELECT timers.due, cases.ticket_id FROM timers JOIN cases ON cases.id = timers.case_id
    WHERE NOT timers.fired ORDER BY timers.due LIMIT 1
"""

_AT_STAKE = """
    SELECT (SELECT count(*) FROM inbox),
           (SELECT group_concat(id || state || attempts) FROM inbox WHERE state <> 'done'),
           (SELECT group_concat(state || attempts, ' ') FROM (SELECT state, attempts FROM outbox ORDER BY seq)),
           (SELECT total(version) FROM cases), (SELECT count(*) FROM timers WHERE fired)
"""


class Peek:
    """When there is something to do: what lets idle processes sleep instead of looking in vain each second."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)

    def is_due(self, now: datetime) -> bool:
        """Whether a worker that looks now may find something, locks, budgets and lanes aside."""
        return self._connection.execute(_IS_DUE, (moment_to_text(now),)).fetchone() is not None

    def next_due(self, now: datetime) -> datetime | None:
        """When the next thing for a worker is due after this moment."""
        (found,) = self._connection.execute(_NEXT_DUE, (moment_to_text(now),)).fetchone()
        return None if found is None else moment_from_text(found)

    def next_timer(self) -> tuple[datetime | None, int | None]:
        """When the next timer is due that did not fire, and on which ticket."""
        found = self._connection.execute(_NEXT_TIMER).fetchone()
        return (moment_from_text(found[0]), int(found[1])) if found else (None, None)

    def at_stake(self) -> tuple[object, ...]:
        """What is kept, heartbeats and how far sweeps came left out: equal where nothing happened in between."""
        found: tuple[object, ...] = self._connection.execute(_AT_STAKE).fetchone()
        return found

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()
