"""Lets an answer come at the same moment after its request, whatever it took to find out that nothing is there."""

from __future__ import annotations

import asyncio
from typing import Final

REFUSED_AFTER_S: Final = 0.1


async def at_the_same_time(began: float, after_s: float = REFUSED_AFTER_S) -> None:
    """Wait until so long after a request began, by the loop's clock. Call it before each answer that says no."""
    left = began + after_s - asyncio.get_running_loop().time()
    if left > 0:
        await asyncio.sleep(left)
