"""The sandbox in a process of its own, as a benchmark runs it."""

import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.integration.sandbox.conftest import Api, Receiver, basic
from tests.integration.sandbox.set_up import set_up
from tests.unencrypted import UNENCRYPTED


@pytest.fixture
def alone(receiver: Receiver) -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "sandbox", "--workmarket-webhook-url", receiver.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield dict(process.stdout.readline().split() for _ in range(2))
        finally:
            process.terminate()
            assert process.wait(120) == 0


def test_it_makes_what_a_benchmark_needs_and_counts(alone: dict[str, str], receiver: Receiver) -> None:
    zd = Api(alone["zendesk"], {"Authorization": basic("admin@example.com")}, "/api/v2/")
    set_up(zd)
    zd.http.close()
    with httpx.Client(base_url=alone["zendesk"], trust_env=False, verify=UNENCRYPTED, timeout=120) as door:
        assignment = door.post("/_sandbox/assignments", json={"title": "Bench"}).json()["id"]
        given = {"requester_email": "w@example.com", "name": "W", "assignment_id": assignment}
        assert door.post("/_sandbox/requests", json=given).json() == {"ticket_id": 1}
        message = {"id": assignment, "author": "worker", "text": "Hello?"}
        assert door.post("/_sandbox/messages", json=message).status_code == 200
        assert receiver.wait_for(1)
        state = door.get("/_sandbox/state").json()
        assert (state["tickets"], state["assignments"], state["notes"]) == (1, 1, 1)
        assert state["calls"]["zendesk POST"] > 0
        assert door.post("/_sandbox/requests", json={"nonsense": 1}).status_code == 422
        assert door.get("/_sandbox/nothing").status_code == 404


def test_a_port_in_use_is_a_sentence(alone: dict[str, str]) -> None:
    port = alone["zendesk"].rsplit(":", 1)[1]
    command = [sys.executable, "-m", "sandbox", "--zendesk-port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Choose another port" in done.stderr
