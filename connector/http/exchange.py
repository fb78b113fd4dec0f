"""A request and its answer over one line, in HTTP/1.1 as h11 speaks it; and the lines that may be used again."""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import h11

from connector.http.call import CALL
from connector.http.network import SocketStream

PIECE: Final = 64 * 1024
GREATEST_PART: Final = 100 * 1024
"""Bytes of a head, of a chunk's first line or of trailers; with more an answer is no HTTP."""

IDLE_S: Final = 60.0
"""A line that was quiet for longer is not trusted with a write: what is between may have forgotten it."""
MOST_IDLE: Final = 20

Origin = tuple[str, str, int]
"""Scheme, host and port."""


class Connection:
    """A line that requests go over, one after the other."""

    def __init__(self, line: SocketStream) -> None:
        self.line = line
        self.idle_since = 0.0
        self._speaker = h11.Connection(h11.CLIENT, max_incomplete_event_size=GREATEST_PART)

    def ask(self, request: h11.Request, content: Iterable[bytes]) -> h11.Response:
        """The head of the answer. Raises h11.ProtocolError, and what the line and the content raise."""
        pieces = iter(content)
        first = h11.Data(data=next(pieces, b""))
        # What is small leaves at once, in one piece.
        asked = (self._speaker.send(request) or b"") + (self._speaker.send(first) or b"")
        more = next(pieces, None)
        asked += b"" if more is not None else self._speaker.send(h11.EndOfMessage()) or b""
        CALL.get().sent = True
        if self._written(asked) and more is not None:
            self._send_on(itertools.chain((more,), pieces))
        while not isinstance(event := self._event(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("no answer")
        return event

    def _send_on(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            if not self._written(self._speaker.send(h11.Data(data=piece)) or b""):
                return
        self._written(self._speaker.send(h11.EndOfMessage()) or b"")

    def _written(self, asked: bytes) -> bool:
        """False where nobody listens any more: it may have been answered before it was heard to its end."""
        try:
            self.line.write(asked)
        except OSError:
            return False
        return True

    def pieces(self) -> Iterator[bytes]:
        """The answer's content, as it comes."""
        while not isinstance(event := self._event(), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise h11.RemoteProtocolError("no whole answer")
            yield bytes(event.data)

    def is_free(self) -> bool:
        """Whether another request may go over it: what was said beyond the answer would be taken for the next."""
        states = (self._speaker.our_state, self._speaker.their_state)
        if states != (h11.DONE, h11.DONE) or self._speaker.trailing_data[0]:
            return False
        self._speaker.start_next_cycle()
        return True

    def _event(self) -> object:
        while (event := self._speaker.next_event()) is h11.NEED_DATA:
            self._speaker.receive_data(self.line.read(PIECE))
        return event


class Connections:
    """Those that are open, and which of them nobody uses; `clock` gives seconds that never jump.

    Once they were closed, what is opened by a later call ends with it: nobody would close it any more.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: set[Connection] = set()
        self._idle: dict[Origin, list[Connection]] = defaultdict(list)
        self._over = False

    def idle(self, origin: Origin) -> Connection | None:
        """One that was used last, and on which nothing was said since."""
        while True:
            with self._lock:
                if not self._idle[origin]:
                    return None
                found = self._idle[origin].pop()
            if self._clock() - found.idle_since <= IDLE_S and not found.line.says_something():
                return found
            self.end(found)

    def opened(self, line: SocketStream) -> Connection:
        made = Connection(line)
        with self._lock:
            self._open.add(made)
        return made

    def free(self, origin: Origin, connection: Connection) -> None:
        """Keep one for the next request, as far as it may be."""
        if connection.is_free():
            connection.idle_since = self._clock()
            with self._lock:
                if not self._over and connection in self._open and len(self._idle[origin]) < MOST_IDLE:
                    self._idle[origin].append(connection)
                    return
        self.end(connection)

    def end(self, connection: Connection) -> None:
        with self._lock:
            self._open.discard(connection)
        connection.line.close()

    def close(self) -> None:
        """End them all, also those in use."""
        with self._lock:
            self._over = True
            ended, self._open = self._open, set()
            self._idle.clear()
        for connection in ended:
            connection.line.close()
