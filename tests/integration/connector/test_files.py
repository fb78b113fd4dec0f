"""Files over real HTTP: in pieces, within their size, to where they belong, with credentials for nobody else."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from connector.calls import CALLS
from connector.errors import Permanent, Transient, Unclear
from connector.http.internet import Internet
from connector.http.transport import HttpRequest, HttpResponse
from connector.spool import Spool, TooMuch
from connector.workmarket import WorkMarketClient
from connector.workmarket.attachments import NoFile, decoded, encoded
from connector.zendesk import AccountIds, BearerToken, ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import PostFile
from escalation.model.files import Scan, TicketFile
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from tests.integration.connector.raw import OK, Peer, raw
from tests.scale import NIGHTLY, scaled, tell

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PHOTO = bytes(range(256)) * 1000
ROOT = Path(__file__).parents[3]
# What ten files of 50 MB may cost a process in all.
MOST_MB = 250.0


class BothClients:
    """Both clients on the stand-ins."""

    def __init__(self, sandbox: Sandbox, clock: MovableClock) -> None:
        self.sandbox, self.files, self.clock = sandbox, sandbox.zendesk.account.files, clock
        token = BearerToken(sandbox.zendesk.account.credentials.oauth_token)
        self.zendesk = ZendeskClient(sandbox.zendesk_url, token, ids=AccountIds, now=clock, sleep=lambda _: None)
        pair = sandbox.workmarket.credentials
        self.workmarket = WorkMarketClient(
            sandbox.workmarket_url, pair.token, pair.secret, now=clock, sleep=lambda _: None
        )
        self.number = sandbox.workmarket.add_assignment()

    def uploaded(self, content: bytes = PHOTO, name: str = "photo.jpg") -> TicketFile:
        with Spool(len(content)) as spool:
            spool.put(content)
            made = self.zendesk.upload_file(name, spool)
        return self.zendesk.file_now(str(self.files.tokens[made.token].json["id"]))

    def fetched(self, url: str, largest: int = len(PHOTO)) -> bytes:
        with Spool(largest) as spool:
            self.zendesk.fetch_file(url, spool)
            return b"".join(spool.pieces())

    def add(self, content: bytes = PHOTO, name: str = "photo.jpg") -> None:
        file = TicketFile("1", name, len(content))
        described = Public("Sent by the desk.\n\n[Ref 8F3K-2]")
        effect = PostFile("C.1", "C", "1", self.number, "c", file, described, "8F3K-2", len(content), NOON)
        with Spool(len(content)) as spool:
            spool.put(content)
            self.workmarket.add_file(effect, spool)


@pytest.fixture
def services() -> Iterator[BothClients]:
    clock = MovableClock(NOON)
    with Sandbox(clock) as sandbox:
        made = BothClients(sandbox, clock)
        yield made
        made.zendesk.close()
        made.workmarket.close()


def test_an_upload_is_what_was_sent_and_what_is_told_of_it(services: BothClients) -> None:
    shown = services.uploaded()
    assert (shown.name, shown.size, shown.scan) == ("photo.jpg", len(PHOTO), Scan.NOT_YET)
    assert services.fetched(shown.url) == PHOTO


def test_a_dropped_upload_is_gone(services: BothClients) -> None:
    services.uploaded()
    (token,) = services.files.tokens
    services.zendesk.drop_upload(token)
    assert services.files.tokens == {}
    services.zendesk.drop_upload(token)


@pytest.mark.parametrize("private", [False, True])
def test_a_store_that_a_download_leads_to_gets_no_credentials(services: BothClients, private: bool) -> None:
    services.files.private = private
    assert services.fetched(services.uploaded().url) == PHOTO  # the store refuses whoever brings any


def test_a_file_that_is_larger_than_it_may_be_is_not_read_to_its_end(services: BothClients) -> None:
    with pytest.raises(Permanent, match="larger than 100 kB") as refused:
        services.fetched(services.uploaded().url, 100_000)
    assert refused.value.code == "too_large"


def test_a_file_that_is_gone_is_told_so(services: BothClients) -> None:
    url = services.uploaded().url
    services.files.by_secret.clear()
    with pytest.raises(Permanent) as refused:
        services.fetched(url)
    assert refused.value.code == "no_file"


@pytest.mark.parametrize("form", ["base64", "multipart"])
def test_workmarket_is_given_and_gives_a_file_in_the_form_it_knows(services: BothClients, form: Any) -> None:
    market = services.sandbox.workmarket
    market.takes_files = form
    services.add(name='a "quoted"/name.jpg')
    (kept,) = market.files(services.number)
    assert (kept.name, kept.content) == ("a _quoted_name.jpg", PHOTO)
    assert kept.description == "Sent by the desk. [Ref 8F3K-2]"
    (found,) = services.workmarket.find_files(services.number, "8F3K-2")
    assert (found.uuid, found.size) == (kept.uuid, len(PHOTO))
    with Spool(len(PHOTO)) as spool:
        services.workmarket.fetch_file(kept.uuid, spool)
        assert spool.sha256 == hashlib.sha256(PHOTO).hexdigest()


def test_a_file_can_put_no_parameter_beside_itself(services: BothClients) -> None:
    """A file that holds what keeps the parts of another request apart, and then the id of another assignment."""
    market = services.sandbox.workmarket
    market.takes_files = "multipart"
    with Spool(9) as spool:
        apart = encoded("multipart", {}, "a.txt", spool).content_type.partition("boundary=")[2].encode()
    elsewhere = market.add_assignment()
    part = b'\r\n--%s\r\nContent-Disposition: form-data; name="id"\r\n\r\n%s\r\n'
    crafted = b"hello" + part % (apart, elsewhere.encode()) + b"--%s--\r\n" % apart
    services.add(crafted, "a.txt")
    assert market.files(elsewhere) == []
    assert [one.content for one in market.files(services.number)] == [crafted]


def test_a_page_in_the_place_of_a_file_is_no_file(services: BothClients) -> None:
    uuid = services.sandbox.workmarket.attach(services.number, "site.jpg", PHOTO)
    page = {"body": b"<html>Back soon.</html>", "headers": {"Content-Type": "text/html; charset=utf-8"}}
    services.sandbox.faults.next("workmarket", "GET", "attachments/get", **page)
    with pytest.raises(Transient), Spool(len(PHOTO)) as spool:
        services.workmarket.fetch_file(uuid, spool)


def test_a_file_costs_a_call_of_the_company_that_it_is_of(services: BothClients) -> None:
    pair = services.sandbox.workmarket.add_company("beta")
    services.number = services.sandbox.workmarket.add_assignment(company="beta")
    services.workmarket = WorkMarketClient(
        services.sandbox.workmarket_url, pair.token, pair.secret, now=services.clock, company="beta"
    )
    counter: Counter[str] = Counter()
    counted = CALLS.set(counter)
    services.add()
    (kept,) = services.sandbox.workmarket.files(services.number)
    with Spool(len(PHOTO)) as spool:
        services.workmarket.fetch_file(kept.uuid, spool)
    CALLS.reset(counted)
    assert counter == {"workmarket:beta": 3}  # one for the token


@pytest.mark.parametrize("uuid", [0, 1, False, "", " ", None, []])
def test_an_answer_without_the_files_name_proves_nothing(services: BothClients, uuid: Any) -> None:
    said = json.dumps({"meta": {"status_code": 200}, "response": {"uuid": uuid}}).encode()
    services.sandbox.faults.next("workmarket", "POST", "attachments/add", status=200, body=said)
    with pytest.raises(Unclear):
        services.add()


@pytest.mark.parametrize("response", [{"uuid": "u", "name": "site.jpg"}, {"attachment": None}, []])
def test_an_answer_without_a_file_is_no_empty_file(services: BothClients, response: Any) -> None:
    uuid = services.sandbox.workmarket.attach(services.number, "site.jpg", PHOTO)
    told = {"meta": {"status_code": 200}, "response": response}
    services.sandbox.faults.next("workmarket", "GET", "attachments/get", status=200, body=told)
    with pytest.raises(Transient, match="no file in it"), Spool(len(PHOTO)) as spool:
        services.workmarket.fetch_file(uuid, spool)


def test_an_empty_file_is_a_file(services: BothClients) -> None:
    uuid = services.sandbox.workmarket.attach(services.number, "empty.txt", b"")
    with Spool(1) as spool:
        services.workmarket.fetch_file(uuid, spool)
        assert spool.size == 0


@pytest.mark.parametrize("name", ["data:text/html,.pdf", "data: text/html ,.pdf", "DATA:a/b;x,.pdf"])
def test_a_files_type_is_that_of_its_ending_however_it_is_called(services: BothClients, name: str) -> None:
    services.uploaded(name=name)
    (kept,) = services.files.tokens.values()
    assert kept.json["content_type"] == "application/pdf"


STORE_SAYS = {
    "too many calls": b"429 Too Many Requests\r\nRetry-After: 900",
    "away": b"503 Slow Down\r\nRetry-After: 900",
    "who are you": b"401 Unauthorized",
    "nobody": b"403 Forbidden",
    "round and round": b"302 Found\r\nLocation: /store/again",
}


@pytest.mark.parametrize("says", STORE_SAYS.values(), ids=STORE_SAYS)
def test_what_a_store_asks_for_or_refuses_is_no_word_of_zendesks(says: bytes) -> None:
    """Else a store that is busy would pause all calls to Zendesk, and one that refuses us stop a file for ever."""

    def answer(peer: Peer) -> None:
        at_home = b"/attachments/" in peer.hear().partition(b"\r\n")[0]
        leads_on = b"302 Found\r\nLocation: http://localhost:%d/store/1" % server.port
        head = leads_on if at_home else says
        peer.say(b"HTTP/1.1 " + head + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with raw(answer) as server, Spool(9) as spool:
        zendesk = ZendeskClient(
            server.url, BearerToken("t"), ids=AccountIds, now=lambda: NOON, sleep=lambda _: None
        )
        with pytest.raises(Transient, match="from where Zendesk keeps it") as told:
            zendesk.fetch_file(f"{server.url}/attachments/1", spool)
        zendesk.close()
    assert (type(told.value), told.value.retry_after, told.value.service) == (Transient, None, None)


def test_an_address_is_asked_for_whichever_signs_stand_in_it() -> None:
    """As browsers do: what no address may hold is written as its bytes."""

    def answer(peer: Peer) -> None:
        asked = peer.hear().partition(b"\r\n")[0]
        found = b"200 OK" if b"/store/" in asked else b"302 Found\r\nLocation: /store/caf\xc3\xa9 1.jpg"
        peer.say(b"HTTP/1.1 " + found + b"\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfine")
        asks.append(asked.decode().split(" ")[1])

    asks: list[str] = []
    with raw(answer) as server, Spool(9) as spool:
        zendesk = ZendeskClient(
            server.url, BearerToken("t"), ids=AccountIds, now=lambda: NOON, sleep=lambda _: None
        )
        zendesk.fetch_file(f"{server.url}/attachments/1/?name=Straße 1%20.jpg", spool)
        zendesk.close()
        assert spool.size == 4
    assert asks == ["/attachments/1/?name=Stra%C3%9Fe%201%20.jpg", "/store/caf%C3%A9%201.jpg"]


def test_the_form_that_was_found_out_is_used_from_then_on(services: BothClients) -> None:
    services.sandbox.workmarket.takes_files = "multipart"
    services.add()
    services.sandbox.calls.clear()
    services.add(PHOTO[::-1])
    assert len([call for call in services.sandbox.calls if call.path.endswith("/add")]) == 1


def test_a_file_that_workmarket_refuses_was_not_added(services: BothClients) -> None:
    services.sandbox.workmarket.takes_files = None
    with pytest.raises(Permanent) as refused:
        services.add()
    assert refused.value.code == "forbidden"


def test_a_file_of_workmarkets_that_is_too_large_is_told_so(services: BothClients) -> None:
    uuid = services.sandbox.workmarket.attach(services.number, "big.jpg", PHOTO)
    with pytest.raises(Permanent) as refused, Spool(1000) as spool:
        services.workmarket.fetch_file(uuid, spool)
    assert refused.value.code == "too_large"


def test_a_file_of_another_companys_assignment_is_given_to_nobody_else(services: BothClients) -> None:
    market = services.sandbox.workmarket
    market.add_company("beta")
    theirs = market.add_assignment(company="beta")
    uuid = market.attach(theirs, "secret.pdf", b"canary-of-beta")
    with pytest.raises(Permanent) as refused, Spool(1000) as spool:
        services.workmarket.fetch_file(uuid, spool)
    assert (refused.value.code, spool.size) == ("no_file", 0)
    services.number = theirs
    with pytest.raises(Permanent):
        services.add()
    assert [one.content for one in market.files(theirs)] == [b"canary-of-beta"]


def test_a_lost_upload_is_no_unclear_update(services: BothClients) -> None:
    services.sandbox.faults.next("zendesk", "POST", "uploads", apply=True, drop_reply=True)
    with pytest.raises(Transient):
        services.uploaded()


@pytest.mark.parametrize("told", [b"Content-Length: 9", b"Transfer-Encoding: chunked"])
def test_what_comes_is_counted_whatever_its_length_is_said_to_be(told: bytes) -> None:
    """Nine bytes are said and more come, or none are said and it never ends."""
    endless = b"10000\r\n" + bytes(65_536) + b"\r\n"

    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(OK + told + b"\r\n\r\n")
        peer.drip(endless if told.startswith(b"T") else bytes(65_536), 0)

    with raw(answer) as server, Spool(1_000_000) as spool:
        zendesk = ZendeskClient(
            server.url, BearerToken("t"), ids=AccountIds, now=lambda: NOON, sleep=lambda _: None
        )
        if told.startswith(b"T"):
            with pytest.raises(Permanent, match="larger than 1 MB"):
                zendesk.fetch_file(f"{server.url}/attachments/1", spool)
        else:
            zendesk.fetch_file(f"{server.url}/attachments/1", spool)
        zendesk.close()
        assert spool.size == 9 if told.startswith(b"C") else spool.size <= 1_000_000


def test_a_file_that_is_exactly_as_large_as_it_may_be_comes_with_its_head(services: BothClients) -> None:
    content = bytes(2_000_000)
    assert services.fetched(services.uploaded(content).url, len(content)) == content


def test_what_was_answered_to_a_token_that_is_over_is_no_part_of_the_file(services: BothClients) -> None:
    uuid = services.sandbox.workmarket.attach(services.number, "site.jpg", PHOTO)
    with Spool(len(PHOTO)) as spool:
        services.workmarket.fetch_file(uuid, spool)
    over = {"meta": {"status_code": 401, "errors": [{"message": "Unauthorized"}]}, "response": []}
    services.sandbox.faults.next("workmarket", "GET", "attachments/get", status=200, body=over)
    with Spool(len(PHOTO)) as spool:
        services.workmarket.fetch_file(uuid, spool)
        assert b"".join(spool.pieces()) == PHOTO


ANSWER = {"meta": {"status_code": 200}, "response": {"uuid": "u", "description": 'a "attachment":"b"', "size": 3}}


def _read(raw: bytes, step: int = 7, largest: int = 10_000) -> tuple[bytes, Any]:
    with Spool(len(raw)) as answer, Spool(largest) as into:
        answer.put(raw)
        small = answer.pieces
        answer.pieces = lambda size=step: small(size)  # type: ignore[method-assign,misc]
        around, _ = decoded(answer, "application/json; charset=utf-8", into)
        return b"".join(into.pieces()), around


@pytest.mark.parametrize("step", [1, 3, 7, 64, 100_000])
@pytest.mark.parametrize("breaks", [False, True])
def test_base64_within_json_is_read_whatever_the_pieces(step: int, breaks: bool) -> None:
    text = base64.encodebytes(PHOTO[:3000]).decode() if breaks else base64.b64encode(PHOTO[:3000]).decode()
    raw = (
        json.dumps({**ANSWER, "response": {"attachment": text, **ANSWER["response"]}}).replace("/", "\\/").encode()
    )
    content, around = _read(raw, step)
    assert content == PHOTO[:3000]
    assert around["response"] == {"attachment": "", **ANSWER["response"]}


@pytest.mark.parametrize(
    "raw",
    [b"<html>", b'{"response": {"attachment": "AAAA', b'{"attachment": "A$"}', b" " * 400_000],
    ids=["no JSON", "a part", "no base64", "endless"],
)
def test_what_holds_no_file_is_told_so(raw: bytes) -> None:
    with pytest.raises(NoFile):
        _read(raw, 4096)


def test_nothing_of_a_spool_lies_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Spool(10) as spool:
        spool.put(b"secret")
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(TooMuch):
            spool.put(b"12345")
        assert (spool.over, b"".join(spool.pieces(4))) == (True, b"secret")


class _Streams(BaseHTTPRequestHandler):
    """Gives and takes files of any size without holding one."""

    protocol_version = "HTTP/1.1"
    size = 0

    def do_GET(self) -> None:
        if "/attachments/get" not in self.path:
            self._stream(b"", bytes(48 * 1024), self.size, b"", "video/quicktime")
            return
        begin, end = b'{"meta": {"status_code": 200}, "response": {"attachment": "', b'"}}'
        self._stream(begin, b"A" * (64 * 1024), self.size // 3 * 4, end, "application/json")

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, 65536)))
        made = {"upload": {"token": "t", "attachment": {"id": 1, "size": self.size}}}
        envelope = {"meta": {"status_code": 200}, "response": {"access_token": "a", "uuid": "u"}}
        body = json.dumps(made if "/uploads" in self.path else envelope).encode()
        self._stream(body, b"", 0, b"", "application/json")

    def _stream(self, begin: bytes, piece: bytes, size: int, end: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(begin) + size + len(end)))
        self.end_headers()
        self.wfile.write(begin)
        while size:
            self.wfile.write(piece[:size])
            size -= len(piece[:size])
        self.wfile.write(end)

    def log_message(self, *_: object) -> None: ...


def test_ten_files_at_once_both_ways_stay_within_a_processs_memory() -> None:
    size = scaled(3_000_000, 50_000_001)
    handler = type("Streams", (_Streams,), {"size": size})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    asked = [sys.executable, "-m", "tests.integration.connector.large_files"]
    where = f"http://127.0.0.1:{server.server_address[1]}"
    made = subprocess.run(
        [*asked, where, "10", str(size)], capture_output=True, text=True, cwd=ROOT, check=False, timeout=580
    )
    server.shutdown()
    server.server_close()
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    tell("large_files", peak_mb=round(told["peak_mb"]), size_mb=size // 1_000_000)
    whole = hashlib.sha256(bytes(size)).hexdigest()
    assert told["contents"] == [[whole, whole]] * 10
    # Ten of the small ones whole in memory, once each, would be 30 MB; of the large ones a gigabyte.
    assert told["peak_mb"] < MOST_MB if NIGHTLY else told["peak_mb"] - told["before_mb"] < 25


def test_a_small_gzip_of_much_is_unpacked_in_parts_into_no_more_than_may_be() -> None:
    class Bomb(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            packed = gzip.compress(bytes(40_000_000))
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(packed)))
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, *_: object) -> None: ...

    class PiecesInto:
        largest = taken = 0

        def put(self, piece: bytes) -> None:
            self.largest, self.taken = max(self.largest, len(piece)), self.taken + len(piece)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bomb)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    into, transport = PiecesInto(), Internet()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    reply = transport.send(HttpRequest("GET", url, {}, into=into, largest=10_000_000))
    transport.close()
    server.shutdown()
    server.server_close()
    assert isinstance(reply, HttpResponse)
    assert reply.problem.startswith("more than")
    assert into.largest <= 256 * 1024
    assert into.taken <= 10_000_000
