"""No more of an answer is read than may be: counted as it comes over the line and as it unpacks, while reading."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import closing

import pytest

from connector.errors import Trouble
from connector.http.internet import Internet
from connector.http.transport import HttpRequest, HttpResponse
from connector.http.unpacking import MOST_MEMBERS, Broken, unpacker
from connector.spool import TooMuch
from tests.integration.connector.raw import OK, Peer, raw

LIMIT = 1024 * 1024
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "its head": (OK, b"X-More: 1\r\n" * 1000),
    "informational answers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000),
    "a chunk extension": (CHUNKED + b"1;", b"x" * 10_000),
    "chunks of one byte": (CHUNKED, b"1;xxxxxxxxxxxxxxxxxxxx\r\n \r\n" * 1000),
    "its trailers": (CHUNKED + b"0\r\n", b"X-More: 1\r\n" * 1000),
    "its body": (OK + b"\r\n", b" " * 10_000),
    "empty gzip pieces": (OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 100),
}


def get(url: str) -> HttpResponse | Trouble:
    with closing(Internet(largest=LIMIT)) as transport:
        return transport.send(HttpRequest("GET", url, {}))


def answering(content: bytes, *heads: bytes) -> Callable[[Peer], None]:
    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(OK + b"".join(one + b"\r\n" for one in heads) + b"Connection: close\r\n\r\n" + content)

    return answer


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_without_an_end_is_not_read_to_it(name: str) -> None:
    begins, piece = ENDLESS[name]

    def answer(peer: Peer) -> None:
        peer.hear()
        peer.say(begins)
        peer.drip(piece, 0)

    tracemalloc.start()
    with raw(answer) as server:
        outcome = get(server.url)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(outcome, Trouble) or outcome.problem
    assert most < 8 * LIMIT


@pytest.mark.parametrize("encoding", [b"gzip, gzip", b"br", b"deflate", b"gzip, identity", b"zstd"])
def test_an_answer_packed_in_a_way_that_was_not_asked_for_is_not_unpacked(encoding: bytes) -> None:
    with raw(answering(gzip.compress(gzip.compress(b"{}")), b"Content-Encoding: " + encoding)) as server:
        outcome = get(server.url)
    assert isinstance(outcome, HttpResponse)
    assert (outcome.content, outcome.problem) == (b"", "packed in a way that was not asked for")


def test_two_headers_of_encoding_are_two_encodings() -> None:
    twice = (b"Content-Encoding: gzip", b"Content-Encoding: gzip")
    with raw(answering(gzip.compress(gzip.compress(b"{}")), *twice)) as server:
        outcome = get(server.url)
    assert isinstance(outcome, HttpResponse)
    assert outcome.problem == "packed in a way that was not asked for"


def test_what_unpacks_to_too_much_is_not_unpacked_to_the_end() -> None:
    bomb = gzip.compress(b" " * (50 * LIMIT))
    with raw(answering(bomb, b"Content-Encoding: gzip")) as server:
        outcome = get(server.url)
    assert isinstance(outcome, HttpResponse)
    assert (outcome.content, outcome.problem) == (b"", "more than 1 MB")


@pytest.mark.parametrize("pieces", [[b'{"a": 1}'], [b'{"a"', b": 1}"]])
def test_an_answer_packed_as_asked_is_unpacked_whole(pieces: list[bytes]) -> None:
    packed = b"".join(gzip.compress(one) for one in pieces)
    with raw(answering(packed, b"Content-Encoding: GZIP")) as server:
        outcome = get(server.url)
    assert isinstance(outcome, HttpResponse)
    assert (outcome.content, outcome.problem) == (b'{"a": 1}', "")


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pieces_of_any_size_unpack_to_the_same(size: int) -> None:
    packed = gzip.compress(b"a" * 5000) + gzip.compress(b"b" * 5000)
    unpack = unpacker("gzip", LIMIT)
    made = b"".join(part for at in range(0, len(packed), size) for part in unpack.parts(packed[at : at + size]))
    unpack.end()
    assert made == b"a" * 5000 + b"b" * 5000


BROKEN = {
    "a part": gzip.compress(b"{}")[:-1],
    "plain": b"{}",
    "another way": zlib.compress(b"{}"),
    "too many pieces": gzip.compress(b"") * (MOST_MEMBERS + 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_gzip_is_broken(name: str) -> None:
    unpack = unpacker("gzip", LIMIT)
    with pytest.raises(Broken):
        list(unpack.parts(BROKEN[name]))
        unpack.end()


def test_the_limit_is_the_last_byte_that_is_unpacked() -> None:
    assert sum(map(len, unpacker("gzip", LIMIT).parts(gzip.compress(b" " * LIMIT)))) == LIMIT
    with pytest.raises(TooMuch):
        list(unpacker("gzip", LIMIT).parts(gzip.compress(b" " * (LIMIT + 1))))
