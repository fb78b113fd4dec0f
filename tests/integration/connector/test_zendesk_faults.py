"""How often Zendesk is asked when something goes wrong, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.errors import Conflict, Limited, Misconfigured, Permanent, Transient, Unclear
from connector.http.internet import Internet
from connector.zendesk import ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import CreateTicket, Look, Say, StartConversation, UpdateTicket
from tests.integration.connector.conftest import NOW
from tests.integration.connector.records import GONE, SEEN, audits, ticket, updated
from tests.integration.connector.stub_server import IMPATIENT, Reply, StubServer

UPDATE = UpdateTicket(id="e1", ticket_id="35", say=Say(Public("Hello"), public=True))
CREATE = CreateTicket(id="e2", subject=Public("S"), say=Say(Public("Hello"), public=True), requester_id="500")
START = StartConversation(
    id="e3", ticket_id="35", to_email="p@example.com", to_name="P", subject=Public("S"), body=Public("B")
)

WRITES: dict[str, tuple[str, str, Callable[[ZendeskClient], object]]] = {
    "update": ("PUT", "/api/v2/tickets/35", lambda zendesk: zendesk.write(UPDATE, stamp=NOW)),
    "create": ("POST", "/api/v2/tickets", lambda zendesk: zendesk.create_ticket(CREATE)),
    "start": (
        "POST",
        "/api/v2/tickets/35/side_conversations",
        lambda zendesk: zendesk.start_conversation(START),
    ),
}

FAULTS: dict[str, tuple[Reply, type[Exception]]] = {
    "503": (Reply(503, {"error": "down"}), Unclear),
    "503 in HTML": (Reply(503, b"<html>"), Unclear),
    "500": (Reply(500, {"error": "x"}), Unclear),
    "413": (Reply(413, {"error": "too large"}), Permanent),
    "429": (Reply(429, {"error": "slow down"}), Transient),
    "429 with Retry-After": (Reply(429, {"error": "slow down"}, {"Retry-After": "1"}), Transient),
    "429 with a fraction": (Reply(429, {"error": "slow down"}, {"Retry-After": "0.5"}), Transient),
    "429 with a date": (Reply(429, {}, {"Retry-After": "Mon, 02 Mar 2026 15:00:30 GMT"}), Transient),
    "429 for ever": (Reply(429, {}, {"Retry-After": "1000000000"}), Transient),
    "429 with garbage": (Reply(429, {}, {"Retry-After": "whenever"}), Transient),
    "409": (Reply(409, {"error": "UpdateConflict"}), Conflict),
    "422": (Reply(422, {"error": "RecordInvalid", "description": "no"}), Permanent),
    "401": (Reply(401, {"error": "no"}), Misconfigured),
    "redirect": (Reply(302, b"", {"Location": "http://127.0.0.1:9/"}), Misconfigured),
    "lost reply": (Reply(lost=True), Unclear),
    "cut reply": (Reply(cut=True), Unclear),
    "HTML": (Reply(200, b"<html>maintenance</html>"), Unclear),
    "empty": (Reply(200, b""), Unclear),
    "truncated": (Reply(200, b'{"ticket": {"id": 35'), Unclear),
    "a list": (Reply(200, []), Unclear),
    "another shape": (Reply(200, {"ticket": "35"}), Unclear),
    "not UTF-8": (Reply(200, b'{"a": "\xff"}'), Unclear),
    "endless depth": (Reply(200, b"[" * 100_000), Unclear),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_sent_exactly_once(
    write: str, fault: str, stub: StubServer, zendesk: ZendeskClient, waits: list[float]
) -> None:
    method, path, call = WRITES[write]
    reply, expected = FAULTS[fault]
    stub.on(method, path, reply)
    with pytest.raises(expected):
        call(zendesk)
    assert [one for one in stub.paths() if not one.startswith("GET ")] == [f"{method} {path}"]
    assert waits == []


def test_a_write_that_hangs_is_unclear_and_not_repeated(
    stub: StubServer, zendesk_at: Callable[..., ZendeskClient]
) -> None:
    stub.on("PUT", "/api/v2/tickets/35", Reply(hangs=True))
    with pytest.raises(Unclear):
        zendesk_at(stub.url, transport=Internet(IMPATIENT)).write(UPDATE, stamp=NOW)
    assert stub.heard(1) == 1


def test_an_answer_that_never_ends_is_not_waited_for(
    stub: StubServer, zendesk_at: Callable[..., ZendeskClient]
) -> None:
    stub.on("PUT", "/api/v2/tickets/35", Reply(drips=True))
    with pytest.raises(Unclear):
        zendesk_at(stub.url, transport=Internet(IMPATIENT)).write(UPDATE, stamp=NOW)


def test_threads_do_not_mix_their_keys(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", "/api/v2/tickets", Reply(201, updated()))
    with ThreadPoolExecutor(4) as threads:
        made = [replace(CREATE, id=f"e{number}") for number in range(40)]
        list(threads.map(zendesk.create_ticket, made))
    assert {one.headers["idempotency-key"] for one in stub.asked} == {one.id for one in made}
    assert all(one.headers["idempotency-key"] == one.json["ticket"]["external_id"] for one in stub.asked)


def test_a_write_to_nobody_is_surely_not_applied(zendesk_at: Callable[..., ZendeskClient]) -> None:
    with pytest.raises(Transient):
        zendesk_at("http://127.0.0.1:9").write(UPDATE, stamp=NOW)


def test_a_read_is_repeated_a_little(stub: StubServer, zendesk: ZendeskClient, waits: list[float]) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(503), Reply(lost=True), audits())
    zendesk.look(Look("35", frozenset({"ticket"}), SEEN))
    assert len(stub.asked) == 3
    assert len(waits) == 2


def test_a_read_is_given_up_after_three_attempts(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(503))
    with pytest.raises(Transient):
        zendesk.look(Look("35", frozenset({"ticket"}), SEEN))
    assert len(stub.asked) == 3


def test_a_short_retry_after_is_waited_for(stub: StubServer, zendesk: ZendeskClient, waits: list[float]) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(503, {}, {"Retry-After": "1.5"}), audits())
    zendesk.look(Look("35", frozenset({"ticket"}), SEEN))
    assert waits == [1.5]


@pytest.mark.parametrize("wait", [None, "0", "1", "garbage"])
def test_too_many_calls_are_not_answered_by_one_more(
    stub: StubServer, zendesk: ZendeskClient, wait: str | None
) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(429, {}, {"Retry-After": wait} if wait else {}))
    with pytest.raises(Limited):
        zendesk.look(Look("35", frozenset({"ticket"}), SEEN))
    assert len(stub.asked) == 1


@pytest.mark.parametrize(("left", "alone"), [("0", False), ("12", True), (None, False), ("many", False)])
def test_a_limit_of_one_endpoint_is_told_from_the_accounts(
    stub: StubServer, zendesk: ZendeskClient, left: str | None, alone: bool
) -> None:
    headers = {"Retry-After": "60", **({"X-Rate-Limit-Remaining": left} if left else {})}
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(429, {}, headers))
    with pytest.raises(Limited) as caught:
        zendesk.look(Look("35", frozenset({"ticket"}), SEEN))
    assert (caught.value.alone, caught.value.service) == (alone, "zendesk")


def test_a_long_retry_after_goes_to_the_outbox(
    stub: StubServer, zendesk: ZendeskClient, waits: list[float]
) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(429, {}, {"Retry-After": "60"}))
    with pytest.raises(Transient) as caught:
        zendesk.look(Look("35", frozenset({"ticket"}), SEEN))
    assert caught.value.retry_after == 60
    assert len(stub.asked) == 1
    assert waits == []


def test_a_read_that_timed_out_is_not_repeated_here(
    stub: StubServer, zendesk_at: Callable[..., ZendeskClient]
) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(hangs=True))
    with pytest.raises(Transient):
        zendesk_at(stub.url, transport=Internet(IMPATIENT)).look(Look("35", frozenset({"ticket"}), SEEN))
    assert stub.heard(1) == 1


def test_zenpy_never_sees_a_retry_after(stub: StubServer, zendesk: ZendeskClient, waits: list[float]) -> None:
    stub.on("GET", "/api/v2/users/me", Reply(429, {}, {"Retry-After": "600"}))
    with pytest.raises(Transient) as caught:
        zendesk.whoami()
    assert caught.value.retry_after == 600
    assert waits == []


def test_an_answer_too_large_is_not_read(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(200, b"[" + b" " * (20 * 1024 * 1024) + b"]"))
    with pytest.raises(Transient, match="20 MB"):
        zendesk.look(Look("35", frozenset({"ticket"}), SEEN))


def test_a_repeated_write_needs_a_stamp(zendesk: ZendeskClient) -> None:
    with pytest.raises(ValueError, match="stamp"):
        zendesk.write(UPDATE, stamp=None, first=False)


def test_cookies_are_not_kept(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(200, audits(), {"Set-Cookie": "a=b; Path=/"}))
    for _ in range(2):
        zendesk.look(Look("35", frozenset({"ticket"}), SEEN))
    assert all("cookie" not in one.headers for one in stub.asked)


def test_a_ticket_of_another_number_is_not_believed(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets/35", {"ticket": ticket(id=36)})
    with pytest.raises(Transient):
        zendesk.settle(UPDATE)


def test_a_stamp_is_safe_once_its_second_has_passed(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets/35", {"ticket": ticket(updated_at="2026-03-02T15:00:09Z")})
    stub.on("GET", "/api/v2/tickets/35/audits", Reply(200, audits()))
    back = zendesk.settle(UPDATE)
    assert back.server_now - back.stamp == timedelta(seconds=1)
    assert back.safe_in == timedelta(seconds=1)


def test_a_ticket_that_is_gone_cannot_be_stamped(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets/35", Reply(404, GONE))
    with pytest.raises(Permanent) as caught:
        zendesk.settle(UPDATE)
    assert caught.value.code == "gone"
