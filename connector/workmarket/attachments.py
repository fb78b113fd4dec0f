"""How bytes go to WorkMarket and come back, which is not confirmed: this module alone knows the two likely forms.

`attachments/add` takes `attachment`, a text, which is base64 in a form of parameters as every other call's; or a
file part of a multipart form. `attachments/get` gives `attachment` in base64 within the envelope, or the bytes.
The published Swagger tells names and types only, and neither a limit nor who sees a file.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote_plus, urlencode

from connector.http.transport import Body
from connector.spool import Spool

FileForm = Literal["base64", "multipart"]
FORMS: Final[tuple[FileForm, ...]] = ("base64", "multipart")
ENVELOPE: Final = 256 * 1024
"""Bytes of an answer beside the file that it holds; more is no envelope."""

_BEGINS: Final = re.compile(rb'"attachment"\s*:\s*"')
_KEPT: Final = 64
"""Bytes of which the beginning of a file's text may have come already."""


class NoFile(ValueError):
    """An answer holds no file that can be read."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A body that is sent piece by piece, and its `Content-Type`."""

    content_type: str
    body: Body


def encoded(form: FileForm, fields: Mapping[str, str], name: str, content: Spool) -> Encoded:
    """What `attachments/add` takes: its parameters and a file."""
    if form == "multipart":
        parts = _Multipart(fields, name, content)
        return Encoded(f"multipart/form-data; boundary={parts.boundary}", parts)
    return Encoded("application/x-www-form-urlencoded", _Parameters(fields, content))


@dataclass(frozen=True, slots=True)
class _Parameters:
    """Parameters, the last of which is the file in base64."""

    fields: Mapping[str, str]
    content: Spool

    @property
    def length(self) -> int:
        return sum(len(piece) for piece in self.pieces())

    def pieces(self) -> Iterator[bytes]:
        yield f"{urlencode(self.fields)}&attachment=".encode()
        for piece in self.content.pieces():
            yield quote_plus(base64.b64encode(piece)).encode()


@dataclass(frozen=True, slots=True)
class _Multipart:
    """A part for each parameter, and one for the file. What keeps the parts apart comes from what the file holds:
    so nobody can put it into a file, and more parts with it."""

    fields: Mapping[str, str]
    name: str
    content: Spool

    @property
    def boundary(self) -> str:
        return f"parley-{self.content.sha256[:32]}"

    @property
    def length(self) -> int:
        return len(self._head()) + self.content.size + len(self._tail())

    def pieces(self) -> Iterator[bytes]:
        yield self._head()
        yield from self.content.pieces()
        yield self._tail()

    def _head(self) -> bytes:
        parts = [
            f'--{self.boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in self.fields.items()
        ]
        quoted = self.name.replace('"', "%22")
        file = f'--{self.boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="{quoted}"\r\n'
        return ("".join(parts) + file + "Content-Type: application/octet-stream\r\n\r\n").encode()

    def _tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()


def decoded(answer: Spool, content_type: str, into: Spool) -> tuple[object, bool]:
    """Put the file that an answer of `attachments/get` holds into a spool; the JSON around it, None where there is
    none, and whether there was one, be it empty. Raises NoFile, and TooMuch by the spool."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/html":
        raise NoFile("a page in the place of a file")
    if kind != "application/json":
        for piece in answer.pieces():
            into.put(piece)
        return None, True
    text = _Base64(into)
    around = b"".join(_around(answer.pieces(), text))
    try:
        return json.loads(around), text.begun
    except (ValueError, RecursionError):
        raise NoFile("not JSON") from None


def _around(pieces: Iterator[bytes], rest: _Base64) -> Iterator[bytes]:
    """What stands around the file's text, which is decoded and left empty."""
    seen, waiting = 0, b""
    for piece in pieces:
        waiting += piece
        if not rest.begun and (found := _BEGINS.search(waiting)):
            yield waiting[: found.end()]
            waiting, rest.begun = waiting[found.end() :], True
        if rest.begun and not rest.ended:
            waiting = rest.take(waiting)
        if not rest.begun or rest.ended:
            keep = 0 if rest.ended else _KEPT
            out, waiting = waiting[: max(len(waiting) - keep, 0)], waiting[max(len(waiting) - keep, 0) :]
            seen += len(out)
            if seen > ENVELOPE:
                raise NoFile("too much beside the file")
            yield out
    if rest.begun and not rest.ended:
        raise NoFile("only a part of a file")
    yield waiting


class _Base64:
    """Decodes a JSON string of base64 as it comes; line breaks and escaped slashes are no part of it."""

    def __init__(self, into: Spool) -> None:
        self.begun = self.ended = False
        self._into = into
        self._left = b""

    def take(self, piece: bytes) -> bytes:
        """Take as far as the string goes; what of the piece comes after it, or has to wait for the next one."""
        text, quote, after = piece.partition(b'"')
        waits = b"" if quote or not text.endswith(b"\\") else b"\\"
        plain = text[: len(text) - len(waits)].replace(b"\\/", b"/").replace(b"\\r", b"").replace(b"\\n", b"")
        plain = self._left + plain
        whole = len(plain) if quote else len(plain) - len(plain) % 4
        try:
            self._into.put(base64.b64decode(plain[:whole], validate=True))
        except binascii.Error:
            raise NoFile("no base64") from None
        self._left, self.ended = plain[whole:], bool(quote)
        return quote + after if quote else waits
