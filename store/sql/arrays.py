"""Many texts as one value for PostgreSQL, in its binary form: a fourth of what a value for each of them takes."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

# One dimension, with NULLs, of text, so many, from 1 on; then each text behind its length.
# https://www.postgresql.org/docs/15/protocol-message-formats.html and array_send in the server's source
_HEAD = struct.Struct("!iiiii")
_TEXT, _TEXTS = 25, 1009
_NULL = b"\xff\xff\xff\xff"


class TextArray:
    """The values of one text[], ready to be sent."""

    __slots__ = ("data",)

    def __init__(self, values: Iterable[str | None]) -> None:
        parts = [b""]
        for value in values:
            if value is None:
                parts.append(_NULL)
            else:
                raw = value.encode()
                parts.append(len(raw).to_bytes(4, "big") + raw)
        parts[0] = _HEAD.pack(1, 1, _TEXT, len(parts) - 1, 1)
        self.data = b"".join(parts)


class _AsTheyAre(Dumper):
    format = Format.BINARY
    oid = _TEXTS

    def dump(self, obj: TextArray) -> bytes:
        """What it holds already."""
        return obj.data


psycopg.adapters.register_dumper(TextArray, _AsTheyAre)
