"""Ready means that events can be stored: tried by the doors' own writer, within a time, and told since when not."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from connector.broker.queue import BrokerQueue
from parley.zendesk.state.signing_secrets import read_signing
from store.database.errors import SILENT
from tests.servers.proxy import Proxy, proxy_to
from tests.servers.rabbitmq import RabbitMQ, private_rabbitmq
from tests.servers.shared import Servers, servers
from tests.signed import zendesk_headers
from tests.system.cli.shell import Shell, answers, wait_for
from tests.system.processes.spawned_desk import SpawnedDesk
from tests.unencrypted import UNENCRYPTED

__all__ = ["servers"]

TOLD_WITHIN_S = 7.0
"""Four seconds for the write, one for the rest, and what a busy machine adds."""
SLOW_S = 0.6
"""An event is stored after four answers, which is 2.4 s, and the rehearsal after five."""


@contextmanager
def behind(url: str) -> Iterator[tuple[Proxy, str]]:
    """A PostgreSQL database by way of a proxy, as a DATABASE_URL."""
    place = make_url(url)
    at = Path(str(place.query["host"])) / ".s.PGSQL.5432" if "host" in place.query else None
    with proxy_to(at or (place.host or "127.0.0.1", place.port or 5432)) as proxy:
        through = place.set(host="127.0.0.1", port=proxy.port, query={})
        yield proxy, through.render_as_string(hide_password=False)


@pytest.fixture
def web(desk: SpawnedDesk, operator: Shell) -> Callable[..., str]:
    """Starts `parley web`; its address, once it answers."""

    def start(**environment: str) -> str:
        desk.open()
        operator.start("web", "--host", "127.0.0.1", "--port", str(desk.port), **environment)
        here = f"http://127.0.0.1:{desk.port}"
        wait_for(lambda: answers(f"{here}/healthz"))
        return here

    return start


def asked(here: str) -> tuple[int, dict[str, Any]]:
    """What /readyz says, within its time; (0, {}) where nobody listens yet."""
    begun = monotonic()
    try:
        answer = httpx.get(f"{here}/readyz", trust_env=False, verify=UNENCRYPTED, timeout=120)
    except httpx.TransportError:
        return 0, {}
    assert monotonic() - begun < TOLD_WITHIN_S
    return answer.status_code, answer.json()


def not_ready(here: str) -> dict[str, Any]:
    said = wait_for(lambda: (found := asked(here))[0] == 503 and found[1])
    assert said["ready"] is False and said["failing_since"]
    return dict(said)


def test_a_database_that_can_be_read_and_not_written_is_not_ready(
    desk: SpawnedDesk, web: Callable[..., str]
) -> None:
    here = web()
    assert asked(here)[0] == 200
    file = desk.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = not_ready(here)
        since = f"{first['failing_since'][:19].replace('T', ' ')} UTC"
        assert first["troubles"][0].startswith(f"No event can be stored since {since}. The database ")
        assert first["inbox"] == {"new": 0, "dead": 0}
        assert not_ready(here)["failing_since"] == first["failing_since"]
        other.execute("ROLLBACK")
    wait_for(lambda: asked(here)[0] == 200)
    assert "failing_since" not in asked(here)[1]
    assert desk.store.read(lambda tx: tx.inbox.counts()) == {"new": 0, "dead": 0}


def test_a_database_that_falls_silent_is_not_ready_and_says_so_in_time(
    web: Callable[..., str], servers: Servers
) -> None:
    with servers.database() as url, behind(url) as (proxy, through):
        here = web(DATABASE_URL=through)
        assert asked(here)[0] == 200
        proxy.silence(new_too=True)
        assert not_ready(here)["troubles"][0].endswith(f" UTC. {SILENT}")


def test_a_slow_database_that_stores_what_comes_is_ready(web: Callable[..., str], servers: Servers) -> None:
    with servers.database() as url, behind(url) as (proxy, through):
        here = web(DATABASE_URL=through)
        assert asked(here)[0] == 200
        proxy.delay(SLOW_S)
        threading.Event().wait(1.1)  # what was found out is kept for a second
        status, said = asked(here)
        assert status == 200, said["troubles"]


def test_a_broker_that_takes_no_messages_is_told_of_and_holds_up_neither_the_doors_nor_the_end(
    desk: SpawnedDesk, operator: Shell, own_rabbitmq: RabbitMQ
) -> None:
    desk.open()
    here = f"http://127.0.0.1:{desk.port}"
    own_rabbitmq.alarm(on=True)
    running = operator.start(
        "run", "--host", "127.0.0.1", "--port", str(desk.port), BROKER_URL=own_rabbitmq.address
    )
    wait_for(lambda: answers(f"{here}/healthz"))
    taken_at_once(desk, here, 50)
    wait_for(lambda: asked(here)[1]["broker"] == "takes no messages")
    assert any(said.startswith("The broker takes no messages: ") for said in asked(here)[1]["troubles"])
    wait_for(lambda: not desk.store.read(lambda tx: tx.inbox.counts())["new"])
    assert operator.stop(running).code == 0  # not cut off, which it is after its grace
    own_rabbitmq.alarm(on=False)
    with closing(BrokerQueue(own_rabbitmq.address)) as queue:
        assert queue.ping() == ""


def taken_at_once(desk: SpawnedDesk, here: str, many: int) -> None:
    """So many webhooks are each answered 202 while the broker takes nothing, which it does until it is told to."""
    (secret, *_) = desk.store.read(lambda tx: read_signing(tx).current.values())
    for number in range(many):
        body = json.dumps({"event": "ticket.changed", "ticket_id": str(number), "many": many}).encode()
        headers = {"content-type": "application/json", **zendesk_headers(body, desk.clock(), secret)}
        answer = httpx.post(
            f"{here}/webhooks/zendesk",
            content=body,
            headers=headers,
            trust_env=False,
            verify=UNENCRYPTED,
            timeout=120,
        )
        assert answer.status_code == 202


@pytest.fixture
def own_rabbitmq() -> Iterator[RabbitMQ]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(private_rabbitmq())
        except LookupError as lacking:
            pytest.skip(str(lacking))
        yield server


def test_a_broker_that_never_answers_changes_nothing_and_holds_nobody_up(web: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        here = web(BROKER_URL=f"amqp://127.0.0.1:{silent.getsockname()[1]}//")
        seconds = []
        for _ in range(3):  # the machine may be busy at one time, a broker that is waited for holds up each
            begun = monotonic()
            status, said = asked(here)
            seconds.append(monotonic() - begun)
            assert (status, said["broker"]) == (200, "not reachable")
        assert min(seconds) < 2
