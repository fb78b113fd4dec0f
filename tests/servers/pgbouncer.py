"""A pgbouncer of our own before a private PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.servers.ports import lasting_port

WANTED = "needs pgbouncer: install Debian's pgbouncer"
PATIENCE_S, POLLED_EVERY_S = 30.0, 0.02
CONFIGURED = """
[databases]
* = host={server} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
logfile = {folder}/log
"""


class Pooler:
    """A running pgbouncer. `url`: the database's by way of it."""

    def __init__(self, url: str, configuration: Path, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self._configuration = configuration
        self._process = process

    def switch(self, mode: str) -> None:
        """Change how it pools while it runs, as an operator does; AssertionError where it does not take it."""
        known = self._configuration.read_text(encoding="ascii")
        self._configuration.write_text(f"{known}pool_mode = {mode}\n", encoding="ascii")
        log = self._configuration.with_name("log")
        before = log.stat().st_size
        self._process.send_signal(signal.SIGHUP)
        pause = threading.Event()
        for _ in range(int(PATIENCE_S / POLLED_EVERY_S)):
            if b"RELOAD" in log.read_bytes()[before:] or b"re-reading config" in log.read_bytes()[before:]:
                return
            pause.wait(POLLED_EVERY_S)
        raise AssertionError("pgbouncer does not read its settings again.")


@contextmanager
def pooled(url: str, mode: str, **settings: int) -> Iterator[str]:
    """A database's URL by way of a pooler in this mode. Skips where there is none."""
    with pooler(url, mode, **settings) as running:
        yield running.url


@contextmanager
def pooler(url: str, mode: str, **settings: int) -> Iterator[Pooler]:
    """A pooler in this mode before a database. Skips where there is none."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    made = make_url(url)
    if program is None:
        pytest.skip(WANTED)
    if "host" not in made.query:
        pytest.skip("needs a server that is reached by a socket in a folder: leave PARLEY_TEST_POSTGRES unset")
    port = lasting_port()
    with tempfile.TemporaryDirectory(prefix="pool") as name:
        folder = Path(name)
        (folder / "ini").write_text(
            CONFIGURED.format(server=made.query["host"], port=port, mode=mode, folder=folder)
            + "".join(f"{key} = {value}\n" for key, value in settings.items()),
            encoding="ascii",
        )
        somebody = ["-u", "postgres"] if os.geteuid() == 0 else []
        if somebody:
            shutil.chown(folder, "postgres")
        process = subprocess.Popen([program, "-q", *somebody, str(folder / "ini")], stderr=subprocess.DEVNULL)
        try:
            _wait(port, process)
            there = made.set(host="127.0.0.1", port=port, username="postgres", query={})
            yield Pooler(there.render_as_string(hide_password=False), folder / "ini", process)
        finally:
            process.kill()
            process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / POLLED_EVERY_S)):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            assert process.poll() is None, "pgbouncer does not start."
            pause.wait(POLLED_EVERY_S)
        else:
            return
    raise AssertionError("pgbouncer does not listen.")
