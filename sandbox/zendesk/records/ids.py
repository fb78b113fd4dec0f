"""Ids as Zendesk gives them: several servers, each with a block of its own, so that they tell no order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

SERVERS = 4
BLOCK = 13_000_000
# In recordings of real accounts neighbours were out of order by up to 22 minutes.
KEPT = timedelta(minutes=20)


@dataclass(slots=True)
class _Block:
    last: int
    end: int
    taken: datetime


class IdBlocks:
    """Gives ids that are unique; of two that are given within twenty minutes the later one is often the lower."""

    def __init__(self, clock: Callable[[], datetime], dice: Random, first: int) -> None:
        self._clock = clock
        self._dice = dice
        self._top = first
        self._blocks: dict[int, _Block] = {}

    def next(self) -> int:
        server, step = self._dice.randrange(SERVERS), self._dice.randint(1, 40)
        block = self._blocks.get(server)
        now = self._clock()
        if block is None or block.last + step > block.end or not timedelta(0) <= now - block.taken < KEPT:
            block = self._blocks[server] = _Block(self._top, self._top + BLOCK, now)
            self._top += BLOCK
        block.last += step
        return block.last
