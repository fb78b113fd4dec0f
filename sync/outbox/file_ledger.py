"""Which contents a case has sent which way: written down before a file leaves, so that none goes twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from escalation.model.effects import CopyFile, PostFile
from escalation.model.files import Direction
from store import UNFINISHED, Store, Tx

PREFIX: Final = "file:"


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, by its SHA-256, and its size in bytes."""

    sha256: str
    size: int


class ClaimState(Enum):
    """What is known of a claim that another effect has: `OPEN` where only a reading can tell whether it arrived."""

    ARRIVED = auto()
    UNDER_WAY = auto()
    OPEN = auto()


@dataclass(frozen=True, slots=True)
class Claim:
    """Another effect's claim to the same content, and the reference by which that is found on an assignment."""

    effect_id: str
    reference: str
    standing: ClaimState


class FileLedger:
    """Safe from any thread and beside other processes. A claim is a mark, which stays when its row is gone.

    Effects that claim against each other go to the same place, so they stand in one lane and come one by one.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def claim(self, effect: CopyFile | PostFile, content: Content, *, over: Claim | None = None) -> Claim | None:
        """Note that this effect is about to send a content; where another one of the case has, that one's claim.

        `over`: a claim that is void, since what it was for was read back and is not there. What goes to the ticket
        is there already, too, where it came from the ticket.
        """

        def claim(tx: Tx) -> Claim | None:
            if isinstance(effect, CopyFile):
                gone_out = _name(effect.case_id, Direction.TO_ASSIGNMENT, effect.assignment_id, content)
                if (mark := tx.marks.get(gone_out)) is not None:
                    return Claim(mark.value["effect"], "", ClaimState.ARRIVED)
            name = _claimed_by(effect, content)
            known = tx.marks.get(name)
            other = _held(tx, known.value) if known and known.value["effect"] != effect.id else None
            if other is not None and (over is None or other.effect_id != over.effect_id):
                return other
            now, reference = self._now(), effect.reference if isinstance(effect, PostFile) else ""
            tx.marks.set(name, {"effect": effect.id, "reference": reference}, now)
            tx.marks.set(f"{PREFIX}{effect.id}", {"sha256": content.sha256, "size": content.size}, now)
            return None

        return self._store.write(claim)

    def claimed(self, effect_id: str) -> Content | None:
        """What an effect has claimed to send."""
        found = self._store.read(lambda tx: tx.marks.get(f"{PREFIX}{effect_id}"))
        return Content(found.value["sha256"], found.value["size"]) if found else None


def _held(tx: Tx, value: dict[str, str]) -> Claim:
    """How another effect's claim stands: what was given up, refused or discarded may have arrived all the same, and
    of what was taken out of the outbox since nothing is known."""
    row = tx.outbox.get(value["effect"])
    if row is not None and row.state == "done":
        standing = ClaimState.ARRIVED
    elif row is not None and row.state in UNFINISHED:
        standing = ClaimState.UNDER_WAY
    else:
        standing = ClaimState.OPEN
    return Claim(value["effect"], value["reference"], standing)


def _claimed_by(effect: CopyFile | PostFile, content: Content) -> str:
    if isinstance(effect, CopyFile):
        return _name(effect.case_id, Direction.TO_TICKET, effect.ticket_id, content)
    return _name(effect.case_id, Direction.TO_ASSIGNMENT, effect.assignment_id, content)


def _name(case_id: str, direction: Direction, where: str, content: Content) -> str:
    return f"{PREFIX}{case_id}:{direction.value}:{where}:{content.sha256}"
