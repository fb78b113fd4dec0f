"""The one way out: every call to a service leaves here, once, within its time, and no larger an answer is read."""

from __future__ import annotations

import logging
import ssl
from functools import cache
from typing import Final

import certifi
import httpcore

from connector.call import CALL, LARGEST, Call, Late, Timeouts, TooMuch
from connector.errors import Trouble
from connector.names import Names, Resolve
from connector.network import Network
from connector.proxy import Proxy, ProxyRefused
from connector.transport import Reply, Request
from connector.unpacking import ASKED_FOR, Broken, unpacker

IDLE_S: Final = 60.0
"""A connection that was quiet for longer is not trusted with a write: what is between may have forgotten it."""
MOST_IDLE: Final = 20


class Internet:
    """A `connector.transport.Transport` over sockets; safe from any thread.

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
        logging.getLogger("httpcore").setLevel(logging.WARNING)  # its debug lines hold whole headers
        self._timeouts = timeouts
        self._largest = largest
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusting(authorities or certifi.where()),
            max_connections=None,
            max_keepalive_connections=MOST_IDLE,
            keepalive_expiry=IDLE_S,
            network_backend=Network(Names(resolve), Proxy.at(proxy) if proxy else None),
        )

    def send(self, request: Request) -> Reply | Trouble:
        call = Call(self._timeouts, self._largest)
        before = CALL.set(call)
        try:
            return self._answer(request)
        except Late as late:
            return Trouble(str(late), sent=call.sent, slow=True)
        except ssl.SSLCertVerificationError as error:
            return Trouble(_untrusted(error), sent=call.sent)
        except (TooMuch, ProxyRefused) as refusal:
            return Trouble(str(refusal), sent=call.sent)
        except (OSError, UnicodeError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            return Trouble("connection lost" if call.sent else "no connection", sent=call.sent)
        finally:
            CALL.reset(before)

    def close(self) -> None:
        self._pool.close()

    def _answer(self, request: Request) -> Reply:
        headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
        headers.append((b"Accept-Encoding", ASKED_FOR.encode()))
        with self._pool.stream(
            request.method, request.url, headers=headers, content=request.content or None
        ) as response:
            return self._read(response)

    def _read(self, response: httpcore.Response) -> Reply:
        headers: dict[str, str] = {}
        for raw_name, raw_value in response.headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        try:
            unpack = unpacker(headers.get("content-encoding", ""), self._largest)
            content = b"".join([unpack.put(piece) for piece in response.iter_stream()])
            unpack.end()
        except (Broken, TooMuch) as problem:
            return Reply(response.status, headers, problem=str(problem))
        return Reply(response.status, headers, content)


def _untrusted(error: ssl.SSLCertVerificationError) -> str:
    return f"its certificate is not trusted: {error.verify_message}; SSL_CERT_FILE names a company's own authority"


@cache
def _trusting(authorities: str) -> ssl.SSLContext:
    """Read once a process."""
    return ssl.create_default_context(cafile=authorities)
