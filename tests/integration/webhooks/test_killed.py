"""What was answered 202 is there, though the process is killed at that very moment."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from store import Store
from tests.integration.webhooks.receiving_desk import JSON, NOW
from tests.migrated import migrated
from tests.signed import zendesk_headers
from tests.system.cli.shell import wait_for
from tests.system.processes.spawned_desk import Forker
from tests.unencrypted import UNENCRYPTED

SENDERS = 6
EACH = 25


def first_line(file: Path) -> str:
    """What stands there by now, once it is a whole line."""
    line, end, _ = file.read_text(encoding="utf-8").partition("\n") if file.exists() else ("", "", "")
    return line if end else ""


@pytest.mark.parametrize("after", [1, 40, 120])
def test_every_accepted_event_survives_a_kill_right_after_its_answer(
    forker: Forker, tmp_path: Path, after: int
) -> None:
    url = migrated(tmp_path / "parley.db")
    server = forker.start([url], os.environ, tmp_path, "out", "err", "tests.integration.webhooks.listening_process")
    port = int(wait_for(lambda: first_line(tmp_path / "out")))
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
                        os.kill(server, signal.SIGKILL)

    threads = [threading.Thread(target=send, args=(name,)) for name in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert forker.wait(server) == -signal.SIGKILL
    assert len(accepted) >= after
    with Store.open(url, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as store:
        missing = [key for key in accepted if store.read(lambda tx, key=key: tx.inbox.by_key(key)) is None]
    assert missing == []
