"""What the others are told of new rows."""

from __future__ import annotations

import asyncio

from webhooks.announce import FOLDED, Announcer


def announced(*turns: int) -> list[int]:
    """What is announced where so many rows are new in each turn of the event loop; their ids count from 1."""
    told: list[int] = []
    announcer = Announcer(told.append)

    async def tell() -> None:
        first = 1
        for many in turns:
            for row_id in range(first, first + many):
                announcer.put(row_id)
            first += many
            await asyncio.sleep(0)

    announcer.start()
    asyncio.run(tell())
    announcer.stop()
    return told


def test_one_announcement_does_for_many_rows_that_came_together() -> None:
    assert announced(300) == list(range(1, 301, FOLDED))


def test_what_comes_later_is_announced_again() -> None:
    assert announced(2, 1, 1) == [1, 3, 4]
