"""Unpacking an answer piece by piece, into no more than may be read."""

from __future__ import annotations

import zlib
from typing import Final, Protocol

from connector.http.call import LARGEST, TooMuch

ASKED_FOR: Final = "gzip"
MOST_MEMBERS: Final = 1000
"""Of a gzip body: each costs time, however little is in it."""


class Broken(Exception):
    """It was packed in another way than it says, or there is only a part of it."""


class Unpacker(Protocol):
    def put(self, piece: bytes) -> bytes:
        """What a piece unpacks to. Raises Broken and TooMuch."""
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
    def put(self, piece: bytes) -> bytes:
        return piece

    def end(self) -> None: ...


class Gzip:
    """gzip, of any number of members up to MOST_MEMBERS."""

    def __init__(self, largest: int) -> None:
        self._largest = self._left = largest
        self._members = 0
        self._member = _member()
        self._begun = False

    def put(self, piece: bytes) -> bytes:
        made = bytearray()
        while piece:
            if self._member.eof:
                self._next()
            self._begun = True
            try:
                made += self._member.decompress(piece, self._left + 1 - len(made))
            except zlib.error:
                raise Broken("broken gzip") from None
            if len(made) > self._left:
                raise TooMuch(self._largest)
            piece = self._member.unconsumed_tail or self._member.unused_data
        self._left -= len(made)
        return bytes(made)

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
