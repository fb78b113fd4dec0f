"""Unpacking an answer piece by piece, into no more than may be read."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

from connector.http.call import LARGEST
from connector.spool import TooMuch

ASKED_FOR: Final = "gzip"
PART: Final = 256 * 1024
"""Bytes that a piece is unpacked to at a time: a small one may hold a thousand times as much."""
MOST_MEMBERS: Final = 1000
"""Of a gzip body: each costs time, however little is in it."""


class Broken(Exception):
    """It was packed in another way than it says, or there is only a part of it."""


class Unpacker(Protocol):
    def parts(self, piece: bytes) -> Iterator[bytes]:
        """What a piece unpacks to, in parts of at most PART bytes. Raises Broken and TooMuch."""
        ...

    def end(self) -> None:
        """Raises Broken where something is missing."""
        ...


def unpacker(encoding: str, largest: int = LARGEST) -> Unpacker:
    """By `Content-Encoding`. Raises Broken for one that we did not ask for, and for more than one."""
    named = encoding.strip().lower()
    if named in ("", "identity"):
        return Plain()
    if named in (ASKED_FOR, f"x-{ASKED_FOR}"):
        return Gzip(largest)
    raise Broken("packed in a way that was not asked for")


class Plain:
    def parts(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def end(self) -> None: ...


class Gzip:
    """gzip, of any number of members up to MOST_MEMBERS."""

    def __init__(self, largest: int) -> None:
        self._largest = self._left = largest
        self._members = 0
        self._member = _member()
        self._begun = False

    def parts(self, piece: bytes) -> Iterator[bytes]:
        full = False
        while piece or full:
            if self._member.eof:
                self._next()
            self._begun = True
            try:
                made = self._member.decompress(piece, PART)
            except zlib.error:
                raise Broken("broken gzip") from None
            self._left -= len(made)
            if self._left < 0:
                raise TooMuch(self._largest)
            # A part that is full may not be all that was unpacked of what was put in.
            full = len(made) == PART and not self._member.eof
            piece = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            yield made

    def end(self) -> None:
        if self._begun and not self._member.eof:
            raise Broken("only a part of its gzip")

    def _next(self) -> None:
        self._members += 1
        if self._members >= MOST_MEMBERS:
            raise Broken("gzip in too many pieces")
        self._member = _member()


def _member() -> zlib._Decompress:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)
