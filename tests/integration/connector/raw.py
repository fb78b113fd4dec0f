"""A server that speaks bytes and no HTTP: what it does with a connection is the test's, and so is every pause."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.servers.listener import Listener

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

Answer = Callable[["Peer"], None]


class Peer:
    """Whoever connected. What they say is heard before the answer; pauses end when the server closes."""

    def __init__(self, connection: socket.socket, closing: threading.Event) -> None:
        self.connection = connection
        self._closing = closing

    def hear(self) -> bytes:
        """A request, head and body."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += self._more()
        head, _, body = heard.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += self._more()
        return head + b"\r\n\r\n" + body

    def say(self, piece: bytes) -> None:
        self.connection.sendall(piece)

    def drip(self, piece: bytes, seconds: float = 0.05) -> None:
        """The piece again and again, for as long as it is listened to."""
        while not self._closing.wait(seconds):
            self.say(piece)

    def wait(self) -> None:
        self._closing.wait(30)

    def _more(self) -> bytes:
        piece = self.connection.recv(65_536)
        if not piece:
            raise ConnectionError
        return piece


class Raw:
    """Answers each connection by the same deed, which may end with whoever connected being gone."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._tls = tls
        self._closing = threading.Event()
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    @property
    def connections(self) -> int:
        return self._listener.accepted

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._closing.set()
        self._listener.close()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self._tls is None:
                self._answer(Peer(connection, self._closing))
                return
            with self._tls.wrap_socket(connection, server_side=True) as encrypted:
                self._answer(Peer(encrypted, self._closing))


@contextmanager
def raw(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Raw]:
    """Such a server, gone at the end."""
    made = Raw(answer, tls)
    try:
        yield made
    finally:
        made.close()
