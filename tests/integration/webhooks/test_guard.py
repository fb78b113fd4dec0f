"""The guard around the doors: what is let in, what is answered instead, and who is shown out."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest

from tests.patience import PATIENCE_S
from tests.system.attack.front import Front, a_front, a_signed_event, heard
from webhooks.connection_guard import ConnectionLimits

LIMITS = ConnectionLimits(head_s=0.6, body_s=1.2, idle_s=1.0, taking_s=0.6, connections=40)
POST = b"POST /webhooks/zendesk HTTP/1.1\r\nhost: parley\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: parley\r\n"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with a_front(tmp_path_factory.mktemp("front"), LIMITS) as listening:
        yield listening
        assert listening.errors() == ""


@pytest.fixture(scope="module")
def patient_front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """For senders who do all they can, which on a busy machine may be little."""
    limits = replace(LIMITS, head_s=PATIENCE_S, body_s=PATIENCE_S, idle_s=PATIENCE_S, taking_s=PATIENCE_S)
    with a_front(tmp_path_factory.mktemp("patient"), limits) as listening:
        yield listening
        assert listening.errors() == ""


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 5\r\ntransfer-encoding: chunked\r\n",
        b"transfer-encoding: chunked\r\ncontent-length: 5\r\n",
        b"content-length: 5\r\ncontent-length: 6\r\n",
        b"transfer-encoding: identity\r\n",
        b"transfer-encoding: gzip, chunked\r\n",
        b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        b"transfer-encoding: xchunked\r\n",
        b"content-length: +5\r\n",
        b"content-length: 5 5\r\n",
    ],
)
@pytest.mark.parametrize("start", [POST, HEALTH])
def test_a_body_that_could_end_in_two_places_is_refused_at_every_address(
    front: Front, start: bytes, head: bytes
) -> None:
    answer = front.ask(start + head + b"\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: parley\r\n\r\n")
    assert statuses(answer) == [400]


@pytest.mark.parametrize(
    "head",
    [b"x: " + b"a" * 40_000 + b"\r\n", b"x: a\r\n" * 101, b"x: " + b"a" * 1_000_000, b"a" * 1_000_000],
    ids=["long", "many", "endless value", "endless name"],
)
def test_a_head_that_is_too_large_is_refused_also_before_it_ends(front: Front, head: bytes) -> None:
    assert statuses(front.ask(HEALTH + head + b"\r\n"))[:1] in ([431], [])


def test_a_head_just_within_the_limits_is_read(front: Front) -> None:
    head = b"x: " + b"a" * 30_000 + b"\r\n" + b"y: a\r\n" * 90
    assert status(front.ask(HEALTH + head + b"connection: close\r\n\r\n")) == 200


def test_an_address_without_an_end_is_refused(front: Front) -> None:
    assert statuses(front.ask(b"GET /" + b"a" * 500_000))[:1] in ([431], [])


@pytest.mark.parametrize(
    "odd",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET http:// HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"CONNECT host:443 HTTP/1.1\r\nhost: parley\r\n\r\n",
        b"GET * HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /webhooks/zendesk HTTP/9.9\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        POST + b"a b: c\r\n\r\n",
        POST + b"x: a\x00b\r\n\r\n",
        POST + b" folded: yes\r\n\r\n",
        POST + b"connection: upgrade\r\nupgrade: websocket\r\ncontent-length: 3\r\n\r\nabc",
    ],
)
def test_what_is_no_request_is_refused_and_is_no_error_of_ours(front: Front, odd: bytes) -> None:
    assert all(400 <= found < 500 for found in statuses(front.ask(odd)))


def test_a_begun_head_that_does_not_end_is_told_so(front: Front) -> None:
    assert status(front.ask(POST)) == 408


def test_who_says_nothing_is_closed_without_a_word(front: Front) -> None:
    assert front.ask(b"") == b""


def drip(made: socket.socket, what: bytes, most: float) -> float:
    """Send a piece every tenth of a second until the other side closes; how long that took, in seconds."""
    started = perf_counter()
    made.settimeout(0.1)
    while perf_counter() - started < most:
        try:
            made.sendall(what)
            if made.recv(65536) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return perf_counter() - started


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"\r\n"),
        (HEALTH + b"\r\n", b"\r\n"),
        (HEALTH + b"\r\n" + POST + b"x: ", b"x"),
        (HEALTH + b"content-length: 1000\r\n\r\n", b"x"),
        (b"GET /nowhere HTTP/1.1\r\nhost: parley\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (POST + b"content-length: 1000\r\n\r\n", b"x"),
    ],
    ids=["line ends", "line ends later", "a second head", "an unread body", "a body for nobody", "a body"],
)
def test_dripping_does_not_hold_a_connection(front: Front, start: bytes, piece: bytes) -> None:
    with front.connect(start) as made:
        assert drip(made, piece, most=40) < 20


def test_who_does_not_read_our_answers_does_not_get_them_all(front: Front) -> None:
    # A busy machine may show out later, so that we wait longer then.
    assert any(0 < answers_of_2000(front, begin_after_s=taking * LIMITS.taking_s) < 2000 for taking in (4, 20, 50))


def answers_of_2000(front: Front, begin_after_s: float) -> int:
    """How many answers we get of so many requests where we begin to read so late."""
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect(("127.0.0.1", front.port))
        made.sendall(b"GET /openapi.json HTTP/1.1\r\nhost: parley\r\n\r\n" * 2000)
        threading.Event().wait(begin_after_s)
        return heard(made).count(b"HTTP/1.1 200 ")


def test_requests_sent_at_once_are_each_answered_in_turn(patient_front: Front) -> None:
    requests = [a_signed_event(number, last=number == 19) for number in range(20)]
    assert statuses(patient_front.ask(b"".join(requests))) == [202] * 20


def test_a_connection_is_kept_for_the_next_request(patient_front: Front) -> None:
    with patient_front.connect() as made:
        for number in range(5):
            made.sendall(a_signed_event(number))
            answer = b""
            while b"accepted" not in answer:
                answer += (more := made.recv(65536))
                assert more, answer
            assert status(answer) == 202


def test_a_full_house_shows_out_who_holds_on_longest_and_not_who_is_between_two_requests(tmp_path: Path) -> None:
    patient = replace(LIMITS, head_s=60, idle_s=60)  # here only a full house shows anybody out
    with a_front(tmp_path, patient) as front, ExitStack() as stack:
        kept = stack.enter_context(front.connect(HEALTH + b"\r\n"))
        assert status(kept.recv(65536)) == 200  # the rest of it is read at the end
        first = stack.enter_context(front.connect(POST))
        for _ in range(LIMITS.connections - 2):
            stack.enter_context(front.connect(POST))
        assert status(front.ask(a_signed_event(1, last=True))) == 202
        assert heard(first) == b""
        kept.sendall(HEALTH + b"connection: close\r\n\r\n")
        assert heard(kept).endswith(b'{"status":"ok"}')


def test_what_stands_behind_a_body_proves_nothing(front: Front) -> None:
    head, _, body = a_signed_event(7001, last=True).partition(b"\r\n\r\n")
    signed = [line for line in head.split(b"\r\n") if line.startswith(b"x-zendesk")]
    assert len(signed) == 2
    chunked = POST + b"content-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n"
    pieces = b"%x\r\n%b\r\n0\r\n" % (len(body), body)
    ahead = chunked + b"\r\n".join(signed) + b"\r\n\r\n" + pieces + b"\r\n"
    behind = chunked + b"\r\n" + pieces + b"\r\n".join(signed) + b"\r\n\r\n"
    assert status(front.ask(behind)) == 401
    assert status(front.ask(ahead)) == 202


@pytest.mark.parametrize("endless", [b"0\r\nx: ", b"0\r\n", b"1;x="])
def test_what_belongs_to_no_body_has_an_end(patient_front: Front, endless: bytes) -> None:
    """Nothing of it comes to the door, which counts bodies only."""
    piece = b"x: y\r\n" * 9 if endless == b"0\r\n" else b"a" * 60
    with patient_front.connect(POST + b"transfer-encoding: chunked\r\n\r\n" + endless) as line:
        with contextlib.suppress(ConnectionError):
            for _ in range(50):
                line.sendall(piece * 1000)
        assert heard(line, PATIENCE_S) == b""
