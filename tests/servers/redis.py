"""A Redis of our own on a loopback port."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ports import lasting_port

WANTED = "needs Redis: install Debian's redis-server"
PATIENCE_S, POLLED_EVERY_S = 30.0, 0.02


class Redis:
    """One server that writes down what it accepts, so that it can be killed and started again."""

    def __init__(self, program: str, folder: Path) -> None:
        self._port = lasting_port()
        self._command = [
            program, "--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(folder),
            "--appendonly", "yes", "--save", "", "--logfile", "log",
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Its BROKER_URL."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        self._process = subprocess.Popen(self._command, start_new_session=True)
        pause = threading.Event()
        for _ in range(int(PATIENCE_S / POLLED_EVERY_S)):
            if self._answers():
                return
            assert self._process.poll() is None, "Redis does not start."
            pause.wait(POLLED_EVERY_S)
        raise AssertionError("Redis does not answer.")

    def ask(self, command: bytes) -> bytes:
        """Say one inline command; what it answers."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=2) as line:
            line.sendall(command + b"\r\n")
            return line.recv(1024)

    def _answers(self) -> bool:
        try:
            return self.ask(b"PING").startswith(b"+PONG")
        except OSError:
            return False

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def wipe(self) -> None:
        """Lose everything it kept."""
        assert self.ask(b"FLUSHALL").startswith(b"+OK")


@contextmanager
def private_redis() -> Iterator[Redis]:
    """A running server, gone at the end. LookupError, which says what would help, where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        raise LookupError(WANTED)
    with tempfile.TemporaryDirectory(prefix="redis", ignore_cleanup_errors=True) as name:
        server = Redis(program, Path(name))
        try:
            server.start()
            yield server
        finally:
            server.kill()
