"""Connections on which no step outlives the call: looking up, reaching, agreeing, sending, hearing."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import struct
from collections.abc import Iterable
from typing import Any, Final

import httpcore
import urllib3.util

from connector.call import CALL, Call, Late
from connector.names import Address, Names
from connector.proxy import Proxy

UNHEARD_MS: Final = 30_000
"""After so long without an acknowledgement the kernel gives up what it still has to send, even where the process is
gone: what it repeats for longer could land after the settle time of 60 s."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Line(httpcore.NetworkStream):
    """A connection, plain or encrypted. What goes wrong on it takes back what the kernel has not sent yet."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout  # it is the call's
        call = CALL.get()
        try:
            seconds = call.step(call.timeouts.silence)
            self._socket.settimeout(seconds)
            piece = self._socket.recv(max_bytes)
            call.took(len(piece))
        except TimeoutError:
            self._take_back()
            raise call.over(seconds, call.timeouts.silence) from None
        except BaseException:
            self._take_back()
            raise
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        if buffer:
            CALL.get().sent = True
            self.put(buffer)

    def put(self, buffer: bytes) -> None:
        """Send what is not the request itself. Raises httpcore.WriteError: an answer may be there nevertheless."""
        call, left = CALL.get(), memoryview(buffer)
        try:
            while left:
                seconds = call.step(call.timeouts.silence)
                self._socket.settimeout(seconds)
                left = left[self._socket.send(left) :]
        except TimeoutError:
            self._take_back()
            raise call.over(seconds, call.timeouts.silence) from None
        except OSError as error:
            raise httpcore.WriteError(type(error).__name__) from error
        except BaseException:
            self._take_back()
            raise

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Line:
        del timeout
        call = CALL.get()
        try:
            seconds = call.step(call.timeouts.connect)
            self._socket.settimeout(seconds)
            return Line(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except TimeoutError:
            self.close()
            raise call.over(seconds, call.timeouts.connect) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Whoever still waits on it in another thread is woken."""
        with contextlib.suppress(OSError):  # it may be gone already
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # past SSLSocket, which would forget its state
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "is_readable":
            return self._socket.fileno() < 0 or urllib3.util.wait_for_read(self._socket, timeout=0)
        return None

    def _take_back(self) -> None:
        """Closing sends a reset then, and nothing that still waits here: it can't land once it was given up."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


class Network(httpcore.NetworkBackend):
    """Opens lines: straight to this machine's own addresses, elsewhere through the proxy where there is one."""

    def __init__(self, names: Names, proxy: Proxy | None = None) -> None:
        self._names = names
        self._proxy = proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Line:
        del timeout, local_address, socket_options
        call = CALL.get()
        if self._proxy is None or is_this_machine(host):
            return Line(self._reached(host, port, call))
        line = Line(self._reached(self._proxy.host, self._proxy.port, call))
        try:
            self._proxy.ask(line, host, port)
        except BaseException:
            line.close()
            raise
        return line

    def _reached(self, host: str, port: int, call: Call) -> socket.socket:
        """A socket to the first of the host's addresses that takes one."""
        seconds = call.step(call.timeouts.silence)
        try:
            found = self._names.addresses(host, port, seconds)
        except TimeoutError:
            raise call.over(seconds, call.timeouts.silence) from None
        trouble: OSError = OSError("no address")
        for address in found:
            try:
                return _connected(address, call)
            except OSError as error:
                trouble = error
        if isinstance(trouble, TimeoutError):
            raise Late(f"no connection within {call.timeouts.connect:g} s")
        raise trouble


def _connected(address: Address, call: Call) -> socket.socket:
    family, kind, protocol, where = address
    made = socket.socket(family, kind, protocol)
    try:
        made.settimeout(call.step(call.timeouts.connect))
        made.connect(where)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)
    except BaseException:
        made.close()
        raise
    return made


def is_this_machine(host: str) -> bool:
    """Whether a name or an address is the machine's own, which no proxy is asked for."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
