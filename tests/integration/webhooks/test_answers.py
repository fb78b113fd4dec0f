"""Each answer of the contract, over a real socket, and the order the checks come in."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from store import Receipt
from tests.integration.webhooks.receiving_desk import JSON, ReceivingDesk, a_desk
from tests.signed import SECRET, intake_headers, zendesk_headers

CHANGED = {"event": "ticket.changed", "ticket_id": "123"}
LOOKS = {"assignment_id": "77", "party": "client", "requester": {"name": "Ann", "email": "ann@x.org"}}
REQUEST: dict[str, Any] = {**LOOKS, "description": "Nobody came.", "anticipated_outcome": "A date."}
PATHS = ["/webhooks/zendesk", "/webhooks/workmarket", "/webhooks/requests"]


def is_problem(response: httpx.Response) -> bool:
    body = response.json()
    return (
        response.headers["content-type"] == "application/problem+json"
        and body["status"] == response.status_code
        and bool(body["title"] and body["detail"])
    )


def test_a_genuine_event_is_stored_before_it_is_answered_and_announced_after(desk: ReceivingDesk) -> None:
    response = desk.zendesk(CHANGED)
    assert response.status_code == 202
    (row,) = desk.rows()
    assert (row.kind, row.lane, dict(row.body)) == ("ticket.changed", "ticket:123", {"ticket_id": "123"})
    assert desk.heard(1) == [row.id]


def test_a_forged_signature_is_refused_and_touches_nothing(desk: ReceivingDesk) -> None:
    response = desk.zendesk(CHANGED, secret="somebody else's")
    assert response.status_code == 401 and is_problem(response)
    assert desk.rows() == [] and desk.nothing_was_announced()


def test_a_missing_signature_or_token_is_refused(desk: ReceivingDesk) -> None:
    for path in PATHS:
        assert desk.post(path, b"{}", JSON).status_code == 401


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        (timedelta(minutes=60), 202),
        (timedelta(minutes=61), 401),
        (timedelta(minutes=-5), 202),
        (timedelta(minutes=-6), 401),
    ],
)
def test_zendesk_s_window_is_an_hour_back_and_five_minutes_ahead(
    desk: ReceivingDesk, ago: timedelta, status: int
) -> None:
    assert desk.zendesk(CHANGED, ago=ago).status_code == status


@pytest.mark.parametrize("ago", [timedelta(hours=2), timedelta(hours=-2)])
def test_while_nobody_has_said_what_time_it_is_what_seems_of_another_time_is_asked_to_come_again(
    desk: ReceivingDesk, ago: timedelta
) -> None:
    desk.sure_of_time = False
    answer = desk.zendesk(CHANGED, ago=ago)
    assert (answer.status_code, int(answer.headers["retry-after"])) == (503, 5)
    assert desk.zendesk(CHANGED, ago=ago, secret="another").status_code == 401
    assert desk.zendesk(CHANGED, secret="another").status_code == 401
    assert desk.rows() == []
    assert desk.zendesk(CHANGED).status_code == 202


@pytest.mark.parametrize("ago", [timedelta(hours=2), timedelta(hours=-2)])
def test_while_nobody_has_said_what_time_it_is_a_request_that_seems_of_another_time_is_asked_to_come_again(
    desk: ReceivingDesk, ago: timedelta
) -> None:
    desk.sure_of_time = False
    answer = desk.request(REQUEST, ago=ago)
    assert (answer.status_code, int(answer.headers["retry-after"])) == (503, 5)
    assert desk.request(REQUEST, ago=ago, secret=f"whsec_{'A' * 32}").status_code == 401
    assert desk.request(REQUEST, secret=f"whsec_{'A' * 32}").status_code == 401
    assert desk.rows() == []
    assert desk.request(REQUEST).status_code == 202


@pytest.mark.parametrize("ago", [timedelta(days=36), timedelta(hours=-2)])
def test_only_whoever_has_the_secret_is_told_that_the_clocks_differ(desk: ReceivingDesk, ago: timedelta) -> None:
    yours, ours = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (desk.now - ago, desk.now))
    for answer in (desk.zendesk(CHANGED, ago=ago), desk.request(REQUEST, ago=ago)):
        assert answer.status_code == 401 and is_problem(answer)
        assert f"signed at {yours}, our clock says {ours}." in answer.json()["detail"]
    stranger = desk.zendesk(CHANGED, ago=ago, secret="another")
    other = desk.request(REQUEST, ago=ago, secret=f"whsec_{'A' * 32}")
    assert stranger.json() == other.json() == desk.zendesk(CHANGED, secret="another").json()
    assert "clock" not in stranger.json()["detail"]
    assert desk.rows() == []


def test_a_signature_given_twice_is_refused(desk: ReceivingDesk) -> None:
    body = b'{"event":"ticket.changed","ticket_id":"123"}'
    headers = [*zendesk_headers(body, desk.now).items(), *JSON.items()]
    twice = [*headers, ("X-Zendesk-Webhook-Signature", "x" * 44)]
    assert desk.client.post("/webhooks/zendesk", content=body, headers=twice).status_code == 401


def test_without_a_secret_an_endpoint_is_not_there(desk: ReceivingDesk) -> None:
    desk.zendesk_secrets, desk.intake_secrets, desk.token = ("",), (), None
    for path in PATHS:
        response = desk.post(path, b"x" * 2_000_000, {})
        assert response.status_code == 404 and is_problem(response)


def test_a_body_that_is_declared_too_large_is_refused_unread(desk: ReceivingDesk) -> None:
    for path in PATHS:
        with desk.raw() as sender:
            sender.sendall(b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-length: 1048577\r\n\r\n" % path.encode())
            assert sender.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_that_turns_out_too_large_is_refused_while_it_is_being_read(desk: ReceivingDesk) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with desk.raw() as sender:
        sender.sendall(b"POST /webhooks/zendesk HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        # Exactly one chunk more than a MiB, and no end: an answer means that nobody waits for one.
        for _ in range(17):
            sender.sendall(chunk)
        assert sender.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_body_of_exactly_a_mebibyte_is_read(desk: ReceivingDesk) -> None:
    body = b'{"event":"ticket.changed","ticket_id":"123","x":"' + b"y" * 1_048_525 + b'"}'
    assert len(body) == 1_048_576
    assert desk.zendesk(body).status_code == 202


def test_two_lengths_in_one_request_are_refused(desk: ReceivingDesk) -> None:
    with desk.raw() as sender:
        sender.sendall(
            b"POST /webhooks/zendesk HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n"
            b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        assert sender.recv(4096).startswith(b"HTTP/1.1 400")
    assert desk.rows() == []


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_another_content_type_than_json_is_refused(desk: ReceivingDesk, kind: str | None) -> None:
    body = b'{"event":"ticket.changed","ticket_id":"123"}'
    headers = {**zendesk_headers(body, desk.now), **({"content-type": kind} if kind else {})}
    response = desk.post("/webhooks/zendesk", body, headers)
    assert response.status_code == 415 and is_problem(response)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON", "application/x+json"])
def test_every_spelling_of_json_is_taken(desk: ReceivingDesk, kind: str) -> None:
    body = b'{"event":"ticket.changed","ticket_id":"123"}'
    headers = {**zendesk_headers(body, desk.now), "content-type": kind}
    assert desk.post("/webhooks/zendesk", body, headers).status_code == 202


def test_the_signature_is_checked_before_the_content_type_and_that_before_the_body(desk: ReceivingDesk) -> None:
    assert desk.post("/webhooks/zendesk", b"{", {"content-type": "text/plain"}).status_code == 401
    signed = zendesk_headers(b"{", desk.now)
    assert desk.post("/webhooks/zendesk", b"{", {**signed, "content-type": "text/plain"}).status_code == 415
    assert desk.rows() == []


@pytest.mark.parametrize("body", [b"", b"{", b'{"event":"x"}', b"[" * 1000, b"\xff", b'{"a":1,"a":2}', b"NaN"])
def test_a_genuine_body_that_can_not_be_read_is_a_dead_letter_and_accepted(
    desk: ReceivingDesk, body: bytes
) -> None:
    assert desk.zendesk(body).status_code == 202
    assert desk.workmarket(body).status_code == 202
    dead = desk.store.read(lambda tx: tx.inbox.dead())
    assert sorted(row.kind for row in dead) == ["workmarket.unreadable", "zendesk.unreadable"]
    assert all(row.error for row in dead) and desk.nothing_was_announced()


def test_an_unreadable_body_sent_again_is_one_dead_letter(desk: ReceivingDesk) -> None:
    for _ in range(3):
        assert desk.zendesk(b"{").status_code == desk.workmarket(b"{").status_code == 202
    assert len(desk.rows()) == 2


def test_secrets_are_rotated_while_running(desk: ReceivingDesk) -> None:
    desk.zendesk_secrets = (SECRET, "the new one")
    assert desk.zendesk(CHANGED).status_code == 202
    assert desk.zendesk({**CHANGED, "ticket_id": "9"}, secret="the new one").status_code == 202
    desk.zendesk_secrets = ("the new one",)
    assert desk.zendesk(CHANGED).status_code == 401


def test_a_locked_database_answers_503_with_a_short_retry_after_and_recovers(tmp_path: Path) -> None:
    with a_desk(tmp_path, patience_s=0.05) as desk:
        other = sqlite3.connect(tmp_path / "parley.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        response = desk.zendesk(CHANGED)
        other.execute("ROLLBACK")
        other.close()
        assert response.status_code == 503 and is_problem(response)
        assert response.headers["retry-after"] == "5"
        assert desk.zendesk(CHANGED).status_code == 202
        assert len(desk.rows()) == 1


class Broken:
    """A keeper with a programming error in it."""

    async def record(self, *_: Any, **__: Any) -> Receipt:
        raise ZeroDivisionError("somebody's name")


def test_an_error_nobody_thought_of_is_503_and_never_500(tmp_path: Path) -> None:
    def break_it(desk: ReceivingDesk) -> None:
        desk.keeper = Broken()

    with a_desk(tmp_path, prepare=break_it) as desk:
        response = desk.zendesk(CHANGED)
        assert response.status_code == 503
        assert "somebody" not in response.text


def test_an_announcement_that_fails_or_hangs_changes_no_answer(desk: ReceivingDesk) -> None:
    hanging, release = threading.Event(), threading.Event()

    def hang(_: int) -> None:
        hanging.set()
        release.wait(120)
        raise ConnectionError("no broker")

    desk.announce = hang
    try:
        assert desk.zendesk(CHANGED).status_code == 202
        assert hanging.wait(120)
        assert desk.zendesk({**CHANGED, "ticket_id": "9"}).status_code == 202
        assert len(desk.rows()) == 2
    finally:
        release.set()


def test_the_token_of_workmarket_is_asked_for(desk: ReceivingDesk) -> None:
    hint = {"event": "note_added", "assignment_id": "77", "status": "active", "now": "x"}
    assert desk.workmarket(hint, token="wrong").status_code == 401
    assert desk.workmarket(hint).status_code == 202
    (row,) = desk.rows()
    assert (row.kind, row.lane) == ("workmarket.note_added", "assignment:77")


def test_a_request_is_taken_once_for_its_id(desk: ReceivingDesk) -> None:
    assert desk.request(REQUEST, "msg_1").status_code == 202
    assert desk.request(REQUEST, "msg_1").status_code == 202
    assert desk.request({**REQUEST, "description": "Other."}, "msg_1").status_code == 202
    assert desk.request(REQUEST, "msg_2").status_code == 202
    first, second = desk.rows()
    assert (first.key, first.kind, first.lane) == ("request:msg_1", "request.received", "request:msg_1")
    assert first.body["description"] == "Nobody came." and second.key == "request:msg_2"


def test_a_request_s_window_is_five_minutes_both_ways(desk: ReceivingDesk) -> None:
    for minutes, status in ((5, 202), (6, 401), (-5, 202), (-6, 401)):
        assert desk.request(REQUEST, ago=timedelta(minutes=minutes)).status_code == status


def test_a_request_signed_for_another_id_is_refused(desk: ReceivingDesk) -> None:
    body = b"{}"
    headers = {**JSON, **intake_headers(body, "msg_1", desk.now), "webhook-id": "msg_2"}
    assert desk.post("/webhooks/requests", body, headers).status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"assignment_id": None}, "assignment_id"),
        ({"assignment_id": 77}, "assignment_id"),
        ({"assignment_id": "7x"}, "assignment_id"),
        ({"assignment_id": "77\n"}, "assignment_id"),
        ({"party": "agent"}, "party"),
        ({"party": "worker"}, "reason"),
        ({"reason": "escalation_reason_payment_dispute"}, "reason"),
        ({"requester": {"name": "Ann"}}, "requester.email"),
        ({"requester": {"name": "", "email": "a@b.c"}}, "requester.name"),
        ({"requester": {"name": "Ann", "email": "ann"}}, "requester.email"),
        ({"requester": {"name": "Ann", "email": "a@b.c\r\nbcc: x@y.z"}}, "requester.email"),
        ({"requester": {"name": "Ann", "email": "a@b.c\x85"}}, "requester.email"),
        ({"requester": {"name": "Ann", "email": "a@b.c\ufeff"}}, "requester.email"),
        ({"requester": "Ann"}, "requester"),
        ({"description": " "}, "description"),
        ({"contact_attempts": ["pigeon"]}, "contact_attempts.0"),
        ({"contact_attempts": "email"}, "contact_attempts"),
        ({"anticipated_outcome": 1}, "anticipated_outcome"),
        ({"anticipated_outcom": "x"}, "anticipated_outcom"),
    ],
)
def test_a_wrong_field_of_a_request_is_named(desk: ReceivingDesk, change: dict[str, Any], field: str) -> None:
    response = desk.request({**REQUEST, **change})
    assert response.status_code == 422 and is_problem(response)
    assert field in [error["field"] for error in response.json()["errors"]]
    assert desk.rows() == []


def test_a_request_that_is_no_json_is_told_so(desk: ReceivingDesk) -> None:
    response = desk.request(b"{")
    assert response.status_code == 422 and is_problem(response)
    assert response.json()["errors"] == [{"field": "body", "detail": "The body is not JSON."}]


def test_a_full_request_of_a_worker_is_kept_as_it_was_asked(desk: ReceivingDesk) -> None:
    asked = {
        **REQUEST,
        "party": "worker",
        "reason": "payment_dispute",
        "contact_attempts": ["message", "phone", "message"],
    }
    assert desk.request(asked).status_code == 202
    (row,) = desk.rows()
    assert dict(row.body) == {**asked, "contact_attempts": ["message", "phone"], "kind_of_outcome": None}


def test_another_method_is_not_allowed(desk: ReceivingDesk) -> None:
    for path in PATHS:
        assert desk.client.get(path).status_code == 405
