"""Bytes on their way from one service to the other: in a file without a name, never whole in memory."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from typing import Final, Self

PIECE: Final = 48 * 1024
"""Bytes that are in memory at a time; a multiple of three, so that base64 needs no rest."""


class TooMuch(Exception):
    """More came than is taken."""

    def __init__(self, largest: int) -> None:
        super().__init__(f"more than {largest // (1024 * 1024)} MB")


class Spool:
    """Takes at most `largest` bytes and counts them; raises TooMuch beyond, and is `over` from then on.

    The file has no name and is its owner's alone (0600): nothing is left of it, however the process ends. For one
    thread at a time.
    """

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self._digest = hashlib.sha256()
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  closed by `close`
        self.size = 0
        self.over = False

    @property
    def sha256(self) -> str:
        """Of everything that was taken so far, in hexadecimal digits."""
        return self._digest.hexdigest()

    @property
    def length(self) -> int:
        """As the content of a request: all that was taken."""
        return self.size

    def put(self, piece: bytes) -> None:
        if self.size + len(piece) > self.largest:
            self.over = True
            raise TooMuch(self.largest)
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def clear(self) -> None:
        """Forget what was taken."""
        self._file.seek(0)
        self._file.truncate()
        self._digest = hashlib.sha256()
        self.size, self.over = 0, False

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        """Everything from its beginning."""
        at = 0
        while at < self.size:
            self._file.seek(at)
            piece = self._file.read(size)
            if not piece:
                raise OSError("The file is shorter than what was written to it.")
            at += len(piece)
            yield piece
        self._file.seek(self.size)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
