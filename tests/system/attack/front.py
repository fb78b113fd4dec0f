"""Our doors in a process of their own, as `parley web` serves them, and sockets to attack them with."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.integration.webhooks.receiving_desk import NOW
from tests.migrated import migrated
from tests.signed import zendesk_headers
from webhooks.connection_guard import ConnectionLimits

SERVER = """
import json, socket, sys
from parley.wiring.logs import set_up_logs
from parley.wiring.roles import server_for
from store import Store
from tests.integration.webhooks.receiving_desk import NOW, ReceivingDesk
from webhooks import create_app
from webhooks.connection_guard import ConnectionLimits

set_up_logs("json", "ERROR")
listener = socket.create_server(("127.0.0.1", 0), backlog=256)
desk = ReceivingDesk(sys.argv[1], Store.open(sys.argv[1], now=lambda: NOW))
print(listener.getsockname()[1], flush=True)
limits = ConnectionLimits(**json.loads(sys.argv[2]))
server_for(create_app(desk.doors()), "127.0.0.1", 0, limits).run(sockets=[listener])
"""


@dataclass
class Front:
    """A listening desk; `errors` is what it logged at ERROR."""

    port: int
    pid: int
    log: Path

    def connect(self, sent: bytes = b"") -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        made.sendall(sent)
        return made

    def ask(self, sent: bytes) -> bytes:
        """What is answered to these bytes until the connection is closed, at most 20 seconds later."""
        with self.connect(sent) as made:
            return heard(made)

    def rss_kb(self) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def errors(self) -> str:
        return self.log.read_text()


def heard(made: socket.socket, seconds: float = 20) -> bytes:
    """All until the other side closes."""
    made.settimeout(seconds)
    found = b""
    with contextlib.suppress(ConnectionError):
        while piece := made.recv(65536):
            found += piece
    return found


@contextmanager
def a_front(directory: Path, limits: ConnectionLimits) -> Iterator[Front]:
    import json

    url = migrated(directory / "parley.db")
    log = directory / "errors.log"
    with log.open("w") as errors:
        given = [sys.executable, "-c", SERVER, url, json.dumps(asdict(limits))]
        server = subprocess.Popen(given, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert server.stdout is not None
    try:
        yield Front(int(server.stdout.readline()), server.pid, log)
    finally:
        server.terminate()
        try:
            server.wait(120)
        finally:
            server.kill()
            server.stdout.close()


def a_signed_event(number: int, last: bool = False) -> bytes:
    """A whole request, of which each number is an event of its own."""
    body = b'{"type":"zen:event-type:ticket.created","id":"e%d","subject":"zen:ticket:%d"}' % (
        number,
        number % 50 + 1,
    )
    headers = {"host": "parley", "content-type": "application/json", "content-length": str(len(body))}
    lines = {**headers, **zendesk_headers(body, NOW), **({"connection": "close"} if last else {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return b"POST /webhooks/zendesk HTTP/1.1\r\n" + head.encode() + b"\r\n" + body
