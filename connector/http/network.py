"""Connections on which no step outlives the call: looking up, reaching, agreeing, sending, hearing."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import struct
from typing import Final

import urllib3.util

from connector.http.call import CALL, HttpCall, Late
from connector.http.proxy import Proxy, ProxyRefused
from connector.http.resolver import NameResolver, SocketAddress

UNHEARD_MS: Final = 30_000
"""After so long without an acknowledgement the kernel gives up what it still has to send, even where the process is
gone: what it repeats for longer could land after the settle time of 60 s."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)


class SocketStream:
    """A connection, plain or encrypted. What goes wrong on it takes back what the kernel has not sent yet."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def read(self, size: int) -> bytes:
        """Up to so many bytes, as soon as there are any; none where the other side has ended."""
        call = CALL.get()
        try:
            seconds = call.step(call.timeouts.silence)
            self._socket.settimeout(seconds)
            piece = self._socket.recv(size)
            call.took(len(piece))
        except TimeoutError:
            self._take_back()
            raise call.over(seconds, call.timeouts.silence) from None
        except BaseException:
            self._take_back()
            raise
        return piece

    def write(self, content: bytes) -> None:
        call, left = CALL.get(), memoryview(content)
        try:
            while left:
                seconds = call.step(call.timeouts.silence)
                self._socket.settimeout(seconds)
                left = left[self._socket.send(left) :]
        except TimeoutError:
            self._take_back()
            raise call.over(seconds, call.timeouts.silence) from None
        except OSError:
            raise
        except BaseException:
            self._take_back()
            raise

    def encrypted(self, trusting: ssl.SSLContext, host: str) -> SocketStream:
        """The line once the other side has shown that it is this host."""
        call = CALL.get()
        seconds = call.step(call.timeouts.connect)
        try:
            self._socket.settimeout(seconds)
            return SocketStream(trusting.wrap_socket(self._socket, server_hostname=host))
        except TimeoutError:
            raise call.over(seconds, call.timeouts.connect) from None

    def says_something(self) -> bool:
        """Whether there is something to read, be it that the other side has ended."""
        return self._socket.fileno() < 0 or urllib3.util.wait_for_read(self._socket, timeout=0)

    def close(self) -> None:
        """Whoever still waits on it in another thread is woken."""
        with contextlib.suppress(OSError):  # it may be gone already
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # past SSLSocket, which would forget its state
        self._socket.close()

    def _take_back(self) -> None:
        """Closing sends a reset then, and nothing that still waits here: it can't land once it was given up."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


class Network:
    """Opens lines: straight to this machine's own addresses, elsewhere through the proxy where there is one."""

    def __init__(self, trusting: ssl.SSLContext, names: NameResolver, proxy: Proxy | None = None) -> None:
        self._trusting = trusting
        self._names = names
        self._proxy = proxy

    def line(self, host: str, port: int, *, encrypted: bool) -> SocketStream:
        """Raises Late, ProxyRefused and OSError; nothing of the request was sent then."""
        proxy = None if is_this_machine(host) else self._proxy
        line = self._by(proxy, host, port) if proxy else SocketStream(self._reached(host, port, CALL.get()))
        try:
            return line.encrypted(self._trusting, host) if encrypted else line
        except BaseException:
            line.close()
            raise

    def _by(self, proxy: Proxy, host: str, port: int) -> SocketStream:
        """A line to the host by the proxy, which is named where that fails: the service has no part in it yet."""
        try:
            line = SocketStream(self._reached(proxy.host, proxy.port, CALL.get()))
            try:
                proxy.ask(line, host, port)
            except BaseException:
                line.close()
                raise
        except Late as late:
            raise Late(f"{late} by the proxy of HTTPS_PROXY") from None
        except OSError:
            raise ProxyRefused("gave no connection") from None
        return line

    def _reached(self, host: str, port: int, call: HttpCall) -> socket.socket:
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


def _connected(address: SocketAddress, call: HttpCall) -> socket.socket:
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
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
