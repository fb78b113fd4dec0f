"""What came of an attempt, and what reading tells of one that nobody heard of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sent:
    """Proved done. `at` is the vendor's moment where it tells one; `stamp` the ticket's new `updated_at`."""

    at: datetime
    result: dict[str, str] = field(default_factory=dict)
    stamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Proved absent; a ticket is to be written with this stamp."""

    stamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """In so many seconds reading can tell, or it can be sent; `why` not now."""

    seconds: float
    why: str = "It changed just now; its stamp has to grow older."


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Reading can't tell; a person has to, with what was found."""

    reason: str
    found: str


Settled = Sent | Missing | Later | Doubtful
