"""Whether the doors come first: how long webhooks wait for their 202 while 300 requests are handled and delivered.

    python -m bench.doors [--on servers] [--burst 300] [--rounds 3] [--seconds 10]

`parley run` on one core, the stand-ins on the other. The webhooks of so many requests are sent in the same moment,
each over a connection of its own; until all of them have come to tier 1, another twenty a second follow, which ask
for nothing. What counts is the 99th of a hundred.

Then, at rest, ten requests a second: from the webhook's first byte to the moment in which Zendesk is asked about
its ticket for the first time. The clocks are the same machine's.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import statistics
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from bench.accept import read_answer
from bench.calls import REQUEST
from bench.desk import TOKEN, Running, assignment, desk, patiently
from bench.figures import Figure, leave, parser
from bench.machine import LAST_CORE, held_to
from bench.places import Place, add_place, place
from bench.walk import arrived
from parley.zendesk.state.signing_secrets import SECRETS
from webhooks import zendesk_mac

BURST_MS, BEGUN_MS, BEGUN_P50_MS = 100, 60, 10
A_SECOND = 10
PROBED_EVERY_S = 0.05
UNKNOWN = 990_000_000
"""Assignments of this number and above exist nowhere: a hint about one is kept, handled, and asks for nothing."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Seconds that each webhook of a burst, and each that came meanwhile, waited; and until all was done."""

    first: Sequence[float]
    meanwhile: Sequence[float]
    took: float

    @property
    def p99_ms(self) -> float:
        return percentile([*self.first, *self.meanwhile], 0.99) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def head(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"]
    lines += [f"content-length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def submitted(ticket: str, secret: str) -> bytes:
    """The webhook that tells of a new request, signed now."""
    body = json.dumps({"event": "request.submitted", "ticket_id": ticket}).encode()
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = zendesk_mac(secret.encode(), stamp.encode(), body).decode()
    signed = {"x-zendesk-webhook-signature": signature, "x-zendesk-webhook-signature-timestamp": stamp}
    return head("/webhooks/zendesk", body, signed)


def hint(number: int) -> bytes:
    """A webhook about an assignment that nobody has asked about."""
    body = json.dumps({"event": "note_added", "assignment_id": str(UNKNOWN + number), "status": "sent"}).encode()
    return head("/webhooks/workmarket", body, {"authorization": f"Bearer {TOKEN}"})


def at_once(port: int, requests: Sequence[bytes]) -> list[float]:
    """Send each over a connection of its own, all in the same moment; seconds that each waited."""
    selector = selectors.DefaultSelector()
    opened = [socket.create_connection(("127.0.0.1", port)) for _ in requests]
    sent: dict[socket.socket, float] = {}
    for one, request in zip(opened, requests, strict=True):
        selector.register(one, selectors.EVENT_READ)
        sent[one] = perf_counter()
        one.sendall(request)
    waited: list[float] = []
    while len(waited) < len(requests):
        for key, _ in selector.select(30):
            one = key.fileobj  # type: ignore[assignment]
            accepted(one)
            waited.append(perf_counter() - sent[one])
            selector.unregister(one)
    for one in opened:
        one.close()
    selector.close()
    return waited


def accepted(one: socket.socket) -> None:
    answer = read_answer(one)
    if not answer.startswith(b"HTTP/1.1 202"):
        raise SystemExit(f"A webhook was answered {answer[:60]!r}.")


@contextmanager
def probing(port: int) -> Iterator[list[float]]:
    """Send hints over one connection meanwhile, whether or not those before were answered soon; their seconds."""
    waited: list[float] = []
    over = threading.Event()

    def probe() -> None:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.settimeout(30)
            begun, number = perf_counter(), 0
            while not over.wait(max(0.0, begun + number * PROBED_EVERY_S - perf_counter())):
                # From when it should have left: waiting for one answer must not hide that the next waits too.
                due = begun + number * PROBED_EVERY_S
                line.sendall(hint(number))
                accepted(line)
                waited.append(perf_counter() - due)
                number += 1

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield waited
    finally:
        over.set()
        thread.join()


def new_tickets(running: Running, count: int) -> list[str]:
    """Requests in Zendesk of which the desk has not heard."""
    numbers = [assignment(running.door) for _ in range(count)]
    made = [running.door.post("requests", assignment_id=number, **REQUEST)["ticket_id"] for number in numbers]
    running.rests()
    return [str(ticket) for ticket in made]


def secret_of(running: Running) -> str:
    return str(next(iter((running.store.read(lambda tx: tx.account.get(SECRETS)) or {}).values())))


def burst(running: Running, count: int, before: int) -> Burst:
    """The webhooks of so many requests at once, where there were so many cases before."""
    secret = secret_of(running)
    requests = [submitted(ticket, secret) for ticket in new_tickets(running, count)]
    started = perf_counter()
    with probing(running.port) as meanwhile:
        first = at_once(running.port, requests)
        wanted = before + count
        done = lambda: running.store.read(lambda tx: arrived(tx, wanted))  # noqa: E731
        patiently("not every case reached tier 1", done, 0.25)
        took = perf_counter() - started
    return Burst(first, meanwhile, took)


def begun(running: Running, seconds: float) -> list[float]:
    """Seconds from a webhook to the first question about its ticket, at ten a second."""
    secret = secret_of(running)
    tickets = new_tickets(running, round(seconds * A_SECOND))
    sent: dict[str, datetime] = {}
    started, pause = perf_counter(), threading.Event()
    with socket.create_connection(("127.0.0.1", running.port)) as line:
        for place_in_line, ticket in enumerate(tickets):
            pause.wait(max(0.0, started + place_in_line / A_SECOND - perf_counter()))
            request = submitted(ticket, secret)
            sent[ticket] = datetime.now(UTC)
            line.sendall(request)
            accepted(line)
    running.rests()
    asked: dict[str, datetime] = {}
    for call in running.door.asked():
        parts = call["path"].split("/")
        asked_for = next((part for part in parts if part in sent), None)
        if asked_for is not None and "tickets" in parts:
            moment = datetime.fromisoformat(call["at"])
            if moment >= sent[asked_for]:
                asked.setdefault(asked_for, moment)
    if len(asked) < len(sent):
        raise SystemExit(f"Zendesk was asked about {len(asked)} of {len(sent)} tickets.")
    return [(asked[ticket] - moment).total_seconds() for ticket, moment in sent.items()]


def measured(where: Place, count: int, rounds: int, seconds: float) -> tuple[list[Burst], list[float]]:
    with desk(where, "--keep-calls") as running, held_to(LAST_CORE):
        with suppress(PermissionError):
            os.nice(-10)  # the sandbox shares this core; what is measured is the desk
        running.door.post("losing", text="request.submitted")
        bursts = []
        for number in range(rounds):
            bursts.append(burst(running, count, number * count))
            print(told(where, bursts[-1]), flush=True)
            running.rests()
        waits = begun(running, seconds)
        if running.door.unexpected():
            raise SystemExit("The stand-ins were asked for something that they do not have.")
    return bursts, waits


def told(where: Place, made: Burst) -> str:
    first, meanwhile = (
        f"p50 {statistics.median(each) * 1000:.0f}, p99 {percentile(each, 0.99) * 1000:.0f}, "
        f"longest {max(each) * 1000:.0f} ms"
        for each in (made.first, made.meanwhile)
    )
    return (
        f"{where.words}: {len(made.first)} webhooks at once: 202 after {first}; {len(made.meanwhile)} more until "
        f"all were in tier 1, {made.took:.1f} s later: {meanwhile}"
    )


def main() -> None:
    options = parser("bench.doors", __doc__)
    add_place(options)
    options.add_argument("--burst", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=10.0)
    chosen = options.parse_args()
    with place(chosen.on) as where:
        bursts, waits = measured(where, chosen.burst, chosen.rounds, chosen.seconds)
    worst = statistics.median(one.p99_ms for one in bursts)
    middle, late = statistics.median(waits) * 1000, percentile(waits, 0.99) * 1000
    print(f"{where.words}: from webhook to look, {A_SECOND} a second: p50 {middle:.1f} ms, p99 {late:.1f} ms")
    print(f"Again: python -m bench.doors --on {where.name}")
    on = f", {where.words}"
    leave(
        [
            Figure(
                f"p99 of the 202 while {chosen.burst} requests are worked on{on}",
                f"{worst:.0f} ms",
                f"at most {BURST_MS} ms",
                worst <= BURST_MS,
            ),
            Figure(
                f"webhook to look begun{on}, p50",
                f"{middle:.1f} ms",
                f"at most {BEGUN_P50_MS} ms",
                middle <= BEGUN_P50_MS,
            ),
            Figure(f"webhook to look begun{on}, p99", f"{late:.1f} ms", f"at most {BEGUN_MS} ms", late <= BEGUN_MS),
        ]
    )


if __name__ == "__main__":
    main()
