"""Looking a name up within a time: the system's resolver can't be told one, so it is asked on a thread beside."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future

SocketAddress = tuple[int, int, int, tuple[object, ...]]
"""A family, a kind, a protocol and what `connect` takes."""

Resolve = Callable[[str, int], list[SocketAddress]]


class NameResolver:
    """Addresses of hosts. Who waits for a name that somebody asked for already waits for that answer, so that of
    the threads that a hanging resolver keeps there is one a name."""

    def __init__(self, resolve: Resolve | None = None) -> None:
        self._resolve = resolve or _by_the_system
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], Future[list[SocketAddress]]] = {}

    def addresses(self, host: str, port: int, seconds: float) -> list[SocketAddress]:
        """Raises TimeoutError where no answer comes within so many seconds, OSError where there is no such name."""
        with self._lock:
            answer = self._asked.get((host, port))
            if answer is None:
                answer = self._asked[(host, port)] = Future()
                threading.Thread(target=self._ask, args=(host, port, answer), name="names", daemon=True).start()
        return answer.result(seconds)

    def _ask(self, host: str, port: int, answer: Future[list[SocketAddress]]) -> None:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: what can't be a host's name at all
            self._told(host, port)
            answer.set_exception(error if isinstance(error, OSError) else OSError("no name of a host"))
        else:
            self._told(host, port)
            answer.set_result(found)

    def _told(self, host: str, port: int) -> None:
        with self._lock:
            del self._asked[(host, port)]


def _by_the_system(host: str, port: int) -> list[SocketAddress]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, kind, protocol, address) for family, kind, protocol, _, address in found]
