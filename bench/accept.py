"""How fast a Zendesk webhook is accepted, against a bare endpoint that only checks the same signature.

    python -m bench.accept [--on servers] [--rounds 7] [--requests 12000] [--connections 32]

Each server runs in a process of its own on one core and the client on the other; rounds alternate, so that a
busy machine slows both. What counts is the ratio. Both check the same 2 KB requests, signed beforehand; ours
also stores each one, in SQLite (WAL, synchronous=FULL) or PostgreSQL (fsync on; it may use both cores), and commits
before it answers. Where other work shares the
cores, a server with two threads gets more of its core than one with one: then the ratio of the processor time
for a request is the one to believe.

Then the same with 4 ms added to every fsync, as a slow disk has: commits shared by a group against a commit
for each request. That part needs a C compiler for the library that does the waiting.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response

from bench.figures import Figure, leave, parser
from bench.machine import FIRST_CORE, LAST_CORE, held_to, processor_seconds, slow_fsync_library
from bench.places import SQLITE, Place, add_place, place
from store import Receipt, Store
from sync.shared.codec import encode_message
from webhooks import EventRecorder, WebhookDeps, create_app, zendesk_mac
from webhooks.signatures import zendesk_is_genuine

SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
BODY_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Server:
    """A server in a process of its own."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Round:
    """Requests a second, and requests a second of the server's processor time."""

    rate: float
    efficiency: float
    p99_ms: float


def now() -> datetime:
    """The clock of the servers."""
    return datetime.now(UTC)


class OneByOne:
    """A keeper that commits every event by itself: what group commits are compared with."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1)

    async def record(
        self,
        key: str,
        kind: str,
        lane: str,
        body: Mapping[str, Any],
        *,
        dedupe_key: str | None = None,
        dead: str | None = None,
        trace: str | None = None,
    ) -> Receipt:
        """Keep an event in a transaction of its own."""
        assert dead is None and trace is None

        def write() -> bool:
            return self._store.write(
                lambda tx: tx.inbox.record(key, kind, lane, body, now(), dedupe_key=dedupe_key)
            )

        return Receipt(await asyncio.get_running_loop().run_in_executor(self._thread, write))


def bare_app() -> FastAPI:
    """The yardstick: FastAPI, the signature, 202, and nothing kept."""
    app = FastAPI()
    keys = (SECRET.encode(),)

    @app.post("/webhooks/zendesk")
    async def check(request: Request) -> Response:
        body = await request.body()
        signature = request.headers.get("x-zendesk-webhook-signature", "").encode()
        timestamp = request.headers.get("x-zendesk-webhook-signature-timestamp", "").encode()
        genuine = zendesk_is_genuine(keys, signature, timestamp, body, now())
        return Response(status_code=202 if genuine else 401)

    return app


def our_app(store: Store, *, grouped: bool) -> FastAPI:
    """The product's app on a store."""
    keeper: EventRecorder = store.recorder() if grouped else OneByOne(store)
    return create_app(
        WebhookDeps(
            recorder=keeper,
            encode=encode_message,
            now=now,
            zendesk_secrets=lambda: (SECRET,),
            intake_secrets=lambda: (),
            workmarket_token=lambda: None,
            announce=lambda _: None,
            readiness=lambda: {"ready": True},
        )
    )


def serve(kind: str, database: str, handle: int) -> None:
    """Serve one of the apps on a socket that the parent opened."""
    listener = socket.socket(fileno=handle)
    if kind == "bare":
        app, store = bare_app(), None
    else:
        store = Store.open(database, now=now)
        app = our_app(store, grouped=kind != "single")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    server.run(sockets=[listener])
    if store is not None:
        store.close()


@contextmanager
def served(kind: str, where: Place, preload: Path | None = None) -> Iterator[Server]:
    """A server in a process of its own."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    handle = listener.fileno()
    environment = {**os.environ, **({"LD_PRELOAD": str(preload)} if preload else {})}
    with where.database() as database:
        command = [sys.executable, "-m", "bench.accept", "--serve", kind, database, str(handle)]
        process = subprocess.Popen(command, pass_fds=[handle], env=environment)
        os.sched_setaffinity(process.pid, {FIRST_CORE})
        try:
            yield Server(listener.getsockname()[1], process.pid)
        finally:
            process.terminate()
            process.wait(30)
            listener.close()


def signed_requests(count: int, run: str) -> list[bytes]:
    """Requests as they go over the wire, each an event of its own."""
    stamp = now().strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    made = []
    for number in range(count):
        event = {
            "type": "zen:event-type:ticket.status_changed",
            "account_id": 12514403,
            "id": f"{run}-{number}",
            "time": "2026-11-20T10:12:07.672717030Z",
            "zendesk_event_version": "2022-11-06",
            "subject": f"zen:ticket:{number % 5000 + 1}",
            "detail": {"id": str(number % 5000 + 1), "status": "OPEN", "tags": ["a", "b"], "description": ""},
            "event": {"current": "OPEN", "previous": "NEW"},
        }
        missing = BODY_BYTES - len(json.dumps(event))
        event["detail"] = {**dict(event["detail"]), "description": "x" * missing}  # type: ignore[call-overload]
        body = json.dumps(event).encode()
        head = (
            b"POST /webhooks/zendesk HTTP/1.1\r\nhost: parley.example.com\r\nuser-agent: Zendesk Webhook\r\n"
            b"content-type: application/json; charset=utf-8\r\ncontent-length: %d\r\n"
            b"x-zendesk-account-id: 123456\r\nx-zendesk-webhook-id: 01F1KRFQ6BG29CNWFR60NK5FNY\r\n"
            b"x-zendesk-webhook-invocation-id: 8350205582\r\nx-zendesk-webhook-signature: %b\r\n"
            b"x-zendesk-webhook-signature-timestamp: %b\r\n\r\n"
        )
        made.append(head % (len(body), zendesk_mac(SECRET.encode(), stamp, body), stamp) + body)
    return made


def load(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, float, float]:
    """Send the requests over keep-alive connections, one at a time on each; the rate, p50 and p99 in ms."""
    selector = selectors.DefaultSelector()
    waiting = iter(requests)
    opened = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    for each in opened:
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(each, selectors.EVENT_READ)
    sent: dict[socket.socket, float] = {}
    took_each: list[float] = []
    started = perf_counter()
    for each in opened:
        sent[each] = perf_counter()
        each.sendall(next(waiting))
    while len(took_each) < len(requests):
        for key, _ in selector.select():
            sender: socket.socket = key.fileobj  # type: ignore[assignment]
            answer = read_answer(sender)
            assert answer.startswith(b"HTTP/1.1 202"), answer
            took_each.append(perf_counter() - sent[sender])
            if (request := next(waiting, None)) is not None:
                sent[sender] = perf_counter()
                sender.sendall(request)
    took = perf_counter() - started
    for each in opened:
        each.close()
    selector.close()
    took_each.sort()
    p50, p99 = (took_each[int(len(took_each) * share)] * 1000 for share in (0.5, 0.99))
    return len(requests) / took, p50, p99


def read_answer(sender: socket.socket) -> bytes:
    """One whole answer."""
    answer = sender.recv(65536)
    while True:
        head, end, body = answer.partition(b"\r\n\r\n")
        if end:
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if len(body) >= int(length or 0):
                return answer
        more = sender.recv(65536)
        assert more, "the server hung up"
        answer += more


def compare(servers: Mapping[str, Server], rounds: int, count: int, connections: int) -> dict[str, list[Round]]:
    """What each server did, round by round, the servers taking turns."""
    found: dict[str, list[Round]] = {kind: [] for kind in servers}
    for kind, server in servers.items():
        load(server.port, signed_requests(max(connections, count // 4), f"warm-{kind}"), connections)
    for number in range(rounds):
        for kind, server in servers.items():
            requests = signed_requests(count, f"{number}-{kind}")
            before = processor_seconds(server.pid)
            rate, _, p99 = load(server.port, requests, connections)
            used = max(0.01, processor_seconds(server.pid) - before)
            found[kind].append(Round(rate, count / used, p99))
    return found


def report(found: Mapping[str, Sequence[Round]], ours: str, yardstick: str, words: str) -> tuple[float, float]:
    """Print medians and the medians of the rounds' ratios, which are returned: of rates, of processor time."""
    for kind, rounds in found.items():
        rates = [each.rate for each in rounds]
        cost = 1e6 / statistics.median(each.efficiency for each in rounds)
        low, high = min(rates), max(rates)
        middle = statistics.median(rates)
        p99 = statistics.median(each.p99_ms for each in rounds)
        print(
            f"  {kind:>8}: {middle:8.0f} req/s  ({low:.0f} to {high:.0f}), p99 {p99:.1f} ms, "
            f"{cost:.0f} µs of processor time each"
        )
    pairs = list(zip(found[ours], found[yardstick], strict=True))
    ratios = [mine.rate / theirs.rate for mine, theirs in pairs]
    ratio, cost = (
        statistics.median(ratios),
        statistics.median(mine.efficiency / theirs.efficiency for mine, theirs in pairs),
    )
    print(f"  RATIO {words}: {ratio:.2f}  ({min(ratios):.2f} to {max(ratios):.2f}); by processor time {cost:.2f}\n")
    return ratio, cost


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = parser("bench.accept", __doc__)
    add_place(options)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--requests", type=int, default=12_000)
    options.add_argument("--connections", type=int, default=32)
    options.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    chosen = options.parse_args(arguments)
    if chosen.serve:
        serve(chosen.serve[0], chosen.serve[1], int(chosen.serve[2]))
        return 0
    with place(chosen.on, broker=False) as where, held_to(LAST_CORE):
        figures = against_bare(where, chosen)
    with tempfile.TemporaryDirectory() as name:
        figures += with_a_slow_disk(Path(name), chosen)
    print(f"Again: python -m bench.accept --on {chosen.on} --rounds {chosen.rounds} --requests {chosen.requests}")
    leave(figures)
    return 0


def against_bare(where: Place, chosen: argparse.Namespace) -> list[Figure]:
    with served("bare", where) as bare, served("ours", where) as ours:
        print(f"Accepting, {where.words}, {chosen.connections} connections, {BODY_BYTES} byte bodies, one core:")
        found = compare({"bare": bare, "ours": ours}, chosen.rounds, chosen.requests, chosen.connections)
    ratio, cost = report(found, "ours", "bare", "durable accept / bare signature check")
    rate, p99 = (statistics.median(getattr(each, name) for each in found["ours"]) for name in ("rate", "p99_ms"))
    promised, on = "at least 0.6", f", {where.words}"
    return [
        Figure(
            f"accepting{on}, of a bare endpoint's rate",
            f"{ratio:.2f} ({rate:,.0f} a second)",
            promised,
            ratio >= 0.6,
        ),
        Figure(f"accepting{on}, of its requests a processor second", f"{cost:.2f}", promised, cost >= 0.6),
        Figure(f"accepting{on}, p99 of the 202", f"{p99:.1f} ms", "at most 25 ms", p99 <= 25),
    ]


def with_a_slow_disk(directory: Path, chosen: argparse.Namespace) -> list[Figure]:
    slow = slow_fsync_library(directory)
    if slow is None:
        print("No C compiler: the part with a slow disk is left out.")
        return []
    # The slow disk is the database's: on PostgreSQL its server's.
    ours = slow if chosen.on == SQLITE else None
    with (
        place(chosen.on, broker=False, preload=slow) as where,
        held_to(LAST_CORE),
        served("group", where, ours) as group,
        served("single", where, ours) as single,
    ):
        print(f"With 4 ms added to each fsync, {where.words}:")
        servers, count = {"group": group, "single": single}, min(chosen.requests, 1000)
        found = compare(servers, min(chosen.rounds, 3), count, chosen.connections)
    ratio, _ = report(found, "group", "single", "shared commits / a commit each")
    what = f"accepting on a slow disk, {where.words}, of a commit for each"
    return [Figure(what, f"{ratio:.1f} times", "at least 20 times", ratio >= 20)]


if __name__ == "__main__":
    raise SystemExit(main())
