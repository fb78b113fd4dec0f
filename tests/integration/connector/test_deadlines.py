"""Every call has one end: whatever drips, hangs or never comes, and whoever is asked."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from connector.errors import Trouble, Unclear
from connector.http.call import Timeouts
from connector.http.internet import Internet
from connector.http.resolver import SocketAddress
from connector.http.transport import HttpRequest, HttpResponse
from connector.workmarket import WorkMarketClient
from connector.zendesk import BearerToken, ClientCredentials, ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import Look, PostMessage, Say, UpdateTicket
from escalation.model.views import Absent
from tests.integration.connector.conftest import IDS, NOW
from tests.integration.connector.raw import OK, Peer, raw
from tests.integration.connector.records import SEEN, shown
from tests.integration.connector.stub_server import PATIENT, ImpatientOf
from tests.patience import PATIENCE_S
from tests.servers.authority import Authority

WHOLE = 0.8
TIMEOUTS = Timeouts(connect=0.5, silence=0.4, whole=WHOLE)
"""For whom it does not matter which of them ends the call."""
SILENCE = TIMEOUTS._replace(whole=PATIENCE_S)
ONE_SECOND = SILENCE._replace(silence=1.0)
"""Enough for a busy machine to let several threads begin."""
DEADLINE = Timeouts(PATIENCE_S, PATIENCE_S, whole=3.0)
"""Enough for a busy machine to agree on encryption."""
SLACK = 15.0  # a busy machine; what drips or hangs does so for half a minute
"""Seconds for a machine on which much else goes on."""

UPDATE = UpdateTicket("e1", "35", Say(Public("Hello")))
NOTE = PostMessage("e1", "4711", Public("Please answer.\n\n[Ref 8F3K-2]"), "8F3K-2")
TOKEN = b'{"meta": {"status_code": 200}, "response": {"access_token": "a1"}}'
ASSIGNMENT = (
    b'{"meta": {"status_code": 200}, "response": {"id": "4711", "title": "A", "status": "sent", "notes": []}}'
)
LOOK = Look("35", frozenset({"ticket"}), SEEN)
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"

DRIPS: dict[str, tuple[bytes, bytes]] = {
    "its head": (OK, b"X-More: 1\r\n"),
    "informational answers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "a chunk extension": (CHUNKED + b"\r\n1;", b"x"),
    "its trailers": (CHUNKED + b"\r\n0\r\n", b"X-More: 1\r\n"),
    "empty gzip pieces": (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
    "its body": (OK + b"Content-Length: 1000000\r\n\r\n", b" "),
}


def answer_of(content: bytes) -> bytes:
    return OK + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(content) + content


def dripping(name: str) -> Callable[[Peer], None]:
    """A service that has a token for everybody, and whose other answers drip."""
    begins, piece = DRIPS[name]

    def answer(peer: Peer) -> None:
        if b"/authorization/request" in peer.hear():
            peer.say(answer_of(TOKEN))
            return
        peer.say(begins)
        peer.drip(piece)

    return answer


def seconds_of(call: Callable[[], object]) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def update_at(url: str) -> None:
    zendesk = ZendeskClient(
        url, BearerToken("t0ken"), ids=lambda: IDS, now=lambda: NOW, transport=Internet(TIMEOUTS)
    )
    with pytest.raises(Unclear):
        zendesk.write(UPDATE, stamp=NOW)
    zendesk.close()


def message_at(url: str) -> None:
    transport = ImpatientOf("/add_note", TIMEOUTS)
    workmarket = WorkMarketClient(url, "tok", "s3cret", now=lambda: NOW, transport=transport)
    with pytest.raises(Unclear):
        workmarket.post(NOTE)
    workmarket.close()


@pytest.mark.parametrize("write", [update_at, message_at])
@pytest.mark.parametrize("name", DRIPS)
def test_a_write_whose_answer_drips_is_unclear_by_its_deadline(name: str, write: Callable[[str], None]) -> None:
    with raw(dripping(name)) as server:
        assert seconds_of(lambda: write(server.url)) < WHOLE + SLACK


def get(url: str, transport: Internet, content: bytes = b"") -> HttpResponse | Trouble:
    with closing(transport):
        return transport.send(HttpRequest("POST" if content else "GET", url, {"User-Agent": "test"}, content))


def unresolved(_: str, __: int) -> list[SocketAddress]:
    threading.Event().wait(120)  # longer than any test; the thread is nobody's
    raise OSError


def test_a_name_that_is_never_found_is_given_up_before_anything_is_sent() -> None:
    began = time.monotonic()
    outcome = get("https://desk.example", Internet(SILENCE, resolve=unresolved))
    assert outcome == Trouble("no sign for 0.4 s", sent=False, slow=True)
    assert time.monotonic() - began < TIMEOUTS.silence + SLACK


def test_however_many_ask_for_a_name_that_hangs_one_thread_waits_for_it() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[SocketAddress]:
        asked.append(host)
        return unresolved(host, port)

    transport = Internet(TIMEOUTS, resolve=resolve)
    for _ in range(3):
        get("https://desk.example", transport)
    assert asked == ["desk.example"]


def test_a_handshake_that_drips_is_given_up_before_anything_is_sent() -> None:
    def answer(peer: Peer) -> None:
        peer.say(b"\x16\x03\x03\x40\x00")
        peer.drip(b"\x02")

    with raw(answer) as server:
        outcome = get(server.url.replace("http:", "https:"), Internet(SILENCE))
    assert outcome == Trouble("no sign for 0.5 s", sent=False, slow=True)


def test_an_encrypted_answer_that_drips_ends_by_its_deadline_too(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    with raw(dripping("a chunk extension"), authority.server("desk.example")) as server:
        here: list[SocketAddress] = [(2, 1, 6, ("127.0.0.1", server.port))]
        transport = Internet(DEADLINE, authorities=str(authority.file), resolve=lambda _, __: here)
        outcome = get("https://desk.example", transport)
    assert outcome == Trouble("not done within 3 s", sent=True, slow=True)


def test_what_was_given_up_while_it_was_sent_does_not_land_later() -> None:
    heard: list[int] = []
    given_up, done = threading.Event(), threading.Event()

    def answer(peer: Peer) -> None:
        given_up.wait(120)
        size = 0
        try:
            while piece := peer.connection.recv(65_536):
                size += len(piece)
        except ConnectionResetError:
            heard.append(size)
        done.set()

    with raw(answer) as server:
        outcome = get(server.url, Internet(SILENCE), b"x" * 30_000_000)
        given_up.set()
        done.wait(120)
    assert outcome == Trouble("no sign for 0.4 s", sent=True, slow=True)
    assert heard and heard[0] < 30_000_000


@pytest.mark.parametrize("encrypted", [False, True])
def test_closing_the_way_out_ends_the_calls_that_wait(encrypted: bool, tmp_path: Path) -> None:
    heard = threading.Event()

    def answer(peer: Peer) -> None:
        peer.hear()
        heard.set()
        peer.wait()

    authority = Authority(tmp_path / "authority")
    with raw(answer, authority.server("desk.example") if encrypted else None) as server:
        here: list[SocketAddress] = [(2, 1, 6, ("127.0.0.1", server.port))]
        transport = Internet(authorities=str(authority.file), resolve=lambda _, __: here)
        came: list[HttpResponse | Trouble] = []
        url = f"http{'s' * encrypted}://desk.example"
        calling = threading.Thread(target=lambda: came.append(transport.send(HttpRequest("GET", url, {}))))
        calling.start()
        assert heard.wait(120)
        transport.close()
        calling.join(120)
    assert came == [Trouble("connection lost", sent=True)]


def test_a_call_after_the_way_out_was_closed_leaves_no_connection_open() -> None:
    left = threading.Event()

    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(OK + b"Content-Length: 2\r\n\r\n{}")
        if not peer.connection.recv(1):
            left.set()

    transport = Internet(PATIENT)
    transport.close()
    with raw(answer) as server:
        assert isinstance(transport.send(HttpRequest("GET", server.url, {})), HttpResponse)
        assert left.wait(10)


def test_informational_answers_are_not_taken_for_the_answer() -> None:
    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3 + OK + b"Content-Length: 2\r\n\r\n{}")

    with raw(answer) as server:
        outcome = get(server.url, Internet(PATIENT))
    assert isinstance(outcome, HttpResponse)
    assert (outcome.status, outcome.content) == (200, b"{}")


def test_what_is_said_beyond_an_answer_is_not_taken_for_the_answer_to_the_next_request() -> None:
    def answer(peer: Peer) -> None:
        while asked := peer.hear().split(b" ")[1]:
            said = [OK + b"Content-Length: 2\r\n\r\n" + content for content in (asked, b"/x")]
            peer.say(said[0] + said[1])

    with raw(answer) as server, closing(Internet(PATIENT)) as transport:
        outcomes = [transport.send(HttpRequest("GET", f"{server.url}/{name}", {})) for name in "abc"]
    assert [one.content for one in outcomes if isinstance(one, HttpResponse)] == [b"/a", b"/b", b"/c"]


def test_a_connection_is_used_again() -> None:
    def answer(peer: Peer) -> None:
        while peer.hear():
            peer.say(OK + b"Content-Length: 2\r\n\r\n{}")

    with raw(answer) as server, closing(Internet(PATIENT)) as transport:
        for _ in range(3):
            transport.send(HttpRequest("GET", server.url, {}))
        assert server.connections == 1


# Minting a token is such a call


def in_threads(count: int, call: Callable[[], object]) -> list[str]:
    """What came of a call made by so many threads at once: the name of what was raised, or nothing."""
    came: list[str] = []
    ready = threading.Barrier(count)

    def run() -> None:
        try:
            ready.wait(PATIENCE_S)
            call()
            came.append("")
        except Exception as error:
            came.append(type(error).__name__)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return came


def hanging_tokens(peer: Peer) -> None:
    peer.hear()
    peer.wait()


@pytest.mark.parametrize("service", ["zendesk", "workmarket"])
def test_a_token_that_hangs_is_waited_for_once_and_not_by_one_thread_after_the_other(service: str) -> None:
    with raw(hanging_tokens) as server:
        call = read_of(service, server.url)
        began = time.monotonic()
        assert in_threads(4, call) == ["Transient"] * 4
        assert time.monotonic() - began < ONE_SECOND.silence + SLACK
        assert server.connections == 1


def read_of(service: str, url: str, patient: Timeouts = ONE_SECOND) -> Callable[[], object]:
    """A read that needs a token first."""
    transport = Internet(patient)
    if service == "workmarket":
        workmarket = WorkMarketClient(url, "tok", "s3cret", now=lambda: NOW, transport=transport)
        return lambda: workmarket.read("4711")
    client = ClientCredentials("parley", "s3cret")
    zendesk = ZendeskClient(url, client, ids=lambda: IDS, now=lambda: NOW, transport=transport)
    return lambda: zendesk.read_ticket("35")


def test_a_token_that_hangs_holds_up_no_call_that_needs_another() -> None:
    asked = threading.Event()

    def answer(peer: Peer) -> None:
        request = peer.hear()
        if b'"scope": "read"' in request:
            asked.set()
            peer.wait()
        peer.say(answer_of(json.dumps({"access_token": "t1"} if b"/oauth/tokens" in request else shown()).encode()))

    with raw(answer) as server:
        client = ClientCredentials("parley", "s3cret")
        transport = Internet(PATIENT)
        zendesk = ZendeskClient(server.url, client, ids=lambda: IDS, now=lambda: NOW, transport=transport)
        hanging = threading.Thread(target=in_threads, args=(1, lambda: zendesk.look(LOOK)))
        hanging.start()
        asked.wait(120)
        assert zendesk.read_ticket("35") is not None
        assert hanging.is_alive()
    hanging.join(120)


def test_while_a_token_is_renewed_the_old_one_does() -> None:
    clock, tokens = [NOW], iter([TOKEN])
    asked_again = threading.Event()

    def answer(peer: Peer) -> None:
        if b"/authorization/request" not in peer.hear():
            peer.say(answer_of(ASSIGNMENT))
        elif (token := next(tokens, None)) is not None:
            peer.say(answer_of(token))
        else:
            asked_again.set()
            peer.wait()

    with raw(answer) as server:
        transport = Internet(PATIENT)
        workmarket = WorkMarketClient(server.url, "tok", "s3cret", now=lambda: clock[0], transport=transport)
        workmarket.read("4711")
        clock[0] += timedelta(hours=24)
        renewing = threading.Thread(target=in_threads, args=(1, lambda: workmarket.read("4711")))
        renewing.start()
        asked_again.wait(120)
        assert not isinstance(workmarket.read("4711"), Absent)
        assert renewing.is_alive()
    renewing.join(120)
