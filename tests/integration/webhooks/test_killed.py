"""What was answered 202 is there, though the process is killed at that very moment."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from store import Store
from tests.integration.webhooks.receiving_desk import JSON, NOW
from tests.migrated import migrated
from tests.signed import zendesk_headers
from tests.unencrypted import UNENCRYPTED

SERVER = """
import socket, sys
from datetime import UTC, datetime
import uvicorn
from store import Store
from tests.integration.webhooks.receiving_desk import NOW, ReceivingDesk
from webhooks import create_app

listener = socket.create_server(("127.0.0.1", 0))
store = Store.open(sys.argv[1], now=lambda: NOW)
desk = ReceivingDesk(sys.argv[1], store)
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(create_app(desk.doors()), log_level="error")).run(sockets=[listener])
"""
SENDERS = 6
EACH = 25


@pytest.mark.parametrize("after", [1, 40, 120])
def test_every_accepted_event_survives_a_kill_right_after_its_answer(tmp_path: Path, after: int) -> None:
    url = migrated(tmp_path / "parley.db")
    server = subprocess.Popen([sys.executable, "-c", SERVER, url], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    accepted: list[str] = []
    lock = threading.Lock()

    def send(name: int) -> None:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", verify=UNENCRYPTED, timeout=120, trust_env=False
        ) as client:
            for number in range(EACH):
                key = f"{name}-{number}"
                body = b'{"type":"zen:event-type:ticket.created","id":"%b","subject":"zen:ticket:1"}' % key.encode()
                headers = {**JSON, **zendesk_headers(body, NOW)}
                try:
                    response = client.post("/webhooks/zendesk", content=body, headers=headers)
                except httpx.HTTPError:
                    return
                assert response.status_code == 202
                with lock:
                    accepted.append(f"zendesk:event:{key}")
                    if len(accepted) == after:
                        server.kill()

    threads = [threading.Thread(target=send, args=(name,)) for name in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert server.wait(120) == -9
    server.stdout.close()
    assert len(accepted) >= after
    with Store.open(url, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as store:
        missing = [key for key in accepted if store.read(lambda tx, key=key: tx.inbox.by_key(key)) is None]
    assert missing == []
