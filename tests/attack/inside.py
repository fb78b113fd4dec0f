"""The application without sockets: hand-made requests to it in one event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Scope

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request. The body may come in parts; `name` says in a failure what it was."""

    path: str
    body: bytes
    headers: Sequence[Header] = ()
    method: str = "POST"
    parts: int = 1
    name: str = ""


@dataclass(slots=True)
class Got:
    """What was answered."""

    status: int = 0
    headers: Sequence[Header] = ()
    body: bytes = b""
    messages: list[Message] = field(default_factory=list)


async def ask(app: ASGIApp, sent: Sent) -> Got:
    """One request."""
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "root_path": "",
        "method": sent.method,
        "path": sent.path,
        "raw_path": sent.path.encode(),
        "query_string": b"",
        "headers": list(sent.headers),
        "state": {},
    }
    size = -(-len(sent.body) // sent.parts) or 1
    pieces = [sent.body[start : start + size] for start in range(0, len(sent.body), size)] or [b""]
    waiting = iter(
        {"type": "http.request", "body": piece, "more_body": place < len(pieces) - 1}
        for place, piece in enumerate(pieces)
    )
    got = Got()

    async def receive() -> Message:
        return next(waiting, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            got.status, got.headers = message["status"], message["headers"]
        else:
            got.body += message.get("body", b"")

    await app(scope, receive, send)
    return got


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


def as_headers(named: dict[str, str]) -> list[Header]:
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


def rss_mb() -> float:
    """What this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def told(sent: Sent, got: Any, seed: int) -> str:
    """A failure with what replays it."""
    return f"seed {seed}: {sent.name or sent.path} {sent.headers!r} {sent.body[:300]!r} → {got!r}"
