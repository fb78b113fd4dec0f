"""Many hand-made requests to the application in one event loop, and what to say of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from tests.in_process import Got, Sent, ask


async def ask_all(app: ASGIApp, sent: Iterable[Sent], at_once: int = 64) -> list[tuple[Sent, Got]]:
    """Many requests, some of them beside one another, so that they share commits as they do in life."""
    found: list[tuple[Sent, Got]] = []
    waiting: list[Sent] = []

    async def flush() -> None:
        answers = await asyncio.gather(*(ask(app, one) for one in waiting))
        found.extend(zip(waiting, answers, strict=True))
        waiting.clear()

    for one in sent:
        waiting.append(one)
        if len(waiting) == at_once:
            await flush()
    await flush()
    return found


def rss_mb() -> float:
    """What this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def told(sent: Sent, got: Any, seed: int) -> str:
    """A failure with what replays it."""
    return f"seed {seed}: {sent.name or sent.path} {sent.headers!r} {sent.body[:300]!r} → {got!r}"
