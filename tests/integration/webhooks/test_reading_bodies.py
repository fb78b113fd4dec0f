"""How a body is read: within bounds of size and time, and given up with its sender."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from webhooks import responses
from webhooks.endpoint import read_body

Receive = Callable[[], Awaitable[dict[str, Any]]]


def sender(*parts: bytes | None, ends: bool = True) -> Receive:
    """What a server hands over: parts, None being a sender that hangs up; then silence."""
    left = list(parts)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.Event().wait()
        part = left.pop(0)
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(left) or not ends}

    return receive


def test_a_body_in_parts_is_put_together() -> None:
    assert asyncio.run(read_body({}, sender(b"a", b"", b"bc"))) == b"abc"


def test_a_body_that_does_not_come_is_answered_503_so_that_it_is_sent_again() -> None:
    for slow in (sender(), sender(b"a", ends=False)):
        assert asyncio.run(read_body({}, slow, 0.02)) is responses.TOO_SLOW
    assert responses.TOO_SLOW.status == 503


def test_a_sender_that_hangs_up_gets_no_answer() -> None:
    for gone in (sender(None), sender(b"a", None)):
        with pytest.raises(ClientDisconnect):
            asyncio.run(read_body({}, gone))


def test_giving_up_from_outside_is_no_slow_body() -> None:
    async def run() -> None:
        reading = asyncio.ensure_future(read_body({}, sender(), 30))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(run())


@pytest.mark.parametrize("declared", [b"1048577", b"-1", b"1e3", b"", b"9" * 13])
def test_a_length_that_is_too_large_or_none_is_refused_unread(declared: bytes) -> None:
    assert asyncio.run(read_body({b"content-length": declared}, sender())) is responses.TOO_LARGE
