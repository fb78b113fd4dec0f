"""What the app beside a ticket reads, over a socket: a case for both keys, and the same 404 for all else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.routing import Route

from parley.case_view.case_keys import CaseKeys, key_of
from store import StoreUnavailable
from tests.desk import ServedApp
from tests.unencrypted import UNENCRYPTED
from webhooks import SidebarDeps
from webhooks.rate_limiter import RateLimiter
from webhooks.sidebar import PATH, REFUSED_AFTER_S, SidebarEndpoint

SECRET, OLD = "n" * 32, "o" * 32
VIEW = {"id": "C-1", "state_said": "Está en «tier 1»."}
READ = {"X-Parley-Installation": SECRET, "X-Parley-Capability": key_of(SECRET, "35")}


class Cases:
    """Which tickets have a case, and whether it can be read."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {"35": VIEW}
        self.asked: list[str] = []
        self.away = False
        self.secrets = (SECRET, OLD)

    def of_ticket(self, ticket: str) -> dict[str, Any] | None:
        self.asked.append(ticket)
        if self.away:
            raise StoreUnavailable("The database is away.")
        return self.known.get(ticket)


@pytest.fixture
def cases() -> Cases:
    return Cases()


@pytest.fixture
def client(cases: Cases) -> Iterator[httpx.Client]:
    keys = CaseKeys(lambda: cases.secrets)
    registry = CollectorRegistry()
    door = SidebarEndpoint(SidebarDeps(keys.opens, cases.of_ticket), registry)
    app = FastAPI()
    app.router.routes.append(Route(PATH, door, methods=["GET"]))
    served = ServedApp(app)
    with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", verify=UNENCRYPTED, timeout=60) as client:
        yield client
    served.stop()


def read(client: httpx.Client, ticket: str = "35", **headers: str) -> httpx.Response:
    given = {**READ, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.get(f"/api/sidebar/cases/{ticket}?language=es", headers={k: v for k, v in given.items() if v})


def test_both_keys_open_a_case_that_nobody_on_the_way_may_keep(client: httpx.Client) -> None:
    answer = read(client)
    assert (answer.status_code, answer.json()) == (200, VIEW)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_keys_of_the_secret_that_is_going_open_it_still_and_of_one_that_is_gone_do_not(
    client: httpx.Client, cases: Cases
) -> None:
    old = key_of(OLD, "35")
    assert read(client, X_Parley_Installation=OLD).status_code == 200
    assert read(client, X_Parley_Capability=old).status_code == 200
    cases.secrets = (SECRET,)
    assert read(client, X_Parley_Capability=old).status_code == 404


def test_whatever_is_wrong_is_one_and_the_same_404_and_never_sooner(client: httpx.Client, cases: Cases) -> None:
    no_case = key_of(SECRET, "36")
    answers = [
        read(client, X_Parley_Installation=""),
        read(client, X_Parley_Capability=""),
        read(client, X_Parley_Installation="x" * 32),
        read(client, X_Parley_Capability=key_of(OLD * 2, "35")),
        read(client, "36"),
        read(client, "36", X_Parley_Capability=no_case),
        read(client, "035"),
        read(client, "none"),
        read(client, "9" * 30),
        client.get("/api/sidebar/cases/35", headers={**READ, "X-Parley-Capability": "ä".encode()}),  # type: ignore[dict-item]
    ]
    cases.secrets = ()
    answers.append(read(client))
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.text, answer.headers["cache-control"]) for answer in answers}) == 1
    assert min(answer.elapsed.total_seconds() for answer in answers) >= REFUSED_AFTER_S
    assert cases.asked == ["36"]


def test_a_key_that_comes_twice_counts_as_none(client: httpx.Client) -> None:
    twice = [*READ.items(), ("X-Parley-Capability", READ["X-Parley-Capability"])]
    assert client.get("/api/sidebar/cases/35", headers=twice).status_code == 404


def test_who_guesses_is_limited_and_holds_up_nobody_who_reads(client: httpx.Client, cases: Cases) -> None:
    wrong = b"GET /api/sidebar/cases/35 HTTP/1.1\r\nHost: x\r\nX-Parley-Capability: guess\r\n\r\n"
    port = httpx.URL(client.base_url).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=60) as line:
        line.sendall(wrong * 3)
        assert b"404" in line.recv(4096)
    limiter = RateLimiter(10, 60)
    assert [limiter.takes(0.0) for _ in range(61)] == [True] * 60 + [False]
    assert limiter.takes(0.2) and limiter.takes(0.2) and not limiter.takes(0.2)
    assert read(client).status_code == 200


def test_a_database_that_is_away_is_said_and_nothing_else(client: httpx.Client, cases: Cases) -> None:
    cases.away = True
    answer = read(client)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "database" not in answer.text


def test_nothing_is_changed_by_any_method(client: httpx.Client) -> None:
    methods = ("POST", "PUT", "PATCH", "DELETE")
    answers = [client.request(method, "/api/sidebar/cases/35", headers=READ) for method in methods]
    assert {answer.status_code for answer in answers} == {405}
