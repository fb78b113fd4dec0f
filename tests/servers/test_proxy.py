"""The proxy of the tests: what it is asked to do to a line, it does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

import pytest

from tests.servers.proxy import Proxy, proxy_to


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Before a server that gives back what it is told."""
    door = socket.create_server(("127.0.0.1", 0))

    def give_back(line: socket.socket) -> None:
        with line, suppress(OSError):
            while data := line.recv(1000):
                line.sendall(data)

    def serve() -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=give_back, args=(line,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    with proxy_to(door.getsockname()) as made:
        yield made
    door.shutdown(socket.SHUT_RDWR)
    door.close()


def dial(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=120)


def told(line: socket.socket) -> bytes:
    line.sendall(b"hello")
    return line.recv(1000)


def test_what_is_said_comes_through_both_ways(proxy: Proxy) -> None:
    with dial(proxy) as line:
        assert told(line) == b"hello"


def test_a_silent_line_gives_no_sign_and_new_ones_work(proxy: Proxy) -> None:
    with dial(proxy) as old:
        told(old)
        assert proxy.silence() == 1
        old.settimeout(0.4)
        with pytest.raises(TimeoutError):
            told(old)
        with dial(proxy) as new:
            assert told(new) == b"hello"
        proxy.heal()
        with pytest.raises(TimeoutError):
            old.recv(1)


def test_a_dripping_line_gives_a_byte_at_a_time(proxy: Proxy) -> None:
    proxy.drip(0.05)
    with dial(proxy) as line:
        assert told(line) == b"h"


def test_a_delayed_answer_comes_later(proxy: Proxy) -> None:
    proxy.delay(0.2)
    with dial(proxy) as line:
        began = monotonic()
        told(line)
        assert monotonic() - began >= 0.2


def test_a_cut_line_is_reset(proxy: Proxy) -> None:
    with dial(proxy) as line:
        told(line)
        assert proxy.cut() == 1
        with pytest.raises(ConnectionError):
            told(line)


def test_who_is_refused_is_reset_and_may_come_again_later(proxy: Proxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionError), dial(proxy) as line:
        told(line)
    proxy.heal()
    with dial(proxy) as line:
        assert told(line) == b"hello"
