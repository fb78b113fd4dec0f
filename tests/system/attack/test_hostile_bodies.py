"""Hostile bodies at every door: unsigned ones change nothing, signed ones are kept and end; none is a 5xx."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest
import structlog

from store import Receipt, Store
from store.sql.counting import COUNTED
from sync.inbox.handle import InboxHandler
from tests.in_process import Got, Sent, as_headers, ask
from tests.inboxes import next_rows
from tests.integration.sync.policy import policy
from tests.integration.webhooks.receiving_desk import NOW, TOKEN, ReceivingDesk
from tests.migrated import migrated
from tests.scale import scaled, tell
from tests.signed import intake_headers, zendesk_headers
from tests.system.attack.hostile import STRINGS, TEMPLATES, Grammar
from tests.system.attack.inside import ask_all, rss_mb, told
from webhooks import create_app

JSON = (b"content-type", b"application/json")
ALLOWED = {202, 400, 401, 403, 404, 405, 408, 409, 413, 415, 431}
PATHS = (*TEMPLATES, *TEMPLATES, "/webhooks/zendesk/", "/webhooks/other", "/", "/healthz", "/webhooks/zendesk\x00")
NAMES = [
    b"x-zendesk-webhook-signature",
    b"x-zendesk-webhook-signature-timestamp",
    b"webhook-id",
    b"webhook-timestamp",
    b"webhook-signature",
    b"authorization",
    b"content-type",
    b"content-length",
    b"transfer-encoding",
]
VALUES = [
    b"",
    b"application/json",
    b"text/plain",
    b"application/json; charset=utf-16",
    b"2026-11-20T15:00:00Z",
    b"1795186800",
    b"v1," + b"A" * 43 + b"=",
    b"A" * 43 + b"=",
    b"Bearer ",
    b"Bearer workmarket-tokem",
    b"Basic d29ya21hcmtldC10b2tlbg==",
    b"msg_1",
    b"-1",
    b"99999999999999999999",
    b"1048577",
    b"chunked",
    b"\xff\xfe",
    b"\xc2\xb2",
    "😀".encode(),
    b"v1,x " * 500,
]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What the doors log about each body is not what is looked at here."""
    before = structlog.get_config()
    structlog.configure(processors=[_swallow])
    yield
    structlog.configure(**before)


def _swallow(_: object, method: str, event: Any) -> Any:
    if method in ("error", "critical", "exception"):
        raise AssertionError(f"logged as an error: {event}")
    raise structlog.DropEvent


class Nobody:
    """Keeps nothing, and says what it was handed."""

    def __init__(self) -> None:
        self.handed: list[str] = []

    async def record(self, key: str, *_: Any, **__: Any) -> Receipt:
        self.handed.append(key)
        return Receipt(True, len(self.handed))


def unsigned(random: Random, grammar: Grammar) -> Sent:
    path = random.choice(PATHS)
    body = grammar.body(path if path in TEMPLATES else "/webhooks/zendesk")
    names = random.sample(NAMES, random.randrange(6))
    if random.random() < 0.05 and names:
        names.append(names[0])
    headers = [(name, random.choice(VALUES)) for name in names]
    method = random.choice(["POST"] * 12 + ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "x\x00"])
    return Sent(path, body, headers, method, parts=random.choice([1, 1, 1, 2, 5]))


def test_an_unsigned_body_is_refused_and_leaves_nothing() -> None:
    seed, tries = 11, scaled(commit=20_000, nightly=1_000_000)
    random = Random(seed)  # noqa: S311  repeatable, not secret
    grammar, keeper, seen = Grammar(random), Nobody(), Counter[int]()
    desk = ReceivingDesk("", None, keeper=keeper)  # type: ignore[arg-type]
    app = create_app(desk.doors())

    async def run() -> tuple[float, float]:
        before, slowest = 0.0, 0.0
        for number in range(tries):
            if number == tries // 10:  # what is loaded once is loaded by now
                gc.collect()
                before = rss_mb()
            sent = unsigned(random, grammar)
            started = perf_counter()
            got = await ask(app, sent)
            slowest = max(slowest, perf_counter() - started)
            ours = sent.path == "/healthz" and got.status == 200
            assert got.status in ALLOWED - {202} or ours, told(sent, got, seed)
            seen[got.status] += 1
            await asyncio.sleep(0)  # as behind a socket: a loop that never turns never forgets a timer
        gc.collect()
        return rss_mb() - before, slowest

    grown_mb, slowest = asyncio.run(run())
    assert keeper.handed == []
    assert seen[401] > tries // 10 and seen[404] and seen[405] and seen[413] and seen[400]
    assert grown_mb < 20
    tell(
        "unsigned_bodies",
        bodies=tries,
        server_errors=0,
        memory_grown_mb=round(grown_mb, 1),
        slowest_ms=round(slowest * 1000, 1),
    )


def signed(random: Random, grammar: Grammar, number: int) -> Sent:
    path = random.choice([*TEMPLATES])
    body = grammar.body(path)
    if path == "/webhooks/zendesk":
        headers = as_headers(zendesk_headers(body, NOW))
    elif path == "/webhooks/requests":
        headers = as_headers(intake_headers(body, f"msg_{number}", NOW))
    else:
        headers = [(b"authorization", b"Bearer " + TOKEN.encode())]
    return Sent(path, body, [*headers, JSON], parts=random.choice([1, 1, 3]))


def expected(sent: Sent) -> set[int]:
    """Zendesk gives up on a webhook that is refused too often, so its useless bodies are accepted as dead letters;
    behind the intake stands a caller of ours, who is told."""
    if len(sent.body) > 1024 * 1024:
        return {413}
    return {202, 422} if sent.path == "/webhooks/requests" else {202}


def test_a_signed_hostile_body_is_kept_and_ends_handled_or_as_a_dead_letter(tmp_path: Path) -> None:
    seed, tries = 12, scaled(commit=5_000, nightly=100_000)
    random = Random(seed)  # noqa: S311  repeatable, not secret
    grammar, seen = Grammar(random), Counter[int]()
    url = migrated(tmp_path / "parley.db")
    with Store.open(url, now=lambda: NOW) as store:
        app = create_app(ReceivingDesk(url, store).doors())
        for start in range(0, tries, 1000):
            batch = [signed(random, grammar, start + number) for number in range(min(1000, tries - start))]
            for sent, got in asyncio.run(ask_all(app, batch)):
                assert got.status in expected(sent), told(sent, got, seed)
                seen[got.status] += 1
            if start < scaled(commit=2_000, nightly=20_000):
                handle_all(store, seed)
            else:
                store.write(lambda tx: [tx.inbox.mark_done(row.id, NOW) for row in next_rows(tx, 5000, NOW)])
        counts = store.read(lambda tx: tx.inbox.counts())
        letters = store.read(lambda tx: tx.inbox.dead(100_000))
    assert counts["dead"] == min(len(letters), COUNTED)
    assert len(letters) > tries // 10 and seen[422] > tries // 10 and seen[413]
    assert all(letter.error and letter.attempts == 0 for letter in letters)
    assert not any(odd in letter.error for letter in letters for odd in STRINGS if len(odd) > 6 and letter.error)
    tell("signed_hostile_bodies", bodies=tries, server_errors=0, dead_letters=len(letters), told_422=seen[422])


def handle_all(store: Store, seed: int) -> None:
    """By the product's own handler, until nothing is left that could be handled now."""
    handler = InboxHandler(store, policy())
    while handler.handle_ready(NOW, 500).rows:
        pass
    left = store.read(lambda tx: tx.inbox.counts()["new"])
    assert left == 0, f"seed {seed}: {left} rows were set aside by an error"


def test_the_same_seed_draws_the_same_bodies() -> None:
    one, two = (Grammar(Random(5)) for _ in range(2))  # noqa: S311  repeatable, not secret
    assert [one.body("/webhooks/zendesk") for _ in range(500)] == [
        two.body("/webhooks/zendesk") for _ in range(500)
    ]


def test_a_genuine_request_is_accepted_by_the_same_way_in(tmp_path: Path) -> None:
    keeper = Nobody()
    app = create_app(ReceivingDesk("", None, keeper=keeper).doors())  # type: ignore[arg-type]

    async def run() -> list[tuple[Sent, Got]]:
        body = b'{"event":"ticket.changed","ticket_id":"7"}'
        return await ask_all(
            app, [Sent("/webhooks/zendesk", body, [*as_headers(zendesk_headers(body, NOW)), JSON])]
        )

    assert [got.status for _, got in asyncio.run(run())] == [202] and len(keeper.handed) == 1
