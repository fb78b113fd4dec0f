"""Tokens that are shared by the database: by many processes, over restarts, and without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from connector.zendesk import AccountIds, ClientCredentials, Token, TokenCacheUnavailable, ZendeskClient
from parley.zendesk.state.shared_tokens import SharedTokens
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from store import Store
from tests.migrated import migrated

TICKETS = "tickets:read tickets:write users:read macros:read"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def sandbox(clock: MovableClock) -> Iterator[Sandbox]:
    with Sandbox(clock) as sandbox:
        yield sandbox


Start = Callable[[], ZendeskClient]


@pytest.fixture
def start(sandbox: Sandbox, clock: MovableClock, tmp_path: Path) -> Iterator[Start]:
    """Starts a process: its own connections to the one database and to Zendesk."""
    url = migrated(tmp_path / "parley.db")
    given = sandbox.zendesk.credentials
    made: list[Store | ZendeskClient] = []

    def start() -> ZendeskClient:
        store = Store.open(url, now=clock)
        client = ClientCredentials(given.oauth_client_id, given.oauth_client_secret)
        shared = SharedTokens(store, clock)
        zendesk = ZendeskClient(sandbox.zendesk_url, client, ids=AccountIds, now=clock, tokens=shared)
        made.extend((store, zendesk))
        return zendesk

    yield start
    for one in made:
        one.close()


def test_twenty_processes_that_start_at_once_mint_one_token(sandbox: Sandbox, start: Start) -> None:
    processes = [start() for _ in range(20)]
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda process: process.whoami(), processes))
    assert sandbox.zendesk.gate.minted == {TICKETS: 1}


def test_twenty_processes_renew_one_token_when_it_draws_to_its_end(
    sandbox: Sandbox, start: Start, clock: MovableClock
) -> None:
    processes = [start() for _ in range(20)]
    for process in processes:
        process.whoami()
    clock.move(timedelta(minutes=26))
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda process: process.whoami(), processes))
    assert sandbox.zendesk.gate.minted == {TICKETS: 2}


def test_twenty_processes_whose_token_was_revoked_mint_one_more(sandbox: Sandbox, start: Start) -> None:
    processes = [start() for _ in range(20)]
    for process in processes:
        process.whoami()
    sandbox.zendesk.gate.revoke_all()
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda process: process.whoami(), processes))
    assert sandbox.zendesk.gate.minted == {TICKETS: 2}


def test_a_process_that_starts_again_goes_on_with_the_token(sandbox: Sandbox, start: Start) -> None:
    start().whoami()
    start().whoami()
    assert sandbox.zendesk.gate.minted == {TICKETS: 1}


def test_without_a_database_there_is_no_cache(tmp_path: Path, clock: MovableClock) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'none.db'}", now=clock) as store:
        cache = SharedTokens(store, clock)
        with pytest.raises(TokenCacheUnavailable):
            cache.get("tickets", "c")
        with pytest.raises(TokenCacheUnavailable):
            cache.put("tickets", "c", Token("t"))
        with pytest.raises(TokenCacheUnavailable):
            cache.drop("tickets", "c", "t")


def test_a_refused_token_is_dropped_only_while_it_is_the_one(tmp_path: Path, clock: MovableClock) -> None:
    with Store.open(migrated(tmp_path / "parley.db"), now=clock) as store:
        cache = SharedTokens(store, clock)
        kept = Token("new", clock(), clock() + timedelta(minutes=5))
        cache.put("tickets", "c", kept)
        cache.drop("tickets", "c", "old")
        cache.drop("tickets", "another", "new")
        assert cache.get("tickets", "another") is None
        assert cache.get("tickets", "c") == kept
        cache.drop("tickets", "c", "new")
        assert cache.get("tickets", "c") is None


@pytest.mark.parametrize("row", ["x", {}, {"client": "c", "value": "t", "renew_at": 7, "expires_at": None}])
def test_a_row_that_can_not_be_read_is_none(row: object, tmp_path: Path, clock: MovableClock) -> None:
    with Store.open(migrated(tmp_path / "parley.db"), now=clock) as store:
        store.write(lambda tx: tx.account.set("token:tickets", row, clock()))
        assert SharedTokens(store, clock).get("tickets", "c") is None
