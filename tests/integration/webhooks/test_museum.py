"""A museum of verifiers that were published and are wrong: each lets something in that ours refuses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.webhooks.receiving_desk import JSON, ReceivingDesk
from tests.signed import zendesk_headers
from webhooks.parsing import read_zendesk
from webhooks.signatures import zendesk_is_genuine, zendesk_keys

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
STAMP = "2026-11-20T15:00:00Z"
BODY = '{"event":"ticket.changed","ticket_id":"1"}'
Wrong = Callable[[str, str, str, str], bool]


def mac(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def lets_everybody_in_without_a_secret(secret: str, signature: str, stamp: str, body: str) -> bool:
    return not secret or signature == b64(mac(secret, stamp + body))


def compares_hex(secret: str, signature: str, stamp: str, body: str) -> bool:
    return signature == mac(secret, stamp + body).hex()


def puts_a_full_stop_between(secret: str, signature: str, stamp: str, body: str) -> bool:
    return signature == b64(mac(secret, f"{stamp}.{body}"))


def signs_the_body_first(secret: str, signature: str, stamp: str, body: str) -> bool:
    return signature == b64(mac(secret, body + stamp))


def signs_the_body_only(secret: str, signature: str, _: str, body: str) -> bool:
    return signature == b64(mac(secret, body))


def signs_what_it_parsed(secret: str, signature: str, stamp: str, body: str) -> bool:
    return signature == b64(mac(secret, stamp + json.dumps(json.loads(body))))


def skips_the_window_where_the_time_is_no_number(secret: str, signature: str, stamp: str, body: str) -> bool:
    if stamp.isdigit() and abs(int(stamp) - NOW.timestamp()) > 300:
        return False
    return signature == b64(mac(secret, stamp + body))


def decodes_leniently(secret: str, signature: str, stamp: str, body: str) -> bool:
    return base64.b64decode(signature) == mac(secret, stamp + body)


def decodes_the_secret(secret: str, signature: str, stamp: str, body: str) -> bool:
    key = base64.b64decode(secret)
    return signature == b64(hmac.new(key, (stamp + body).encode(), hashlib.sha256).digest())


def compares_as_much_as_was_sent(secret: str, signature: str, stamp: str, body: str) -> bool:
    return b64(mac(secret, stamp + body)).startswith(signature)


def throws_where_the_lengths_differ(secret: str, signature: str, stamp: str, body: str) -> bool:
    right = b64(mac(secret, stamp + body))
    if len(signature) != len(right):
        raise ValueError("Input buffers must have the same byte length")
    return hmac.compare_digest(signature, right)


def compares_until_the_first_difference(right: bytes, signature: bytes) -> bool:
    return signature == right


SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
RIGHT = b64(mac(SECRET, STAMP + BODY))
OLD = "2020-01-01T00:00:00Z"
EXHIBITS: list[tuple[Wrong, str, str, str]] = [
    (lets_everybody_in_without_a_secret, "", "anything", STAMP),
    (compares_hex, SECRET, mac(SECRET, STAMP + BODY).hex(), STAMP),
    (puts_a_full_stop_between, SECRET, b64(mac(SECRET, f"{STAMP}.{BODY}")), STAMP),
    (signs_the_body_first, SECRET, b64(mac(SECRET, BODY + STAMP)), STAMP),
    (signs_the_body_only, SECRET, b64(mac(SECRET, BODY)), STAMP),
    (signs_what_it_parsed, SECRET, b64(mac(SECRET, STAMP + json.dumps(json.loads(BODY)))), STAMP),
    (skips_the_window_where_the_time_is_no_number, SECRET, b64(mac(SECRET, OLD + BODY)), OLD),
    (decodes_leniently, SECRET, RIGHT[:10] + "\n" + RIGHT[10:], STAMP),
    (
        decodes_the_secret,
        SECRET,
        b64(hmac.new(base64.b64decode(SECRET), (STAMP + BODY).encode(), hashlib.sha256).digest()),
        STAMP,
    ),
    (compares_as_much_as_was_sent, SECRET, "", STAMP),
]


@pytest.mark.parametrize(("wrong", "secret", "signature", "stamp"), EXHIBITS)
def test_what_a_wrong_verifier_lets_in_is_refused(wrong: Wrong, secret: str, signature: str, stamp: str) -> None:
    assert wrong(secret, signature, stamp, BODY)
    keys = zendesk_keys((secret,))
    assert not zendesk_is_genuine(keys, signature.encode(), stamp.encode(), BODY.encode(), NOW)


def test_signatures_of_unequal_length_or_foreign_letters_are_refused_without_an_error() -> None:
    for odd in (b"", b"x", "é".encode() * 30, b"\xff" * 44, RIGHT.encode() * 2):
        assert not zendesk_is_genuine((SECRET.encode(),), odd, STAMP.encode(), BODY.encode(), NOW)


def test_a_length_that_makes_another_verifier_throw_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        throws_where_the_lengths_differ(SECRET, RIGHT[:-1], STAMP, BODY)
    assert not zendesk_is_genuine((SECRET.encode(),), RIGHT[:-1].encode(), STAMP.encode(), BODY.encode(), NOW)


class Touchy(bytes):
    """Bytes that tell when they are compared in a time that depends on where they differ."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared with ==")

    def __ne__(self, other: object) -> bool:
        raise AssertionError("compared with !=")

    __hash__ = bytes.__hash__


def test_a_signature_is_never_compared_letter_by_letter() -> None:
    with pytest.raises(AssertionError, match="=="):
        compares_until_the_first_difference(RIGHT.encode(), Touchy(RIGHT.encode()))
    assert zendesk_is_genuine((SECRET.encode(),), Touchy(RIGHT.encode()), STAMP.encode(), BODY.encode(), NOW)


def test_no_secret_at_all_closes_the_door(desk: ReceivingDesk) -> None:
    desk.zendesk_secrets = ("", " ")
    assert desk.zendesk({"event": "ticket.changed", "ticket_id": "1"}, secret="").status_code == 404
    assert desk.rows() == []


def test_a_body_that_broke_off_is_not_gone_on_with_although_what_came_is_signed(desk: ReceivingDesk) -> None:
    headers = {**JSON, **zendesk_headers(BODY.encode(), desk.now), "content-length": str(len(BODY) + 10)}
    head = "POST /webhooks/zendesk HTTP/1.1\r\nhost: x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    with desk.raw() as sender:
        sender.sendall(f"{head}\r\n{BODY}".encode())
        sender.shutdown(socket.SHUT_WR)
        assert not sender.recv(1000).startswith(b"HTTP/1.1 202")
    assert desk.zendesk({"event": "ticket.changed", "ticket_id": "2"}).status_code == 202
    assert [row.body for row in desk.rows()] == [{"ticket_id": "2"}]


def test_an_event_is_known_by_its_own_id_and_not_by_its_ticket() -> None:
    def key(event_id: str) -> str:
        body: dict[str, Any] = {
            "type": "zen:event-type:ticket.status_changed",
            "id": event_id,
            "subject": "zen:ticket:1",
        }
        return read_zendesk(json.dumps(body).encode(), RIGHT).key

    assert key("a") != key("b")
