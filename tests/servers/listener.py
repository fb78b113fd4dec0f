"""A port on loopback, or another door, of which each connection is served on a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Listener:
    """Serves until it is closed; what is being served then goes on by itself. `accepted`: how many connections.

    `door`: a socket that listens already, such as a Unix one, which has no `port`.
    """

    def __init__(self, serve: Callable[[socket.socket], None], door: socket.socket | None = None) -> None:
        self.accepted = 0
        self._serve = serve
        self._door = door or socket.create_server(("127.0.0.1", 0))
        self.port = 0 if self._door.family is socket.AF_UNIX else int(self._door.getsockname()[1])
        self._thread = threading.Thread(target=self._open, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()
