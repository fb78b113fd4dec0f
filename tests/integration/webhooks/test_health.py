"""What the platform is told: alive, ready, counted; and what people can read about the endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.integration.webhooks.receiving_desk import ReceivingDesk

CANARY = "ann.canary@example.org"


def samples(desk: ReceivingDesk) -> dict[tuple[str, ...], float]:
    text = desk.client.get("/metrics").text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_live_process_says_so_whatever_else_is_wrong(desk: ReceivingDesk) -> None:
    desk.said = lambda: {"ready": False}
    assert desk.client.get("/healthz").status_code == 200


def test_readiness_is_shown_as_it_is_told(desk: ReceivingDesk) -> None:
    said = {"ready": True, "database": "ok", "broker": "away", "clock_lag_s": 3.5, "oldest_unhandled_s": None}
    desk.said = lambda: said
    response = desk.client.get("/readyz")
    assert (response.status_code, response.json()) == (200, said)
    desk.said = lambda: {**said, "ready": False}
    assert desk.client.get("/readyz").status_code == 503


def test_readiness_that_fails_is_not_ready_and_tells_nothing(desk: ReceivingDesk) -> None:
    def fail() -> Mapping[str, Any]:
        raise RuntimeError(CANARY)

    desk.said = fail
    response = desk.client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False})
    assert samples(desk)[("parley_ready",)] == 0


def test_requests_are_counted_by_endpoint_and_outcome(desk: ReceivingDesk) -> None:
    desk.zendesk({"event": "ticket.changed", "ticket_id": "1"})
    desk.zendesk({"event": "ticket.changed", "ticket_id": "1"})
    desk.zendesk(b"{")
    desk.zendesk(b"{", secret="wrong")
    desk.workmarket({"event": "paid", "assignment_id": "1"})
    desk.request({})
    counted = samples(desk)

    def count(endpoint: str, outcome: str) -> float:
        return counted[("parley_webhook_requests_total", endpoint, outcome)]

    assert [count("zendesk", each) for each in ("accepted", "duplicate", "dead_letter", "unauthorised")] == [1] * 4
    assert (count("workmarket", "accepted"), count("requests", "invalid")) == (1, 1)
    assert counted[("parley_webhook_seconds_count", "zendesk")] == 3


def test_what_waits_is_a_gauge(desk: ReceivingDesk) -> None:
    desk.said = lambda: {
        "ready": True,
        "inbox": {"new": 4, "dead": 1},
        "outbox": {"todo": 2},
        "clock_lag_s": 12,
        "oldest_unhandled_s": 90.5,
    }
    counted = samples(desk)
    assert counted[("parley_ready",)] == 1
    assert counted[("parley_inbox_rows", "new")] == 4
    assert counted[("parley_outbox_rows", "todo")] == 2
    assert counted[("parley_clock_lag_seconds",)] == 12
    assert counted[("parley_oldest_unhandled_seconds",)] == 90.5


def test_no_personal_data_is_told_to_the_platform(desk: ReceivingDesk) -> None:
    desk.zendesk({"event": "assignment.post", "ticket_id": "1", "text": CANARY})
    desk.zendesk({"event": CANARY, "ticket_id": "1"})
    desk.workmarket({"event": "paid", "assignment_id": "1", "status": CANARY})
    desk.request({"requester": {"name": CANARY, "email": CANARY}})
    for path in ("/metrics", "/readyz", "/healthz"):
        assert CANARY not in desk.client.get(path).text


def test_the_documentation_names_every_endpoint_and_its_answers(desk: ReceivingDesk) -> None:
    paths = desk.client.get("/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/sidebar/cases/{ticket_id}",
        "/webhooks/zendesk",
        "/webhooks/workmarket",
        "/webhooks/requests",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    assert set(paths["/api/sidebar/cases/{ticket_id}"]["get"]["responses"]) == {"200", "404", "429", "503"}
    promised = {"202", "400", "401", "404", "413", "415", "503"}
    for path in ("/webhooks/zendesk", "/webhooks/workmarket"):
        assert set(paths[path]["post"]["responses"]) == promised
    assert set(paths["/webhooks/requests"]["post"]["responses"]) == {*promised, "422"}
