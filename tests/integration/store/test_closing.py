"""A store that closes while somebody still reads."""

from __future__ import annotations

from typing import Any

from store import Store
from store.tx import Tx
from tests.integration.store.conftest import NOW


def ended(session: Any) -> bool:
    try:
        session.cursor().execute("SELECT 1")
    except Exception as error:
        return "closed" in str(error)
    return False


def session_of(tx: Tx) -> Any:
    return tx._connection.connection.dbapi_connection


def test_a_session_that_is_lent_while_its_store_closes_ends_when_it_comes_back(url: str) -> None:
    store = Store.open(url, now=lambda: NOW)

    def read(tx: Tx) -> Any:
        store.close()
        assert tx.inbox.oldest_new() is None
        return session_of(tx)

    assert ended(store.read(read))


def test_a_session_that_is_lent_after_its_store_closed_ends_when_it_comes_back(url: str) -> None:
    store = Store.open(url, now=lambda: NOW)
    store.close()
    assert ended(store.read(session_of))


def test_a_lock_that_is_held_while_its_store_closes_holds_until_it_is_let_go(url: str) -> None:
    store = Store.open(url, now=lambda: NOW)
    with Store.open(url, now=lambda: NOW) as other:
        with store.lock("turn"):
            store.close()
            with other.lock("turn") as free:
                assert not free
        with other.lock("turn") as free:
            assert free
