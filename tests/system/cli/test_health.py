"""What /readyz, /metrics and the logs of a running desk say, and what they never say."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.patience import PATIENCE_S
from tests.system.cli.shell import Shell, answers, wait_for
from tests.system.processes.spawned_desk import SpawnedDesk
from tests.unencrypted import UNENCRYPTED

CANARIES = ("wanda", "Wanda", "Nobody answers me", "heron-canary", "sandbox-oauth-secret", "sandbox-webhook-token")


@pytest.fixture
def here(desk: SpawnedDesk) -> str:
    return f"http://127.0.0.1:{desk.port}"


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S)


def test_a_desk_at_work_tells_its_lags_and_nothing_about_people(
    desk: SpawnedDesk, operator: Shell, here: str
) -> None:
    number = desk.assignment()
    desk.open()
    running = operator.start("run", "--host", "127.0.0.1", "--port", str(desk.port), LOG_LEVEL="DEBUG")
    wait_for(lambda: answers(f"{here}/readyz") and get(f"{here}/readyz").json()["clock_lag_s"] is not None)
    ticket = desk.submit(number)
    wait_for(lambda: desk.state(ticket) == "tier_1" and desk.at_rest())
    desk.workmarket.message(number, "owner", "heron-canary")
    wait_for(lambda: desk.state(ticket) == "other_side_responded" and desk.at_rest())
    # A round of reconcile may just have kept something to look at.
    wait_for(lambda: get(f"{here}/readyz").json()["oldest_unhandled_s"] is None)
    ready = get(f"{here}/readyz")
    assert ready.status_code == 200
    told = ready.json()
    assert (told["ready"], told["database"], told["broker"], told["troubles"]) == (True, "ok", "ok", [])
    assert told["waiting_for"] == {}
    assert told["clock_lag_s"] < 60
    metrics = get(f"{here}/metrics").text
    for name in (
        "parley_ready 1.0",
        "parley_clock_lag_seconds",
        'parley_webhook_requests_total{endpoint="zendesk"',
    ):
        assert name in metrics
    assert 'parley_outcomes_total{kind="post_message",what="delivered"} 1.0' in metrics
    said = operator.stop(running)
    spoken = metrics + ready.text + said.err + said.out
    assert not [canary for canary in CANARIES if canary in spoken]
    secrets = [desk.zendesk.webhooks.secret(one) for one in desk.zendesk.account.webhooks]
    assert not [secret for secret in secrets if secret in spoken]
    assert all(isinstance(json.loads(line), dict) for line in said.err.splitlines())


def test_what_waits_for_a_service_that_is_away_is_told(desk: SpawnedDesk, operator: Shell, here: str) -> None:
    number = desk.assignment()
    desk.open()
    operator.start("run", "--host", "127.0.0.1", "--port", str(desk.port))
    wait_for(lambda: answers(f"{here}/readyz"))
    desk.sandbox.faults.next("workmarket", "POST", "assignments/add_note", status=429, retry_after="60")
    desk.submit(number)
    told = wait_for(lambda: waiting(here))
    assert told["waiting_for"] == {"workmarket": 1}
    assert told["troubles"] == ["One thing waits for WorkMarket and is tried again by itself."]
    assert 'parley_waiting_rows{service="workmarket"} 1.0' in get(f"{here}/metrics").text
    assert get(f"{here}/readyz").status_code == 200


def test_a_call_that_hangs_is_among_what_waits(desk: SpawnedDesk, operator: Shell, here: str) -> None:
    number = desk.assignment()
    desk.open()
    operator.start("run", "--host", "127.0.0.1", "--port", str(desk.port))
    wait_for(lambda: answers(f"{here}/readyz"))
    desk.sandbox.faults.next("workmarket", "POST", "assignments/add_note", delay=14.0)
    desk.submit(number)
    told = wait_for(lambda: waiting(here))
    assert told["waiting_for"] == {"workmarket": 1}
    assert (told["outbox"]["in_flight"], told["outbox"]["unclear"]) == (1, 0)
    checks = {row["what"]: row["said"] for row in operator("doctor", "--json").json()}
    assert checks["waiting for WorkMarket"].startswith("1 under way for over 10 s, and not answered.")
    assert "as soon as WorkMarket takes" in checks["backlog"]


def waiting(here: str) -> dict[str, Any] | None:
    told: dict[str, Any] = get(f"{here}/readyz").json()
    return told if told["waiting_for"] else None


def test_doors_alone_say_that_nobody_handles_and_no_clock_runs(
    desk: SpawnedDesk, operator: Shell, here: str
) -> None:
    desk.open()
    old = desk.clock() - timedelta(minutes=11)
    desk.store.write(lambda tx: tx.inbox.record("k", "ticket.changed", "ticket:1", {"ticket_id": "1"}, old))
    operator.start("web", "--host", "127.0.0.1", "--port", str(desk.port))
    wait_for(lambda: answers(f"{here}/healthz"))
    told = get(f"{here}/readyz").json()
    assert told["ready"] is True
    assert told["oldest_unhandled_s"] > 600
    assert len(told["troubles"]) == 2
    assert "parley_oldest_unhandled_seconds" in get(f"{here}/metrics").text


def test_without_its_database_a_desk_is_not_ready(desk: SpawnedDesk, operator: Shell, here: str) -> None:
    desk.open()
    missing = f"sqlite:///{desk.folder / 'missing.db'}"
    operator.start("web", "--host", "127.0.0.1", "--port", str(desk.port), DATABASE_URL=missing)
    wait_for(lambda: answers(f"{here}/healthz"))
    told = get(f"{here}/readyz")
    assert told.status_code == 503
    said = told.json()
    assert (said["ready"], said["database"], said["broker"]) == (False, "not usable", "ok")
    assert said["troubles"][0].startswith("No event can be stored since ")
    assert said["troubles"][0].endswith("check DATABASE_URL and run `parley migrate`.")
    assert "parley_ready 0.0" in get(f"{here}/metrics").text
