"""What was said last, by whom and when: by the other side, by agents, and by the desk in its updates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LastWord:
    """What the other side said last: `through` is `assignment` or `email`, `text` the beginning of it."""

    at: datetime
    by: str
    through: str
    text: str


@dataclass(frozen=True, slots=True)
class AgentsWord:
    """That an agent wrote to the requester on the ticket, when and by which name."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ToldUpdate:
    """An update to the requester: its effect, the fact that holds once it was told, and when it was decided."""

    effect: str
    told: str
    at: datetime
