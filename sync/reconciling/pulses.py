"""When each part of reconcile last did its work, and since when and why it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from store import Tx

PARTS: Final = {"tickets": "tickets", "assignments": "assignments", "conversations": "side conversations"}
"""The parts of reconcile, and what people call what each looks for."""
LATE: Final = timedelta(minutes=25)
"""Two rounds at their longest interval, and what they may take."""
BY_EXPORT, BY_LIST = "export", "list"
BEGUN: Final = "reconcile.begun"
"""The mark that says where the first round of all begins, set when the account is set up."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """`ok_at`: when the part last did its work, None for never; `failing_since` and `why` where it does not now;
    `wanted_since`: for a part that never ran, since when it should.

    `way` is how changed tickets are found: by the export, or by listing them; `why_listed` says what refused the
    export.
    """

    part: str
    ok_at: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""
    way: str = ""
    why_listed: str = ""
    wanted_since: datetime | None = None

    @property
    def behind_since(self) -> datetime | None:
        """When the part last did its work; where it never did, since when it fails, or should have begun."""
        return self.ok_at or self.failing_since or self.wanted_since

    def lost_since(self, now: datetime) -> datetime | None:
        """Since when lost webhooks are not found; None where they are, or soon will be."""
        # What is still to come was written by a clock that was ahead, and tells nothing.
        moments = (self.ok_at, self.failing_since, self.wanted_since)
        known = [at for at in moments if at is not None and at <= now + LATE]
        return known[0] if known and now - known[0] > LATE else None


def pulses(tx: Tx) -> Iterator[Pulse]:
    """Each part in turn, also one that never ran."""
    for part in PARTS:
        yield pulse(tx, part)


def pulse(tx: Tx, part: str) -> Pulse:
    mark = tx.marks.get(_name(part))
    found = (mark.read(partial(_read, part)) if mark else None) or Pulse(part)
    if found.behind_since is not None:
        return found
    begun = tx.marks.get(BEGUN)
    return replace(found, wanted_since=begun.at if begun else None)


def _read(part: str, said: Any) -> Pulse:
    why, way, why_listed = (str(said.get(name) or "") for name in ("why", "way", "why_listed"))
    return Pulse(part, _moment(said.get("ok")), _moment(said.get("failing")), why, way, why_listed)


def worked(tx: Tx, part: str, now: datetime, way: str = "", why_listed: str = "") -> None:
    """The part did its work just now."""
    _set(tx, Pulse(part, now, way=way, why_listed=why_listed), now)


def failed(tx: Tx, part: str, why: str, now: datetime) -> None:
    """The part could not do its work; `why` says nothing about people."""
    known = pulse(tx, part)
    since = known.failing_since or now
    _set(tx, Pulse(part, known.ok_at, since, why, known.way, known.why_listed), now)


def _set(tx: Tx, pulse: Pulse, now: datetime) -> None:
    value = {
        "ok": _iso(pulse.ok_at),
        "failing": _iso(pulse.failing_since),
        "why": pulse.why,
        "way": pulse.way,
        "why_listed": pulse.why_listed,
    }
    tx.marks.set(_name(pulse.part), value, now)


def _name(part: str) -> str:
    return f"reconcile.pulse.{part}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
