"""A company's proxy, on loopback: asked by CONNECT it lets an encrypted line through to a server of the test's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress

from tests.servers.listener import Listener

Names = Mapping[str, tuple[str, int]]


class WayOut:
    """`names`: where the hosts that it knows are; `password`: the `name:password` it wants, in base64; `asked`:
    the head of each request."""

    def __init__(self, names: Names, password: str = "") -> None:
        self.asked: list[str] = []
        self.passed = bytearray()
        self._names = names
        self._password = password
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    def close(self) -> None:
        self._listener.close()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.asked.append(head.decode())
            method, target, _ = head.decode().split(" ", 2)
            where = self._names.get(target)
            if self._password and f"Proxy-Authorization: Basic {self._password}" not in head.decode():
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            elif method != "CONNECT" or where is None:
                client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            else:
                with socket.create_connection(where) as server:
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    back = threading.Thread(target=self._pass_on, args=(server, client), daemon=True)
                    back.start()
                    self._pass_on(client, server)
                    back.join()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                self.passed += piece
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
