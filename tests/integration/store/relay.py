"""A wire to PostgreSQL that can break in the middle of a COMMIT."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import make_url

from tests.servers.listener import Listener

SOCKET = ".s.PGSQL.5432"
CHUNK = 65536


class Relay:
    """Passes on what a PostgreSQL client and its server say to each other, save for the COMMITs it is to break."""

    def __init__(self, folder: Path, server: Path) -> None:
        self._folder = folder
        self._server = server
        self._lock = threading.Lock()
        self._to_lose: list[bool | None] = []
        self.lost = 0
        door = socket.socket(socket.AF_UNIX)
        door.bind(str(folder / SOCKET))
        door.listen(64)
        self._listener = Listener(self._pass_on, door)

    def url(self, url: str) -> str:
        """A database's URL, by way of this wire."""
        return make_url(url).set(query={"host": str(self._folder)}).render_as_string(hide_password=False)

    def lose(self, *, kept: bool, after: int = 0) -> None:
        """Let so many COMMITs pass and break at the next: once the server has kept it, or before it hears of it."""
        with self._lock:
            self._to_lose += [*[None] * after, kept]

    def heal(self) -> None:
        """Break nothing that is not broken yet."""
        with self._lock:
            self._to_lose.clear()

    def close(self) -> None:
        self._listener.close()

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self._server / SOCKET))
        except OSError:
            client.close()
            server.close()
            return
        losing: list[bool] = []
        threading.Thread(target=self._ask, args=(client, server, losing), daemon=True).start()
        self._answer(client, server, losing)

    def _next(self) -> bool | None:
        with self._lock:
            kept = self._to_lose.pop(0) if self._to_lose else None
            self.lost += kept is not None
            return kept

    def _ask(self, client: socket.socket, server: socket.socket, losing: list[bool]) -> None:
        with suppress(OSError):
            while data := client.recv(CHUNK):
                kept = self._next() if b"COMMIT" in data else None
                if kept is not None:
                    losing.append(kept)
                if kept is False:
                    break
                server.sendall(data)
        _end(server)
        client.close()

    def _answer(self, client: socket.socket, server: socket.socket, losing: list[bool]) -> None:
        with suppress(OSError):
            while data := server.recv(CHUNK):
                if losing:
                    break
                client.sendall(data)
        _end(client)
        server.close()


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


@contextmanager
def relay_to(url: str) -> Iterator[Relay]:
    """A wire to the server of a URL, which is reached by a socket in a folder."""
    with tempfile.TemporaryDirectory(prefix="wire") as name:
        made = Relay(Path(name), Path(str(make_url(url).query["host"])))
        try:
            yield made
        finally:
            made.close()
