"""What carries a call to a service: a request goes out once, and its whole answer comes back, or why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from connector.errors import Trouble


class Body(Protocol):
    """Content that is sent piece by piece; `length` in bytes, known before."""

    @property
    def length(self) -> int: ...
    def pieces(self) -> Iterator[bytes]: ...


class Sink(Protocol):
    """Takes content piece by piece."""

    def put(self, piece: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, to an address that is written out. Its headers and its content may hold secrets.

    `body` is sent in the place of `content`. `into` takes the content of a success, unpacked, in the place of the
    response; `largest` are the bytes that may come for it, packed and unpacked, in the place of any answer's.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    body: Body | None = field(default=None, repr=False)
    into: Sink | None = field(default=None, repr=False)
    largest: int | None = None

    def whole(self) -> bytes:
        """All that is sent, for a transport that sends no pieces."""
        return self.content if self.body is None else b"".join(self.body.pieces())


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back: header names in lower case, `content` unpacked. `problem`: why none can be believed."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""
    problem: str = ""


def is_success(status: int) -> bool:
    return 200 <= status < 300


def handed_on(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with its content where the request wants it, for a transport that has it whole."""
    if request.into is None or not is_success(response.status):
        return response
    request.into.put(response.content)
    return replace(response, content=b"")


class Transport(Protocol):
    """Carries calls; safe from any thread."""

    def send(self, request: HttpRequest) -> HttpResponse | Trouble:
        """One attempt, which is never repeated below."""
        ...

    def close(self) -> None:
        """Let go of what is open: a call that waits on it ends without an answer; a later one opens it anew."""
        ...
