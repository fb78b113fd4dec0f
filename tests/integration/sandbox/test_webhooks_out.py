"""Zendesk's webhooks on their way out: signed, queued, retried, dropped, doubled."""

import base64
import hashlib
import hmac
import socket
from datetime import datetime, timedelta
from typing import Any

import pytest

from sandbox import MovableClock, Sandbox
from sandbox.zendesk.behaviour.webhooks import sign
from tests.integration.sandbox.conftest import Api, Receiver, make_ticket
from tests.integration.sandbox.test_triggers import make_webhook

EVENTS = [f"zen:event-type:ticket.{name}" for name in ("merged", "soft_deleted", "undeleted", "marked_as_spam")]


@pytest.fixture
def changed(zd: Api, receiver: Receiver) -> Any:
    """A webhook that a trigger calls on every change."""
    webhook = make_webhook(zd, receiver)
    body = '{"event": "ticket.changed", "ticket_id": "{{ticket.id}}"}'
    trigger = {
        "title": "Changed",
        "conditions": {"all": [{"field": "update_type", "operator": "is", "value": "Change"}]},
        "actions": [{"field": "notification_webhook", "value": [webhook["id"], body]}],
    }
    zd.post("triggers.json", {"trigger": trigger})
    return webhook


def _touch(zd: Api, ticket: int, subject: str = "Changed") -> None:
    zd.put(f"tickets/{ticket}.json", {"ticket": {"subject": subject}})


def test_the_published_vector_is_reproduced_in_the_current_order() -> None:
    secret = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
    assert (
        sign(secret, "2021-07-25T10:00:00Z", b'{"say": "hello"}') == "Rry/4TtIdFyawtXXp8QdI6tlAUUQ/5kL1OTp5qo/ZIk="
    )


def test_a_delivery_is_signed_over_timestamp_and_body(
    box: Sandbox, zd: Api, receiver: Receiver, changed: Any, ticket: int
) -> None:
    _touch(zd, ticket)
    assert box.pump() == 1
    [(path, headers, body)] = receiver.got
    secret = zd.get(f"webhooks/{changed['id']}/signing_secret")["signing_secret"]["secret"]
    stamp = headers["x-zendesk-webhook-signature-timestamp"]
    mac = hmac.new(secret.encode(), stamp.encode() + body, hashlib.sha256).digest()
    assert headers["x-zendesk-webhook-signature"] == base64.b64encode(mac).decode()
    assert (path, stamp) == ("/hook", "2026-03-02T15:00:00Z")
    assert headers["x-zendesk-webhook-id"] == changed["id"]
    assert headers["x-zendesk-webhook-invocation-id"].isdigit()
    assert headers["x-zendesk-account-id"].isdigit()


def test_a_secret_can_be_changed(zd: Api, changed: Any) -> None:
    path = f"webhooks/{changed['id']}/signing_secret"
    old = zd.get(path)["signing_secret"]
    new = zd.post(path)["signing_secret"]
    assert new["algorithm"] == "SHA256"
    assert old != new == zd.get(path)["signing_secret"]


def test_nothing_leaves_before_it_is_pumped_and_then_in_order(
    box: Sandbox, zd: Api, receiver: Receiver, changed: Any, ticket: int
) -> None:
    other = make_ticket(zd)
    _touch(zd, other)
    _touch(zd, ticket)
    assert receiver.got == []
    assert box.pump(limit=1) == 1
    assert box.pump() == 1
    assert [body["ticket_id"] for body in receiver.bodies()] == [str(other), str(ticket)]


@pytest.mark.parametrize(
    ("status", "headers", "calls"),
    [
        (202, {}, 1),
        (409, {}, 4),
        (503, {"Retry-After": "5"}, 4),
        (429, {"Retry-After": "5"}, 4),
        (503, {}, 1),
        (503, {"Retry-After": "3600"}, 1),
        (500, {}, 1),
        (502, {}, 1),
        (401, {}, 1),
        (404, {}, 1),
    ],
)
def test_what_is_tried_again_and_what_is_lost(
    box: Sandbox,
    zd: Api,
    receiver: Receiver,
    changed: Any,
    ticket: int,
    status: int,
    headers: dict[str, str],
    calls: int,
) -> None:
    receiver.answers = [(status, headers)] * 10
    _touch(zd, ticket)
    assert box.pump() == calls
    assert len({got[1]["x-zendesk-webhook-invocation-id"] for got in receiver.got}) == 1


def test_a_receiver_that_never_answers_is_tried_five_times_more(
    box: Sandbox, zd: Api, receiver: Receiver, changed: Any, ticket: int
) -> None:
    box.outgoing.timeout = 0.05
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        zd.call("PATCH", f"webhooks/{changed['id']}", {"webhook": {"endpoint": endpoint}})
        _touch(zd, ticket)
        assert box.pump() == 6
    assert zd.get(f"webhooks/{changed['id']}/invocations")["invocations"][0]["status"] == "timeout"


def test_a_retry_that_succeeds_is_the_last(
    box: Sandbox, zd: Api, receiver: Receiver, changed: Any, ticket: int
) -> None:
    receiver.answers = [(503, {"Retry-After": "1"})]
    _touch(zd, ticket)
    assert box.pump() == 2
    [row] = zd.get(f"webhooks/{changed['id']}/invocations")["invocations"]
    assert (row["status"], row["status_code"]) == ("success", 202)
    attempts = zd.get(f"webhooks/{changed['id']}/invocations/{row['id']}/attempts")["attempts"]
    assert [attempt["status_code"] for attempt in attempts] == [503, 202]


def test_a_receiver_that_is_gone_costs_the_event(
    box: Sandbox, zd: Api, receiver: Receiver, changed: Any, ticket: int
) -> None:
    zd.call("PATCH", f"webhooks/{changed['id']}", {"webhook": {"endpoint": "http://127.0.0.1:9/hook"}}, status=204)
    _touch(zd, ticket)
    assert box.pump() == 1
    assert zd.get(f"webhooks/{changed['id']}/invocations")["invocations"][0]["status"] == "failed"


def test_deliveries_can_be_dropped_or_doubled(
    box: Sandbox, zd: Api, receiver: Receiver, changed: Any, ticket: int
) -> None:
    fates = iter(["drop", "twice", "deliver"])
    box.zendesk.webhook_policy = lambda _: next(fates)  # type: ignore[return-value,arg-type]
    for subject in ("one", "two", "three"):
        _touch(zd, ticket, subject)
    assert box.pump() == 3
    ids = [got[1]["x-zendesk-webhook-invocation-id"] for got in receiver.got]
    assert ids[0] == ids[1] != ids[2]


def test_event_types_and_triggers_do_not_mix(zd: Api, receiver: Receiver, changed: Any) -> None:
    wanted = {"subscriptions": ["conditional_ticket_events", *EVENTS]}
    body = {**changed, **wanted, "endpoint": receiver.url}
    zd.post("webhooks", {"webhook": body}, status=400)
    zd.call("PATCH", f"webhooks/{changed['id']}", {"webhook": {"subscriptions": EVENTS}}, status=400)


def test_names_need_not_be_unique(zd: Api, receiver: Receiver, changed: Any) -> None:
    again = make_webhook(zd, receiver)
    assert again["id"] != changed["id"]
    found = zd.get("webhooks", params={"filter[name_contains]": "parley"})
    assert {row["id"] for row in found["webhooks"]} == {again["id"], changed["id"]}
    assert found["meta"]["has_more"] is False


def test_the_authentication_is_sent_and_never_shown(box: Sandbox, zd: Api, receiver: Receiver) -> None:
    secret = {"type": "bearer_token", "data": {"token": "hidden"}, "add_position": "header"}
    made = make_webhook(zd, receiver, authentication=secret, custom_headers={"X-Desk": "1"}, subscriptions=EVENTS)
    assert "hidden" not in str(made) + str(zd.get(f"webhooks/{made['id']}"))
    zd.call("DELETE", f"tickets/{make_ticket(zd)}.json", status=204)
    box.pump()
    headers = receiver.got[0][1]
    assert (headers["authorization"], headers["x-desk"]) == ("Bearer hidden", "1")


def test_events_come_in_their_envelope(
    box: Sandbox, zd: Api, receiver: Receiver, clock: MovableClock, ticket: int
) -> None:
    make_webhook(zd, receiver, subscriptions=EVENTS)
    clock.move(timedelta(microseconds=672717))
    target = make_ticket(zd)
    zd.post(f"tickets/{target}/merge.json", {"ids": [ticket]})
    box.pump()
    [event] = receiver.bodies()
    assert event["type"] == "zen:event-type:ticket.merged"
    assert event["subject"] == f"zen:ticket:{ticket}"
    assert "target_ticket_id" not in event["event"]
    assert (event["detail"]["id"], event["detail"]["status"]) == (str(ticket), "CLOSED")
    assert event["time"].endswith(".672717000Z")
    assert datetime.fromisoformat(event["time"]).microsecond == 672717


def test_the_life_of_a_ticket_is_told(box: Sandbox, zd: Api, receiver: Receiver, ticket: int) -> None:
    make_webhook(zd, receiver, subscriptions=[*EVENTS, "zen:event-type:ticket.status_changed"])
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "pending"}})
    zd.call("DELETE", f"tickets/{ticket}.json")
    zd.put(f"deleted_tickets/{ticket}/restore.json")
    zd.put(f"tickets/{ticket}/mark_as_spam.json")
    box.pump()
    kinds = [body["type"].rsplit(".", 1)[1] for body in receiver.bodies()]
    assert kinds == ["status_changed", "soft_deleted", "undeleted", "marked_as_spam", "soft_deleted"]
    changed = receiver.bodies()[0]["event"]
    assert (changed["current"], changed["previous"]) == ("PENDING", "NEW")
    assert len({body["id"] for body in receiver.bodies()}) == 5


def test_in_the_background_they_leave_by_themselves(clock: MovableClock, receiver: Receiver) -> None:
    with Sandbox(clock, deliver="background") as box:
        box.workmarket.webhook_url = receiver.url
        box.workmarket.message(box.workmarket.add_assignment(), "worker", "Hello?")
        assert receiver.wait_for(1)


def test_a_webhook_can_be_tried_out_ahead_of_what_waits(
    zd: Api, receiver: Receiver, changed: Any, ticket: int
) -> None:
    _touch(zd, ticket)
    zd.post(f"webhooks/test?webhook_id={changed['id']}", {"request": {"payload": '{"a": 1}'}})
    assert receiver.bodies() == [{"a": 1}]
