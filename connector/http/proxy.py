"""A company's way out: a proxy that is asked by CONNECT to let the encrypted line through."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

import h11

PIECE = 64 * 1024


class ProxyRefused(Exception):
    """The proxy is away, lets nobody through, or not us."""

    def __init__(self, said: str = "did not answer as one") -> None:
        super().__init__(f"the proxy of HTTPS_PROXY {said}")


class Stream(Protocol):
    def write(self, content: bytes) -> None: ...
    def read(self, size: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it is, and the `Proxy-Authorization` it wants."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str) -> Self:
        """From `http://host:3128` or `http://name:password@host:3128`; the settings check its form."""
        parts = urlsplit(url)
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        basic = "Basic " + base64.b64encode(pair.encode()).decode() if parts.username else ""
        return cls(parts.hostname or "", parts.port or 80, basic)

    def ask(self, line: Stream, host: str, port: int) -> None:
        """Make the line one to that host. Raises ProxyRefused, and what the line raises."""
        speaker = h11.Connection(h11.CLIENT)
        there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        headers = [("Host", there)] + ([("Proxy-Authorization", self.authorization)] * bool(self.authorization))
        line.write(speaker.send(h11.Request(method="CONNECT", target=there, headers=headers)) or b"")
        line.write(speaker.send(h11.EndOfMessage()) or b"")
        try:
            while not isinstance(event := speaker.next_event(), h11.Response):
                if event is h11.NEED_DATA:
                    speaker.receive_data(line.read(PIECE))
                elif not isinstance(event, h11.InformationalResponse):
                    raise ProxyRefused()
        except h11.RemoteProtocolError:
            raise ProxyRefused() from None
        if not 200 <= event.status_code < 300:
            wants = ", so it wants a name and a password" * (event.status_code == 407)
            raise ProxyRefused(f"answered {event.status_code}{wants}")
        if speaker.trailing_data[0]:  # a server of TLS says nothing first
            raise ProxyRefused()
