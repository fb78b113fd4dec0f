"""The one way out: every call to a service leaves here, once, within its time, and no larger an answer is read."""

from __future__ import annotations

import ssl
from functools import cache
from urllib.parse import urlsplit

import certifi
import h11

from connector.errors import Trouble
from connector.http.call import CALL, LARGEST, HttpCall, Late, Timeouts
from connector.http.exchange import Connection, Connections
from connector.http.network import Network
from connector.http.proxy import Proxy, ProxyRefused
from connector.http.resolver import NameResolver, Resolve
from connector.http.transport import HttpRequest, HttpResponse, is_success
from connector.http.unpacking import ASKED_FOR, Broken, unpacker
from connector.spool import TooMuch


class Internet:
    """A `connector.http.transport.Transport` over sockets; safe from any thread.

    It reads no environment, keeps no cookies, follows no redirect and repeats nothing. `proxy`: the address of one,
    by which everything goes but what is on this machine; `authorities`: a PEM file of the certificate authorities
    to trust instead of the packaged ones; `resolve` looks names up.
    """

    def __init__(
        self,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 -- a tuple
        *,
        proxy: str = "",
        authorities: str = "",
        resolve: Resolve | None = None,
        largest: int = LARGEST,
    ) -> None:
        self._timeouts = timeouts
        self._largest = largest
        self._connections = Connections()
        trusting = _trusting(authorities or certifi.where())
        self._network = Network(trusting, NameResolver(resolve), Proxy.at(proxy) if proxy else None)

    def send(self, request: HttpRequest) -> HttpResponse | Trouble:
        call = HttpCall(self._timeouts, request.largest or self._largest)
        before = CALL.set(call)
        try:
            return self._answer(request)
        except Late as late:
            return Trouble(str(late), sent=call.sent, slow=True)
        except ssl.SSLCertVerificationError as error:
            return Trouble(_untrusted(error), sent=call.sent)
        except (TooMuch, ProxyRefused) as refusal:
            return Trouble(str(refusal), sent=call.sent)
        except (OSError, ValueError, h11.ProtocolError):  # ValueError: an address that is none
            return Trouble("connection lost" if call.sent else "no connection", sent=call.sent)
        finally:
            CALL.reset(before)

    def close(self) -> None:
        self._connections.close()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        asked = _asked(request, parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        origin = (parts.scheme, host, port)
        connection = self._connections.idle(origin) or self._connections.opened(
            self._network.line(host, port, encrypted=parts.scheme == "https")
        )
        try:
            content = (request.content,) if request.body is None else request.body.pieces()
            reply = self._read(connection, connection.ask(asked, content), request)
        except BaseException:
            self._connections.end(connection)
            raise
        self._connections.free(origin, connection)
        return reply

    def _read(self, connection: Connection, head: h11.Response, request: HttpRequest) -> HttpResponse:
        headers: dict[str, str] = {}
        for raw_name, raw_value in head.headers:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        try:
            unpack = unpacker(headers.get("content-encoding", ""), request.largest or self._largest)
            unpacked = (part for piece in connection.pieces() for part in unpack.parts(piece))
            if request.into is None or not is_success(head.status_code):
                content = b"".join(unpacked)
            else:
                content = b""
                for part in unpacked:
                    request.into.put(part)
            unpack.end()
        except (Broken, TooMuch) as problem:
            return HttpResponse(head.status_code, headers, problem=str(problem))
        return HttpResponse(head.status_code, headers, content)


def _asked(request: HttpRequest, host: str, target: str) -> h11.Request:
    length = len(request.content) if request.body is None else request.body.length
    framing = {"Content-Length": str(length)} if length or request.method != "GET" else {}
    headers = {"Host": host, **request.headers, "Accept-Encoding": ASKED_FOR, **framing}
    return h11.Request(
        method=request.method,
        target=target,
        headers=[(name.encode(), value.encode()) for name, value in headers.items()],
    )


def _untrusted(error: ssl.SSLCertVerificationError) -> str:
    return f"its certificate is not trusted: {error.verify_message}; SSL_CERT_FILE names a company's own authority"


@cache
def _trusting(authorities: str) -> ssl.SSLContext:
    """Read once a process."""
    made = ssl.create_default_context(cafile=authorities)
    made.set_alpn_protocols(["http/1.1"])
    return made
