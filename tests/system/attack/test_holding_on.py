"""Senders that begin and never end: they are shown out, and who sends honestly is answered meanwhile."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import pytest

from tests.scale import NIGHTLY, scaled, tell
from tests.system.attack.front import Front, a_front, a_signed_event, heard
from webhooks.connection_guard import ConnectionLimits

EACH = scaled(commit=40, nightly=300)
LIMITS = ConnectionLimits() if NIGHTLY else ConnectionLimits(head_s=1.0, body_s=1.5, idle_s=1.0, taking_s=1.0)
CLOSED_WITHIN_S, ANSWERED_WITHIN_MS = (15.0, 2000) if NIGHTLY else (30.0, 10_000)  # by day it may be busy
HEAD = b"POST /webhooks/zendesk HTTP/1.1\r\nhost: parley\r\ncontent-length: 1000\r\n"


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    with a_front(tmp_path, LIMITS) as listening:
        yield listening


class Honest:
    """Sends signed requests one after the other, each on a connection of its own, and times the answers."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.seconds: list[float] = []
        self.refused: list[bytes] = []

    def __enter__(self) -> Honest:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(120)

    def _run(self) -> None:
        for number in range(100_000):
            started = perf_counter()
            answer = self._front.ask(a_signed_event(number, last=True))
            self.seconds.append(perf_counter() - started)
            if not answer.startswith(b"HTTP/1.1 202 "):
                self.refused.append(answer)
            if self._stop.wait(0.005):
                return

    def p99_ms(self) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[int(len(ordered) * 0.99)]


def drip(held: list[socket.socket], stop: threading.Event) -> None:
    """One byte more of each, again and again, so that no connection is ever quiet."""
    while not stop.wait(0.3):
        for one in held:
            try:
                one.send(b"x")
            except OSError:
                continue


def seconds_until_closed(held: list[socket.socket], started: float) -> float:
    for one in held:
        heard(one, seconds=60)
    return perf_counter() - started


def test_half_open_heads_and_slow_bodies_are_closed_while_signed_requests_are_answered(front: Front) -> None:
    stop = threading.Event()
    with ExitStack() as stack, Honest(front) as honest:
        started = perf_counter()
        quiet = [stack.enter_context(front.connect()) for _ in range(EACH // 3)]
        heads = [stack.enter_context(front.connect(HEAD + b"x-slow: ")) for _ in range(EACH - EACH // 3)]
        bodies = [stack.enter_context(front.connect(HEAD + b"\r\n{")) for _ in range(EACH)]
        dripping = threading.Thread(target=drip, args=(heads + bodies, stop))
        dripping.start()
        try:
            took = seconds_until_closed(quiet + heads + bodies, started)
        finally:
            stop.set()
            dripping.join()
    assert took < CLOSED_WITHIN_S
    assert honest.refused == [] and honest.seconds
    assert honest.p99_ms() < ANSWERED_WITHIN_MS
    assert front.errors() == ""
    tell(
        "slow_senders",
        held_connections=2 * EACH,
        closed_after_s=round(took, 1),
        signed_meanwhile=len(honest.seconds),
        p99_ms=round(honest.p99_ms(), 1),
    )


def test_more_connections_than_there_are_places_refuse_nobody_honest(tmp_path: Path) -> None:
    places = scaled(commit=30, nightly=512)
    many = scaled(commit=150, nightly=5000)
    limits = ConnectionLimits(connections=places)
    with a_front(tmp_path, limits) as front, ExitStack() as stack, Honest(front) as honest:
        for number in range(many):
            if number % 800 == 799:  # our own open files are counted too
                stack.close()
            stack.enter_context(front.connect(HEAD))
    assert honest.refused == [] and honest.seconds
    assert front.errors() == ""
    tell(
        "many_connections",
        connections=many,
        places=places,
        signed_meanwhile=len(honest.seconds),
        p99_ms=round(honest.p99_ms(), 1),
    )
