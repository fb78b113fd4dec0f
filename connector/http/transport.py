"""What carries a call to a service: a request goes out once, and its whole answer comes back, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from connector.errors import Trouble


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, to an address that is written out. Its headers and its content may hold secrets."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back: header names in lower case, `content` unpacked. `problem`: why none can be believed."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""
    problem: str = ""


class Transport(Protocol):
    """Carries calls; safe from any thread."""

    def send(self, request: HttpRequest) -> HttpResponse | Trouble:
        """One attempt, which is never repeated below."""
        ...

    def close(self) -> None:
        """Let go of what is open: a call that waits on it ends without an answer; a later one opens it anew."""
        ...
