"""Poolers between the desk and PostgreSQL: one that shares sessions is refused, one that lends them works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import make_url

from store import Store, StoreUnavailable, migrate
from store.database.errors import Unsuitable
from store.database.locks import TURNS
from store.tx import Tx
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server
from tests.integration.store.silent import within
from tests.servers.pgbouncer import pooled, pooler


@pytest.fixture
def database(postgres: Server, template: str) -> Iterator[str]:
    url = postgres.create_database(template)
    yield url
    postgres.drop_database(url)


SHARING = {
    "one session for all": ("transaction", {"default_pool_size": 1}),
    "the one used last": ("transaction", {}),
    "each in turn": ("transaction", {"server_round_robin": 1, "min_pool_size": 5}),
    "statement by statement": ("statement", {}),
}


@pytest.mark.parametrize("way", SHARING)
def test_a_pooler_that_shares_sessions_is_refused_in_a_sentence(database: str, way: str) -> None:
    mode, settings = SHARING[way]
    with pooled(database, mode, **settings) as url, Store.open(url, now=lambda: NOW) as store:
        with pytest.raises(StoreUnavailable, match=r"pool_mode=session: see docs/operations\.md"):
            within(30, store.check)
        with pytest.raises(StoreUnavailable, match="locks would keep nobody out"), store.lock("assignment:77"):
            raise AssertionError("It was given a lock that is none.")
        with pytest.raises(StoreUnavailable, match="locks would keep nobody out"):
            within(30, lambda: migrate(url))


def test_a_pooler_that_lends_sessions_one_at_a_time_works(postgres: Server) -> None:
    database = postgres.create_database()
    with pooled(database, "session") as url:
        migrate(url)
        migrate(url)
        with Store.open(url, now=lambda: NOW) as store, Store.open(url, now=lambda: NOW) as another:
            store.check()
            for number in range(20):
                assert store.write(lambda tx, n=number: tx.inbox.record(str(n), "k", "l", {}, NOW))  # type: ignore[misc]
            with store.lock("assignment:77") as first, another.lock("assignment:77") as second:
                assert (first, second) == (True, False)
            with another.lock("assignment:77") as free:
                assert free
    postgres.drop_database(database)


def test_a_pooler_that_begins_to_share_sessions_gives_no_lock_twice_and_works_again_once_it_lends_them(
    database: str,
) -> None:
    with (
        pooler(database, "session") as running,
        Store.open(running.url, now=lambda: NOW) as store,
        Store.open(running.url, now=lambda: NOW) as another,
    ):
        for each in (store, another):
            each.check()
        running.switch("transaction")
        with pytest.raises(Unsuitable, match=r"pool_mode=session: see docs/operations\.md"):
            taken_by_both(store, another)
        running.switch("session")
        within(30, lambda: until_it_works(store, another))


def test_who_takes_no_locks_notices_that_sessions_have_come_to_be_shared(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.store.PROVED_FOR_S", 0.0)
    with pooler(database, "session") as running, Store.open(running.url, now=lambda: NOW) as store:
        store.check()
        running.switch("transaction")
        with pytest.raises(Unsuitable, match=r"pool_mode=session: see docs/operations\.md"):
            for _ in range(TURNS):
                within(30, store.check)


def taken_by_both(store: Store, another: Store) -> None:
    for each in (store, another) * TURNS:
        with each.lock("assignment:76"):
            """Its sessions are given back to the pooler, one after the other."""
    with store.lock("assignment:77") as first, another.lock("assignment:77") as second:
        assert (first, second) == (True, False), "Both have it, in one session."


def until_it_works(store: Store, another: Store) -> None:
    while True:
        with suppress(Unsuitable):
            taken_by_both(store, another)
            return


def test_a_shared_session_never_runs_a_statement_of_another_connection(database: str) -> None:
    with Store.open(database, now=lambda: NOW) as store, Store.open(database, now=lambda: NOW) as another:
        first, second = (each.read(prepared_names) for each in (store, another))
    assert first and second and not first & second


def prepared_names(tx: Tx) -> frozenset[str]:
    """What a session calls the statements that it has said often enough to keep them."""
    ask = "SELECT name FROM pg_prepared_statements"
    found = [tx._connection.exec_driver_sql(ask).scalars().all() for _ in range(7)]
    return frozenset(found[-1])


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"query_wait_timeout": 1}, "pooler has no session left for us: raise its pool_size"),
        ({}, "A pooler does so whose pool_size is too small"),
    ],
    ids=["it says so", "it says nothing"],
)
def test_a_pooler_with_too_few_sessions_is_told_from_a_silent_server(
    database: str, settings: dict[str, int], told: str
) -> None:
    with pooled(database, "session", default_pool_size=1, **settings) as url:
        limited = f"{url}?statement_timeout=1500"
        with Store.open(limited, now=lambda: NOW) as first, Store.open(limited, now=lambda: NOW) as second:
            assert first.write(lambda tx: tx.inbox.record("a", "k", "l", {}, NOW))
            with pytest.raises(StoreUnavailable, match=told):
                within(30, lambda: second.read(lambda tx: tx.inbox.counts()))


def test_a_database_that_the_pooler_does_not_find_is_told(database: str) -> None:
    with pooled(database, "session") as url:
        there = make_url(url).set(database="not_there").render_as_string(hide_password=False)
        with Store.open(there, now=lambda: NOW) as store, pytest.raises(StoreUnavailable, match="no such database"):
            store.check()
