"""Handle and deliver as one: the whole desk, step by step on the caller's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync.inbox.handle import InboxHandler
from sync.outbox.deliver import Deliverer

# So many steps without an end are a loop of ours, not work.
MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class SteppedDesk:
    """What the worker's threads do, without threads: for tests and simulations that move the clock."""

    handler: InboxHandler
    deliverer: Deliverer
    now: Callable[[], datetime]

    def step(self) -> int:
        """Handle the first row of each lane and deliver the first of each; how many rows that moved."""
        moved = self.handler.handle_ready(self.now()).rows
        ready = self.deliverer.ready(self.now())
        return moved + sum(self.deliverer.deliver(row.id, row.lane, row) for row in ready)

    def drain(self) -> int:
        """Step until nothing is ready at this moment; how many rows moved. Raises StoreUnavailable."""
        total = 0
        for _ in range(MOST_STEPS):
            moved = self.step()
            if moved == 0:
                return total
            total += moved
        raise RuntimeError("The desk finds no rest: two parts of it keep each other busy.")
