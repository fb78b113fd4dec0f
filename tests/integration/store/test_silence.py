"""PostgreSQL falls silent: what is there acknowledges and never answers. Nothing waits for it without an end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from store import Store, StoreUnavailable, Tx, migrate
from store.database.postgres import UNASKED_S
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server
from tests.integration.store.silent import wire_to, within
from tests.servers.proxy import Proxy

ANSWER_MS = 300
SOON_S = 30.0  # a busy machine takes many times a limit; what this is to catch waits without an end


@pytest.fixture
def database(postgres: Server, template: str) -> Iterator[str]:
    url = postgres.create_database(template)
    yield url
    postgres.drop_database(url)


@pytest.fixture
def wired(database: str) -> Iterator[tuple[Proxy, Store]]:
    with wire_to(database, answer_timeout=ANSWER_MS) as (wire, url):
        store = Store.open(url, now=lambda: NOW)
        yield wire, store
        wire.cut()
        within(SOON_S, store.close)


def put(store: Store, key: str) -> bool:
    return store.write(lambda tx: tx.inbox.record(key, "k", "l", {}, NOW))


def rest() -> None:
    """Until a session is asked whether it is there before it is used again."""
    threading.Event().wait(UNASKED_S)


def count(store: Store) -> int:
    return store.read(lambda tx: tx.inbox.counts())["new"]


def locked(store: Store) -> bool:
    with store.lock("assignment:77") as free:
        return free


USES = {"write": lambda store: put(store, "b"), "read": count, "lock": locked, "check": Store.check}


@pytest.mark.parametrize("use", USES)
def test_an_idle_session_that_fell_silent_is_found_out_and_a_new_one_is_used(
    wired: tuple[Proxy, Store], use: str
) -> None:
    wire, store = wired
    put(store, "a")
    count(store)
    locked(store)
    rest()
    assert wire.silence() >= 3
    within(SOON_S, lambda: USES[use](store))


def silence_in_the_middle(wire: Proxy, key: str) -> object:
    def work(tx: Tx) -> None:
        tx.inbox.record(key, "k", "l", {}, NOW)
        wire.silence()
        tx.inbox.record(f"{key} too", "k", "l", {}, NOW)

    return work


def test_a_statement_that_is_not_answered_is_unavailable_and_nothing_of_it_is_kept(
    wired: tuple[Proxy, Store],
) -> None:
    wire, store = wired
    with pytest.raises(StoreUnavailable, match="does not answer"):
        within(SOON_S, lambda: store.write(silence_in_the_middle(wire, "a")))  # type: ignore[arg-type]
    assert within(SOON_S, lambda: put(store, "b"))
    assert count(store) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_a_commit_that_is_not_answered_is_unavailable_and_its_second_attempt_leaves_one_row(
    wired: tuple[Proxy, Store], kept: bool
) -> None:
    wire, store = wired

    def work(tx: Tx) -> None:
        tx.inbox.record("a", "k", "l", {}, NOW)
        wire.silence("answer" if kept else "both")

    with pytest.raises(StoreUnavailable):
        within(SOON_S, lambda: store.write(work))
    wire.cut()  # the server ends what it has open, and lets go of the row
    assert within(SOON_S, lambda: put(store, "a")) is not kept
    assert count(store) == 1


def test_an_answer_that_drips_is_not_waited_for_longer_than_one_that_does_not_come(
    wired: tuple[Proxy, Store],
) -> None:
    wire, store = wired
    count(store)

    def look(tx: Tx) -> object:
        wire.drip(0.05)
        return tx.inbox.counts()

    with pytest.raises(StoreUnavailable, match="does not answer"):
        within(SOON_S, lambda: store.read(look))


def test_what_one_session_found_out_the_other_engines_need_not_wait_for(wired: tuple[Proxy, Store]) -> None:
    wire, store = wired
    put(store, "a")
    count(store)
    rest()
    wire.silence()
    assert within(SOON_S, lambda: count(store)) == 1
    before = wire.accepted
    assert within(SOON_S, lambda: put(store, "b"))
    assert wire.accepted == before + 1


def test_a_server_that_is_silent_from_the_start_is_unavailable(database: str) -> None:
    with wire_to(database, connect_timeout=2) as (wire, url):
        wire.silence(new_too=True)
        with Store.open(url, now=lambda: NOW) as store:
            for use in (store.check, lambda: put(store, "a")):
                with pytest.raises(StoreUnavailable, match="reached"):
                    within(SOON_S, use)
        with pytest.raises(StoreUnavailable, match="reached"):
            within(SOON_S, lambda: migrate(url))


def test_a_migration_that_is_not_answered_ends(postgres: Server) -> None:
    database = postgres.create_database()
    with wire_to(database, migrate_timeout=500) as (wire, url):
        ended: list[BaseException] = []

        def run() -> None:
            try:
                migrate(url)
            except StoreUnavailable as error:
                ended.append(error)

        wire.delay(0.02)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while not wire.lines:
            thread.join(0.01)
        wire.silence(new_too=True)
        thread.join(2 * SOON_S)
        assert not thread.is_alive()
        assert ended
    postgres.drop_database(database)


def test_closing_a_store_whose_sessions_are_silent_takes_no_longer_than_its_limit(database: str) -> None:
    with wire_to(database, answer_timeout=ANSWER_MS) as (wire, url):
        store = Store.open(url, now=lambda: NOW)
        put(store, "a")
        count(store)
        locked(store)
        wire.silence(new_too=True)
        waiting = store.submit(lambda tx: tx.inbox.record("b", "k", "l", {}, NOW))
        within(2 * SOON_S, store.close)
        assert isinstance(waiting.exception(), StoreUnavailable)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("answer_timeout=soon", "answer_timeout"),
        ("statement_timeout=-1", "whole number"),
        ("statement_timeout=99999999999", "no more than 2147483647"),
        ("answer_timeout=0", "can't be 0"),
        ("migrate_timeout=0", "can't be 0"),
        ("colour=red", "colour"),
    ],
)
def test_a_limit_that_is_not_understood_is_named_and_nothing_else_of_the_url(said: str, named: str) -> None:
    with pytest.raises(ValueError, match=named) as told:
        Store.open(f"postgresql://me:secret@host/db?{said}", now=lambda: NOW)
    assert "secret" not in str(told.value)


def settings_of(url: str, *names: str) -> list[str]:
    found: list[str] = []

    def look(tx: Tx) -> None:
        connection = tx.inbox._connection
        found.extend(str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in names)

    with Store.open(url, now=lambda: NOW) as store:
        store.read(look)
    return found


def test_the_servers_side_has_its_limits_too_and_the_url_may_name_others(database: str) -> None:
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "tcp_keepalives_idle", "lock_timeout")
    with wire_to(database) as (_, url):
        assert settings_of(url, *names) == ["4s", "30s", "0", "3s"]  # of a socket in a folder the server knows none
    with wire_to(database, statement_timeout=7000, idle_in_transaction_session_timeout=0) as (_, url):
        assert settings_of(url, *names[:2]) == ["7s", "0"]


def test_a_statement_that_takes_too_long_is_ended_by_the_server_and_its_session_goes_on(database: str) -> None:
    with wire_to(database, statement_timeout=100) as (wire, url), Store.open(url, now=lambda: NOW) as store:
        put(store, "a")

        def sleep(tx: Tx) -> None:
            tx.inbox._connection.exec_driver_sql("SELECT pg_sleep(10)")

        before = wire.accepted
        with pytest.raises(StoreUnavailable, match="took too long"):
            within(SOON_S, lambda: store.write(sleep))
        assert put(store, "b")
        assert wire.accepted == before
