"""Which contents a case has sent which way: written down before a file leaves, so that none goes twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from escalation.model.files import Direction
from store import Store, Tx

PREFIX: Final = "file:"
ARRIVED: Final = frozenset({"done"})


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, by its SHA-256, and its size in bytes."""

    sha256: str
    size: int


class FileLedger:
    """Safe from any thread and beside other processes. A claim is a mark, which stays when its row is gone."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def claim(self, effect_id: str, case_id: str, direction: Direction, content: Content) -> bool:
        """Note that this effect is about to send a content; False where another one of the case has.

        What goes to the ticket is there already, too, where it came from the ticket.
        """

        def claim(tx: Tx) -> bool:
            if direction is Direction.TO_TICKET and tx.marks.get(_name(case_id, Direction.TO_ASSIGNMENT, content)):
                return False
            name = _name(case_id, direction, content)
            known = tx.marks.get(name)
            if known is not None and known.value["effect"] != effect_id and _stands(tx, known.value["effect"]):
                return False
            now = self._now()
            tx.marks.set(name, {"effect": effect_id}, now)
            tx.marks.set(f"{PREFIX}{effect_id}", {"sha256": content.sha256, "size": content.size}, now)
            return True

        return self._store.write(claim)

    def claimed(self, effect_id: str) -> Content | None:
        """What an effect has claimed to send."""
        found = self._store.read(lambda tx: tx.marks.get(f"{PREFIX}{effect_id}"))
        return Content(found.value["sha256"], found.value["size"]) if found else None


def _stands(tx: Tx, effect_id: str) -> bool:
    """Whether what another effect claimed arrived, as what was taken out of the outbox since did; not where it was
    given up."""
    row = tx.outbox.get(effect_id)
    return row is None or row.state in ARRIVED


def _name(case_id: str, direction: Direction, content: Content) -> str:
    return f"{PREFIX}{case_id}:{direction.value}:{content.sha256}"
