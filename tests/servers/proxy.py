"""A TCP proxy before a server, on loopback, that can fall silent, drip, delay, cut and refuse."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

Way = Literal["both", "ask", "answer"]
CHUNK = 65_536
LOOKED_EVERY_S = 0.05


class Line:
    """One connection through the proxy."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.silent: set[str] = set()

    def cut(self) -> None:
        """End it with a reset on both sides, as a machine that is there but knows nothing of it does."""
        for end in (self.client, self.server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.close()


class Proxy:
    """Passes on what clients of `port` and the server say to each other, save for the trouble that is asked for.

    `server` is a (host, port), or the path of a Unix socket. What was silenced stays so until it is cut, also after
    `heal`: what a balancer forgot is not found again. The kernel acknowledges what a silent line is sent until its
    buffers are full, so a silent line is a peer that is there and never answers.
    """

    def __init__(self, server: tuple[str, int] | Path) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        self._accepting = True
        self._silent_from_now: set[str] = set()
        self._drip_s = 0.0
        self._delay_s = 0.0
        self._pause = threading.Event()
        self._closed = False
        self.accepted = 0
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._open, daemon=True)
        self._thread.start()

    # Troubles

    def silence(self, way: Way = "both", *, new_too: bool = False) -> int:
        """Nothing more comes through on the lines that there are, and with `new_too` on those to come; how many."""
        ways = {"ask", "answer"} if way == "both" else {str(way)}
        with self._lock:
            for line in self._lines:
                line.silent |= ways
            if new_too:
                self._silent_from_now |= ways
            return len(self._lines)

    def drip(self, seconds: float) -> None:
        """From now on each byte of an answer comes so long after the one before."""
        self._drip_s = seconds

    def delay(self, seconds: float) -> None:
        """From now on each piece of an answer comes so much later."""
        self._delay_s = seconds

    def refuse(self) -> None:
        """From now on whoever connects is reset at once; the lines that there are go on."""
        self._accepting = False

    def cut(self) -> int:
        """End every line; how many there were."""
        return self._cut(lambda _: True)

    def cut_silent(self) -> int:
        """End the lines that are silent, as a server does that notices in its turn; how many there were."""
        return self._cut(lambda line: bool(line.silent))

    def _cut(self, is_meant: Callable[[Line], bool]) -> int:
        with self._lock:
            meant = [line for line in self._lines if is_meant(line)]
            self._lines = [line for line in self._lines if line not in meant]
        for line in meant:
            line.cut()
        return len(meant)

    def heal(self) -> None:
        """Whoever connects from now on is served, and what is sent comes at once. Silent lines stay silent."""
        self._accepting = True
        self._drip_s = self._delay_s = 0.0
        with self._lock:
            self._silent_from_now.clear()

    @property
    def lines(self) -> int:
        """How many connections there are."""
        with self._lock:
            return len(self._lines)

    def close(self) -> None:
        self._closed = True
        self._pause.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()
        self.cut()

    # Passing on

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            line = self._connected(client)
            if line is None:
                continue
            for pump in (self._ask, self._answer):
                threading.Thread(target=pump, args=(line,), daemon=True).start()

    def _connected(self, client: socket.socket) -> Line | None:
        server = socket.socket(socket.AF_UNIX if isinstance(self._server, Path) else socket.AF_INET)
        line = Line(client, server)
        try:
            if not self._accepting:
                raise ConnectionRefusedError
            server.connect(str(self._server) if isinstance(self._server, Path) else self._server)
        except OSError:
            line.cut()
            return None
        with self._lock:
            line.silent |= self._silent_from_now
            self._lines.append(line)
            self.accepted += 1
        return line

    def _ask(self, line: Line) -> None:
        with suppress(OSError, ValueError):
            while data := self._next(line, line.client, "ask"):
                line.server.sendall(data)
        self._end(line, line.server, "ask")

    def _answer(self, line: Line) -> None:
        with suppress(OSError, ValueError):
            while data := self._next(line, line.server, "answer"):
                self._pass_on(line, data)
        self._end(line, line.client, "answer")

    def _next(self, line: Line, end: socket.socket, way: str) -> bytes:
        """What is said next; nothing is read where the line is silent, so that who sends a lot is stopped too."""
        while not self._closed:
            if way in line.silent:
                self._pause.wait(LOOKED_EVERY_S)
                if end.fileno() < 0:
                    return b""
                continue
            if select.select([end], [], [], LOOKED_EVERY_S)[0] and way not in line.silent:
                return end.recv(CHUNK)
        return b""

    def _pass_on(self, line: Line, data: bytes) -> None:
        if self._delay_s:
            self._pause.wait(self._delay_s)
        if not self._drip_s:
            line.client.sendall(data)
            return
        for place in range(len(data)):
            if self._drip_s and self._pause.wait(self._drip_s):
                return
            if "answer" in line.silent:
                return
            line.client.sendall(data[place : place + 1])

    def _end(self, line: Line, other: socket.socket, way: str) -> None:
        """Tell the other side that this one has ended, which a silent line does not."""
        if way in line.silent and not self._closed:
            return
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
        if way == "answer":
            with self._lock:
                if line in self._lines:
                    self._lines.remove(line)
            line.client.close()
            line.server.close()


@contextmanager
def proxy_to(server: tuple[str, int] | Path) -> Iterator[Proxy]:
    """A proxy before a server, gone at the end."""
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()
