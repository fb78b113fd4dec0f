"""What has stood still for too long: an attempt, a lane, a lock. All of it goes on by itself, if it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from store import OutboxRow, Tx
from sync.limits.call_costs import GROUPS

TOO_LONG: Final = timedelta(minutes=5)
LANES: Final = 64
"""So many lanes are looked at, since those that wait for nothing come first."""
_LOOK: Final = "restart the `parley worker` that has it, or wait for the database to end its session."


def standing_still(tx: Tx, now: datetime) -> dict[str, float | None]:
    """Seconds since the oldest attempt in flight was begun, since what a lane waits for was due where nothing moves
    (or what came later does), and since the oldest lock was taken; None where there is none."""
    begun = tx.outbox.oldest_in_flight()
    return {
        "in_flight_s": (now - begun).total_seconds() if begun else None,
        "lane_s": _lane_s(tx, now),
        "lock_s": tx.longest_held_s(),
    }


def _lane_s(tx: Tx, now: datetime) -> float | None:
    # What waits its turn, where more waits than is done in five minutes, does not stand still either.
    # What waits for a budget of calls, or a pause that a service asked for, is not stuck: `doctor` says how long.
    if any(row.booked_until > now or (row.paused_until or now) > now for row in tx.budgets.all().values()):
        return None
    late = [row for row in tx.outbox.ready(now - TOO_LONG, LANES, GROUPS) if now - _since(row) > TOO_LONG]
    # One of each kind and priority, since these wait for each other.
    groups = {(row.kind, row.priority): row.seq for row in late}
    moved = [one for seq in groups.values() for one in tx.outbox.moved_since(now - TOO_LONG, seq)]
    stands = [now - _since(row) for row in late if not moved or _is_passed_over(row, moved)]
    return max((waited.total_seconds() for waited in stands), default=None)


def _is_passed_over(row: OutboxRow, moved: Iterable[tuple[str, int, datetime]]) -> bool:
    """Whether something of its kind was attempted that came more than five minutes after it could have been."""
    until = _since(row) + TOO_LONG
    return any((row.kind, row.priority) == (kind, priority) and came > until for kind, priority, came in moved)


def _since(row: OutboxRow) -> datetime:
    # What is due at once is due since ever, and an attempt is a move.
    return max(row.due, row.created_at, row.attempted_at or row.created_at)


@dataclass(frozen=True, slots=True)
class Standstill:
    """Something that has stood still for so many seconds, and what to do about it."""

    seconds: float
    said: str
    todo: str


def standstills(said: Mapping[str, Any]) -> Iterator[Standstill]:
    """What stands still for too long."""
    found, least = said["standing_still"], TOO_LONG.total_seconds()
    for name, sentence in (
        ("in_flight_s", "An attempt is under way for {} and nothing is known of it"),
        ("lane_s", "What waits for one ticket or assignment does not move for {}"),
        ("lock_s", "A lock is held for {}"),
    ):
        seconds = found[name]
        if seconds is not None and seconds > least:
            yield Standstill(seconds, sentence.format(f"{seconds / 60:.0f} minutes"), _LOOK)


def stuck(said: Mapping[str, Any]) -> Iterator[str]:
    """Say what stands still."""
    for one in standstills(said):
        yield f"{one.said}: {one.todo}"
