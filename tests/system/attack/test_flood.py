"""A flood of signed requests: each is taken in, and the cases that there are stay looked after meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.integration.webhooks.receiving_desk import JSON
from tests.signed import INTAKE_SECRET, intake_headers
from tests.system.cli.shell import Shell, answers, wait_for
from tests.system.processes.spawned_desk import Forker, SpawnedDesk
from tests.unencrypted import UNENCRYPTED

FLOOD = 200
FEW_CALLS = {
    "ZENDESK_CALLS_PER_MINUTE": "60",
    "RECONCILE_INTERVAL": "300",
    "INTAKE_SECRETS": INTAKE_SECRET,
}
"""With these a flood takes the better part of an hour."""


@pytest.fixture
def desk(forker: Forker, tmp_path: Path) -> Iterator[SpawnedDesk]:
    desk = SpawnedDesk(forker, tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def shell(desk: SpawnedDesk) -> Iterator[Shell]:
    shell = Shell(desk.forker, desk.folder, desk.environment)
    yield shell
    shell.close()


def test_what_is_said_in_a_case_is_heard_at_once_though_hundreds_of_requests_came_before(
    desk: SpawnedDesk, shell: Shell
) -> None:
    number = desk.assignment()
    desk.open()
    here = f"http://127.0.0.1:{desk.port}"
    shell.start("run", "--host", "127.0.0.1", "--port", str(desk.port), **FEW_CALLS)
    wait_for(lambda: answers(f"{here}/healthz"))
    ticket = desk.submit(number)
    wait_for(lambda: desk.state(ticket) == "tier_1")
    with (
        ThreadPoolExecutor(8) as senders,
        httpx.Client(base_url=here, trust_env=False, verify=UNENCRYPTED, timeout=120) as client,
    ):
        statuses = senders.map(lambda which: send(client, desk, which), range(FLOOD))
        assert list(statuses) == [202] * FLOOD
    desk.workmarket.message(number, "owner", "I will look at it tomorrow.")
    wait_for(lambda: desk.state(ticket) == "other_side_responded")
    assert len(desk.zendesk.account.tickets) < FLOOD / 2


def send(client: httpx.Client, desk: SpawnedDesk, which: int) -> int:
    said = {
        "assignment_id": str(990_000 + which),
        "party": "client",
        "requester": {"name": f"Somebody {which}", "email": f"somebody{which}@example.com"},
        "description": "Please look at this.",
    }
    body = json.dumps(said).encode()
    headers = {**JSON, **intake_headers(body, f"flood_{which}", desk.clock())}
    return client.post("/webhooks/requests", content=body, headers=headers).status_code
